/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "match/estimate.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

#define ROUNDS_MIN 5u
#define ROUNDS_MAX 12u
#define CONVERGED  1e-5

#define M_MIN     .001 /* floor of m: a level never seen may still occur */
#define PI_MIN    .001
#define START_PI  .8
#define RATIO_MIN 1e-4 /* candidates below do not count */

/* Records that the start values are worth; more where the sample is too small to be trusted. */
#define SMALL_SAMPLE        50u
#define PRIOR_SMALL_RECORDS 20.0
#define PRIOR_RECORDS       .5

static const double prior_m[LEVEL_COUNT] = {.86, .05, .035, .005, .01, .04};

/* What strangers share who share one thing is drawn to what subjects share, by so many pairs. */
#define PRIOR_PAIRS 20.0

/* A thing that so many subjects share at most: of others hardly any candidate is kept. */
#define SHARED_MAX 4.0

/* Responsibilities, times 2^20, added up. */
struct totals {
    int64_t *levels;      /* column_count x LEVEL_COUNT */
    int64_t *nobody;      /* column_count: of cells of records about nobody */
    int64_t *nobody_held; /* those of them that some subject holds */
    int64_t *together;    /* column_count x column_count: both differ */
    int64_t *beside;      /* column_count x column_count: the first differs, the second may */
    int64_t *strangers;   /* column_count x column_count x LEVEL_COUNT: of records about nobody,
                             how the second column compares with who has the first in common */
    int64_t linked;
};

struct round {
    const struct weights *weights;
    struct tally tally;
    struct totals totals;
    uint16_t *order;
    int64_t *weight; /* of the candidates of one record */
    size_t order_capacity, weight_capacity;
    /* column_count x column_count: of the weights, as measured */
    int32_t *given, *near_given, *part_given;
    int64_t rare; /* weight of the share of SHARED_MAX subjects */
};

static int64_t fixed(double probability)
{
    return llround(probability * WEIGHT_ONE);
}

/* Weights of the candidates; the largest of them and of nobody. */
static int64_t weigh_record(struct round *round, const struct sample_record *record,
                            const struct item *items, const uint8_t *levels)
{
    int64_t top = round->weights->nobody;

    for (uint32_t i = 0; i < record->scored_count; i++) {
        round->weight[i] =
            weights_of_levels(round->weights, &round->tally, items, round->order,
                              record->item_count, levels + (size_t)i * record->item_count);
        if (round->weight[i] > top)
            top = round->weight[i];
    }
    return top;
}

/* How often attributes that change differ together: item number `from` does. */
static void add_difference(struct totals *totals, const struct weights *weights,
                           const struct item *items, size_t count, const uint8_t *levels,
                           size_t from, int64_t share)
{
    size_t row = (size_t)items[from].column * weights->column_count;

    for (size_t i = 0; i < count; i++) {
        int64_t part = share / items[from].peers / items[i].peers;

        if (levels[i] >= LEVEL_COUNT || !weights->changes[items[i].column]
            || items[i].column == items[from].column)
            continue;
        totals->beside[row + items[i].column] += part;
        if (levels[i] == LEVEL_DIFFERS)
            totals->together[row + items[i].column] += part;
    }
}

static void add_candidate(struct totals *totals, const struct weights *weights,
                          const struct item *items, size_t count, const uint8_t *levels,
                          double probability)
{
    int64_t share = fixed(probability);

    for (size_t i = 0; i < count; i++) {
        if (levels[i] >= LEVEL_COUNT)
            continue;
        totals->levels[(size_t)items[i].column * LEVEL_COUNT + levels[i]] += share / items[i].peers;
        if (levels[i] == LEVEL_DIFFERS && weights->changes[items[i].column])
            add_difference(totals, weights, items, count, levels, i, share);
    }
}

static void add_nobody(struct totals *totals, const struct item *items, size_t count,
                       double probability)
{
    int64_t share = fixed(probability);

    totals->linked += WEIGHT_ONE - share;
    for (size_t i = 0; i < count; i++) {
        totals->nobody[items[i].column] += share / items[i].peers;
        if (items[i].held)
            totals->nobody_held[items[i].column] += share / items[i].peers;
    }
}

/* What a stranger has in common with somebody of whom he has a rare thing. */
static void add_stranger(struct round *round, const struct item *items, size_t count,
                         const uint8_t *levels, double probability)
{
    size_t columns = round->weights->column_count;
    int64_t share = fixed(probability);

    for (size_t i = 0; i < count; i++) {
        if (!level_agrees(levels[i]) || items[i].log_share > round->rare)
            continue;
        for (size_t k = 0; k < count; k++) {
            size_t pair = items[i].column * columns + items[k].column;

            if (levels[k] < LEVEL_COUNT && items[k].column != items[i].column)
                round->totals.strangers[pair * LEVEL_COUNT + levels[k]] +=
                    share / items[i].peers / items[k].peers;
        }
    }
}

static int add_record(struct round *round, const struct sample_chunk *chunk, uint32_t number,
                      struct tq_error *err)
{
    const struct sample_record *record = &chunk->records[number];
    const struct item *items = chunk->evidence.items + record->item_first;
    const uint8_t *levels = chunk->levels + record->level_first;
    double sum, nobody;
    int64_t top;
    int r;

    r = alloc_reserve(&round->order, &round->order_capacity, record->item_count + (size_t)1,
                      sizeof(*round->order), err);
    if (r < 0)
        return r;
    r = alloc_reserve(&round->weight, &round->weight_capacity, record->scored_count + (size_t)1,
                      sizeof(*round->weight), err);
    if (r < 0)
        return r;
    weights_order(round->weights, items, record->item_count, round->order);
    top = weigh_record(round, record, items, levels);
    nobody = weights_ratio(round->weights->nobody - top);
    sum = nobody;
    if (record->unresolved)
        sum += weights_ratio(-top)
               * weights_unseen(round->weights, &round->tally, items, round->order,
                                record->item_count, chunk->open + record->item_first);
    for (uint32_t i = 0; i < record->scored_count; i++)
        sum += weights_ratio(round->weight[i] - top);
    for (uint32_t i = 0; i < record->scored_count; i++) {
        const uint8_t *his = levels + (size_t)i * record->item_count;
        double probability = weights_ratio(round->weight[i] - top) / sum;

        if (probability >= RATIO_MIN)
            add_candidate(&round->totals, round->weights, items, record->item_count, his,
                          probability);
        if (nobody >= RATIO_MIN * sum)
            add_stranger(round, items, record->item_count, his, nobody / sum);
    }
    add_nobody(&round->totals, items, record->item_count, nobody / sum);
    return 0;
}

/* P(differs on `to` | differs on `from`), drawn to the start value where little was seen. */
static void maximise_moves(struct weights *weights, const struct totals *totals)
{
    size_t n = weights->column_count;

    for (size_t i = 0; i < n * n; i++) {
        double together = (double)totals->together[i] / WEIGHT_ONE;
        double beside = (double)totals->beside[i] / WEIGHT_ONE;

        if (weights->moves[i] > 0)
            weights->moves[i] =
                (together + PRIOR_SMALL_RECORDS * START_MOVES) / (beside + PRIOR_SMALL_RECORDS);
    }
}

/* Of the measured chance, and the pairs of strangers seen; WEIGHT_NONE stays. Never more: altered
 * records of subjects, taken for strangers, would make it so. */
static int32_t draw_chance(int32_t measured, int64_t found, int64_t all)
{
    int32_t drawn;

    if (measured == WEIGHT_NONE)
        return WEIGHT_NONE;
    drawn = weight_of_log((weights_ratio(measured) * PRIOR_PAIRS + (double)found / WEIGHT_ONE)
                          / (PRIOR_PAIRS + (double)all / WEIGHT_ONE));
    return drawn < measured ? drawn : measured;
}

/*
 * The register tells what two of its subjects share by chance, twins among those at one address.
 * The strangers in a table may be others: relatives of subjects, of whom none is a twin.
 */
static void maximise_chances(struct weights *weights, const struct round *round)
{
    size_t n = weights->column_count;

    for (size_t i = 0; i < n * n; i++) {
        const int64_t *levels = round->totals.strangers + i * LEVEL_COUNT;
        int64_t all = 0;

        for (size_t l = 0; l < LEVEL_COUNT; l++)
            all += levels[l];
        weights->given[i] =
            draw_chance(round->given[i], levels[LEVEL_AGREES] + levels[LEVEL_RESPELT], all);
        weights->near_given[i] = draw_chance(round->near_given[i], levels[LEVEL_NEAR], all);
        weights->part_given[i] = draw_chance(round->part_given[i], levels[LEVEL_PARTLY], all);
    }
}

/* New parameters from the totals; the change of pi. */
static double maximise(struct match_model *model, const struct round *round, uint64_t records)
{
    const struct totals *totals = &round->totals;
    struct weights *weights = &model->weights;
    double prior = records < SMALL_SAMPLE ? PRIOR_SMALL_RECORDS : PRIOR_RECORDS;
    double before = weights->share;

    for (size_t c = 0; c < weights->column_count; c++) {
        const int64_t *levels = totals->levels + c * LEVEL_COUNT;
        double all = prior;

        for (size_t l = 0; l < LEVEL_COUNT; l++)
            all += (double)levels[l] / WEIGHT_ONE;
        for (size_t l = 0; l < LEVEL_COUNT; l++) {
            double m = ((double)levels[l] / WEIGHT_ONE + prior * prior_m[l]) / all;

            weights->m[c * LEVEL_COUNT + l] = m > M_MIN ? m : M_MIN;
        }
        if (!model->columns.items[c].rho_fixed)
            weights->rho[c] = (1 + (double)totals->nobody_held[c] / WEIGHT_ONE)
                              / (2 + (double)totals->nobody[c] / WEIGHT_ONE);
    }
    weights->share =
        ((double)totals->linked / WEIGHT_ONE + prior * START_PI) / ((double)records + prior);
    if (weights->share < PI_MIN)
        weights->share = PI_MIN;
    if (weights->share > 1 - PI_MIN)
        weights->share = 1 - PI_MIN;
    maximise_moves(weights, totals);
    maximise_chances(weights, round);
    weights_update(weights);
    return fabs(weights->share - before);
}

static int sum_round(struct round *round, const struct sample *sample, struct tq_error *err)
{
    size_t columns = round->weights->column_count;

    for (size_t i = 0; i < columns * LEVEL_COUNT; i++)
        round->totals.levels[i] = 0;
    for (size_t c = 0; c < columns; c++) {
        round->totals.nobody[c] = 0;
        round->totals.nobody_held[c] = 0;
    }
    for (size_t i = 0; i < columns * columns; i++)
        round->totals.together[i] = round->totals.beside[i] = 0;
    for (size_t i = 0; i < columns * columns * LEVEL_COUNT; i++)
        round->totals.strangers[i] = 0;
    round->totals.linked = 0;
    for (uint32_t i = 0; i < sample->chunk_count; i++) {
        const struct sample_chunk *chunk = &sample->chunks[i];

        for (uint32_t k = 0; k < chunk->evidence.record_count; k++) {
            int r = add_record(round, chunk, k, err);

            if (r < 0)
                return r;
        }
    }
    return 0;
}

static int round_init(struct round *round, const struct weights *weights, struct tq_error *err)
{
    size_t n = weights->column_count;

    *round = (struct round){.weights = weights};
    round->totals.levels = alloc_zeroed(n * LEVEL_COUNT + 1, sizeof(int64_t));
    round->totals.nobody = alloc_zeroed(n + 1, sizeof(int64_t));
    round->totals.nobody_held = alloc_zeroed(n + 1, sizeof(int64_t));
    round->totals.together = alloc_zeroed(n * n + 1, sizeof(int64_t));
    round->totals.beside = alloc_zeroed(n * n + 1, sizeof(int64_t));
    round->totals.strangers = alloc_zeroed(n * n * LEVEL_COUNT + 1, sizeof(int64_t));
    round->given = alloc_zeroed(n * n + 1, sizeof(*round->given));
    round->near_given = alloc_zeroed(n * n + 1, sizeof(*round->near_given));
    round->part_given = alloc_zeroed(n * n + 1, sizeof(*round->part_given));
    if (!round->totals.levels || !round->totals.nobody || !round->totals.nobody_held
        || !round->totals.together || !round->totals.beside || !round->totals.strangers
        || !round->given || !round->near_given || !round->part_given)
        return tq_no_memory(err);
    memcpy(round->given, weights->given, n * n * sizeof(*round->given));
    memcpy(round->near_given, weights->near_given, n * n * sizeof(*round->near_given));
    memcpy(round->part_given, weights->part_given, n * n * sizeof(*round->part_given));
    if (weights->subjects > 0)
        round->rare = weight_of_log(SHARED_MAX / weights->subjects);
    return tally_init(&round->tally, weights->column_count, err);
}

static void round_clear(struct round *round)
{
    free(round->totals.levels);
    free(round->totals.nobody);
    free(round->totals.nobody_held);
    free(round->totals.together);
    free(round->totals.beside);
    free(round->totals.strangers);
    free(round->given);
    free(round->near_given);
    free(round->part_given);
    tally_clear(&round->tally);
    free(round->order);
    free(round->weight);
}

int estimate_weights(struct match_model *model, const struct sample *sample, struct tq_error *err)
{
    struct round round;
    unsigned rounds = 0;
    double change = 1;
    int r = round_init(&round, &model->weights, err);

    while (r == 0 && sample->record_count > 0
           && (rounds < ROUNDS_MIN || (rounds < ROUNDS_MAX && change >= CONVERGED))) {
        r = sum_round(&round, sample, err);
        if (r == 0)
            change = maximise(model, &round, sample->record_count);
        rounds++;
    }
    model->summary.rounds = rounds;
    round_clear(&round);
    return r;
}
