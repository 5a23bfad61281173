/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "match/decision.h"

#include <math.h>

#include "base/alloc.h"

/* Identifiers that are accidents at better than these odds establish nobody: algorithms.md 4.2. */
#define ODDS_MIN 19.0

#define NO_CANDIDATE UINT32_MAX

static uint32_t millionths(double probability)
{
    return (uint32_t)lround(probability * PROBABILITY_ONE);
}

struct link decision_unread(void)
{
    return (struct link){
        .subject = SUBJECT_NONE, .nobody = PROBABILITY_ONE / 2, .other = SUBJECT_NONE};
}

/*
 * Whether the record would be recognised with its best cell wrong: the information of its cells
 * that help to recognise a subject, less the largest. A value that nobody holds informs as much as
 * the column's typical value. Circumstances (employer, its city, the salary of a month) mostly
 * follow from one another: only the most telling one counts.
 */
static bool is_recognisable(const struct linker *linker, const struct match_model *model)
{
    int64_t sum = 0, largest = 0, circumstance = 0;

    for (size_t i = 0; i < linker->count; i++) {
        const struct item *item = &linker->items[i];
        const struct match_column *column = &model->columns.items[item->column];
        int64_t information = -(int64_t)(item->held ? item->log_share : column->typical_share);

        if (!column->tells && information > circumstance)
            circumstance = information;
        if (!column->tells || (i > 0 && linker->items[i - 1].column == item->column))
            continue;
        sum += information;
        if (information > largest)
            largest = information;
    }
    if (circumstance > largest)
        largest = circumstance;
    return sum + circumstance - largest >= model->weights.established;
}

/* `candidates` is the sum of their likelihoods, and `best` one of them; all are ratios to the top.
 */
static void set_posterior(const struct linker *linker, const struct match_model *model,
                          double candidates, double best, struct link *link)
{
    double nobody = weights_ratio(model->weights.nobody - linker->top);
    double sum = nobody + linker->unseen * weights_ratio(-linker->top) + candidates;

    link->nobody = millionths(nobody / sum);
    link->posterior = millionths(best / sum);
}

static double likelihood(const struct linker *linker, uint32_t scored)
{
    return weights_ratio(linker->scored[scored].weight - linker->top);
}

/* Being near must be at least this many times likelier of the same person than of another, among
 * values that do not agree: years of birth are near by chance. */
#define NEAR_RATIO_MIN 4.0

static bool near_tells(const struct match_model *model, uint32_t column)
{
    const double *m = model->weights.m + (size_t)column * LEVEL_COUNT;
    const double *u = model->weights.u + (size_t)column * LEVEL_COUNT;

    return m[LEVEL_NEAR] * (1 - u[LEVEL_AGREES])
           >= NEAR_RATIO_MIN * u[LEVEL_NEAR] * (1 - m[LEVEL_AGREES] - m[LEVEL_RESPELT]);
}

/* What a difference says against a subject, given those of the cells before it. */
static int64_t difference_weight(const struct linker *linker, const struct match_model *model,
                                 const uint8_t *levels, size_t number)
{
    const struct weights *weights = &model->weights;
    uint32_t to = linker->items[number].column;
    int32_t weight = weights->other[(size_t)to * LEVEL_COUNT + LEVEL_DIFFERS];

    for (size_t i = 0; i < number; i++) {
        size_t from = linker->items[i].column;

        if (levels[i] == LEVEL_DIFFERS
            && weights->excuse[from * weights->column_count + to] > weight)
            weight = weights->excuse[from * weights->column_count + to];
    }
    return weights_shared(weight, &linker->items[number]);
}

/* What one cell says for a subject; agreements by themselves. */
static int64_t cell_weight(const struct linker *linker, const struct match_model *model,
                           const uint8_t *levels, size_t number)
{
    const struct weights *weights = &model->weights;
    const struct item *item = &linker->items[number];

    if (level_agrees(levels[number]))
        return (int64_t)weights->agree[item->column] - weights_item(weights, item);
    if (levels[number] == LEVEL_DIFFERS)
        return difference_weight(linker, model, levels, number);
    return levels[number] < LEVEL_COUNT ? weights_level(weights, item, levels[number]) : 0;
}

/* A number that a person has for himself: an account, a telephone, an address of mail. */
static bool is_own_number(const struct match_column *column)
{
    return column->sparse && column->tells;
}

/* One record in so many of a table's own is wrong in the same cells: that is its usual state. */
#define USUAL_MIN .02

/* How the identity cells of a record stand to a candidate. */
struct identity {
    uint32_t cells;
    uint32_t his;         /* agree, or are near */
    uint32_t apart;       /* contradict him */
    uint32_t not_held;    /* cannot be compared */
    uint32_t partly;      /* whole names of which a part is his */
    uint32_t family;      /* family names among those that are his */
    uint32_t other_given; /* given names that contradict him */
    uint32_t own_number;  /* accounts, e-mail addresses or telephones that are his, */
    uint32_t only_his;    /* ... and nobody else's, or near to such a one */
    double usual;         /* how often the cells apart are so in records of the right person */
};

/* How often a column is apart from the right person's value. */
static double how_usual(const struct match_model *model, uint32_t column)
{
    const double *m = model->weights.m + (size_t)column * LEVEL_COUNT;

    return m[LEVEL_PARTLY] + m[LEVEL_DIFFERS];
}

static void identity_add(struct identity *identity, const struct match_model *model,
                         uint32_t number, uint8_t level)
{
    const struct match_column *column = &model->columns.items[number];
    bool is_near = level == LEVEL_NEAR && near_tells(model, number);
    bool is_his = level_agrees(level) || level == LEVEL_EXCHANGED || is_near;

    identity->own_number += is_own_number(column) && level_agrees(level);
    identity->only_his += column->rho_fixed && (level_agrees(level) || is_near);
    if (!column->identity)
        return;
    identity->cells++;
    identity->his += is_his;
    identity->family += is_his && column->type == TYPE_FAMILY_NAME;
    identity->other_given += level_is_apart(level) && column->type == TYPE_GIVEN_NAME;
    identity->partly += level == LEVEL_PARTLY;
    identity->apart += level_is_apart(level);
    if (level_is_apart(level))
        identity->usual *= how_usual(model, number);
    identity->not_held += level == LEVEL_NONE;
}

/* A number that only he has names him where the register holds too little to say who he is, or
 * where the table is so often wrong in just these cells that their difference is no mark. */
static bool is_named_by_number(const struct identity *identity)
{
    if (identity->only_his == 0)
        return false;
    return (identity->not_held > 0 && identity->apart <= 1) || identity->usual >= USUAL_MIN;
}

/* What the cells that tell people apart say for a candidate, each by itself; a whole name beside
 * its parts as in weights_of_levels(). */
static int64_t telling_weight(const struct linker *linker, const struct match_model *model,
                              const uint8_t *levels)
{
    int64_t sum = 0, whole = 0, parts_for = 0, parts_against = 0;

    for (size_t i = 0; i < linker->count; i++) {
        uint32_t number = linker->items[i].column;
        int64_t weight;

        if (!model->columns.items[number].tells)
            continue;
        weight = cell_weight(linker, model, levels, i);
        if (model->weights.whole[number] && !level_agrees(levels[i])) {
            whole += weight;
            continue;
        }
        sum += weight;
        if (model->weights.part[number] && weight > 0)
            parts_for += weight;
        else if (model->weights.part[number])
            parts_against += weight;
    }
    return sum + weights_beside_parts(whole, parts_for, parts_against);
}

/* Of a table of names and addresses alone, somebody of his family at his address: another given
 * name is a relative's sooner than an error. */
static bool is_relative(const struct identity *identity, const struct match_model *model)
{
    return model->columns.names_alone && identity->other_given > 0
           && identity->his == identity->family && identity->own_number == 0;
}

/*
 * None of the identity cells of the record is the candidate's, nor near to it; or the cells that
 * tell people apart speak against him as a whole. Both are the mark of a forged record that
 * carries some true person's employer and salary: a first name agrees by accident. A part of a
 * whole name is as good as a family name in a column of its own, but only beside a number that is
 * the candidate's.
 */
static bool is_vetoed(const struct linker *linker, const struct match_model *model,
                      const uint8_t *levels)
{
    struct identity identity = {.usual = 1};

    for (size_t i = 0; i < linker->count; i++)
        identity_add(&identity, model, linker->items[i].column, levels[i]);
    if (identity.cells == 0)
        return false;
    return telling_weight(linker, model, levels) < 0 || is_relative(&identity, model)
           || (identity.his == 0 && !(identity.partly > 0 && identity.own_number > 0)
               && !is_named_by_number(&identity));
}

/*
 * The best of the candidates that are not vetoed, where the best of all is: a record with one
 * person's names and another's accounts is about the first. False: none is likely.
 */
static bool find_runner_up(const struct linker *linker, const struct match_model *model,
                           struct link *out_link)
{
    double sum = 0;
    uint32_t best = NO_CANDIDATE;

    for (uint32_t i = 0; i < linker->scored_count; i++) {
        if (i == linker->best || is_vetoed(linker, model, linker_levels(linker, i)))
            continue;
        sum += likelihood(linker, i);
        if (best == NO_CANDIDATE || linker->scored[i].weight > linker->scored[best].weight
            || (linker->scored[i].weight == linker->scored[best].weight
                && linker->scored[i].subject < linker->scored[best].subject))
            best = i;
    }
    if (best == NO_CANDIDATE)
        return false;
    set_posterior(linker, model, sum, likelihood(linker, best), out_link);
    out_link->subject = linker->scored[best].subject;
    return out_link->posterior >= LINK_MIN;
}

/* What the cells say for one of two subjects that disagree. */
struct claim {
    int64_t weight;       /* information of the identity cells that are his and not the other's */
    int64_t accident;     /* weight of the chance that his identifiers are there by accident */
    uint32_t identifiers; /* how many identifiers name him */
    bool name, date;      /* a name does, a birth date does */
};

static void claim_add(struct claim *claim, const struct linker *linker,
                      const struct match_model *model, size_t i)
{
    const struct item *item = &linker->items[i];
    const struct match_column *column = &model->columns.items[item->column];

    claim->weight -= weights_item(&model->weights, item);
    if (column->type == TYPE_ID) {
        claim->identifiers++;
        claim->accident += weight_of_log(column->rho);
    }
    claim->name |= type_is_name(column->type);
    claim->date |= column->type == TYPE_DATE;
}

/* Claims of `subject` against those of the best candidate, whose levels are `best`. */
static void compare_claims(const struct linker *linker, const struct match_model *model,
                           const uint8_t *best, uint32_t subject, struct claim *out_his,
                           struct claim *out_best)
{
    *out_his = *out_best = (struct claim){0};
    for (size_t i = 0; i < linker->count; i++) {
        const struct item *item = &linker->items[i];
        const struct match_column *column = &model->columns.items[item->column];
        bool his;

        if (!column->identity || !item->held)
            continue;
        if (!level_agrees(best[i]) && !level_is_apart(best[i]))
            continue;
        his = column_compare(column, subject, item->period, item->key) == LEVEL_AGREES;
        if (his && level_is_apart(best[i]))
            claim_add(out_his, linker, model, i);
        else if (!his && level_agrees(best[i]))
            claim_add(out_best, linker, model, i);
    }
}

/* Whether identity cells that the best candidate does not explain could establish anybody. */
static bool may_name_another(const struct linker *linker, const struct match_model *model,
                             const uint8_t *best)
{
    int64_t weight = 0;

    for (size_t i = 0; i < linker->count; i++) {
        const struct item *item = &linker->items[i];

        if (level_is_apart(best[i]) && item->held && model->columns.items[item->column].identity)
            weight -= weights_item(&model->weights, item);
    }
    return weight >= model->weights.established;
}

static bool identifiers_count(const struct claim *claim)
{
    return claim->identifiers > 0 && -claim->accident >= weight_of_log(ODDS_MIN);
}

/* Enough to name somebody: identifiers that are no accident, or names with a birth date. */
static bool claim_establishes(const struct claim *claim, const struct match_model *model)
{
    return claim->weight >= model->weights.established
           && (identifiers_count(claim) || (claim->name && claim->date));
}

/* The subject other than the best candidate for whom most speaks; SUBJECT_NONE: nobody else is
 * established. */
static uint32_t find_other(const struct linker *linker, const struct match_model *model,
                           const uint8_t *best, struct claim *out_his, struct claim *out_best)
{
    int64_t most = 0;
    uint32_t other = SUBJECT_NONE;

    if (!may_name_another(linker, model, best))
        return SUBJECT_NONE;
    for (uint32_t i = 0; i < linker->candidates.count; i++) {
        uint32_t subject = linker->candidates.subjects[i];
        struct claim his, of_best;

        if (subject == linker->scored[linker->best].subject)
            continue;
        compare_claims(linker, model, best, subject, &his, &of_best);
        if (!claim_establishes(&his, model) || his.weight < most
            || (his.weight == most && subject >= other))
            continue;
        most = his.weight;
        other = subject;
        *out_his = his;
        *out_best = of_best;
    }
    return other;
}

/*
 * Identifiers outrank names with a birth date (DESIGN section 6): where the two name different
 * subjects, the record is about the one that the identifiers name.
 */
static void settle(const struct match_model *model, const struct claim *his,
                   const struct claim *of_best, struct link *link)
{
    const struct claim *winner;
    uint32_t posterior;

    if (!claim_establishes(of_best, model) || his->identifiers == of_best->identifiers)
        return;
    winner = his->identifiers > of_best->identifiers ? his : of_best;
    if (!identifiers_count(winner))
        return;
    posterior = millionths(1 / (1 + weights_ratio(winner->accident)));
    if (winner == his) {
        uint32_t subject = link->subject;

        link->subject = link->other;
        link->other = subject;
        link->posterior = posterior;
    } else if (link->posterior < posterior) {
        link->posterior = posterior;
    }
    if (link->nobody > PROBABILITY_ONE - link->posterior)
        link->nobody = PROBABILITY_ONE - link->posterior;
}

/* The best candidate is none: the next one is asked, else it is nobody. */
static void refuse_best(const struct linker *linker, const struct match_model *model,
                        struct link *link)
{
    struct link next = *link;

    if (link->posterior >= LINK_MIN && find_runner_up(linker, model, &next)) {
        next.other = SUBJECT_NONE;
        *link = next;
        return;
    }
    link->vetoed = link->posterior >= LINK_MIN;
    link->nobody = link->nobody + link->posterior > PROBABILITY_ONE
                       ? PROBABILITY_ONE
                       : link->nobody + link->posterior;
}

struct link decision_make(const struct linker *linker, const struct match_model *model)
{
    struct link link = {.subject = SUBJECT_NONE, .other = SUBJECT_NONE};
    struct claim his = {0}, of_best = {0};
    const uint8_t *levels;
    double sum = 0;

    link.recognisable = is_recognisable(linker, model);
    for (uint32_t i = 0; i < linker->scored_count; i++)
        sum += likelihood(linker, i);
    set_posterior(linker, model, sum,
                  linker->best == NO_CANDIDATE ? 0 : likelihood(linker, linker->best), &link);
    if (linker->best == NO_CANDIDATE)
        return link;
    levels = linker_levels(linker, linker->best);
    link.subject = linker->scored[linker->best].subject;
    link.other = find_other(linker, model, levels, &his, &of_best);
    if (link.other != SUBJECT_NONE)
        settle(model, &his, &of_best, &link);
    if (link.subject == linker->scored[linker->best].subject && is_vetoed(linker, model, levels))
        refuse_best(linker, model, &link);
    if (link.vetoed || link.posterior < LINK_MIN) {
        link.subject = SUBJECT_NONE;
        link.other = SUBJECT_NONE;
    }
    return link;
}

/* ---- who else it may be about ---- */

#define CONTENDERS_MAX 4u
#define CONTENDER_MIN  1000u   /* millionths; less is nobody worth asking for */
#define SETTLED_MIN    999900u /* what another record says changes nothing then */

static bool is_behind(const struct scored *one, const struct scored *other)
{
    if (one->weight != other->weight)
        return one->weight < other->weight;
    return one->subject > other->subject;
}

/* The number of the likeliest candidate that is behind `before`; UINT32_MAX: none. Ties by
 * subject. */
static uint32_t next_likeliest(const struct linker *linker, uint32_t before)
{
    uint32_t next = UINT32_MAX;

    for (uint32_t i = 0; i < linker->scored_count; i++) {
        const struct scored *one = &linker->scored[i];

        if (before != UINT32_MAX && !is_behind(one, &linker->scored[before]))
            continue;
        if (next == UINT32_MAX || is_behind(&linker->scored[next], one))
            next = i;
    }
    return next;
}

int decision_contenders(const struct linker *linker, const struct match_model *model,
                        const struct link *link, uint32_t record, struct contender_list *list,
                        struct tq_error *err)
{
    double best = link->posterior;
    uint32_t at = UINT32_MAX;

    if (link->vetoed || link->other != SUBJECT_NONE || link->posterior >= SETTLED_MIN
        || linker->best == NO_CANDIDATE
        || is_vetoed(linker, model, linker_levels(linker, linker->best)))
        return TQ_OK;
    for (unsigned i = 0; i < CONTENDERS_MAX; i++) {
        struct contender contender = {.record = record};
        int r;

        at = next_likeliest(linker, at);
        if (at == UINT32_MAX)
            break;
        contender.subject = linker->scored[at].subject;
        contender.posterior = (uint32_t)(best
                                         * weights_ratio(linker->scored[at].weight
                                                         - linker->scored[linker->best].weight));
        if (contender.posterior < CONTENDER_MIN)
            break;
        if (is_vetoed(linker, model, linker_levels(linker, at)))
            continue;
        r = alloc_reserve(&list->items, &list->capacity, list->count + 1, sizeof(*list->items),
                          err);
        if (r < 0)
            return r;
        list->items[list->count++] = contender;
    }
    return TQ_OK;
}
