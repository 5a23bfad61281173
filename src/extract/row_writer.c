/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "extract/row_writer.h"

#include <string.h>

#include "base/alloc.h"
#include "base/limits.h"

#define BATCH_TEXT_BYTES ((uint32_t)4 << 20) /* a batch goes out once it holds this much text */
#define BATCH_CELLS      (1u << 20)
#define COPY_STEP        16u /* cells are copied in steps of this; most need one */

void row_writer_init(struct row_writer *writer, const struct sink *sink)
{
    *writer =
        (struct row_writer){.sink = sink, .cut = {.text = "a cell longer than 64 KiB was cut"}};
}

void row_writer_clear(struct row_writer *writer)
{
    batch_builder_clear(&writer->builder);
}

static int flush(struct row_writer *writer, struct tq_error *err)
{
    uint32_t rows = writer->builder.batch.row_count;
    int r;

    if (rows == 0)
        return TQ_OK;
    r = writer->sink->rows(writer->sink->state, &writer->builder.batch, err);
    if (r < 0)
        return r;
    writer->row += rows;
    batch_builder_empty(&writer->builder, writer->row);
    return TQ_OK;
}

int row_writer_table(struct row_writer *writer, struct slice name, uint32_t column_count,
                     const struct slice *headers, struct tq_error *err)
{
    int r = flush(writer, err);

    if (r < 0)
        return r;
    batch_builder_clear(&writer->builder);
    batch_builder_init(&writer->builder, column_count);
    writer->row = 0;
    writer->flags = 0;
    /* A batch of empty cells has a text too: nobody then adds to NULL. */
    r = alloc_reserve(&writer->builder.text, &writer->builder.text_capacity, COPY_STEP, 1, err);
    if (r < 0)
        return r;
    return writer->sink->table(writer->sink->state, name, column_count, headers, err);
}

/* The longest prefix of at most CELL_BYTES_MAX bytes that ends between two characters. */
static size_t cut_length(const char *text)
{
    size_t length = CELL_BYTES_MAX;

    while (length > CELL_BYTES_MAX - 4 && ((unsigned char)text[length] & 0xC0) == 0x80)
        length--;
    return length;
}

int row_writer_cell(struct row_writer *writer, struct slice text, struct tq_error *err)
{
    if (text.length > CELL_BYTES_MAX) {
        text.length = cut_length(text.data);
        writer->flags |= ROW_CUT;
    }
    return batch_builder_cell(&writer->builder, text, err);
}

static int flush_if_full(struct row_writer *writer, struct tq_error *err)
{
    const struct batch *batch = &writer->builder.batch;

    if (batch->row_count < BATCH_ROWS_MAX && writer->builder.text_length < BATCH_TEXT_BYTES
        && (uint64_t)batch->row_count * batch->column_count < BATCH_CELLS)
        return TQ_OK;
    return flush(writer, err);
}

int row_writer_row(struct row_writer *writer, uint64_t place, uint8_t flags, struct tq_error *err)
{
    int r;

    flags |= writer->flags;
    writer->flags = 0;
    if (flags & ROW_CUT) {
        r = note_kind_add(&writer->cut, writer->sink, place, err);
        if (r < 0)
            return r;
    }
    r = batch_builder_row(&writer->builder, 0, writer->record + 1, place, flags, err);
    if (r < 0)
        return r;
    writer->record++;
    return flush_if_full(writer, err);
}

/* The general way, for rows that are not as they should be. */
static int add_slowly(struct row_writer *writer, const struct row_cell *cells, uint32_t count,
                      uint64_t place, uint8_t flags, struct tq_error *err)
{
    for (uint32_t i = 0; i < count; i++) {
        int r = row_writer_cell(writer, slice_make(cells[i].text, cells[i].length), err);

        if (r < 0)
            return r;
    }
    return row_writer_row(writer, place, flags, err);
}

int row_writer_cells(struct row_writer *writer, const struct row_cell *cells, uint32_t count,
                     uint64_t place, uint8_t flags, struct tq_error *err)
{
    struct batch_builder *builder = &writer->builder;
    uint32_t columns = builder->batch.column_count, *offsets;
    size_t total = 0, longest = 0;
    char *out;
    int r;

    if (count != columns)
        return add_slowly(writer, cells, count, place, flags, err);
    for (uint32_t i = 0; i < count; i++) {
        total += cells[i].length;
        longest = cells[i].length > longest ? cells[i].length : longest;
    }
    if (longest > CELL_BYTES_MAX)
        return add_slowly(writer, cells, count, place, flags, err);

    r = alloc_reserve(&builder->text, &builder->text_capacity,
                      builder->text_length + total + COPY_STEP, 1, err);
    if (r < 0)
        return r;
    r = alloc_reserve(&builder->cell, &builder->cell_capacity,
                      (size_t)(builder->batch.row_count + 1) * columns + 1, sizeof(*builder->cell),
                      err);
    if (r < 0)
        return r;

    offsets = builder->cell + (size_t)builder->batch.row_count * columns;
    out = builder->text + builder->text_length;
    for (uint32_t i = 0; i < count; i++) {
        offsets[i] = (uint32_t)(out - builder->text);
        if (cells[i].length <= COPY_STEP)
            memcpy(out, cells[i].text, COPY_STEP);
        else
            memcpy(out, cells[i].text, cells[i].length);
        out += cells[i].length;
    }
    builder->text_length = (uint32_t)(out - builder->text);
    offsets[count] = builder->text_length;
    builder->open_cells = columns;
    return row_writer_row(writer, place, flags, err);
}

int row_writer_finish(struct row_writer *writer, struct tq_error *err)
{
    int r = flush(writer, err);

    if (r < 0)
        return r;
    return note_kind_finish(&writer->cut, writer->sink, err);
}
