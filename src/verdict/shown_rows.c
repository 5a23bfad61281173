/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "verdict/shown_rows.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "normalise/normalise.h"
#include "normalise/scheme.h"
#include "register/held.h"

#define ID_DIGITS_MAX 18u /* fits a signed number of 64 bits */

void shown_rows_clear(struct shown_rows *rows)
{
    free(rows->values);
    free(rows->groups);
    *rows = (struct shown_rows){0};
}

int shown_rows_add(struct shown_rows *rows, enum shown_group group, struct shown_value **out_values,
                   struct tq_error *err)
{
    size_t first = rows->row_count * rows->column_count;
    int r = alloc_reserve(&rows->values, &rows->value_capacity, first + rows->column_count + 1,
                          sizeof(*rows->values), err);

    if (r == TQ_OK)
        r = alloc_reserve(&rows->groups, &rows->group_capacity, rows->row_count + 1, 1, err);
    if (r < 0)
        return r;
    rows->groups[rows->row_count++] = (uint8_t)group;
    *out_values = rows->values + first;
    memset(*out_values, 0, rows->column_count * sizeof(**out_values));
    return TQ_OK;
}

int shown_rows_append(struct shown_rows *rows, const struct shown_rows *more, struct tq_error *err)
{
    for (size_t i = 0; i < more->row_count; i++) {
        struct shown_value *values;
        int r = shown_rows_add(rows, (enum shown_group)more->groups[i], &values, err);

        if (r < 0)
            return r;
        memcpy(values, more->values + i * more->column_count, more->column_count * sizeof(*values));
    }
    return TQ_OK;
}

/* ---- columns ---- */

static bool is_comparable(const struct reg *reg, const struct column_reading *column)
{
    return column->status == READING_FULL && column->role == ROLE_VALUE
           && column->target.field != FIELD_NONE && column->interpretation < AS_PLAIN_COUNT
           && !reg->fields[column->target.field].fingerprints_only
           && reg->fields[column->target.field].type != TYPE_REF
           && interpretation_form(column->interpretation) == reg->fields[column->target.field].form;
}

int shown_columns_find(const struct reg *reg, const struct reading *reading,
                       struct shown_column **out_columns, uint16_t *out_count, struct tq_error *err)
{
    struct shown_column *columns =
        alloc_zeroed((size_t)reading->column_count + 1, sizeof(*columns));
    uint16_t count = 0;

    if (!columns)
        return tq_no_memory(err);
    for (uint32_t i = 0; i < reading->column_count && i < UINT16_MAX; i++) {
        const struct column_reading *column = &reading->columns[i];
        const struct field *field;

        if (!is_comparable(reg, column))
            continue;
        field = &reg->fields[column->target.field];
        columns[count++] = (struct shown_column){.number = (uint16_t)i,
                                                 .type = field->type,
                                                 .category = field->category,
                                                 .periodic = field->periodic};
    }
    *out_columns = columns;
    *out_count = count;
    return TQ_OK;
}

/* ---- values ---- */

/* An identifier of nothing but digits. */
static bool parse_digits(struct slice text, int64_t *out_number)
{
    int64_t number = 0;

    if (text.length == 0 || text.length > ID_DIGITS_MAX)
        return false;
    for (size_t i = 0; i < text.length; i++) {
        if (text.data[i] < '0' || text.data[i] > '9')
            return false;
        number = number * 10 + (text.data[i] - '0');
    }
    *out_number = number;
    return true;
}

/* A value by its canonical bytes, and as it is written. */
static void describe(const struct field *field, struct slice canonical, struct slice written,
                     struct shown_value *value)
{
    const struct scheme *scheme = field->check ? scheme_find(slice_of(field->check)) : NULL;
    bool is_number = false;

    if (field->form == FORM_NUMBER || field->form == FORM_DATE) {
        value->number = canonical_number(canonical);
        is_number = true;
    } else if (field->form == FORM_ID) {
        is_number = parse_digits(canonical, &value->number);
    }
    value->flags = is_number ? SHOWN_NUMBER : 0;
    if (scheme)
        value->flags |=
            scheme_accepts(scheme, written) ? SHOWN_CHECKED : SHOWN_CHECKED | SHOWN_FAILS;
}

/* ---- a table ---- */

static enum shown_group group_of(const struct record_finding *record)
{
    switch ((enum record_verdict)record->verdict) {
    case RECORD_UNFOUNDED:
    case RECORD_ALTERED:
        return SHOWN_BY_DOUBTFUL;
    case RECORD_AUTHENTIC:
    case RECORD_STALE:
    case RECORD_INCOMPLETE:
        return SHOWN_BY_BORNE_OUT;
    default:
        return SHOWN_GROUP_COUNT;
    }
}

/* A wrong digit is a slip, not an invention. */
static bool is_invented(const struct cell_finding *cell)
{
    return cell->verdict == CELL_CONTRADICTS && cell->ground != GROUND_ONE_EDIT;
}

static void mark_doubtful(const struct shown_rows *rows, const struct record_finding *record,
                          const struct cell_finding *cells, struct shown_value *values)
{
    for (uint16_t i = 0; i < rows->column_count; i++) {
        bool doubtful = record->verdict == RECORD_UNFOUNDED;

        for (uint32_t k = 0; k < record->cell_count && !doubtful; k++)
            doubtful = cells[k].column == rows->columns[i].number && cells[k].line == 0
                       && is_invented(&cells[k]);
        if (doubtful)
            values[i].flags |= SHOWN_DOUBTFUL;
    }
}

static void show_cell(const struct reg *reg, const struct reading *reading,
                      const struct shown_column *shown, const struct batch *batch, uint32_t row,
                      struct buf *scratch, struct shown_value *value)
{
    const struct column_reading *column = &reading->columns[shown->number];
    struct slice cell = column_cell(column, batch, row, shown->number);

    value->print = normalise_fingerprint(&reg->normaliser, column->interpretation, cell, scratch);
    if (value->print != FINGERPRINT_NONE)
        describe(&reg->fields[column->target.field], buf_slice(scratch), cell, value);
}

/* The row before showed `before`; the rows follow each other. */
static void follow(const struct shown_rows *rows, struct shown_value *before,
                   const struct shown_value *values)
{
    for (uint16_t i = 0; i < rows->column_count; i++) {
        if (!(before[i].flags & SHOWN_NUMBER) || !(values[i].flags & SHOWN_NUMBER))
            continue;
        before[i].flags |= SHOWN_PAIRED;
        if (values[i].number - before[i].number == 1)
            before[i].flags |= SHOWN_FOLLOWED;
    }
}

int shown_rows_of_batch(const struct reg *reg, const struct reading *reading,
                        const struct batch *batch, const struct finding_batch *findings,
                        struct shown_rows *rows, struct tq_error *err)
{
    CLEANUP(buf_clear_cleanup) struct buf scratch = {0};
    enum shown_group last = SHOWN_GROUP_COUNT;
    uint32_t row = 0;

    for (size_t i = 0; i < findings->record_count && row < batch->row_count; i++) {
        const struct record_finding *record = &findings->records[i];
        enum shown_group group = group_of(record);
        struct shown_value *values;
        int r;

        if (group == SHOWN_BY_BORNE_OUT && i % 16 >= 4)
            group = SHOWN_GROUP_COUNT;
        if (group != SHOWN_GROUP_COUNT) {
            r = shown_rows_add(rows, group, &values, err);
            if (r < 0)
                return r;
            for (uint16_t k = 0; k < rows->column_count; k++)
                show_cell(reg, reading, &rows->columns[k], batch, row, &scratch, &values[k]);
            if (group == SHOWN_BY_DOUBTFUL)
                mark_doubtful(rows, record, findings->cells + record->cell_first, values);
            if (group == last)
                follow(rows, values - rows->column_count, values);
        }
        last = group;
        row = batch_record_end(batch, row);
    }
    return buf_check(&scratch, err);
}

/* ---- the register ---- */

static bool is_held_at(const struct held *held, bool periodic, int32_t at)
{
    return held->known_from <= at && at < held->known_to
           && (periodic || (held->valid_from <= at && at < held->valid_to));
}

/* One of what was held: of several months any, as the number of the subject has it. */
static const struct held *choose(const struct held_list *list, bool periodic, int32_t at,
                                 uint32_t subject)
{
    size_t start = list->count ? hash_mix(subject) % list->count : 0;

    for (size_t i = 0; i < list->count; i++) {
        const struct held *held = &list->items[(start + i) % list->count];

        if (is_held_at(held, periodic, at))
            return held;
    }
    return NULL;
}

/* Whether the next identifier of the dictionary is greater by one. */
static void follow_in_dictionary(const struct field *field, uint32_t key, struct shown_value *value)
{
    int64_t next;

    if (field->form != FORM_ID || !(value->flags & SHOWN_NUMBER) || key + 1 >= field->key_count
        || !parse_digits(field_key_text(field, key + 1), &next))
        return;
    value->flags |= SHOWN_PAIRED;
    if (next - value->number == 1)
        value->flags |= SHOWN_FOLLOWED;
}

static int show_held(const struct reg *reg, const struct column_reading *column, int32_t at,
                     uint32_t subject, struct held_list *list, struct shown_value *value,
                     struct tq_error *err)
{
    const struct field *field = &reg->fields[column->target.field];
    struct target target = column->target;
    const struct held *held;
    int r;

    if (target.period_mode == PERIOD_ROW)
        target.period_mode = PERIOD_ANY;
    r = held_find(reg, &target, subject, MONTH_NONE, list, err);
    held = r == TQ_OK ? choose(list, field->periodic, at, subject) : NULL;
    if (!held)
        return r;
    value->print = field->key_fingerprint[held->key];
    describe(field, field_key_text(field, held->key), field_value_text(field, held->value), value);
    follow_in_dictionary(field, held->key, value);
    return TQ_OK;
}

static int load_columns(const struct reg *reg, const struct reading *reading,
                        const struct shown_rows *rows, struct tq_error *err)
{
    int r = TQ_OK;

    for (uint16_t i = 0; i < rows->column_count && r == TQ_OK; i++) {
        const struct target *target = &reading->columns[rows->columns[i].number].target;

        r = reg_load_field(reg, target->field, FIELD_HELD | FIELD_TIMES, err);
        if (r == TQ_OK && target->through != FIELD_NONE)
            r = reg_load_field(reg, target->through, FIELD_HELD | FIELD_TIMES, err);
    }
    return r;
}

int shown_rows_of_register(const struct reg *reg, const struct reading *reading, int32_t at,
                           uint32_t most, struct shown_rows *rows, struct tq_error *err)
{
    struct held_list list = {0};
    uint32_t count = reg->kinds[reading->kind].subject_count;
    uint32_t stride = count / most + 1;
    int r = load_columns(reg, reading, rows, err);

    for (uint32_t subject = 0; subject < count && r == TQ_OK; subject += stride) {
        struct shown_value *values;

        r = shown_rows_add(rows, SHOWN_BY_REGISTER, &values, err);
        for (uint16_t i = 0; i < rows->column_count && r == TQ_OK; i++)
            r = show_held(reg, &reading->columns[rows->columns[i].number], at, subject, &list,
                          &values[i], err);
    }
    held_list_clear(&list);
    return r;
}
