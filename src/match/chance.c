/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "match/chance.h"

#include <math.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/pool.h"
#include "normalise/similarity.h"

#define PAIRS     400u /* drawn for each column */
#define PAIRS_MIN 20u  /* fewer say nothing */
#define TRIES     16u  /* to find a subject that holds the value in the period at hand */
#define KEYS_MAX  64u  /* of one subject that are compared */

#define LIKENESS_DEVIATIONS 2.0 /* standard deviations that a share is taken to be too large by */

/* Two subjects that share a value; in `period`, if the column is compared by row. */
struct pair {
    uint32_t a, b;
    uint16_t period;
};

/* Numbers that look random and are the same in every run. */
struct draws {
    uint64_t seed, count;
};

static uint64_t draw(struct draws *draws, uint64_t below)
{
    draws->count++;
    return hash_mix(draws->seed ^ draws->count * 0x9e3779b97f4a7c15ull) % below;
}

/* What drawing pairs of one column needs to know. */
struct source {
    const struct match_column *column;
    uint32_t *ref_of_subject; /* reached through a reference: its key for each subject; owned */
};

static int source_init(struct source *source, const struct match_columns *columns,
                       const struct match_column *column, struct tq_error *err)
{
    const struct field *through = column->through;
    uint32_t subjects;

    *source = (struct source){.column = column};
    if (!through)
        return 0;
    subjects = columns->reg->kinds[through->ref_kind].subject_count;
    source->ref_of_subject = alloc_zeroed(subjects + (size_t)1, sizeof(*source->ref_of_subject));
    if (!source->ref_of_subject)
        return tq_no_memory(err);
    for (uint32_t s = 0; s < subjects; s++)
        source->ref_of_subject[s] = KEY_NONE;
    for (uint32_t key = 0; key < through->key_count; key++) {
        if (through->key_subject[key] != SUBJECT_NONE)
            source->ref_of_subject[through->key_subject[key]] = key;
    }
    return 0;
}

/* Whether at least two subjects of the kind hold the key. */
static bool is_shared(const struct match_column *column, uint32_t key)
{
    if (!column->log_share || column->by_row)
        return view_key_frequency(column->view, key) >= 2;
    return column->log_share[key] != WEIGHT_NONE
           && exp((double)column->log_share[key] / WEIGHT_ONE) * column->population > 1.5;
}

/* Some subject of the kind that holds the key at some time. */
static uint32_t draw_holder(const struct source *source, uint32_t key, struct draws *draws)
{
    const struct field *through = source->column->through;
    uint32_t count, ref;
    const uint32_t *holders = column_holders(source->column, key, &count);
    uint32_t holder;

    if (count == 0)
        return SUBJECT_NONE;
    holder = holders[draw(draws, count)];
    if (!through)
        return holder;
    ref = source->ref_of_subject[holder];
    if (ref == KEY_NONE || field_key_frequency(through, ref) == 0)
        return SUBJECT_NONE;
    return through
        ->posting[through->posting_start[ref] + draw(draws, field_key_frequency(through, ref))];
}

/* A period for which the subject has a fact of a periodic field; MONTH_NONE: none. */
static uint16_t draw_period(const struct field *field, uint32_t subject, struct draws *draws)
{
    uint64_t first = field->fact_start[subject], count = field->fact_start[subject + 1] - first;

    if (count == 0 || !field->fact_period)
        return MONTH_NONE;
    return field->fact_period[first + draw(draws, count)];
}

static const struct field *periodic_field(const struct match_column *column)
{
    return column->through && column->through->fact_period ? column->through : column->field;
}

static bool draw_pair(const struct source *source, uint32_t key, struct draws *draws,
                      struct pair *out)
{
    const struct match_column *column = source->column;
    uint32_t found[2] = {SUBJECT_NONE, SUBJECT_NONE};
    uint16_t period = MONTH_NONE;
    unsigned count = 0;

    for (unsigned i = 0; i < 2 * TRIES && count < 2; i++) {
        uint32_t subject = draw_holder(source, key, draws);

        if (subject == SUBJECT_NONE || subject == found[0])
            continue;
        if (column->by_row && count == 0)
            period = draw_period(periodic_field(column), subject, draws);
        if (column_compare(column, subject, period, key) == LEVEL_AGREES)
            found[count++] = subject;
    }
    *out = (struct pair){found[0], found[1], period};
    return count == 2;
}

static enum level compare_values(const struct match_column *column, uint32_t a, uint32_t b)
{
    enum form form = column->field->form;
    struct slice text_a, text_b;

    if (a == b)
        return LEVEL_AGREES;
    if (!column->plain || column->field->fingerprints_only)
        return LEVEL_DIFFERS;
    text_a = field_key_text(column->field, a);
    text_b = field_key_text(column->field, b);
    if (similarity_near(form, text_a, text_b) || similarity_two_edits(form, text_a, text_b))
        return LEVEL_NEAR;
    return similarity_is_partly(form, text_a, text_b) ? LEVEL_PARTLY : LEVEL_DIFFERS;
}

/* How the values are alike that are most alike; LEVEL_NONE: one of the two holds nothing. */
static enum level compare_pair(const struct match_column *column, const struct pair *pair,
                               uint16_t period)
{
    uint32_t a[KEYS_MAX], b[KEYS_MAX];
    uint32_t count_a = column_held_keys(column, pair->a, period, a, KEYS_MAX);
    uint32_t count_b = column_held_keys(column, pair->b, period, b, KEYS_MAX);
    enum level best = LEVEL_DIFFERS;

    if (count_a == 0 || count_b == 0)
        return LEVEL_NONE;
    for (uint32_t i = 0; i < count_a && best != LEVEL_AGREES; i++) {
        for (uint32_t k = 0; k < count_b && best != LEVEL_AGREES; k++) {
            enum level level = compare_values(column, a[i], b[k]);

            best = level < best ? level : best;
        }
    }
    return best;
}

/* Weight of how often so many of those compared were found; of none or all, half a pair less. */
static int32_t weight_of_share(double found, uint32_t compared)
{
    return weight_of_log((found + .5) / (compared + 1.0));
}

/*
 * The same of what only resembles, as far as it is no accident of the pairs drawn: many columns
 * are asked and the largest counts, which would make too much of what all strangers have.
 */
static int32_t weight_of_likeness(uint32_t found, uint32_t compared)
{
    double sure = found - LIKENESS_DEVIATIONS * sqrt(found);

    return sure > 0 ? weight_of_share(sure, compared) : WEIGHT_NONE;
}

static void measure_one(const struct match_columns *columns, uint32_t from, uint32_t to,
                        const struct pair *pairs, uint32_t count, struct weights *weights)
{
    size_t at = (size_t)from * columns->count + to;
    const struct match_column *column = &columns->items[to];
    struct draws draws = {.seed = (uint64_t)from << 32 | to};
    uint32_t compared = 0, found[LEVEL_COUNT + 1] = {0};

    for (uint32_t i = 0; i < count; i++) {
        uint16_t period = pairs[i].period;

        if (column->by_row && (period == MONTH_NONE || from == to)) {
            period = draw_period(periodic_field(column), pairs[i].a, &draws);
            if (period == MONTH_NONE || (from == to && period == pairs[i].period))
                continue;
        }
        found[compare_pair(column, &pairs[i], period)]++;
    }
    for (unsigned level = 0; level < LEVEL_COUNT; level++)
        compared += found[level];
    if (compared < PAIRS_MIN)
        return;
    weights->given[at] = weight_of_share(found[LEVEL_AGREES], compared);
    weights->gives[from] = true;
    weights->near_given[at] = weight_of_likeness(found[LEVEL_NEAR], compared);
    weights->part_given[at] = weight_of_likeness(found[LEVEL_PARTLY], compared);
}

static int order_numbers(const void *a, const void *b)
{
    const uint64_t *x = a, *y = b;

    return (*x > *y) - (*x < *y);
}

/* Ranks, among the shared keys, of those to draw pairs from; rising. */
static uint32_t draw_ranks(const struct match_column *column, struct draws *draws, uint64_t *ranks)
{
    uint64_t shared = 0;

    for (uint32_t key = 0; key < column->key_count; key++)
        shared += is_shared(column, key);
    if (shared == 0)
        return 0;
    for (uint32_t i = 0; i < PAIRS; i++)
        ranks[i] = draw(draws, shared);
    qsort(ranks, PAIRS, sizeof(*ranks), order_numbers);
    return PAIRS;
}

static uint32_t draw_pairs(const struct source *source, struct draws *draws, struct pair *pairs)
{
    uint64_t ranks[PAIRS], rank = 0;
    uint32_t wanted = draw_ranks(source->column, draws, ranks);
    uint32_t next = 0, count = 0;

    for (uint32_t key = 0; key < source->column->key_count && next < wanted; key++) {
        if (!is_shared(source->column, key))
            continue;
        for (; next < wanted && ranks[next] == rank; next++)
            count += draw_pair(source, key, draws, &pairs[count]);
        rank++;
    }
    return count;
}

static uint32_t count_distinct(const struct pair *pairs, uint32_t count)
{
    uint64_t numbers[PAIRS];
    uint32_t distinct = 0;

    for (uint32_t i = 0; i < count; i++) {
        uint32_t low = pairs[i].a < pairs[i].b ? pairs[i].a : pairs[i].b;

        numbers[i] = (uint64_t)low << 32 | (pairs[i].a ^ pairs[i].b ^ low);
    }
    qsort(numbers, count, sizeof(*numbers), order_numbers);
    for (uint32_t i = 0; i < count; i++)
        distinct += i == 0 || numbers[i] != numbers[i - 1];
    return distinct;
}

struct measure {
    struct weights *weights;
    const struct match_columns *columns;
};

static int measure_column(void *state, size_t index, unsigned thread, struct tq_error *err)
{
    const struct measure *measure = state;
    const struct match_columns *columns = measure->columns;
    struct draws draws = {.seed = index + 1};
    struct pair pairs[PAIRS];
    struct source source;
    uint32_t count;
    int r;

    (void)thread;
    r = source_init(&source, columns, &columns->items[index], err);
    if (r < 0)
        return r;
    count = draw_pairs(&source, &draws, pairs);
    free(source.ref_of_subject);
    if (count_distinct(pairs, count) < PAIRS_MIN)
        return 0;
    for (uint32_t to = 0; to < columns->count; to++) {
        if (to != index || columns->items[to].by_row)
            measure_one(columns, (uint32_t)index, to, pairs, count, measure->weights);
    }
    return 0;
}

int chance_measure(struct weights *weights, const struct match_columns *columns, unsigned threads,
                   struct tq_error *err)
{
    struct measure measure = {.weights = weights, .columns = columns};

    return pool_run(threads, columns->count, measure_column, &measure, err);
}
