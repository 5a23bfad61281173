/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "model/reading.h"

#include <stdlib.h>

#include "base/alloc.h"

void reading_clear(struct reading *reading)
{
    for (uint32_t i = 0; i < reading->column_count && reading->columns; i++)
        free(reading->columns[i].codebook);
    free(reading->columns);
    *reading = (struct reading){.kind = KIND_NONE, .month_column = UINT16_MAX};
}

int reading_add_piece(struct reading *reading, uint32_t source, struct cell_piece piece,
                      struct column_reading **out_column, struct tq_error *err)
{
    struct column_reading *columns =
        alloc_resize(reading->columns, reading->column_count + (size_t)1, sizeof(*columns));

    if (!columns)
        return tq_no_memory(err);
    reading->columns = columns;
    columns += reading->column_count++;
    *columns = (struct column_reading){
        .source = source,
        .piece = piece,
        .target = {.field = FIELD_NONE, .through = FIELD_NONE},
    };
    *out_column = columns;
    return TQ_OK;
}

int reading_init(struct reading *reading, uint32_t column_count, struct tq_error *err)
{
    struct column_reading *columns = alloc_zeroed(column_count, sizeof(*columns));

    if (!columns)
        return tq_no_memory(err);
    for (uint32_t i = 0; i < column_count; i++) {
        columns[i].target = (struct target){.field = FIELD_NONE, .through = FIELD_NONE};
    }
    *reading = (struct reading){
        .kind = KIND_NONE,
        .column_count = column_count,
        .columns = columns,
        .month_column = UINT16_MAX,
        .anchor_column = UINT16_MAX,
    };
    return TQ_OK;
}

void reading_number_dates(struct reading *reading)
{
    reading->date_count = 0;
    for (uint32_t i = 0; i < reading->column_count; i++) {
        if (reading->columns[i].parts.count > 0)
            reading->columns[i].joined = reading->date_count++;
    }
}

static int reserve_joined(const struct reading *reading, const struct batch *batch,
                          struct joined_cells *joined, struct tq_error *err)
{
    size_t cells = (size_t)batch->row_count * reading->date_count;
    int r =
        alloc_reserve(&joined->cell, &joined->cell_capacity, cells + 1, sizeof(*joined->cell), err);

    return r < 0 ? r
                 : alloc_reserve(&joined->text, &joined->text_capacity,
                                 cells * DATE_PARTS_BYTES + 1, 1, err);
}

/* The row's cell of a date; returns where its text ends. */
static uint32_t join_cell(const struct date_parts *parts, const struct batch *batch, uint32_t row,
                          char *text, uint32_t end)
{
    struct slice cells[DATE_PARTS_MAX];

    for (uint8_t i = 0; i < parts->count; i++)
        cells[i] = batch_cell(batch, row, parts->columns[i]);
    return end + (uint32_t)date_parts_join(cells, parts->count, text + end).length;
}

int reading_join_dates(const struct reading *reading, struct batch *batch,
                       struct joined_cells *joined, struct tq_error *err)
{
    uint32_t *next;
    int r;

    if (reading->date_count == 0)
        return TQ_OK;
    r = reserve_joined(reading, batch, joined, err);
    if (r < 0)
        return r;
    joined->column_count = reading->date_count;
    next = joined->cell;
    *next = 0;
    for (uint32_t row = 0; row < batch->row_count; row++) {
        for (uint32_t i = 0; i < reading->column_count; i++) {
            if (reading->columns[i].parts.count == 0)
                continue;
            next[1] = join_cell(&reading->columns[i].parts, batch, row, joined->text, *next);
            next++;
        }
    }
    batch->joined = joined;
    return TQ_OK;
}
