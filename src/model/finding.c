/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "model/finding.h"

#include <stdlib.h>

#include "base/alloc.h"

void finding_batch_clear(struct finding_batch *batch)
{
    free(batch->records);
    free(batch->cells);
    free(batch->breaks);
    *batch = (struct finding_batch){0};
}

void finding_batch_empty(struct finding_batch *batch)
{
    batch->record_count = 0;
    batch->cell_count = 0;
    batch->break_count = 0;
}

int finding_batch_add_record(struct finding_batch *batch, const struct record_finding *record,
                             struct tq_error *err)
{
    int r = alloc_reserve(&batch->records, &batch->record_capacity, batch->record_count + 1,
                          sizeof(*record), err);

    if (r < 0)
        return r;
    batch->records[batch->record_count++] = *record;
    return TQ_OK;
}

int finding_batch_add_cell(struct finding_batch *batch, const struct cell_finding *cell,
                           struct tq_error *err)
{
    int r = alloc_reserve(&batch->cells, &batch->cell_capacity, batch->cell_count + 1,
                          sizeof(*cell), err);

    if (r < 0)
        return r;
    batch->cells[batch->cell_count++] = *cell;
    return TQ_OK;
}

int finding_batch_add_break(struct finding_batch *batch, const struct rule_break *broken,
                            struct tq_error *err)
{
    int r = alloc_reserve(&batch->breaks, &batch->break_capacity, batch->break_count + 1,
                          sizeof(*broken), err);

    if (r < 0)
        return r;
    batch->breaks[batch->break_count++] = *broken;
    return TQ_OK;
}
