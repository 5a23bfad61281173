/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "match/linker.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

#define NO_BEST UINT32_MAX

int linker_init(struct linker *linker, const struct match_model *model, struct tq_error *err)
{
    int r;

    *linker = (struct linker){.margin = MARGIN_PRUNE, .best = NO_BEST};
    r = candidates_init(&linker->candidates, err);
    if (r < 0)
        return r;
    return tally_init(&linker->tally, model->columns.count, err);
}

void linker_clear(struct linker *linker)
{
    evidence_clear(&linker->evidence);
    nearness_clear(&linker->nearness);
    candidates_clear(&linker->candidates);
    tally_clear(&linker->tally);
    free(linker->order);
    free(linker->hope);
    free(linker->open);
    free(linker->level);
    free(linker->scored);
    free(linker->levels);
    *linker = (struct linker){0};
}

int linker_read(struct linker *linker, const struct match_model *model, const struct batch *batch,
                struct batch_keys *kept, uint32_t *out_count, struct tq_error *err)
{
    int r = evidence_gather(&linker->evidence, &model->columns, model->reading, batch, kept, err);

    if (r < 0)
        return r;
    *out_count = (uint32_t)linker->evidence.record_count;
    return 0;
}

/* Cells of one record that are taken to be near and not equal at most, when candidates are left
 * out: nobody mistypes a record throughout. */
#define NEAR_MAX 3

/* The most that it adds that a cell is near, or partly alike, and not just different; never
 * negative. */
static int32_t near_gain(const struct weights *weights, const struct item *item)
{
    int32_t near = weights_resembling(weights, item);
    int32_t differ = weights_differ(weights, item);

    return near > differ ? near - differ : 0;
}

/* Of a name of which the candidate holds nothing there: it may stand in another's place. */
static int32_t exchange_gain(const struct match_model *model, const struct item *item)
{
    int32_t exchanged;

    if (!model->weights.exchanges[item->column])
        return 0;
    exchanged = weights_exchanged(&model->weights, item);
    return exchanged > 0 ? exchanged : 0;
}

/* The most that a cell adds to the weight if it turns out to be like something that is held. */
static int32_t gain_of_likeness(const struct match_model *model, const struct item *item,
                                uint8_t level)
{
    if (level == LEVEL_DIFFERS)
        return near_gain(&model->weights, item);
    return level == LEVEL_NONE ? exchange_gain(model, item) : 0;
}

/* Room for `count` items in all arrays of the record at hand. */
static int reserve_items(struct linker *linker, size_t count, struct tq_error *err)
{
    int r;

    if (count < linker->level_capacity)
        return 0;
    r = alloc_reserve(&linker->order, &linker->order_capacity, count + 1, sizeof(*linker->order),
                      err);
    if (r < 0)
        return r;
    r = alloc_reserve(&linker->hope, &linker->hope_capacity, count + 1, sizeof(*linker->hope), err);
    if (r < 0)
        return r;
    r = alloc_reserve(&linker->open, &linker->open_capacity, count + 1, sizeof(*linker->open), err);
    if (r < 0)
        return r;
    return alloc_reserve(&linker->level, &linker->level_capacity, count + 1, sizeof(*linker->level),
                         err);
}

int linker_begin(struct linker *linker, const struct match_model *model, const struct batch *batch,
                 uint32_t record, struct tq_error *err)
{
    const struct evidence *evidence = &linker->evidence;
    size_t count = evidence->first[record + 1] - evidence->first[record];
    int r;

    linker->items = evidence->items + evidence->first[record];
    linker->count = count;
    r = reserve_items(linker, count, err);
    if (r < 0)
        return r;
    r = nearness_begin(&linker->nearness, batch, linker->items, count, err);
    if (r < 0)
        return r;
    weights_order(&model->weights, linker->items, count, linker->order);
    linker->hope[count] = 0;
    linker->near_chance = 0;
    linker->slack = 0;
    for (size_t k = count; k-- > 0;) {
        const struct item *item = &linker->items[linker->order[k]];
        int64_t agree =
            item->held ? model->weights.agree[item->column] - weights_item(&model->weights, item)
                       : 0;
        int64_t near = NEAR_MAX * (int64_t)near_gain(&model->weights, item); /* or exchanged */

        linker->slack += weights_same(&model->weights, item);
        linker->hope[k] = linker->hope[k + 1] + (agree > 0 ? agree : 0);
        if (near > linker->near_chance)
            linker->near_chance = near;
    }
    candidates_begin(&linker->candidates);
    linker->scored_count = 0;
    linker->looked_at = 0;
    linker->top = model->weights.nobody;
    linker->best = NO_BEST;
    linker->unseen = 0;
    linker->stage = 0;
    return 0;
}

/*
 * Exact agreement of all items with one candidate, as long as it can still come within the margin.
 * *out_chance: what near values could add at most. False: left out.
 */
static bool weigh_exact(struct linker *linker, const struct match_model *model, uint32_t subject,
                        int64_t *out_weight, int64_t *out_chance)
{
    const struct weights *weights = &model->weights;
    int64_t floor = linker->top - linker->margin - linker->slack - linker->near_chance;
    int64_t sum = 0, chance = 0;

    tally_begin(&linker->tally);
    for (size_t k = 0; k < linker->count; k++) {
        const struct item *item = &linker->items[linker->order[k]];
        enum level level = profile_compare(&model->profile, &model->columns, item->column, subject,
                                           item->period, item->key);

        linker->level[linker->order[k]] = (uint8_t)level;
        if (level == LEVEL_AGREES) {
            sum += tally_agreement(&linker->tally, weights, item);
        } else {
            if (level == LEVEL_DIFFERS)
                sum += tally_difference(&linker->tally, weights, item);
            chance += gain_of_likeness(model, item, (uint8_t)level);
        }
        if (sum + linker->hope[k + 1] < floor)
            return false;
    }
    *out_weight = sum;
    *out_chance = chance < linker->near_chance ? chance : linker->near_chance;
    return sum + *out_chance >= linker->top - linker->margin - linker->slack;
}

/* Of the names that agree, those that the subject spells otherwise; whether any spelling counts. */
static bool tell_spellings(struct linker *linker, const struct match_model *model, uint32_t subject)
{
    bool any = false;

    for (size_t i = 0; i < linker->count; i++) {
        const struct item *item = &linker->items[i];

        if (item->spelling == 0 || linker->level[i] != LEVEL_AGREES)
            continue;
        any = true;
        if (!spellings_held(model->columns.items[item->column].spellings, subject, item->key,
                            item->spelling))
            linker->level[i] = LEVEL_RESPELT;
    }
    return any;
}

/* Near and not different: a difference that others no longer excuse costs more, so the weight kept
 * on the way is the most it can be, and the sum is made anew at the end. */
static int weigh_near(struct linker *linker, const struct match_model *model, uint32_t subject,
                      int64_t chance, int64_t *weight, bool *out_kept, struct tq_error *err)
{
    const struct weights *weights = &model->weights;
    int64_t floor = linker->top - linker->margin - linker->slack;
    int64_t untried = 0;
    bool any = tell_spellings(linker, model, subject);

    *out_kept = true;
    for (size_t i = 0; i < linker->count; i++) {
        const struct item *item = &linker->items[i];

        untried += gain_of_likeness(model, item, linker->level[i]);
        if (linker->level[i] != LEVEL_DIFFERS)
            continue;
        profile_prefetch_text(&model->profile, &model->columns, item->column, subject);
    }
    for (size_t k = 0; k < linker->count; k++) {
        size_t i = linker->order[k];
        const struct item *item = &linker->items[i];
        int32_t gain = gain_of_likeness(model, item, linker->level[i]);
        enum level level;
        int r;

        if (gain <= 0)
            continue;
        r = nearness_test(&linker->nearness, &model->columns, &model->profile, i, subject, &level,
                          err);
        if (r < 0)
            return r;
        untried -= gain;
        if (level != LEVEL_DIFFERS) {
            *weight += level == LEVEL_EXCHANGED ? weights_exchanged(weights, item)
                                                : weights_level(weights, item, level);
            if (linker->level[i] == LEVEL_DIFFERS)
                *weight -= weights_differ(weights, item);
            linker->level[i] = (uint8_t)level;
            any = true;
        }
        if (*weight + (untried < chance ? untried : chance) < floor) {
            *out_kept = false;
            return 0;
        }
    }
    if (any)
        *weight = weights_of_levels(weights, &linker->tally, linker->items, linker->order,
                                    linker->count, linker->level);
    return 0;
}

static int reserve_scored(struct linker *linker, size_t scored, struct tq_error *err)
{
    int r;

    if (scored <= linker->scored_capacity && scored * linker->count < linker->levels_capacity)
        return 0;
    r = alloc_reserve(&linker->scored, &linker->scored_capacity, scored, sizeof(*linker->scored),
                      err);
    if (r < 0)
        return r;
    return alloc_reserve(&linker->levels, &linker->levels_capacity, scored * linker->count + 1,
                         sizeof(*linker->levels), err);
}

static int keep(struct linker *linker, uint32_t subject, int64_t weight, struct tq_error *err)
{
    uint32_t number = linker->scored_count;
    int r = reserve_scored(linker, number + (size_t)1, err);

    if (r < 0)
        return r;
    memcpy(linker->levels + (size_t)number * linker->count, linker->level, linker->count);
    linker->scored[number] = (struct scored){subject, weight};
    linker->scored_count++;
    if (linker->best == NO_BEST || weight > linker->scored[linker->best].weight
        || (weight == linker->scored[linker->best].weight
            && subject < linker->scored[linker->best].subject))
        linker->best = number;
    if (weight > linker->top)
        linker->top = weight;
    return 0;
}

/* The first candidate that a sparse value of the record will bring; SUBJECT_NONE: none. */
static uint32_t foreseen(const struct linker *linker, const struct match_model *model,
                         uint32_t record, bool only_posting)
{
    const struct evidence *evidence = &linker->evidence;

    for (uint32_t i = evidence->first[record]; i < evidence->first[record + 1]; i++) {
        const struct item *item = &evidence->items[i];
        const struct match_column *column = &model->columns.items[item->column];
        const uint32_t *posting;

        if (!item->held || !column->sparse)
            continue;
        posting = column->field->posting + column->field->posting_start[item->key];
        if (!only_posting)
            return *posting;
        __builtin_prefetch(posting);
    }
    return SUBJECT_NONE;
}

/* How many records ahead each step of looking up a candidate is asked for. */
enum {
    AHEAD_PROFILE = 4,
    AHEAD_POSTING = 8
};

void linker_prefetch(const struct linker *linker, const struct match_model *model, uint32_t record)
{
    size_t count = linker->evidence.record_count;
    uint32_t subject;

    if (record + AHEAD_POSTING < count)
        (void)foreseen(linker, model, record + AHEAD_POSTING, true);
    if (record + AHEAD_PROFILE >= count)
        return;
    subject = foreseen(linker, model, record + AHEAD_PROFILE, false);
    if (subject != SUBJECT_NONE)
        profile_prefetch(&model->profile, subject);
}

/* Weigh the candidates found since the last call. */
static int weigh_new(struct linker *linker, const struct match_model *model, struct tq_error *err)
{
    for (uint32_t i = linker->looked_at; i < linker->candidates.count; i++)
        profile_prefetch(&model->profile, linker->candidates.subjects[i]);
    for (; linker->looked_at < linker->candidates.count; linker->looked_at++) {
        uint32_t subject = linker->candidates.subjects[linker->looked_at];
        int64_t weight = 0, chance = 0;
        bool kept;
        int r;

        if (!weigh_exact(linker, model, subject, &weight, &chance))
            continue;
        r = weigh_near(linker, model, subject, chance, &weight, &kept, err);
        if (r < 0)
            return r;
        if (!kept)
            continue;
        r = keep(linker, subject, weight, err);
        if (r < 0)
            return r;
    }
    return 0;
}

int linker_compare(struct linker *linker, const struct match_model *model, uint32_t subject,
                   uint8_t *out_levels, struct tq_error *err)
{
    for (size_t i = 0; i < linker->count; i++) {
        const struct item *item = &linker->items[i];
        enum level level;
        int r;

        out_levels[i] = (uint8_t)column_compare(&model->columns.items[item->column], subject,
                                                item->period, item->key);
        if (out_levels[i] != LEVEL_DIFFERS
            && !(out_levels[i] == LEVEL_NONE && exchange_gain(model, item) > 0))
            continue;
        r = nearness_test(&linker->nearness, &model->columns, &model->profile, i, subject, &level,
                          err);
        if (r < 0)
            return r;
        if (level != LEVEL_DIFFERS)
            out_levels[i] = (uint8_t)level;
    }
    return 0;
}

static bool is_followed(const struct match_model *model, const struct item *item)
{
    uint32_t count;

    if (!item->held || !model->columns.items[item->column].direct)
        return false;
    (void)column_holders(&model->columns.items[item->column], item->key, &count);
    return count <= POSTING_MAX;
}

static void take_exact(struct linker *linker, const struct match_model *model, bool sparse)
{
    for (size_t k = 0; k < linker->count; k++) {
        const struct item *item = &linker->items[linker->order[k]];
        const struct match_column *column = &model->columns.items[item->column];

        if (column->direct && column->sparse == sparse)
            candidates_of_item(&linker->candidates, &model->columns, item);
    }
}

static void open_after_exact(struct linker *linker, const struct match_model *model,
                             bool sparse_only)
{
    for (size_t i = 0; i < linker->count; i++) {
        const struct item *item = &linker->items[i];
        bool asked = !sparse_only || model->columns.items[item->column].sparse;

        linker->open[i] = item->held && !(asked && is_followed(model, item));
    }
}

/* Whether one of the first `end` pair indexes is over the columns of both items. */
static bool is_paired(const struct match_model *model, uint32_t end, const struct item *x,
                      const struct item *y)
{
    uint16_t a = model->columns.items[x->column].twin, b = model->columns.items[y->column].twin;

    for (uint32_t i = 0; i < end; i++) {
        const struct composite *composite = &model->composites.items[i];

        if ((composite->a == a && composite->b == b) || (composite->a == b && composite->b == a))
            return true;
    }
    return false;
}

/* An unseen subject agrees on no two items whose pair was looked up: keep the rarest open. */
static void open_after_pairs(struct linker *linker, const struct match_model *model, uint32_t end)
{
    for (size_t k = 1; k < linker->count; k++) {
        size_t i = linker->order[k];

        for (size_t j = 0; j < k && linker->open[i]; j++) {
            if (linker->open[linker->order[j]]
                && is_paired(model, end, &linker->items[linker->order[j]], &linker->items[i]))
                linker->open[i] = false;
        }
    }
}

/* A name or birth date of the record is not the best candidate's: somebody else may be meant. */
static bool has_conflict(const struct linker *linker, const struct match_model *model)
{
    const uint8_t *levels;

    if (linker->best == NO_BEST)
        return true;
    levels = linker_levels(linker, linker->best);
    for (size_t i = 0; i < linker->count; i++) {
        const struct match_column *column = &model->columns.items[linker->items[i].column];

        if (level_is_apart(levels[i]) && column->identity && linker->items[i].held)
            return true;
    }
    return false;
}

/* The best leads by far all that an unseen subject could be. */
static bool leads(struct linker *linker, const struct match_model *model)
{
    int64_t bound = weights_bound(&model->weights, &linker->tally, linker->items, linker->order,
                                  linker->count, linker->open);

    return !model->thorough && linker->top - bound >= MARGIN_RESOLVE;
}

/* Or all unseen subjects together are next to nothing beside it. */
static bool is_resolved(struct linker *linker, const struct match_model *model)
{
    double unseen;

    if (model->thorough)
        return false;
    unseen = weights_unseen(&model->weights, &linker->tally, linker->items, linker->order,
                            linker->count, linker->open);
    return unseen * weights_ratio(-linker->top) <= UNSEEN_RESOLVE || leads(linker, model);
}

/* Ask the pair indexes first .. end - 1, and see whether that settles the record. */
static int ask_pairs(struct linker *linker, const struct match_model *model, uint32_t first,
                     uint32_t end, bool *complete, bool *out_resolved, struct tq_error *err)
{
    bool all;
    int r = composites_need(&model->composites, first, end, &model->columns, err);

    if (r < 0)
        return r;
    candidates_of_pairs(&linker->candidates, &model->composites, first, end, &model->columns,
                        linker->items, linker->count, &all);
    *complete &= all;
    linker->stage++;
    r = weigh_new(linker, model, err);
    if (r < 0)
        return r;
    open_after_exact(linker, model, linker->stage == 1);
    if (*complete)
        open_after_pairs(linker, model, end);
    *out_resolved = is_resolved(linker, model);
    return 0;
}

/* The dearest keys: values one error away, dates with initials, years with names, names exchanged.
 */
static int ask_rest(struct linker *linker, const struct match_model *model, struct tq_error *err)
{
    int r = composites_need(&model->composites, model->composites.pairs, model->composites.count,
                            &model->columns, err);

    if (r < 0)
        return r;
    linker->stage++;
    candidates_of_dates(&linker->candidates, &model->composites, &model->columns, &linker->nearness,
                        linker->items, linker->count);
    candidates_of_exchanged(&linker->candidates, &model->composites, &model->columns,
                            &linker->nearness, linker->items, linker->count);
    candidates_of_near_dates(&linker->candidates, &model->columns, &linker->nearness, linker->items,
                             linker->count);
    r = candidates_of_neighbours(&linker->candidates, &model->columns, &linker->nearness,
                                 linker->items, linker->count, err);
    if (r < 0)
        return r;
    linker->unseen = weights_unseen(&model->weights, &linker->tally, linker->items, linker->order,
                                    linker->count, linker->open);
    return weigh_new(linker, model, err);
}

int linker_examine(struct linker *linker, const struct match_model *model,
                   const struct batch *batch, uint32_t record, struct tq_error *err)
{
    const struct composites *composites = &model->composites;
    bool complete = true, resolved;
    int r;

    r = linker_begin(linker, model, batch, record, err);
    if (r < 0)
        return r;
    take_exact(linker, model, true);
    r = weigh_new(linker, model, err);
    if (r < 0)
        return r;
    open_after_exact(linker, model, true);
    if (!has_conflict(linker, model) && leads(linker, model))
        return 0;

    r = ask_pairs(linker, model, 0, composites->selective, &complete, &resolved, err);
    if (r < 0 || resolved)
        return r;
    take_exact(linker, model, false);
    r = ask_pairs(linker, model, composites->selective, composites->pairs, &complete, &resolved,
                  err);
    if (r < 0 || resolved)
        return r;
    return ask_rest(linker, model, err);
}
