/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Hypotheses about the kind of a table. Rules and constants: algorithms.md 1.2. */
#include "reading/hypothesis.h"

#include <math.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "normalise/date.h"

#define SCORED_MIN       5u  /* linked rows, for the permutation expectation to mean something */
#define SINGLE_PERCENT   10u /* of the rows linked: below, single columns are tried as anchors */
#define SINGLE_HITS_MIN  10u
#define SINGLE_TRIES_MAX 6u
#define SPARSE_DENSITY   .02  /* an id space in which a hit is evidence by itself */
#define DENSITY_MIN      .001 /* what 400 altered values can tell from none */
#define KAPPA_IDENTITY   .5
#define MONTHS_PERCENT   90u  /* of the non-empty cells must be months */
#define EXPLAINED_ALONE  1e-9 /* something, but less than any explanation */

/* ---- lists of candidates ---- */

static const struct candidate_reading *best_of(const struct candidate_readings *list)
{
    for (size_t i = 0; i < list->count; i++) {
        if (list->items[i].rank == list->best_rank)
            return &list->items[i];
    }
    return NULL;
}

/* Whether the reading of a column says no more than the anchor itself: it is the anchor's column,
 * or one with the same values. */
static bool is_echo(const struct candidate_reading *reading, uint32_t column,
                    const struct pair *anchor)
{
    return column == anchor->column
           || (reading->target.through == FIELD_NONE && reading->target.field == anchor->field);
}

/* Nats per linked row, over the columns that are explained at all; without what is an echo of
 * `anchor`, if the rows were linked by that alone (else NULL). */
static double explained(const struct candidate_readings *lists, uint32_t columns,
                        const struct pair *anchor)
{
    double sum = 0;

    for (uint32_t c = 0; c < columns; c++) {
        const struct candidate_reading *best = best_of(&lists[c]);

        if (best && candidate_explains(best) && !(anchor && is_echo(best, c, anchor)))
            sum += best->gain / best->measure.compared;
    }
    return sum;
}

/* ---- month columns ---- */

struct span {
    uint16_t first, last;
    bool yearly; /* all of them are Januaries, as which years are kept */
};

static bool is_january(uint16_t month)
{
    return month % 12 == 0; /* month_number() */
}

/* The periods in which the linked subjects have anything. */
static int find_span(const struct linked *linked, struct span *out_span, struct tq_error *err)
{
    const struct reg *reg = linked->sample->reg;
    const struct kind *kind = &reg->kinds[linked->kind];
    struct span span = {UINT16_MAX, 0, true};

    for (uint16_t f = kind->field_first; f < kind->field_first + kind->field_count; f++) {
        const struct field *field = reg_field(reg, f);
        int r;

        if (!field->periodic)
            continue;
        r = reg_load_field(reg, f, FIELD_HELD, err);
        if (r < 0)
            return r;
        for (uint32_t i = 0; i < linked->count; i++) {
            uint64_t first = field->fact_start[linked->subject[i]];
            uint64_t end = field->fact_start[linked->subject[i] + 1];

            if (first == end)
                continue;
            if (field->fact_period[first] < span.first)
                span.first = field->fact_period[first];
            if (field->fact_period[end - 1] > span.last)
                span.last = field->fact_period[end - 1];
            for (uint64_t k = first; k < end && span.yearly; k++)
                span.yearly = is_january(field->fact_period[k]);
        }
    }
    *out_span = span;
    return TQ_OK;
}

static bool are_months(const struct sample *sample, uint32_t column, const uint16_t *months)
{
    uint32_t filled = sample->columns[column].filled, read = 0;

    if (!months || filled * 2 < sample->row_count)
        return false;
    for (uint32_t row = 0; row < sample->row_count; row++)
        read += months[row] != MONTH_NONE;
    return (uint64_t)read * 100 >= (uint64_t)filled * MONTHS_PERCENT;
}

/* A column of years names the months of a register only if that keeps years as well. */
static bool are_years(const struct sample *sample, uint32_t column)
{
    uint32_t years = 0;
    int64_t year;

    for (uint32_t row = 0; row < sample->row_count; row++)
        years += date_parse_year(row_sample_cell(sample, row, column), &year);
    return years * 2 > sample->columns[column].filled;
}

static bool are_inside(const struct sample *sample, const uint16_t *months, struct span span)
{
    uint32_t read = 0, inside = 0;

    for (uint32_t row = 0; row < sample->row_count; row++) {
        read += months[row] != MONTH_NONE;
        inside += months[row] >= span.first && months[row] <= span.last;
    }
    return inside * 2 >= read;
}

/* Whether any column reads as months: if not, nobody needs to know which periods there are. */
static bool has_months(const struct sample *sample)
{
    for (uint32_t c = 0; c < sample->column_count && c < UINT16_MAX; c++) {
        if (are_months(sample, c, sample->columns[c].months[0])
            || are_months(sample, c, sample->columns[c].months[1]))
            return true;
    }
    return false;
}

/* Find the column that names the month of each row: of several, the one that explains most. A year
 * and a month beside it are one only if that explains something. */
static int find_months(struct hypothesis *hypothesis, struct tq_error *err)
{
    const struct sample *sample = hypothesis->linked.sample;
    struct span span;
    double best_gain = -1;
    uint16_t *best = NULL;
    int r;

    if (!has_months(sample))
        return TQ_OK;
    r = find_span(&hypothesis->linked, &span, err);
    if (r < 0 || span.last == 0)
        return r;
    for (uint32_t c = 0; c < sample->column_count && c < UINT16_MAX; c++) {
        for (unsigned i = 0; i < 2; i++) {
            const uint16_t *months = sample->columns[c].months[i];
            double gain;

            if (!are_months(sample, c, months) || !are_inside(sample, months, span)
                || (!span.yearly && are_years(sample, c)))
                continue;
            r = linked_set_months(&hypothesis->linked, months, err);
            if (r < 0)
                return r;
            r = score_months(&hypothesis->linked, &gain, err);
            if (r < 0)
                return r;
            if (gain > best_gain && (c < sample->table->column_count || gain >= GAIN_MIN)) {
                best_gain = gain;
                best = hypothesis->linked.month;
                hypothesis->month_column = (uint16_t)c;
                hypothesis->month_as = i ? AS_MY : AS_YM;
            }
        }
    }
    hypothesis->linked.month = best;
    return TQ_OK;
}

/* ---- scoring ---- */

static int score(struct hypothesis *hypothesis, const struct sample *sample, struct tq_error *err)
{
    const struct anchor *anchor = hypothesis->single_anchor ? NULL : &hypothesis->anchor;
    bool enough;
    int r;

    r = linked_make(sample, anchor, hypothesis->kind, hypothesis->subject, &hypothesis->arena,
                    &hypothesis->linked, err);
    if (r < 0)
        return r;
    enough = hypothesis->linked_rows >= SCORED_MIN || sample->row_count < 4 * LINKED_FEW;
    if (!enough || hypothesis->linked.count == 0)
        return TQ_OK;
    r = find_months(hypothesis, err);
    if (r < 0)
        return r;
    r = score_columns(&hypothesis->linked, hypothesis->lists, err);
    if (r < 0)
        return r;
    hypothesis->explained = explained(hypothesis->lists, sample->column_count, NULL);
    return TQ_OK;
}

static int hypothesis_init(struct hypothesis *hypothesis, const struct sample *sample, uint8_t kind,
                           struct tq_error *err)
{
    uint32_t columns = sample->column_count ? sample->column_count : 1;

    *hypothesis = (struct hypothesis){.kind = kind, .month_column = UINT16_MAX};
    hypothesis->lists = alloc_zeroed(columns, sizeof(*hypothesis->lists));
    return hypothesis->lists ? TQ_OK : tq_no_memory(err);
}

void hypothesis_clear(struct hypothesis *hypothesis)
{
    const struct sample *sample = hypothesis->linked.sample;

    (void)candidate_readings_free(hypothesis->lists, sample ? sample->column_count : 0);
    anchor_clear(&hypothesis->anchor);
    arena_clear(&hypothesis->arena);
    *hypothesis = (struct hypothesis){0};
}

/* ---- one column as the only anchor ---- */

static int compare_numbers(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

    return (x > y) - (x < y);
}

/* Its field is nearly unique, so a value names a subject. Amounts and days may differ as much, but
 * they are not given to somebody to tell him from others. */
static bool can_anchor_alone(const struct field *field)
{
    return type_is_identifying(field->type) && field->type != TYPE_DATE
           && field->key_count * 2ull >= field->holders;
}

static int single_subjects(struct hypothesis *single, const struct sample *sample,
                           const struct pair *pair, struct tq_error *err)
{
    const struct field *field = reg_field(sample->reg, pair->field);

    single->single_anchor = true;
    single->subject = arena_alloc(&single->arena, sample->row_count + 1, sizeof(*single->subject));
    if (!single->subject)
        return tq_no_memory(err);
    for (uint32_t row = 0; row < sample->row_count; row++) {
        uint32_t key = pair->keys[row];

        single->subject[row] = SUBJECT_NONE;
        if (key == KEY_NONE || field_key_frequency(field, key) != 1)
            continue;
        single->subject[row] = field->posting[field->posting_start[key]];
        single->linked_rows++;
    }
    return TQ_OK;
}

/* Whether a column other than the anchor truly names somebody. */
static bool names_identity(const struct hypothesis *single, const struct reg *reg, uint32_t columns,
                           const struct pair *anchor)
{
    for (uint32_t c = 0; c < columns; c++) {
        const struct candidate_reading *best = best_of(&single->lists[c]);

        if (!best || !candidate_explains(best) || best->kappa < KAPPA_IDENTITY
            || is_echo(best, c, anchor))
            continue;
        if (best->target.through == FIELD_NONE
            && type_is_identifying(reg_field(reg, best->target.field)->type))
            return true;
    }
    return false;
}

/* Whether a hit in the field's index is evidence by itself. */
static bool is_sparse(const struct field *field)
{
    return field->density < SPARSE_DENSITY
           && (field->type == TYPE_ID || field->type == TYPE_ACCOUNT || field->type == TYPE_PHONE
               || field->type == TYPE_EMAIL);
}

/* How many different subjects the rows name. */
static int count_subjects(const struct hypothesis *single, uint32_t row_count, uint32_t *out_count,
                          struct tq_error *err)
{
    CLEANUP(free_cleanup) uint32_t *subjects = alloc_zeroed(row_count + 1, sizeof(*subjects));
    uint32_t count = 0, distinct = 0;

    if (!subjects)
        return tq_no_memory(err);
    for (uint32_t row = 0; row < row_count; row++) {
        if (single->subject[row] != SUBJECT_NONE)
            subjects[count++] = single->subject[row];
    }
    qsort(subjects, count, sizeof(*subjects), compare_numbers);
    for (uint32_t i = 0; i < count; i++)
        distinct += i == 0 || subjects[i] != subjects[i - 1];
    *out_count = distinct;
    return TQ_OK;
}

/*
 * A list of identifiers: values that are in the index far more often than those of strangers, and
 * mostly different ones. (The employers of unknown persons repeat: that is no list of employers.)
 */
static int stands_alone(const struct hypothesis *single, const struct sample *sample,
                        const struct pair *pair, bool *out_stands, struct tq_error *err)
{
    const struct field *field = reg_field(sample->reg, pair->field);
    struct measure measure = {.agreed = pair->hits, .chance = field->density};
    uint32_t subjects = 0;
    int r;

    *out_stands = false;
    if (!is_sparse(field))
        return TQ_OK;
    if (measure.chance < DENSITY_MIN)
        measure.chance = DENSITY_MIN;
    for (uint32_t row = 0; row < sample->row_count; row++)
        measure.compared += pair->prints[row] != FINGERPRINT_NONE;
    r = count_subjects(single, sample->row_count, &subjects, err);
    if (r < 0)
        return r;
    *out_stands = measure_gain(&measure) >= GAIN_MIN && subjects * 2ull >= single->linked_rows;
    return TQ_OK;
}

static int try_single(const struct sample *sample, const struct hypothesis *hypothesis,
                      const struct pair *pair, struct hypothesis *single, struct tq_error *err)
{
    const struct field *field = reg_field(sample->reg, pair->field);
    bool alone = false;
    int r;

    r = hypothesis_init(single, sample, hypothesis->kind, err);
    if (r < 0)
        return r;
    single->linked.sample = sample; /* so that the lists can be released */
    r = single_subjects(single, sample, pair, err);
    if (r < 0)
        return r;
    r = score(single, sample, err);
    if (r < 0)
        return r;
    single->explained = explained(single->lists, sample->column_count, pair);
    if (!is_sparse(field) && !names_identity(single, sample->reg, sample->column_count, pair))
        single->explained = 0;
    if (single->explained > 0 || hypothesis->explained > 0)
        return TQ_OK;
    r = stands_alone(single, sample, pair, &alone, err);
    if (r == TQ_OK && alone)
        single->explained = EXPLAINED_ALONE;
    return r;
}

/* The pair with most hits after `last` (by hits falling, then number); NULL at the end. */
static const struct pair *next_single(const struct anchor *anchor, const struct pair *last,
                                      uint32_t hits_min)
{
    const struct pair *next = NULL;

    for (size_t i = 0; i < anchor->pair_count; i++) {
        const struct pair *pair = &anchor->pairs[i];
        bool later = !last || pair->hits < last->hits || (pair->hits == last->hits && pair > last);

        if (later && !pair->view && pair->hits >= hits_min
            && can_anchor_alone(reg_field(anchor->sample->reg, pair->field))
            && (!next || pair->hits > next->hits))
            next = pair;
    }
    return next;
}

/* `single` explains more; of equals that stand alone, the one that links more rows. */
static bool is_better(const struct hypothesis *single, const struct hypothesis *best)
{
    if (single->explained != best->explained)
        return single->explained > best->explained;
    return single->explained > 0 && single->linked_rows > best->linked_rows;
}

static int try_singles(const struct sample *sample, struct hypothesis *hypothesis,
                       struct tq_error *err)
{
    uint32_t hits_min = sample->row_count / 2;
    CLEANUP(hypothesis_clear) struct hypothesis best = {0};
    const struct pair *pair = NULL;

    if (hits_min > SINGLE_HITS_MIN)
        hits_min = SINGLE_HITS_MIN;
    for (unsigned tries = 0; tries < SINGLE_TRIES_MAX; tries++) {
        CLEANUP(hypothesis_clear) struct hypothesis single = {0};
        int r;

        pair = next_single(&hypothesis->anchor, pair, hits_min ? hits_min : 1);
        if (!pair)
            break;
        r = try_single(sample, hypothesis, pair, &single, err);
        if (r < 0)
            return r;
        if (single.explained > hypothesis->explained && is_better(&single, &best)) {
            struct hypothesis worse = best;

            best = single;
            single = worse;
        }
    }
    if (best.explained > hypothesis->explained) {
        struct hypothesis worse = *hypothesis;

        *hypothesis = best;
        best = worse;
    }
    return TQ_OK;
}

int hypothesis_make(const struct sample *sample, struct anchor *anchor,
                    struct hypothesis *out_hypothesis, struct tq_error *err)
{
    struct hypothesis hypothesis;
    int r;

    r = hypothesis_init(&hypothesis, sample, anchor->kind, err);
    hypothesis.anchor = *anchor;
    *anchor = (struct anchor){0};
    hypothesis.linked.sample = sample;
    hypothesis.subject = hypothesis.anchor.subject;
    hypothesis.linked_rows = hypothesis.anchor.linked;
    if (r == TQ_OK)
        r = score(&hypothesis, sample, err);
    if (r == TQ_OK
        && (uint64_t)hypothesis.linked_rows * 100 < (uint64_t)sample->row_count * SINGLE_PERCENT)
        r = try_singles(sample, &hypothesis, err);
    if (r < 0) {
        hypothesis_clear(&hypothesis);
        return r;
    }
    /* Moving the hypothesis moved its anchor and its arena. */
    *out_hypothesis = hypothesis;
    out_hypothesis->linked.anchor = out_hypothesis->single_anchor ? NULL : &out_hypothesis->anchor;
    out_hypothesis->linked.arena = &out_hypothesis->arena;
    return TQ_OK;
}

void hypothesis_fall(struct hypothesis *hypothesis)
{
    const struct sample *sample = hypothesis->linked.sample;

    for (uint32_t c = 0; c < sample->column_count; c++) {
        hypothesis->lists[c].count = 0;
        hypothesis->lists[c].best_rank = 0;
    }
    for (uint32_t row = 0; row < sample->row_count; row++)
        hypothesis->subject[row] = SUBJECT_NONE;
    hypothesis->linked.count = 0;
    hypothesis->linked_rows = 0;
    hypothesis->explained = 0;
    hypothesis->single_anchor = false;
    hypothesis->month_column = UINT16_MAX;
}

bool hypothesis_reads_name(const struct hypothesis *hypothesis)
{
    const struct sample *sample = hypothesis->linked.sample;

    for (uint32_t c = 0; c < sample->column_count; c++) {
        const struct candidate_reading *best = best_of(&hypothesis->lists[c]);

        if (best && candidate_explains(best) && best->target.through == FIELD_NONE
            && type_is_name(reg_field(sample->reg, best->target.field)->type))
            return true;
    }
    return false;
}
