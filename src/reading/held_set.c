/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "reading/held_set.h"

#include <stdlib.h>

#include "base/alloc.h"

#define DENSITY_FLOOR .1 /* a column of other subjects' values is in the index without chance */

void held_set_clear(struct held_set *set)
{
    free(set->items);
    free(set->distinct);
    free(set->by_period);
    free(set->period_start);
    free(set->periods);
    free(set->of_row);
    *set = (struct held_set){0};
}

/*
 * Chance that a value of an unrelated column names this subject: it must be in the index (the
 * field's density) and, of its holders, hit this one. Through a reference, many subjects share the
 * one referred to.
 */
static double entry_chance(const struct linked *linked, const struct held_set *set, uint32_t key,
                           uint32_t ref_key)
{
    const struct reg *reg = linked->sample->reg;
    const struct field *field = reg_field(reg, set->field);
    double share = (double)field_key_frequency(field, key) / reg->kinds[field->kind].subject_count;
    double density = field->density > DENSITY_FLOOR ? field->density : DENSITY_FLOOR;

    if (set->through != FIELD_NONE) {
        const struct field *ref = reg_field(reg, set->through);
        double same =
            (double)field_key_frequency(ref, ref_key) / reg->kinds[linked->kind].subject_count;

        share = same > share ? same : share;
    }
    return share * (density < 1 ? density : 1);
}

static int add_fact(struct held_set *set, const struct linked *linked, uint64_t fact,
                    struct held_entry like, uint32_t ref_key, struct tq_error *err)
{
    const struct field *field = reg_field(linked->sample->reg, set->field);
    struct held_entry *entry;
    int r;

    r = alloc_reserve(&set->items, &set->capacity, set->count + 1, sizeof(*set->items), err);
    if (r < 0)
        return r;
    entry = &set->items[set->count++];
    *entry = like;
    entry->key = field->fact_key[fact];
    entry->value = field->fact_value[fact];
    if (linked->few)
        entry->chance = entry_chance(linked, set, entry->key, ref_key);
    return TQ_OK;
}

/* All facts of `holder` for the set's field; `period` is that of the reference, if any. */
static int add_holder(struct held_set *set, const struct linked *linked, uint32_t at,
                      uint32_t holder, uint16_t period, uint32_t ref_key, struct tq_error *err)
{
    const struct field *field = reg_field(linked->sample->reg, set->field);

    for (uint64_t i = field->fact_start[holder]; i < field->fact_start[holder + 1]; i++) {
        struct held_entry like = {
            .at = at, .holder = holder, .period = field->periodic ? field->fact_period[i] : period};
        int r = add_fact(set, linked, i, like, ref_key, err);

        if (r < 0)
            return r;
    }
    return TQ_OK;
}

static int add_subject(struct held_set *set, const struct linked *linked, uint32_t at,
                       struct tq_error *err)
{
    const struct field *ref;
    uint32_t subject = linked->subject[at];

    if (set->through == FIELD_NONE)
        return add_holder(set, linked, at, subject, MONTH_NONE, KEY_NONE, err);

    ref = reg_field(linked->sample->reg, set->through);
    for (uint64_t i = ref->fact_start[subject]; i < ref->fact_start[subject + 1]; i++) {
        uint32_t holder = ref->key_subject[ref->fact_key[i]];
        uint16_t period = ref->periodic ? ref->fact_period[i] : MONTH_NONE;
        int r;

        if (holder == SUBJECT_NONE)
            continue;
        r = add_holder(set, linked, at, holder, period, ref->fact_key[i], err);
        if (r < 0)
            return r;
    }
    return TQ_OK;
}

static int compare_keys(const void *a, const void *b)
{
    const struct held_entry *x = a, *y = b;

    return (x->key > y->key) - (x->key < y->key);
}

/* Copy entries [first, end), which are of one row, each key once; returns how many. A value that
 * holds for many periods repeats in a row, so most repetitions go before sorting. */
static size_t copy_distinct(const struct held_entry *items, size_t first, size_t end,
                            struct held_entry *out)
{
    size_t count = 0, kept = 0;

    for (size_t i = first; i < end; i++) {
        if (count == 0 || items[i].key != out[count - 1].key)
            out[count++] = items[i];
    }
    if (count > 1)
        qsort(out, count, sizeof(*out), compare_keys);
    for (size_t i = 0; i < count; i++) {
        if (kept == 0 || out[i].key != out[kept - 1].key)
            out[kept++] = out[i];
    }
    return kept;
}

static int make_distinct(struct held_set *set, struct tq_error *err)
{
    size_t end, count = 0;
    int r;

    r = alloc_reserve(&set->distinct, &set->distinct_capacity, set->count + 1,
                      sizeof(*set->distinct), err);
    if (r < 0)
        return r;
    for (size_t i = 0; i < set->count; i = end) {
        for (end = i + 1; end < set->count && set->items[end].at == set->items[i].at;)
            end++;
        count += copy_distinct(set->items, i, end, set->distinct + count);
    }
    set->distinct_count = count;
    return TQ_OK;
}

/* Note that a period occurs; the list stays rising and short. */
static int add_period(struct held_set *set, uint16_t period, struct tq_error *err)
{
    size_t at = set->period_count;
    int r;

    while (at > 0 && set->periods[at - 1] > period)
        at--;
    if (at > 0 && set->periods[at - 1] == period)
        return TQ_OK;
    r = alloc_reserve(&set->periods, &set->periods_capacity, set->period_count + 1,
                      sizeof(*set->periods), err);
    if (r < 0)
        return r;
    memmove(&set->periods[at + 1], &set->periods[at],
            (set->period_count - at) * sizeof(*set->periods));
    set->periods[at] = period;
    set->period_count++;
    return TQ_OK;
}

/* Number of a period that occurs. */
static size_t period_number(const struct held_set *set, uint16_t period)
{
    size_t low = 0, high = set->period_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (set->periods[middle] < period)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static int find_periods(struct held_set *set, struct tq_error *err)
{
    int r;

    for (size_t i = 0; i < set->count; i++) {
        if (i > 0 && set->items[i].period == set->items[i - 1].period)
            continue;
        r = add_period(set, set->items[i].period, err);
        if (r < 0)
            return r;
    }
    return alloc_reserve(&set->period_start, &set->period_start_capacity, set->period_count + 2,
                         sizeof(*set->period_start), err);
}

/* Counting sort by period: rows stay in order within one. */
static int make_by_period(struct held_set *set, struct tq_error *err)
{
    size_t *start;
    int r;

    r = find_periods(set, err);
    if (r < 0)
        return r;
    r = alloc_reserve(&set->by_period, &set->by_period_capacity, set->count + 1,
                      sizeof(*set->by_period), err);
    if (r < 0)
        return r;

    /* start[p + 1] counts period p, then is where its next entry goes, then where it ends. */
    start = set->period_start;
    memset(start, 0, (set->period_count + 2) * sizeof(*start));
    for (size_t i = 0; i < set->count; i++)
        start[period_number(set, set->items[i].period) + 2]++;
    for (size_t p = 2; p < set->period_count + 2; p++)
        start[p] += start[p - 1];
    for (size_t i = 0; i < set->count; i++)
        set->by_period[start[period_number(set, set->items[i].period) + 1]++] = set->items[i];
    return TQ_OK;
}

/* Whether entry `last` repeats a key of its row among those from `first` on. */
static bool repeats(const struct held_entry *items, size_t first, size_t last)
{
    for (size_t i = last; i-- > first && items[i].at == items[last].at;) {
        if (items[i].key == items[last].key)
            return true;
    }
    return false;
}

/* Let each period hold a key of a row once. */
static void make_periods_distinct(struct held_set *set)
{
    size_t count = 0;

    for (size_t p = 0; p < set->period_count; p++) {
        size_t begin = set->period_start[p], end = set->period_start[p + 1], first = count;

        for (size_t i = begin; i < end; i++) {
            set->by_period[count] = set->by_period[i];
            if (!repeats(set->by_period, first, count))
                count++;
        }
        set->period_start[p] = first;
    }
    set->period_start[set->period_count] = count;
}

static int make_of_row(struct held_set *set, const struct linked *linked, struct tq_error *err)
{
    int r;

    set->of_row_count = 0;
    if (!linked->month)
        return TQ_OK;
    r = alloc_reserve(&set->of_row, &set->of_row_capacity, set->count + 1, sizeof(*set->of_row),
                      err);
    if (r < 0)
        return r;
    for (size_t i = 0; i < set->count; i++) {
        uint16_t month = linked->month[set->items[i].at];

        if (month == MONTH_NONE || set->items[i].period != month)
            continue;
        set->of_row[set->of_row_count] = set->items[i];
        if (!repeats(set->of_row, 0, set->of_row_count))
            set->of_row_count++;
    }
    return TQ_OK;
}

int held_set_fill(struct held_set *set, const struct linked *linked, uint16_t field,
                  uint16_t through, struct tq_error *err)
{
    const struct reg *reg = linked->sample->reg;
    unsigned parts = linked->few ? FIELD_HOLDERS : FIELD_HELD; /* for entry_chance() */
    int r = reg_load_field(reg, field, parts, err);

    if (r == TQ_OK && through != FIELD_NONE)
        r = reg_load_field(reg, through, parts, err);
    if (r < 0)
        return r;
    set->field = field;
    set->through = through;
    set->periodic = reg_field(reg, field)->periodic
                    || (through != FIELD_NONE && reg_field(reg, through)->periodic);
    set->count = set->distinct_count = set->of_row_count = set->period_count = 0;

    for (uint32_t i = 0; i < linked->count; i++) {
        r = add_subject(set, linked, i, err);
        if (r < 0)
            return r;
    }
    r = make_distinct(set, err);
    if (r < 0 || !set->periodic)
        return r;
    r = make_by_period(set, err);
    if (r < 0)
        return r;
    make_periods_distinct(set);
    return make_of_row(set, linked, err);
}

struct held_view held_set_distinct(const struct held_set *set)
{
    return (struct held_view){set->distinct, set->distinct_count};
}

struct held_view held_set_period(const struct held_set *set, size_t number)
{
    size_t first = set->period_start[number];

    return (struct held_view){set->by_period + first, set->period_start[number + 1] - first};
}

struct held_view held_set_of_row(const struct held_set *set)
{
    return (struct held_view){set->of_row, set->of_row_count};
}
