/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "match/weights.h"

#include <math.h>
#include <stdlib.h>

#include "base/alloc.h"

/* Start values of EM: algorithms.md 3.2. */
static const double start_m[LEVEL_COUNT] = {.86, .05, .035, .005, .01, .04};
#define START_RHO .3
#define START_PI  .8

/* How often a second name is in the column of another if one is. */
#define EXCHANGED_TOO .9
/* A subject is established by log2 N + 5 bits (algorithms.md 1.2 and 3.2). */
#define BITS_ABOVE 5.0

/* Until they are measured: names and numbers of two people are hardly ever near. */
static const double start_u[LEVEL_COUNT] = {.01, .001, .002, .0005, .008, .9785};

static int reserve_all(struct weights *weights, size_t n, struct tq_error *err)
{
    weights->m = alloc_zeroed(n * LEVEL_COUNT + 1, sizeof(*weights->m));
    weights->u = alloc_zeroed(n * LEVEL_COUNT + 1, sizeof(*weights->u));
    weights->rho = alloc_zeroed(n + 1, sizeof(*weights->rho));
    weights->agree = alloc_zeroed(n + 1, sizeof(*weights->agree));
    weights->same = alloc_zeroed(n + 1, sizeof(*weights->same));
    weights->respelt = alloc_zeroed(n + 1, sizeof(*weights->respelt));
    weights->other = alloc_zeroed(n * LEVEL_COUNT + 1, sizeof(*weights->other));
    weights->log_rho = alloc_zeroed(n + 1, sizeof(*weights->log_rho));
    weights->given = alloc_zeroed(n * n + 1, sizeof(*weights->given));
    weights->near_given = alloc_zeroed(n * n + 1, sizeof(*weights->near_given));
    weights->part_given = alloc_zeroed(n * n + 1, sizeof(*weights->part_given));
    weights->gives = alloc_zeroed(n + 1, sizeof(*weights->gives));
    weights->exchanges = alloc_zeroed(n + 1, sizeof(*weights->exchanges));
    weights->whole = alloc_zeroed(n + 1, sizeof(*weights->whole));
    weights->part = alloc_zeroed(n + 1, sizeof(*weights->part));
    weights->changes = alloc_zeroed(n + 1, sizeof(*weights->changes));
    weights->moves = alloc_zeroed(n * n + 1, sizeof(*weights->moves));
    weights->excuse = alloc_zeroed(n * n + 1, sizeof(*weights->excuse));
    weights->excuses = alloc_zeroed(n + 1, sizeof(*weights->excuses));
    if (!weights->m || !weights->u || !weights->rho || !weights->agree || !weights->same
        || !weights->respelt || !weights->other || !weights->log_rho || !weights->given
        || !weights->near_given || !weights->part_given || !weights->gives || !weights->exchanges
        || !weights->whole || !weights->part || !weights->changes || !weights->moves
        || !weights->excuse || !weights->excuses)
        return tq_no_memory(err);
    return 0;
}

int weights_init(struct weights *weights, const struct match_columns *columns, struct tq_error *err)
{
    size_t n = columns->count;
    int r;

    *weights = (struct weights){.column_count = columns->count, .share = START_PI};
    weights->subjects = columns->kind ? columns->kind->subject_count : 0;
    r = reserve_all(weights, n, err);
    if (r < 0)
        return r;
    for (size_t i = 0; i < n * n; i++)
        weights->given[i] = weights->near_given[i] = weights->part_given[i] = WEIGHT_NONE;
    for (size_t c = 0; c < n; c++) {
        weights->exchanges[c] = columns->items[c].exchanges;
        weights->whole[c] = columns->items[c].type == TYPE_FULL_NAME;
        weights->part[c] = type_is_name(columns->items[c].type) && !weights->whole[c];
        weights->changes[c] = !columns->items[c].identity;
    }
    for (size_t i = 0; i < n * n; i++) {
        if (weights->changes[i / n] && weights->changes[i % n] && i / n != i % n)
            weights->moves[i] = START_MOVES;
    }
    for (size_t c = 0; c < n; c++) {
        for (size_t l = 0; l < LEVEL_COUNT; l++) {
            weights->m[c * LEVEL_COUNT + l] = start_m[l];
            weights->u[c * LEVEL_COUNT + l] = start_u[l];
        }
        weights->rho[c] = columns->items[c].rho_fixed ? columns->items[c].rho : START_RHO;
    }
    weights_update(weights);
    return 0;
}

void weights_clear(struct weights *weights)
{
    free(weights->m);
    free(weights->u);
    free(weights->rho);
    free(weights->agree);
    free(weights->same);
    free(weights->respelt);
    free(weights->other);
    free(weights->log_rho);
    free(weights->given);
    free(weights->near_given);
    free(weights->part_given);
    free(weights->gives);
    free(weights->exchanges);
    free(weights->whole);
    free(weights->part);
    free(weights->changes);
    free(weights->moves);
    free(weights->excuse);
    free(weights->excuses);
    *weights = (struct weights){0};
}

static void update_excuses(struct weights *weights)
{
    size_t n = weights->column_count;

    for (size_t from = 0; from < n; from++) {
        weights->excuses[from] = false;
        for (size_t to = 0; to < n; to++) {
            double moves = weights->moves[from * n + to];
            int32_t weight = WEIGHT_NONE;

            if (moves > weights->m[to * LEVEL_COUNT + LEVEL_DIFFERS])
                weight = weight_of_log(moves / weights->u[to * LEVEL_COUNT + LEVEL_DIFFERS]);
            weights->excuse[from * n + to] = weight < 0 ? weight : 0; /* never speaks for him */
            weights->excuses[from] |= weight != WEIGHT_NONE;
        }
    }
}

void weights_update(struct weights *weights)
{
    for (size_t c = 0; c < weights->column_count; c++) {
        const double *m = weights->m + c * LEVEL_COUNT;
        const double *u = weights->u + c * LEVEL_COUNT;

        double agrees = m[LEVEL_AGREES] + m[LEVEL_RESPELT];

        weights->agree[c] = weight_of_log(agrees);
        weights->same[c] = weight_of_log(m[LEVEL_AGREES] / agrees);
        weights->respelt[c] = weight_of_log(m[LEVEL_RESPELT] / agrees);
        for (size_t l = LEVEL_NEAR; l < LEVEL_COUNT; l++)
            weights->other[c * LEVEL_COUNT + l] = weight_of_log(m[l] / u[l]);
        weights->log_rho[c] = weight_of_log(weights->rho[c]);
    }
    update_excuses(weights);
    if (weights->subjects <= 0)
        return;
    weights->nobody = weight_of_log(weights->subjects * (1 - weights->share) / weights->share);
    weights->established = weight_of(log(weights->subjects) + BITS_ABOVE * log(2));
}

int tally_init(struct tally *tally, uint32_t column_count, struct tq_error *err)
{
    tally->column_count = column_count;
    tally->given = alloc_zeroed(column_count + 1u, sizeof(*tally->given));
    tally->excuse = alloc_zeroed(column_count + 1u, sizeof(*tally->excuse));
    return tally->given && tally->excuse ? 0 : tq_no_memory(err);
}

void tally_clear(struct tally *tally)
{
    free(tally->given);
    free(tally->excuse);
    *tally = (struct tally){0};
}

void tally_begin(struct tally *tally)
{
    for (uint32_t c = 0; c < tally->column_count; c++)
        tally->given[c] = tally->excuse[c] = WEIGHT_NONE;
}

int64_t tally_agreement(struct tally *tally, const struct weights *weights, const struct item *item)
{
    int32_t u = weights_item(weights, item);
    int64_t gain;

    if (tally->given[item->column] > u)
        u = tally->given[item->column];
    gain = (int64_t)weights->agree[item->column] - u;
    if (weights->gives[item->column]) {
        const int32_t *row = weights->given + (size_t)item->column * weights->column_count;

        for (uint32_t c = 0; c < weights->column_count; c++)
            tally->given[c] = row[c] > tally->given[c] ? row[c] : tally->given[c];
    }
    return gain > 0 ? gain : 0;
}

/* Kin who share a name spell it alike: where they are what is to be told from, it says nothing. */
int64_t tally_spelling(const struct tally *tally, const struct weights *weights,
                       const struct item *item, enum level level)
{
    uint16_t column = item->column;

    if (item->spelling == 0 || tally->given[column] > weights_item(weights, item))
        return 0;
    return level == LEVEL_AGREES ? (int64_t)weights->same[column] - item->log_same
                                 : (int64_t)weights->respelt[column] - item->log_other;
}

int64_t tally_difference(struct tally *tally, const struct weights *weights,
                         const struct item *item)
{
    int32_t differ = weights->other[(size_t)item->column * LEVEL_COUNT + LEVEL_DIFFERS];
    int32_t weight = tally->excuse[item->column] > differ ? tally->excuse[item->column] : differ;

    if (weights->excuses[item->column]) {
        const int32_t *row = weights->excuse + (size_t)item->column * weights->column_count;

        for (uint32_t c = 0; c < weights->column_count; c++)
            tally->excuse[c] = row[c] > tally->excuse[c] ? row[c] : tally->excuse[c];
    }
    return weights_shared(weight, item);
}

void weights_order(const struct weights *weights, const struct item *items, size_t count,
                   uint16_t *out_order)
{
    for (size_t i = 0; i < count; i++) {
        int64_t u = items[i].held ? weights_item(weights, &items[i]) : INT64_MIN;
        size_t k = i;

        for (; k > 0; k--) {
            const struct item *before = &items[out_order[k - 1]];
            int64_t other = before->held ? weights_item(weights, before) : INT64_MIN;

            if (other <= u)
                break;
            out_order[k] = out_order[k - 1];
        }
        out_order[k] = (uint16_t)i;
    }
}

int32_t weights_exchanged(const struct weights *weights, const struct item *item)
{
    double u = weights->u[(size_t)item->column * LEVEL_COUNT + LEVEL_EXCHANGED];

    return weights_shared(weight_of_log(EXCHANGED_TOO / u), item);
}

int32_t weights_resembling(const struct weights *weights, const struct item *item)
{
    int32_t near = weights_level(weights, item, LEVEL_NEAR);
    int32_t exchanged = weights->exchanges[item->column] ? weights_exchanged(weights, item) : near;
    int32_t partly = weights_level(weights, item, LEVEL_PARTLY);
    int32_t best = near > partly ? near : partly;

    return exchanged > best ? exchanged : best;
}

int32_t weights_at_best(const struct weights *weights, const struct item *item, bool may_agree)
{
    int32_t best = weights_resembling(weights, item);
    int32_t agree = weights->agree[item->column] - weights_item(weights, item);

    if (may_agree && item->held && agree > best)
        best = agree;
    return best > 0 ? best : 0;
}

/* Of `given`, the largest chance on `column` of strangers who agree as these levels do. */
static int32_t chance_beside(const struct weights *weights, const int32_t *given,
                             const struct item *items, size_t count, const uint8_t *levels,
                             uint16_t column)
{
    int32_t chance = WEIGHT_NONE;

    for (size_t i = 0; i < count; i++) {
        size_t at = (size_t)items[i].column * weights->column_count + column;

        if (level_agrees(levels[i]) && given[at] > chance)
            chance = given[at];
    }
    return chance;
}

/* Who shares a household with somebody is also near to his mistyped telephone number. */
static int64_t no_more_than_agreement(const struct tally *tally, const struct weights *weights,
                                      const struct item *item, int32_t weight)
{
    int32_t given = tally->given[item->column];

    if (weight > 0 && given != WEIGHT_NONE && weights->agree[item->column] - given < weight)
        weight = weights->agree[item->column] > given ? weights->agree[item->column] - given : 0;
    return weights_shared(weight, item);
}

/*
 * A near value says no more than agreement would in its place. And it says less the more often
 * those are near who have in common what agrees: brothers were born in neighbouring years.
 */
static int64_t near_weight(const struct tally *tally, const struct weights *weights,
                           const struct item *item, int32_t chance)
{
    size_t at = (size_t)item->column * LEVEL_COUNT + LEVEL_NEAR;
    int32_t near = weights->other[at];

    if (chance != WEIGHT_NONE && weight_of_log(weights->m[at]) - chance < near)
        near = weight_of_log(weights->m[at]) - chance;
    return no_more_than_agreement(tally, weights, item, near);
}

/* `again`: another name of the record is exchanged as well. */
static int64_t exchanged_weight(const struct tally *tally, const struct weights *weights,
                                const struct item *item, bool again)
{
    size_t at = (size_t)item->column * LEVEL_COUNT + LEVEL_EXCHANGED;

    return no_more_than_agreement(tally, weights, item,
                                  again ? weight_of_log(EXCHANGED_TOO / weights->u[at])
                                        : weights->other[at]);
}

/*
 * Who shares a household with somebody has the family name in common with him: then it says
 * nothing for him that a part of the name agrees, and against him what a difference does.
 */
static int64_t partly_weight(const struct weights *weights, const struct item *item, int32_t chance)
{
    double m = weights->m[(size_t)item->column * LEVEL_COUNT + LEVEL_PARTLY];
    int32_t partly = weights->other[(size_t)item->column * LEVEL_COUNT + LEVEL_PARTLY];

    if (chance != WEIGHT_NONE && weight_of_log(m) - chance < partly)
        partly = weight_of_log(m) - chance;
    return weights_shared(partly, item);
}

/* What is counted up for one candidate. */
struct count {
    const struct weights *weights;
    struct tally *tally;
    const struct item *items;
    size_t item_count;
    const uint8_t *levels;
    unsigned exchanged;
    int64_t parts_for, parts_against; /* what family and given names say */
};

static int64_t agreement_weight(const struct count *count, size_t number)
{
    const struct item *item = &count->items[number];

    return tally_spelling(count->tally, count->weights, item, count->levels[number])
           + tally_agreement(count->tally, count->weights, item);
}

/* Of an item that does not agree. */
static int64_t other_weight(struct count *count, size_t number)
{
    const struct weights *weights = count->weights;
    const struct item *item = &count->items[number];

    switch (count->levels[number]) {
    case LEVEL_NEAR:
        return near_weight(count->tally, weights, item,
                           chance_beside(weights, weights->near_given, count->items,
                                         count->item_count, count->levels, item->column));
    case LEVEL_EXCHANGED:
        return exchanged_weight(count->tally, weights, item, count->exchanged++ > 0);
    case LEVEL_PARTLY:
        return partly_weight(weights, item,
                             chance_beside(weights, weights->part_given, count->items,
                                           count->item_count, count->levels, item->column));
    case LEVEL_DIFFERS:
        return tally_difference(count->tally, weights, item);
    default:
        return 0;
    }
}

int64_t weights_beside_parts(int64_t whole, int64_t parts_for, int64_t parts_against)
{
    if (whole > 0)
        return whole > parts_for ? whole - parts_for : 0;
    return whole < parts_against ? whole - parts_against : 0;
}

static void add_part(struct count *count, size_t number, int64_t weight)
{
    if (!count->weights->part[count->items[number].column])
        return;
    if (weight > 0)
        count->parts_for += weight;
    else
        count->parts_against += weight;
}

int64_t weights_of_levels(const struct weights *weights, struct tally *tally,
                          const struct item *items, const uint16_t *order, size_t count,
                          const uint8_t *levels)
{
    struct count counted = {weights, tally, items, count, levels, 0, 0, 0};
    int64_t sum = 0;

    tally_begin(tally);
    for (size_t k = 0; k < count; k++) {
        int64_t weight = level_agrees(levels[order[k]]) ? agreement_weight(&counted, order[k]) : 0;

        sum += weight;
        add_part(&counted, order[k], weight);
    }
    for (size_t k = 0; k < count; k++) {
        bool whole = weights->whole[items[order[k]].column];
        int64_t weight =
            level_agrees(levels[order[k]]) || whole ? 0 : other_weight(&counted, order[k]);

        sum += weight;
        add_part(&counted, order[k], weight);
    }
    for (size_t k = 0; k < count; k++) {
        if (weights->whole[items[order[k]].column] && !level_agrees(levels[order[k]]))
            sum += weights_beside_parts(other_weight(&counted, order[k]), counted.parts_for,
                                        counted.parts_against);
    }
    return sum;
}

int64_t weights_bound(const struct weights *weights, struct tally *tally, const struct item *items,
                      const uint16_t *order, size_t count, const bool *open)
{
    int64_t sum = 0;

    tally_begin(tally);
    for (size_t k = 0; k < count; k++) {
        const struct item *item = &items[order[k]];

        if (open[order[k]])
            sum += tally_agreement(tally, weights, item) + weights_same(weights, item);
        else
            sum += weights_at_best(weights, item, false);
    }
    return sum;
}

double weights_ratio(int64_t weight)
{
    return exp((double)weight / WEIGHT_ONE);
}

/* How likely the item does not agree: u of each level times m / u. */
static double error_given(const struct weights *weights, const struct tally *tally,
                          const struct item *item)
{
    const double *m = weights->m + (size_t)item->column * LEVEL_COUNT;
    const double *u = weights->u + (size_t)item->column * LEVEL_COUNT;
    double differs = m[LEVEL_DIFFERS];

    if (tally->excuse[item->column]
        > weights->other[(size_t)item->column * LEVEL_COUNT + LEVEL_DIFFERS])
        differs = u[LEVEL_DIFFERS] * weights_ratio(tally->excuse[item->column]);
    return m[LEVEL_NEAR] + m[LEVEL_EXCHANGED] + m[LEVEL_PARTLY] + differs;
}

double weights_unseen(const struct weights *weights, struct tally *tally, const struct item *items,
                      const uint16_t *order, size_t count, const bool *open)
{
    double product = weights->subjects;

    tally_begin(tally);
    for (size_t k = 0; k < count; k++) {
        const struct item *item = &items[order[k]];
        double error = error_given(weights, tally, item);
        bool known = tally->given[item->column] > weights_item(weights, item);

        if (!open[order[k]]) /* as weights_shared() */
            product *= item->peers > 1 ? pow(error, 1.0 / item->peers) : error;
        else if (!known)
            product *=
                weights_ratio(item->log_share + tally_agreement(tally, weights, item)) + error;
    }
    return product;
}
