/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "reading/date_columns.h"

#include "base/alloc.h"
#include "base/cleanup.h"
#include "reading/scratch.h"
#include "register/short_years.h"

#define FILLED_PERCENT 10u /* of the rows: parts that stand in fewer are not looked at */
#define PART_PERCENT   95u /* of the filled cells: some are damaged */
#define BEYOND_PERCENT 20u /* of two-digit years, those that no month is: else days are years */
#define YEAR_MIN       1800u
#define YEAR_MAX       2200u
#define MONTH_MAX      12u
#define DAY_MAX        31u
#define SHORT_YEAR_MAX 99u
#define TRIAL_CELLS    32u /* a column without a part among these has none */
#define PART_COLUMNS   16u /* looked at for each part: those of a table are few */
#define SETS_TRIED_MAX 48u /* the nearest to each other; each costs what a column costs */
#define ROWS_TRIED_MAX 200u
#define FOUND_PERCENT  15u /* of the dates are in a field: kappa is no higher */
#define DATES_MAX      4u  /* sets that are read: two dates, and one doubt of each */
#define MONTHS_MAX     4u  /* sets of a year and a month: of births, of periods, and mixtures */

/* The columns that may hold one part. */
struct part_list {
    uint16_t columns[PART_COLUMNS];
    uint32_t count;
};

struct part_lists {
    struct part_list long_years;            /* four digits */
    struct part_list parts[DATE_PARTS_MAX]; /* years of two or four digits */
};

/* A set of columns, and how many of the tried rows it makes a date of the register. */
struct date_set {
    struct date_parts parts;
    uint32_t span; /* from its first column to its last */
    uint32_t hits;
};

struct set_list {
    struct date_set *items; /* owned */
    size_t count, capacity;
};

static void set_list_clear(struct set_list *list)
{
    free(list->items);
}

/* ---- which columns may hold which part ---- */

/* What the cells of a column are, of those that are filled. */
struct part_counts {
    uint32_t filled, long_years, short_years, beyond_months, months, days;
};

/* Up to four digits, with ".0" behind them or not. */
static bool is_part(struct slice cell, unsigned *out_number, size_t *out_digits)
{
    unsigned number = 0;
    size_t digits = 0;

    while (digits < cell.length && digits < 5 && cell.data[digits] >= '0'
           && cell.data[digits] <= '9')
        number = number * 10 + (unsigned)(cell.data[digits++] - '0');
    *out_number = number;
    *out_digits = digits;
    return digits > 0 && digits <= 4
           && (digits == cell.length || slice_is(slice_skip(cell, digits), ".0"));
}

static void count_part(struct part_counts *counts, struct slice cell)
{
    unsigned number;
    size_t digits;

    counts->filled++;
    if (!is_part(cell, &number, &digits))
        return;
    counts->long_years += digits == 4 && number >= YEAR_MIN && number <= YEAR_MAX;
    counts->short_years += digits <= 2 && number <= SHORT_YEAR_MAX;
    counts->beyond_months += digits <= 2 && number > MONTH_MAX;
    counts->months += digits <= 2 && number <= MONTH_MAX; /* zero: not known */
    counts->days += digits <= 2 && number <= DAY_MAX;
}

static bool reaches(uint32_t count, uint32_t of, uint32_t percent)
{
    return (uint64_t)count * 100 >= (uint64_t)of * percent;
}

static struct part_counts count_parts(const struct sample *sample, uint32_t column)
{
    struct part_counts counts = {0};

    for (uint32_t row = 0; row < sample->row_count; row++) {
        struct slice cell = row_sample_cell(sample, row, column);

        if (cell.length > 0)
            count_part(&counts, cell);
        if (counts.filled == TRIAL_CELLS && counts.long_years == 0 && counts.short_years == 0)
            break;
    }
    return counts;
}

static void add_column(struct part_list *list, uint32_t column, bool is_part_of_it)
{
    if (is_part_of_it && list->count < PART_COLUMNS && column < UINT16_MAX)
        list->columns[list->count++] = (uint16_t)column;
}

static void list_parts(const struct sample *sample, struct part_lists *lists)
{
    for (uint32_t c = 0; c < sample->table->column_count; c++) {
        struct part_counts counts;
        uint32_t filled = sample->columns[c].filled;
        bool is_long, is_short;

        if (filled == 0 || !reaches(filled, sample->row_count, FILLED_PERCENT))
            continue;
        counts = count_parts(sample, c);
        is_long = reaches(counts.long_years, filled, PART_PERCENT);
        is_short = reaches(counts.short_years, filled, PART_PERCENT)
                   && reaches(counts.beyond_months, filled, BEYOND_PERCENT);
        add_column(&lists->long_years, c, is_long);
        add_column(&lists->parts[DATE_PART_YEAR], c, is_long || is_short);
        add_column(&lists->parts[DATE_PART_MONTH], c, reaches(counts.months, filled, PART_PERCENT));
        add_column(&lists->parts[DATE_PART_DAY], c, reaches(counts.days, filled, PART_PERCENT));
    }
}

/* ---- sets of columns ---- */

static uint32_t span_of(const struct date_parts *parts)
{
    uint16_t first = parts->columns[0], last = first;

    for (uint8_t i = 1; i < parts->count; i++) {
        first = parts->columns[i] < first ? parts->columns[i] : first;
        last = parts->columns[i] > last ? parts->columns[i] : last;
    }
    return last - first;
}

static int add_set(struct set_list *list, const struct date_parts *parts, struct tq_error *err)
{
    int r =
        alloc_reserve(&list->items, &list->capacity, list->count + 1, sizeof(*list->items), err);

    if (r == TQ_OK)
        list->items[list->count++] = (struct date_set){.parts = *parts, .span = span_of(parts)};
    return r;
}

static int add_days(struct set_list *list, const struct part_list *days, uint16_t year,
                    uint16_t month, struct tq_error *err)
{
    int r = TQ_OK;

    for (uint32_t i = 0; i < days->count && r == TQ_OK; i++) {
        uint16_t day = days->columns[i];
        struct date_parts parts = {.columns = {year, month, day}, .count = DATE_PARTS_MAX};

        if (day != year && day != month)
            r = add_set(list, &parts, err);
    }
    return r;
}

/* Nearest first; the order of the columns decides between equals. */
static int compare_spans(const void *a, const void *b)
{
    const struct date_set *x = a, *y = b;

    return x->span != y->span
               ? (x->span < y->span ? -1 : 1)
               : memcmp(x->parts.columns, y->parts.columns, sizeof(x->parts.columns));
}

static int compare_hits(const void *a, const void *b)
{
    const struct date_set *x = a, *y = b;

    return x->hits != y->hits ? (x->hits > y->hits ? -1 : 1) : compare_spans(a, b);
}

static void sort(struct set_list *list, int (*compare)(const void *, const void *), size_t most)
{
    if (list->count > 0)
        qsort(list->items, list->count, sizeof(*list->items), compare);
    list->count = list->count < most ? list->count : most;
}

/* Sets of a year and a month, and of a day if there are `days`. */
static int list_sets(const struct part_list *years, const struct part_list *months,
                     const struct part_list *days, struct set_list *list, struct tq_error *err)
{
    int r = TQ_OK;

    for (uint32_t y = 0; y < years->count; y++) {
        for (uint32_t m = 0; m < months->count && r == TQ_OK; m++) {
            uint16_t year = years->columns[y], month = months->columns[m];
            struct date_parts parts = {.columns = {year, month}, .count = 2};

            if (year != month)
                r = days ? add_days(list, days, year, month, err) : add_set(list, &parts, err);
        }
    }
    sort(list, compare_spans, SETS_TRIED_MAX);
    return r;
}

/* ---- dates that the register has ---- */

/* The rows that are tried, as the keys of one field. */
struct trial {
    const struct sample *sample;
    struct buf scratch;
    uint64_t prints[ROWS_TRIED_MAX];
    uint32_t keys[ROWS_TRIED_MAX];
};

static void trial_clear(struct trial *trial)
{
    buf_clear(&trial->scratch);
}

/* How many rows make a date, and how many of these a date of the field. */
static uint32_t try_set(struct trial *trial, const struct date_parts *parts,
                        const struct normaliser *rules, const struct field *field,
                        uint32_t *out_dates)
{
    const struct sample *sample = trial->sample;
    const struct derived_column column = {.parts = *parts};
    uint32_t stride = (sample->row_count + ROWS_TRIED_MAX - 1) / ROWS_TRIED_MAX;
    uint32_t tried = 0, hits = 0;
    char room[DATE_PARTS_BYTES];

    *out_dates = 0;
    for (uint32_t row = 0; row < sample->row_count; row += stride) {
        struct slice cell = row_sample_derive_cell(sample, row, &column, room);

        trial->prints[tried] = normalise_fingerprint(rules, AS_YMD, cell, &trial->scratch);
        *out_dates += trial->prints[tried++] != FINGERPRINT_NONE;
    }
    field_find_keys(field, trial->prints, tried, trial->keys);
    for (uint32_t i = 0; i < tried; i++)
        hits += trial->keys[i] != KEY_NONE;
    return hits;
}

/* The most hits that a set has in any field of dates. */
static void try_field(struct trial *trial, const struct field *field, struct set_list *list)
{
    struct normaliser rules = field_rules(trial->sample->reg, field);

    for (size_t i = 0; i < list->count; i++) {
        uint32_t dates, hits;

        hits = try_set(trial, &list->items[i].parts, &rules, field, &dates);
        if (hits > list->items[i].hits && reaches(hits, dates, FOUND_PERCENT))
            list->items[i].hits = hits;
    }
}

static int load_dates(const struct reg *reg, struct tq_error *err)
{
    struct field_set wanted = {0};

    for (uint16_t f = 0; f < reg->field_count; f++) {
        if (reg_field(reg, f)->type == TYPE_DATE)
            field_set_add(&wanted, f);
    }
    return reg_load(reg, &wanted, FIELD_DICTIONARY, err);
}

static int try_sets(const struct sample *sample, struct set_list *list, struct tq_error *err)
{
    CLEANUP(trial_clear) struct trial trial = {.sample = sample};
    const struct reg *reg = sample->reg;
    int r = scratch_reserve(&trial.scratch, err);

    if (r == TQ_OK)
        r = load_dates(reg, err);
    for (uint16_t f = 0; f < reg->field_count && r == TQ_OK; f++) {
        if (reg_field(reg, f)->type == TYPE_DATE)
            try_field(&trial, reg_field(reg, f), list);
    }
    return r;
}

static int add_found(const struct set_list *sets, struct derived_list *list, struct tq_error *err)
{
    int r = TQ_OK;

    for (size_t i = 0; i < sets->count && r == TQ_OK; i++) {
        struct derived_column column = {.parts = sets->items[i].parts};

        r = derived_list_add(list, &column, err);
    }
    return r;
}

static int find_dates(const struct sample *sample, const struct part_lists *lists,
                      struct derived_list *list, struct tq_error *err)
{
    CLEANUP(set_list_clear) struct set_list sets = {0};
    int r = list_sets(&lists->parts[DATE_PART_YEAR], &lists->parts[DATE_PART_MONTH],
                      &lists->parts[DATE_PART_DAY], &sets, err);

    if (r < 0 || sets.count == 0)
        return r;
    r = try_sets(sample, &sets, err);
    if (r < 0)
        return r;
    sort(&sets, compare_hits, DATES_MAX);
    while (sets.count > 0 && sets.items[sets.count - 1].hits == 0)
        sets.count--;
    return add_found(&sets, list, err);
}

/* Dates are of a month as well. */
static bool has_months(const struct reg *reg)
{
    for (uint16_t f = 0; f < reg->field_count; f++) {
        if (reg_field(reg, f)->periodic || reg_field(reg, f)->type == TYPE_MONTH
            || reg_field(reg, f)->type == TYPE_DATE)
            return true;
    }
    return false;
}

/* A year and a month are a month of the register too often to tell: of the nearest sets, the linked
 * subjects decide which is one. */
static int find_months(const struct sample *sample, const struct part_lists *lists,
                       struct derived_list *list, struct tq_error *err)
{
    CLEANUP(set_list_clear) struct set_list sets = {0};
    int r;

    if (!has_months(sample->reg))
        return TQ_OK;
    r = list_sets(&lists->long_years, &lists->parts[DATE_PART_MONTH], NULL, &sets, err);
    sort(&sets, compare_spans, MONTHS_MAX);
    return r < 0 ? r : add_found(&sets, list, err);
}

int date_columns_find(const struct sample *sample, struct derived_list *list, struct tq_error *err)
{
    struct part_lists lists = {0};
    int r;

    list_parts(sample, &lists);
    r = find_dates(sample, &lists, list, err);
    return r < 0 ? r : find_months(sample, &lists, list, err);
}

/* ---- which of them stay ---- */

static bool is_date(const struct column_reading *column)
{
    return column->parts.count > 0 && column->status == READING_FULL;
}

static bool share_a_part(const struct date_parts *a, const struct date_parts *b)
{
    for (uint8_t i = 0; i < a->count; i++) {
        for (uint8_t k = 0; k < b->count; k++) {
            if (a->columns[i] == b->columns[k])
                return true;
        }
    }
    return false;
}

/* Whether another date, of columns that this one has as well, explains more. */
static bool is_worse(const struct reading *reading, uint32_t number)
{
    const struct column_reading *column = &reading->columns[number];

    for (uint32_t i = 0; i < reading->column_count; i++) {
        const struct column_reading *other = &reading->columns[i];

        if (i == number || !is_date(other) || !share_a_part(&other->parts, &column->parts))
            continue;
        if (other->gain_nats > column->gain_nats
            || (other->gain_nats >= column->gain_nats && i < number))
            return true;
    }
    return false;
}

static void unread(struct column_reading *column)
{
    free(column->codebook);
    *column = (struct column_reading){.source = column->source,
                                      .piece = column->piece,
                                      .parts = column->parts,
                                      .target = {.field = FIELD_NONE, .through = FIELD_NONE},
                                      .filled = column->filled};
}

void date_columns_settle(const struct table *table, struct reading *reading)
{
    for (uint32_t c = table->column_count; c < reading->column_count; c++) {
        if (is_date(&reading->columns[c]) && is_worse(reading, c))
            unread(&reading->columns[c]);
    }
    for (uint32_t c = table->column_count; c < reading->column_count; c++) {
        const struct column_reading *column = &reading->columns[c];

        for (uint8_t i = 0; is_date(column) && i < column->parts.count; i++)
            unread(&reading->columns[column->parts.columns[i]]);
    }
}
