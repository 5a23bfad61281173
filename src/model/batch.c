/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "model/batch.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

uint32_t batch_record_end(const struct batch *batch, uint32_t row)
{
    uint32_t end = row + 1;

    while (end < batch->row_count && batch->record[end] == batch->record[row]
           && batch->exhibit[end] == batch->exhibit[row])
        end++;
    return end;
}

void joined_cells_clear(struct joined_cells *joined)
{
    free(joined->cell);
    free(joined->text);
    *joined = (struct joined_cells){0};
}

void batch_builder_init(struct batch_builder *builder, uint32_t column_count)
{
    *builder = (struct batch_builder){.batch = {.column_count = column_count}};
}

void batch_builder_clear(struct batch_builder *builder)
{
    free(builder->cell);
    free(builder->text);
    free(builder->exhibit);
    free(builder->record);
    free(builder->place);
    free(builder->flags);
    *builder = (struct batch_builder){0};
}

void batch_builder_empty(struct batch_builder *builder, uint64_t first_row)
{
    builder->batch.row_count = 0;
    builder->batch.first_row = first_row;
    builder->text_length = 0;
    builder->open_cells = 0;
}

/* Let the read-only view show the arrays, which may have moved. */
static void show_arrays(struct batch_builder *builder)
{
    builder->batch.cell = builder->cell;
    builder->batch.text = builder->text;
    builder->batch.exhibit = builder->exhibit;
    builder->batch.record = builder->record;
    builder->batch.place = builder->place;
    builder->batch.flags = builder->flags;
}

static int reserve_rows(struct batch_builder *builder, size_t wanted, struct tq_error *err)
{
    size_t capacity;
    int r;

    if (wanted <= builder->row_capacity)
        return TQ_OK;

    capacity = builder->row_capacity;
    r = alloc_reserve(&builder->exhibit, &capacity, wanted, sizeof(*builder->exhibit), err);
    if (r < 0)
        return r;
    wanted = capacity;
    capacity = builder->row_capacity;
    r = alloc_reserve(&builder->record, &capacity, wanted, sizeof(*builder->record), err);
    if (r < 0)
        return r;
    capacity = builder->row_capacity;
    r = alloc_reserve(&builder->place, &capacity, wanted, sizeof(*builder->place), err);
    if (r < 0)
        return r;
    capacity = builder->row_capacity;
    r = alloc_reserve(&builder->flags, &capacity, wanted, sizeof(*builder->flags), err);
    if (r < 0)
        return r;
    builder->row_capacity = wanted;
    return TQ_OK;
}

int batch_builder_cell(struct batch_builder *builder, struct slice text, struct tq_error *err)
{
    size_t at = (size_t)builder->batch.row_count * builder->batch.column_count;
    int r;

    if (builder->open_cells >= builder->batch.column_count) {
        builder->open_cells = builder->batch.column_count + 1; /* remembered as ragged */
        return TQ_OK;
    }
    if (text.length > UINT32_MAX - builder->text_length)
        return tq_fail(err, TQ_E_LIMIT, "more than 4 GiB of text in one batch");

    at += builder->open_cells;
    r = alloc_reserve(&builder->cell, &builder->cell_capacity, at + 2, sizeof(*builder->cell), err);
    if (r < 0)
        return r;
    r = alloc_reserve(&builder->text, &builder->text_capacity, builder->text_length + text.length,
                      1, err);
    if (r < 0)
        return r;

    if (text.length > 0)
        memcpy(builder->text + builder->text_length, text.data, text.length);
    builder->cell[at] = builder->text_length;
    builder->text_length += (uint32_t)text.length;
    builder->cell[at + 1] = builder->text_length;
    builder->open_cells++;
    return TQ_OK;
}

int batch_builder_row(struct batch_builder *builder, uint32_t exhibit, uint32_t record,
                      uint64_t place, uint8_t flags, struct tq_error *err)
{
    uint32_t row = builder->batch.row_count;
    int r;

    if (builder->open_cells != builder->batch.column_count)
        flags |= ROW_RAGGED;
    while (builder->open_cells < builder->batch.column_count) {
        r = batch_builder_cell(builder, (struct slice){0}, err);
        if (r < 0)
            return r;
    }
    r = reserve_rows(builder, (size_t)row + 1, err);
    if (r < 0)
        return r;

    builder->exhibit[row] = exhibit;
    builder->record[row] = record;
    builder->place[row] = place;
    builder->flags[row] = flags;
    builder->batch.row_count = row + 1;
    builder->open_cells = 0;
    show_arrays(builder);
    return TQ_OK;
}
