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
