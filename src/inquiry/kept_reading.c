/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What is kept of how a table was read and dated. */
#include "base/cleanup.h"
#include "inquiry/table_examination.h"

static const char *status_name(enum reading_status status)
{
    static const char *const names[] = {[READING_NONE] = "none",
                                        [READING_WEAK] = "weak",
                                        [READING_FULL] = "full",
                                        [READING_REFERS_TO] = "refers-to"};

    return names[status];
}

static const char *role_name(const struct examination *examination, uint32_t column)
{
    if (examination->judge && judge_is_previous(examination->judge, column))
        return "previous";
    return examination->reading.columns[column].role == ROLE_MONTH ? "month" : "value";
}

/* "employer>name": the target without its period, which cells carry themselves. */
static void format_field(const struct reg *reg, const struct target *target, struct buf *out)
{
    struct target timeless = *target;

    timeless.period_mode = PERIOD_NONE;
    target_format(reg, &timeless, out);
}

static void format_period(const struct target *target, struct buf *out)
{
    if (target->period_mode == PERIOD_FIXED)
        month_format(out, target->period);
    else if (target->period_mode == PERIOD_ROW)
        buf_add_text(out, "row");
    else if (target->period_mode == PERIOD_ANY)
        buf_add_text(out, "any");
}

/* Of a date, the headers of its parts. */
static void format_header(const struct table *table, const struct column_reading *column,
                          uint32_t number, struct buf *out)
{
    if (column->parts.count == 0)
        buf_add_text(out, table->headers[column_source(column, number)]);
    for (uint8_t i = 0; i < column->parts.count; i++)
        buf_format(out, "%s%s", i ? ", " : "", table->headers[column->parts.columns[i]]);
}

static int keep_column(struct examination *examination, uint32_t number, struct tq_error *err)
{
    const struct column_reading *column = &examination->reading.columns[number];
    const struct reg *reg = examination->inquiry->request->reg;
    bool has_target = column->status != READING_NONE && column->target.field != FIELD_NONE;
    CLEANUP(buf_clear_cleanup) struct buf field = {0};
    CLEANUP(buf_clear_cleanup) struct buf period = {0};
    CLEANUP(buf_clear_cleanup) struct buf header = {0};
    struct reading_row row = {.table = examination->stored->number,
                              .column = (uint16_t)number,
                              .source = (uint16_t)column_source(column, number),
                              .parts = column->parts,
                              .status = slice_of(status_name(column->status)),
                              .role = slice_of(role_name(examination, number)),
                              .agreement = column_agreement(column),
                              .chance = column->chance,
                              .filled = column->filled,
                              .compared = column->compared};

    format_header(&examination->stored->head, column, number, &header);
    row.header = buf_slice(&header);
    if (examination->reading.kind != KIND_NONE)
        row.kind = slice_of(reg->kinds[examination->reading.kind].name);
    if (has_target) {
        format_field(reg, &column->target, &field);
        format_period(&column->target, &period);
        row.field = buf_slice(&field);
        row.period = buf_slice(&period);
        row.interpretation = slice_of(interpretation_name(column->interpretation));
        row.category = slice_of(category_name(examination->meanings[number].category));
        row.periodic = column->target.period_mode != PERIOD_NONE;
    }
    if (buf_check(&field, err) < 0 || buf_check(&period, err) < 0 || buf_check(&header, err) < 0)
        return TQ_E_NOMEM;
    return case_add_reading(examination->inquiry->request->store, &row, err);
}

int examination_keep_reading(struct examination *examination, struct tq_error *err)
{
    struct case_store *store = examination->inquiry->request->store;
    int r = case_set_table_kind(store, examination->stored->number, examination->reading.kind, err);

    for (uint32_t i = 0; i < examination->reading.column_count && r == TQ_OK; i++)
        r = keep_column(examination, i, err);
    if (r < 0)
        return r;
    return case_set_dating(store, examination->stored->number, &examination->dating, err);
}
