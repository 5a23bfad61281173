/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "match/column.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/cleanup.h"

/* A field of which no value is held by more subjects than this on average is looked up first. */
#define SPARSE_HOLDERS 4.0

/* Fixed densities are at least this: nobody has measured smaller ones (algorithms.md 3.2). */
#define DENSITY_MIN .001

/* Subjects looked at for the typical value of a column. */
#define TYPICAL_SAMPLE 1001u

int32_t weight_of(double nats)
{
    return (int32_t)lround(nats * WEIGHT_ONE);
}

int32_t weight_of_log(double x)
{
    return weight_of(log(x));
}

/* The facts of `subject` that count in `period`; MONTH_NONE: in any. */
static void fact_range(const struct field *field, uint32_t subject, uint16_t period,
                       uint64_t *out_first, uint64_t *out_end)
{
    uint64_t first = field->fact_start[subject];
    uint64_t end = field->fact_start[subject + 1];

    if (field->fact_period && period != MONTH_NONE) {
        while (first < end && field->fact_period[first] < period)
            first++;
        while (end > first && field->fact_period[end - 1] > period)
            end--;
    }
    *out_first = first;
    *out_end = end;
}

static enum level compare_facts(const struct match_column *column, uint32_t subject,
                                uint16_t period, uint32_t key)
{
    uint64_t first, end;

    fact_range(column->field, subject, period, &first, &end);
    if (first == end)
        return LEVEL_NONE;
    if (key == KEY_NONE)
        return LEVEL_DIFFERS;
    for (uint64_t i = first; i < end; i++) {
        if (column_fact_key(column, i) == key)
            return LEVEL_AGREES;
    }
    return LEVEL_DIFFERS;
}

/* The period that limits the facts of the column for this row. False: it has none, and needs one.
 */
static bool period_of(const struct match_column *column, uint16_t row_period, uint16_t *out_period)
{
    const struct target *target = &column->reading->target;

    *out_period = MONTH_NONE;
    if (target->period_mode == PERIOD_FIXED)
        *out_period = target->period;
    else if (target->period_mode == PERIOD_ROW)
        *out_period = row_period;
    return target->period_mode != PERIOD_ROW || row_period != MONTH_NONE;
}

enum level column_compare_any(const struct match_column *column, uint32_t subject,
                              uint16_t row_period, uint32_t key)
{
    const struct field *through = column->through;
    enum level level = LEVEL_NONE;
    uint64_t first, end;
    uint32_t last = KEY_NONE;
    uint16_t period;

    if (!period_of(column, row_period, &period))
        return LEVEL_NONE;
    if (!through)
        return compare_facts(column, subject, period, key);
    fact_range(through, subject, period, &first, &end);
    for (uint64_t i = first; i < end && level != LEVEL_AGREES; i++) {
        uint32_t ref = through->fact_key[i];
        enum level one;

        if (ref == last || through->key_subject[ref] == SUBJECT_NONE)
            continue;
        last = ref;
        one = compare_facts(column, through->key_subject[ref], period, key);
        if (one < level)
            level = one;
    }
    return level;
}

static uint32_t add_distinct(uint32_t *keys, uint32_t count, uint32_t room, uint32_t key)
{
    if (count == room || key == KEY_NONE)
        return count;
    for (uint32_t i = 0; i < count; i++) {
        if (keys[i] == key)
            return count;
    }
    keys[count] = key;
    return count + 1;
}

static uint32_t facts_keys(const struct match_column *column, uint32_t subject, uint16_t period,
                           uint32_t *keys, uint32_t count, uint32_t room)
{
    uint64_t first, end;

    fact_range(column->field, subject, period, &first, &end);
    for (uint64_t i = first; i < end; i++)
        count = add_distinct(keys, count, room, column_fact_key(column, i));
    return count;
}

/* The distinct keys held in `period`; MONTH_NONE: in any. */
static uint32_t keys_in_period(const struct match_column *column, uint32_t subject, uint16_t period,
                               uint32_t *out_keys, uint32_t room)
{
    const struct field *through = column->through;
    uint32_t count = 0, last = KEY_NONE;
    uint64_t first, end;

    if (!through)
        return facts_keys(column, subject, period, out_keys, 0, room);
    fact_range(through, subject, period, &first, &end);
    for (uint64_t i = first; i < end; i++) {
        uint32_t ref = through->fact_key[i];

        if (ref == last || through->key_subject[ref] == SUBJECT_NONE)
            continue;
        last = ref;
        count = facts_keys(column, through->key_subject[ref], period, out_keys, count, room);
    }
    return count;
}

uint32_t column_held_keys(const struct match_column *column, uint32_t subject, uint16_t row_period,
                          uint32_t *out_keys, uint32_t room)
{
    uint16_t period;

    if (!period_of(column, row_period, &period))
        return 0;
    return keys_in_period(column, subject, period, out_keys, room);
}

int32_t column_log_share(const struct match_columns *columns, const struct match_column *column,
                         uint32_t key)
{
    uint32_t frequency;

    if (key == KEY_NONE)
        return WEIGHT_NONE;
    if (column->log_share)
        return column->log_share[key];
    frequency = column->plain ? field_key_frequency(column->field, key)
                              : view_key_frequency(column->view, key);
    if (frequency == 0)
        return WEIGHT_NONE;
    return (frequency < LOG_COUNTS ? columns->log_count[frequency] : weight_of_log(frequency))
           - column->log_population;
}

/* Keys of one subject that are counted; more are a broken register. */
#define KEYS_COUNTED 64u

/* How many subjects of the kind hold each key in the column's fixed period, or in any. */
static void count_holders(const struct match_columns *columns, struct match_column *column,
                          uint32_t *frequency)
{
    uint32_t keys[KEYS_COUNTED];
    uint64_t holders = 0;

    for (uint32_t s = 0; s < columns->kind->subject_count; s++) {
        uint32_t count =
            keys_in_period(column, s, column->reading->target.period, keys, KEYS_COUNTED);

        holders += count > 0;
        for (uint32_t i = 0; i < count; i++)
            frequency[keys[i]]++;
    }
    column->population = (double)(holders ? holders : 1);
}

/*
 * The same for a column reached through a reference, from the other end: each subject referred to
 * counts as often as it is referred to. A subject that refers to two holders of a value counts
 * twice; the frequency is then a little too large, which is the safe side.
 */
static void count_referrers(const struct match_columns *columns, struct match_column *column,
                            uint32_t *frequency)
{
    const struct field *through = column->through;
    uint32_t keys[KEYS_COUNTED];

    for (uint32_t ref = 0; ref < through->key_count; ref++) {
        uint32_t subject = through->key_subject[ref];
        uint32_t referrers = field_key_frequency(through, ref);
        uint32_t count;

        if (subject == SUBJECT_NONE)
            continue;
        count = facts_keys(column, subject, MONTH_NONE, keys, 0, KEYS_COUNTED);
        for (uint32_t i = 0; i < count; i++)
            frequency[keys[i]] += referrers;
    }
    column->population = through->holders ? through->holders : 1;
    for (uint32_t key = 0; key < column->key_count; key++) {
        if (frequency[key] > columns->kind->subject_count)
            frequency[key] = columns->kind->subject_count;
    }
}

/*
 * A column compared by row: the share of a value among the facts of the periods in which it
 * occurs. Counting per period would be exact, and cost a table of periods times values.
 */
static void share_by_row(struct match_column *column, const struct field *field,
                         const uint32_t *first, const uint32_t *last, const uint32_t *count,
                         const uint64_t *facts_before)
{
    for (uint32_t key = 0; key < column->key_count; key++) {
        uint64_t facts = facts_before[last[key] + 1] - facts_before[first[key]];

        column->log_share[key] =
            count[key] ? weight_of_log((double)count[key] / (double)facts) : WEIGHT_NONE;
    }
    column->population = (double)(field->holders ? field->holders : 1);
}

/* All periods a 16-bit number can name, and one to end the last. */
#define PERIODS ((size_t)UINT16_MAX + 2)

static int measure_by_row(struct match_column *column, struct tq_error *err)
{
    const struct field *field = column->field;
    CLEANUP(free_cleanup) uint32_t *count = alloc_zeroed(column->key_count + 1u, sizeof(*count));
    CLEANUP(free_cleanup) uint32_t *first = alloc_zeroed(column->key_count + 1u, sizeof(*first));
    CLEANUP(free_cleanup) uint32_t *last = alloc_zeroed(column->key_count + 1u, sizeof(*last));
    CLEANUP(free_cleanup) uint64_t *before = alloc_zeroed(PERIODS, sizeof(*before));

    if (!count || !first || !last || !before)
        return tq_no_memory(err);
    for (uint64_t i = 0; i < field->fact_count; i++) {
        uint32_t key = column_fact_key(column, i);
        uint32_t period = field->fact_period[i];

        if (key == KEY_NONE)
            continue;
        if (count[key] == 0 || period < first[key])
            first[key] = period;
        if (period > last[key])
            last[key] = period;
        count[key]++;
        before[period + 1]++;
    }
    for (size_t i = 1; i < PERIODS; i++)
        before[i] += before[i - 1];
    share_by_row(column, field, first, last, count, before);
    return 0;
}

/* Shares of the keys of a column whose field does not count the subjects of this kind. */
static int measure_shares(const struct match_columns *columns, struct match_column *column,
                          struct tq_error *err)
{
    CLEANUP(free_cleanup) uint32_t *frequency = NULL;

    column->log_share = alloc_zeroed(column->key_count + 1u, sizeof(*column->log_share));
    if (!column->log_share)
        return tq_no_memory(err);
    if (column->by_row && !column->through && column->field->fact_period)
        return measure_by_row(column, err);
    frequency = alloc_zeroed(column->key_count + 1u, sizeof(*frequency));
    if (!frequency)
        return tq_no_memory(err);
    if (column->through && column->reading->target.period_mode != PERIOD_FIXED)
        count_referrers(columns, column, frequency);
    else
        count_holders(columns, column, frequency);
    for (uint32_t key = 0; key < column->key_count; key++)
        column->log_share[key] =
            frequency[key] ? weight_of_log(frequency[key] / column->population) : WEIGHT_NONE;
    return 0;
}

static int order_weights(const void *a, const void *b)
{
    const int32_t *x = a, *y = b;

    return (*x > *y) - (*x < *y);
}

/* The share of the value of an evenly spaced subject, or fact of a column compared by row. */
static bool typical_of(const struct match_columns *columns, const struct match_column *column,
                       uint64_t number, int32_t *out_share)
{
    uint32_t key;

    if (column->by_row)
        key = column_fact_key(column, number);
    else if (column_held_keys(column, (uint32_t)number, MONTH_NONE, &key, 1) != 1)
        return false;
    if (key == KEY_NONE)
        return false;
    *out_share = column_log_share(columns, column, key);
    return *out_share != WEIGHT_NONE;
}

/* The share of the value that the median of evenly spaced subjects holds, or of facts where only a
 * row tells the period. */
static void measure_typical(const struct match_columns *columns, struct match_column *column)
{
    int32_t shares[TYPICAL_SAMPLE];
    bool of_facts = column->by_row && !column->through && column->field->fact_period;
    uint64_t all = of_facts ? column->field->fact_count : columns->kind->subject_count;
    uint64_t sample = all < TYPICAL_SAMPLE ? all : TYPICAL_SAMPLE;
    uint32_t count = 0;

    if (column->by_row && !of_facts)
        return;
    for (uint64_t i = 0; i < sample; i++)
        count += typical_of(columns, column, i * all / sample, &shares[count]);
    qsort(shares, count, sizeof(*shares), order_weights);
    column->typical_share = count ? shares[count / 2] : 0;
}

/* A table of which so many records have an identifier is linked by it. */
#define IDENTIFIED_SHARE .9

/* Values that one subject has for himself: identifiers, accounts, phones, e-mail addresses. */
static bool is_personal_number(enum value_type type)
{
    return type == TYPE_ID || type == TYPE_ACCOUNT || type == TYPE_EMAIL || type == TYPE_PHONE;
}

static bool is_single_name(enum value_type type)
{
    return type == TYPE_FAMILY_NAME || type == TYPE_GIVEN_NAME;
}

/* A year of birth, or an age: too common to be paired with. */
static bool is_years(enum interpretation as)
{
    return as == AS_YEAR || as == AS_AGE;
}

/* What the column may be used for, from its type and the register's statistics alone. */
static void classify(struct match_column *column)
{
    const struct field *field = column->field;
    enum value_type type = column->type;
    bool is_place = type == TYPE_TEXT || type == TYPE_ADDRESS;
    double holders =
        view_key_count(column->view) ? (double)field->holders / view_key_count(column->view) : 0;

    column->pairs = column->direct && (type_is_name(type) || type == TYPE_DATE || is_place)
                    && !is_years(column->reading->interpretation)
                    && column->reading->interpretation != AS_CODEBOOK;
    column->sparse =
        column->direct && column->plain && is_personal_number(type) && holders <= SPARSE_HOLDERS;
    column->identity = column->direct
                       && (type == TYPE_ID || type_is_name(type)
                           || (type == TYPE_DATE && field->category == CATEGORY_IDENTITY));
    column->exchanges = column->simple && is_single_name(type);
    column->tells = column->identity || (column->direct && type_is_identifying(type));
    column->rho_fixed = column->direct && !field->shareable && is_personal_number(type)
                        && column->reading->interpretation != AS_MASKED;
    column->rho = field->density > DENSITY_MIN ? field->density : DENSITY_MIN;
    if (column->rho > 1)
        column->rho = 1;
}

static int bind_column(struct match_columns *columns, struct match_column *column,
                       const struct table *table, const struct reading *reading, uint32_t number,
                       struct tq_error *err)
{
    const struct column_reading *one = &reading->columns[number];
    const struct reg *reg = columns->reg;
    int r;

    *column = (struct match_column){.number = number, .reading = one};
    column->field = reg_field(reg, one->target.field);
    column->through =
        one->target.through == FIELD_NONE ? NULL : reg_field(reg, one->target.through);
    column->type = column->field->type;
    r = view_new(reg, one, &column->view, err);
    if (r < 0)
        return r;
    column->plain = one->interpretation < AS_PLAIN_COUNT
                    && interpretation_form(one->interpretation) == column->field->form;
    column->direct = !column->through && one->target.period_mode == PERIOD_NONE;
    column->simple = column->direct && column->plain;
    column->by_row = one->target.period_mode == PERIOD_ROW;
    column->repeats = table->shape == SHAPE_DOCUMENTS
                      && column_source(one, number) < table->slot_count && !column->by_row;
    column->key_count = view_key_count(column->view);
    column->population = column->field->holders ? column->field->holders : 1;
    if (column->through || column->by_row || one->target.period_mode == PERIOD_FIXED) {
        r = measure_shares(columns, column, err);
        if (r < 0)
            return r;
    }
    column->log_population = weight_of_log(column->population);
    classify(column);
    measure_typical(columns, column);
    return 0;
}

/* Two phones, an old and a new address: they share what is built for their field. */
static void find_twins(struct match_columns *columns)
{
    for (uint32_t i = 0; i < columns->count; i++) {
        struct match_column *column = &columns->items[i];
        uint32_t k = 0;

        while (k < i
               && !(columns->items[k].direct && columns->items[k].plain && column->direct
                    && column->plain && columns->items[k].field == column->field))
            k++;
        column->twin = (uint16_t)k;
    }
}

/* Have the facts of all columns in memory: asked for together, they come on all threads. */
static int load_facts(const struct reg *reg, const struct reading *reading, struct tq_error *err)
{
    struct field_set wanted = {0};

    for (uint32_t c = 0; c < reading->column_count; c++) {
        const struct target *target = &reading->columns[c].target;

        if (reading->columns[c].status != READING_FULL)
            continue;
        field_set_add(&wanted, target->field);
        field_set_add(&wanted, target->through);
    }
    return reg_load(reg, &wanted, FIELD_WHOLE, err);
}

/* The kind's fields of single names, loaded, if a column of the table is one. */
static int find_names(struct match_columns *columns, uint8_t kind, struct tq_error *err)
{
    const struct reg *reg = columns->reg;
    uint32_t c = 0;

    while (c < columns->count
           && !(columns->items[c].direct && is_single_name(columns->items[c].type)))
        c++;
    for (uint16_t f = 0; c < columns->count && f < reg->field_count; f++) {
        const struct field *field = reg_field(reg, f);
        int r;

        if (field->kind != kind || !is_single_name(field->type) || field->fingerprints_only
            || columns->name_count == NAME_FIELDS_MAX)
            continue;
        r = reg_load_field(reg, f, FIELD_HELD, err);
        if (r < 0)
            return r;
        columns->names[columns->name_count++] = field;
    }
    return TQ_OK;
}

/* Whether nearly all records show a number that only one subject has: spellings say nothing beside
 * it. */
static bool has_identifier(const struct match_columns *columns)
{
    for (uint32_t c = 0; c < columns->count; c++) {
        const struct match_column *column = &columns->items[c];

        if (column->sparse && (column->type == TYPE_ID || column->type == TYPE_ACCOUNT)
            && column->reading->filled >= IDENTIFIED_SHARE)
            return true;
    }
    return false;
}

/* Whether relatives at one address differ in nothing that the table shows, but for their names: no
 * identifier, no account and no date of birth. */
static bool has_names_alone(const struct match_columns *columns)
{
    for (uint32_t c = 0; c < columns->count; c++) {
        const struct match_column *column = &columns->items[c];

        if (column->direct && !type_is_name(column->type)
            && (column->identity || column->type == TYPE_ID || column->type == TYPE_ACCOUNT))
            return false;
    }
    return true;
}

static int count_spellings(struct match_columns *columns, struct tq_error *err)
{
    for (uint32_t c = 0; c < columns->count && !has_identifier(columns); c++) {
        struct match_column *column = &columns->items[c];
        int r;

        if (!column->simple || !type_is_name(column->type) || column->field->fingerprints_only)
            continue;
        column->spellings = alloc_zeroed(1, sizeof(*column->spellings));
        if (!column->spellings)
            return tq_no_memory(err);
        r = spellings_init(column->spellings, column->field, err);
        if (r < 0)
            return r;
    }
    return 0;
}

int match_columns_init(struct match_columns *columns, const struct reg *reg,
                       const struct table *table, const struct reading *reading,
                       struct tq_error *err)
{
    int r;

    *columns = (struct match_columns){.reg = reg};
    if (reading->kind == KIND_NONE)
        return 0;
    assert(reading->column_count >= table->column_count);
    r = load_facts(reg, reading, err);
    if (r < 0)
        return r;
    columns->kind = &reg->kinds[reading->kind];
    columns->items = alloc_zeroed(reading->column_count + 1u, sizeof(*columns->items));
    columns->log_count = alloc_zeroed(LOG_COUNTS, sizeof(*columns->log_count));
    if (!columns->items || !columns->log_count)
        return tq_no_memory(err);
    for (uint32_t i = 1; i < LOG_COUNTS; i++)
        columns->log_count[i] = weight_of_log(i);
    for (uint32_t c = 0; c < reading->column_count; c++) {
        const struct column_reading *one = &reading->columns[c];

        if (one->status != READING_FULL || one->role == ROLE_MONTH)
            continue;
        r = bind_column(columns, &columns->items[columns->count++], table, reading, c, err);
        if (r < 0)
            return r;
    }
    find_twins(columns);
    columns->names_alone = has_names_alone(columns);
    r = count_spellings(columns, err);
    if (r < 0)
        return r;
    return find_names(columns, reading->kind, err);
}

void match_columns_clear(struct match_columns *columns)
{
    for (uint32_t i = 0; i < columns->count; i++) {
        columns->items[i].view = view_free(columns->items[i].view);
        free(columns->items[i].log_share);
        if (columns->items[i].spellings)
            spellings_clear(columns->items[i].spellings);
        free(columns->items[i].spellings);
    }
    free(columns->items);
    free(columns->log_count);
    *columns = (struct match_columns){0};
}
