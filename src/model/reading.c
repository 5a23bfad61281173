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
