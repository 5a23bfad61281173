/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The sample that reading works on. Source of the sample rule: algorithms.md 1.5. */
#include "reading/sample.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "reading/column_redactions.h"
#include "reading/scratch.h"

#define SAMPLE_BATCHES_MAX 16u        /* loading one costs as much as reading its rows */
#define SAMPLE_CELLS_MAX   (1u << 20) /* bounds the memory on very wide tables */
#define SAMPLE_ROWS_MIN    64u
#define SAMPLE_CELL_BYTES  512u /* no value of a register field is longer and still telling */
#define DOCUMENT_LINES_MAX 6u   /* of one document: more say the same again */
#define TRIAL_CELLS        64u  /* an interpretation that fails on these is not tried further */
#define READABLE_PERCENT   50u  /* of the non-empty cells: algorithms.md 1.1 */

/* Copy one row. Cells are trimmed, because a cell of blanks is an empty cell. */
static int copy_row(struct sample *sample, const struct batch *batch, uint32_t row,
                    struct tq_error *err)
{
    int r;

    for (uint32_t c = 0; c < sample->column_count; c++) {
        struct slice cell = slice_trim(batch_cell(batch, row, c));

        if (cell.length > SAMPLE_CELL_BYTES)
            cell.length = SAMPLE_CELL_BYTES;
        r = batch_builder_cell(&sample->rows, cell, err);
        if (r < 0)
            return r;
    }
    return batch_builder_row(&sample->rows, batch->exhibit[row], batch->record[row],
                             batch->place[row], batch->flags[row], err);
}

static int copy_rows(struct sample *sample, const struct batch *batch, uint32_t quota,
                     struct tq_error *err)
{
    uint32_t wanted = quota < batch->row_count ? quota : batch->row_count;

    for (uint32_t j = 0; j < wanted; j++) {
        uint32_t row = (uint32_t)((uint64_t)j * batch->row_count / wanted);
        int r = copy_row(sample, batch, row, err);

        if (r < 0)
            return r;
    }
    return TQ_OK;
}

/* `lines` rows of the record [row, end), evenly spread. */
static int copy_lines(struct sample *sample, const struct batch *batch, uint32_t row, uint32_t end,
                      uint32_t lines, struct tq_error *err)
{
    uint32_t have = end - row;
    uint32_t wanted = lines < have ? lines : have;

    for (uint32_t j = 0; j < wanted; j++) {
        int r = copy_row(sample, batch, row + (uint32_t)((uint64_t)j * have / wanted), err);

        if (r < 0)
            return r;
    }
    return TQ_OK;
}

/* Documents are sampled whole, but with few lines each, so that many documents are seen. */
static int copy_documents(struct sample *sample, const struct batch *batch, uint32_t quota,
                          struct tq_error *err)
{
    uint32_t records = 0, lines, wanted, number = 0, taken = 0, end;

    for (uint32_t row = 0; row < batch->row_count; row = batch_record_end(batch, row))
        records++;
    if (records == 0)
        return TQ_OK;

    lines = batch->row_count / records + 1;
    if (lines > DOCUMENT_LINES_MAX)
        lines = DOCUMENT_LINES_MAX;
    wanted = quota / lines ? quota / lines : 1;
    if (records <= wanted) {
        wanted = records;
        lines = quota / records;
    }
    for (uint32_t row = 0; row < batch->row_count; row = end) {
        end = batch_record_end(batch, row);
        if (number++ == (uint32_t)((uint64_t)taken * records / wanted) && taken < wanted) {
            int r = copy_lines(sample, batch, row, end, lines, err);

            if (r < 0)
                return r;
            taken++;
        }
    }
    return TQ_OK;
}

static int load_rows(struct sample *sample, const struct batch_source *source, uint32_t rows_max,
                     void *scratch, struct tq_error *err)
{
    uint32_t used = source->batch_count, quota;
    int r;

    if (sample->table->row_count <= rows_max) {
        sample->whole = true;
        quota = UINT32_MAX / DOCUMENT_LINES_MAX;
    } else {
        used = used < SAMPLE_BATCHES_MAX ? used : SAMPLE_BATCHES_MAX;
        quota = used ? (rows_max + used - 1) / used : 0;
    }
    for (uint32_t i = 0; i < used; i++) {
        uint32_t number = (uint32_t)((2 * (uint64_t)i + 1) * source->batch_count / (2 * used));
        const struct batch *batch;

        r = source->load(source->state, number, scratch, &batch, err);
        if (r < 0)
            return r;
        if (sample->table->shape == SHAPE_DOCUMENTS)
            r = copy_documents(sample, batch, quota, err);
        else
            r = copy_rows(sample, batch, quota, err);
        if (r < 0)
            return r;
    }
    sample->row_count = sample->rows.batch.row_count;
    return TQ_OK;
}

static int number_documents(struct sample *sample, struct tq_error *err)
{
    const struct batch *batch = &sample->rows.batch;
    uint32_t number = 0;

    sample->document = arena_alloc(&sample->arena, sample->row_count + 1, sizeof(uint32_t));
    if (!sample->document)
        return tq_no_memory(err);
    for (uint32_t row = 0; row < sample->row_count; row++) {
        if (row > 0
            && (batch->record[row] != batch->record[row - 1]
                || batch->exhibit[row] != batch->exhibit[row - 1]))
            number++;
        sample->document[row] = number;
    }
    return TQ_OK;
}

/* Whether enough of the column's first cells can be read to try them all. */
static bool passes_trial(const struct sample *sample, uint32_t column, enum interpretation as,
                         struct buf *scratch)
{
    uint32_t tried = 0, read = 0;

    for (uint32_t row = 0; row < sample->row_count && tried < TRIAL_CELLS; row++) {
        struct slice cell = row_sample_cell(sample, row, column);

        if (cell.length == 0)
            continue;
        tried++;
        buf_empty(scratch);
        read += normalise(&sample->reg->normaliser, as, cell, scratch);
    }
    return read * 4 >= tried && read > 0;
}

static int print_column(struct sample *sample, uint32_t column, enum interpretation as,
                        struct buf *scratch, struct tq_error *err)
{
    struct sample_column *out = &sample->columns[column];
    uint64_t *prints = arena_alloc(&sample->arena, sample->row_count, sizeof(*prints));
    uint32_t read = 0;

    if (!prints)
        return tq_no_memory(err);
    for (uint32_t row = 0; row < sample->row_count; row++) {
        struct slice cell = row_sample_cell(sample, row, column);

        prints[row] = FINGERPRINT_NONE;
        if (cell.length > 0)
            prints[row] = normalise_fingerprint(&sample->reg->normaliser, as, cell, scratch);
        read += prints[row] != FINGERPRINT_NONE;
    }
    if (scratch->failed)
        return buf_check(scratch, err);
    if ((uint64_t)read * 100 >= (uint64_t)out->filled * READABLE_PERCENT)
        out->prints[as] = prints;
    return TQ_OK;
}

/* The numbers behind a column of months. */
static int number_months(struct sample *sample, uint32_t column, enum interpretation as,
                         struct buf *scratch, struct tq_error *err)
{
    uint16_t *months = arena_alloc(&sample->arena, sample->row_count, sizeof(*months));

    if (!months)
        return tq_no_memory(err);
    for (uint32_t row = 0; row < sample->row_count; row++) {
        struct slice cell = row_sample_cell(sample, row, column);
        int64_t number = MONTH_NONE;

        buf_empty(scratch);
        if (cell.length > 0 && normalise(&sample->reg->normaliser, as, cell, scratch))
            number = canonical_number(buf_slice(scratch));
        months[row] = number < 0 || number > UINT16_MAX ? MONTH_NONE : (uint16_t)number;
    }
    sample->columns[column].months[as == AS_MY] = months;
    return TQ_OK;
}

/* Which interpretations can serve this register at all. */
static void needed_interpretations(const struct reg *reg, bool needed[AS_PLAIN_COUNT])
{
    for (unsigned as = 0; as < AS_PLAIN_COUNT; as++)
        needed[as] = false;
    for (uint16_t f = 0; f < reg->field_count; f++) {
        for (unsigned as = 0; as < AS_PLAIN_COUNT; as++) {
            if (interpretation_serves((enum interpretation)as, reg->fields[f].type))
                needed[as] = true;
        }
        if (reg->fields[f].type == TYPE_DATE)
            needed[AS_YEAR] = needed[AS_AGE] = true;
        if (reg->fields[f].type == TYPE_DATE || reg->fields[f].periodic)
            needed[AS_YM] = needed[AS_MY] = true;
        if (type_is_name(reg->fields[f].type))
            needed[AS_TOKENS] = true;
    }
    needed[AS_CODE] = true; /* codebooks */
}

static int read_column(struct sample *sample, uint32_t column, const bool needed[AS_PLAIN_COUNT],
                       struct buf *scratch, struct tq_error *err)
{
    int r;

    for (uint32_t row = 0; row < sample->row_count; row++)
        sample->columns[column].filled += row_sample_cell(sample, row, column).length > 0;
    if (sample->columns[column].filled == 0)
        return TQ_OK;

    for (unsigned i = 0; i < AS_PLAIN_COUNT; i++) {
        enum interpretation as = (enum interpretation)i;

        if (!needed[i] || !passes_trial(sample, column, as, scratch))
            continue;
        r = print_column(sample, column, as, scratch, err);
        if (r < 0)
            return r;
        if (sample->columns[column].prints[i] && (as == AS_YM || as == AS_MY)) {
            r = number_months(sample, column, as, scratch, err);
            if (r < 0)
                return r;
        }
    }
    return column_redactions_find(sample, column, scratch, err);
}

static int fill_sample(struct sample *sample, const struct batch_source *source, uint32_t rows_max,
                       struct tq_error *err)
{
    CLEANUP(buf_clear_cleanup) struct buf buf = {0};
    bool needed[AS_PLAIN_COUNT];
    void *scratch;
    int r;

    r = scratch_reserve(&buf, err);
    if (r < 0)
        return r;
    scratch = source->scratch_new(source->state);
    if (!scratch)
        return tq_no_memory(err);
    r = load_rows(sample, source, rows_max, scratch, err);
    source->scratch_free(scratch);
    if (r < 0)
        return r;
    r = number_documents(sample, err);
    if (r < 0)
        return r;

    needed_interpretations(sample->reg, needed);
    for (uint32_t c = 0; c < sample->column_count; c++) {
        r = read_column(sample, c, needed, &buf, err);
        if (r < 0)
            return r;
    }
    return TQ_OK;
}

int row_sample_take(const struct reg *reg, const struct table *table,
                    const struct batch_source *source, uint32_t rows_max, struct sample *out_sample,
                    struct tq_error *err)
{
    struct sample sample = {.reg = reg, .table = table, .column_count = table->column_count};
    uint32_t columns = table->column_count ? table->column_count : 1;
    int r;

    if (rows_max > SAMPLE_CELLS_MAX / columns)
        rows_max = SAMPLE_CELLS_MAX / columns;
    if (rows_max < SAMPLE_ROWS_MIN)
        rows_max = SAMPLE_ROWS_MIN;

    batch_builder_init(&sample.rows, table->column_count);
    sample.columns = arena_alloc(&sample.arena, columns, sizeof(*sample.columns));
    r = sample.columns ? fill_sample(&sample, source, rows_max, err) : tq_no_memory(err);
    if (r < 0) {
        row_sample_clear(&sample);
        return r;
    }
    *out_sample = sample;
    return TQ_OK;
}

int row_sample_of_rows(const struct sample *sample, uint32_t column_count,
                       struct sample *out_sample, struct tq_error *err)
{
    CLEANUP(buf_clear_cleanup) struct buf buf = {0};
    bool needed[AS_PLAIN_COUNT];
    int r = scratch_reserve(&buf, err);

    if (r < 0)
        return r;
    out_sample->reg = sample->reg;
    out_sample->table = sample->table;
    out_sample->row_count = sample->row_count;
    out_sample->column_count = column_count;
    out_sample->whole = sample->whole;
    out_sample->document = sample->document;
    out_sample->columns =
        arena_alloc(&out_sample->arena, column_count, sizeof(*out_sample->columns));
    if (!out_sample->columns)
        return tq_no_memory(err);
    needed_interpretations(sample->reg, needed);
    for (uint32_t c = 0; c < column_count; c++) {
        r = read_column(out_sample, c, needed, &buf, err);
        if (r < 0)
            return r;
    }
    return TQ_OK;
}

int derived_list_add(struct derived_list *list, const struct derived_column *column,
                     struct tq_error *err)
{
    int r =
        alloc_reserve(&list->items, &list->capacity, list->count + 1, sizeof(*list->items), err);

    if (r == TQ_OK)
        list->items[list->count++] = *column;
    return r;
}

struct slice row_sample_derive_cell(const struct sample *sample, uint32_t row,
                                    const struct derived_column *column, char *room)
{
    struct slice parts[DATE_PARTS_MAX];

    if (column->parts.count == 0)
        return piece_of(column->piece, row_sample_cell(sample, row, column->source));
    for (uint8_t i = 0; i < column->parts.count; i++)
        parts[i] = row_sample_cell(sample, row, column->parts.columns[i]);
    return date_parts_join(parts, column->parts.count, room);
}

/* The sample's rows, with the cells of derived columns behind them. */
static int derive_rows(const struct sample *sample, const struct derived_list *list,
                       struct batch_builder *rows, struct tq_error *err)
{
    const struct batch *batch = &sample->rows.batch;
    char room[DATE_PARTS_BYTES];

    for (uint32_t row = 0; row < sample->row_count; row++) {
        int r = TQ_OK;

        for (uint32_t c = 0; c < sample->column_count && r == TQ_OK; c++)
            r = batch_builder_cell(rows, row_sample_cell(sample, row, c), err);
        for (size_t i = 0; i < list->count && r == TQ_OK; i++)
            r = batch_builder_cell(rows, row_sample_derive_cell(sample, row, &list->items[i], room),
                                   err);
        if (r == TQ_OK)
            r = batch_builder_row(rows, batch->exhibit[row], batch->record[row], batch->place[row],
                                  batch->flags[row], err);
        if (r < 0)
            return r;
    }
    return TQ_OK;
}

/* A joined date is a date, or a month, and nothing else. */
static int read_date(struct sample *sample, uint32_t column, const struct date_parts *parts,
                     struct buf *scratch, struct tq_error *err)
{
    bool needed[AS_PLAIN_COUNT] = {false};

    needed[parts->count == DATE_PARTS_MAX ? AS_YMD : AS_YM] = true;
    return read_column(sample, column, needed, scratch, err);
}

/* Read the columns behind the first `own`. */
static int read_derived(struct sample *sample, uint32_t own, struct tq_error *err)
{
    CLEANUP(buf_clear_cleanup) struct buf buf = {0};
    bool needed[AS_PLAIN_COUNT];
    int r = scratch_reserve(&buf, err);

    needed_interpretations(sample->reg, needed);
    for (uint32_t c = own; c < sample->column_count && r == TQ_OK; c++) {
        const struct date_parts *parts = &sample->derived[c - own].parts;

        r = parts->count > 0 ? read_date(sample, c, parts, &buf, err)
                             : read_column(sample, c, needed, &buf, err);
    }
    return r;
}

/* Room for the columns there are and for those derived. */
static int extend_columns(struct sample *sample, const struct derived_list *list,
                          struct tq_error *err)
{
    size_t count = sample->column_count + list->count;
    struct sample_column *columns = arena_alloc(&sample->arena, count, sizeof(*columns));
    struct derived_column *derived = arena_alloc(&sample->arena, list->count, sizeof(*derived));

    if (!columns || !derived)
        return tq_no_memory(err);
    if (sample->column_count > 0)
        memcpy(columns, sample->columns, sample->column_count * sizeof(*columns));
    memcpy(derived, list->items, list->count * sizeof(*derived));
    sample->columns = columns;
    sample->derived = derived;
    return TQ_OK;
}

int row_sample_derive(struct sample *sample, const struct derived_list *list, struct tq_error *err)
{
    uint32_t own = sample->column_count;
    CLEANUP(batch_builder_clear) struct batch_builder rows;
    struct batch_builder rows_before = sample->rows;
    int r;

    batch_builder_init(&rows, own + (uint32_t)list->count);
    r = derive_rows(sample, list, &rows, err);
    if (r == TQ_OK)
        r = extend_columns(sample, list, err);
    if (r < 0)
        return r;
    sample->rows = rows;
    sample->column_count += (uint32_t)list->count;
    r = read_derived(sample, own, err);
    if (r < 0) {
        sample->rows = rows_before;
        sample->column_count = own;
        return r;
    }
    rows = rows_before;
    return TQ_OK;
}

void row_sample_clear(struct sample *sample)
{
    batch_builder_clear(&sample->rows);
    arena_clear(&sample->arena);
    *sample = (struct sample){0};
}

/* Whether some column can be read as a value of this type. */
static bool may_be_of(const struct sample *sample, enum value_type type)
{
    for (uint32_t c = 0; c < sample->column_count; c++) {
        for (unsigned as = 0; as < AS_PLAIN_COUNT; as++) {
            if (sample->columns[c].prints[as]
                && interpretation_serves((enum interpretation)as, type))
                return true;
        }
    }
    return false;
}

int row_sample_load_dictionaries(const struct sample *sample, struct tq_error *err)
{
    const struct reg *reg = sample->reg;
    struct field_set wanted = {0};

    for (uint16_t f = 0; f < reg->field_count; f++) {
        if (may_be_of(sample, reg_field(reg, f)->type))
            field_set_add(&wanted, f);
    }
    return reg_load(reg, &wanted, FIELD_DICTIONARY, err);
}
