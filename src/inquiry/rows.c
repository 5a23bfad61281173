/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "inquiry/rows.h"

#include <assert.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/cleanup.h"

struct part {
    struct batch_source source;
    uint32_t exhibit;
    uint32_t batch_first; /* number of its first batch within the whole */
};

struct rows {
    const struct exhibit_list *exhibits;
    struct part *parts;
    size_t part_count;
    struct batch_source source;
    bool lines_are_records;
};

/* Memory of one thread: one scratch a part, made when first needed, and the rewritten columns. */
struct rows_scratch {
    const struct rows *rows;
    void **of_part;
    struct batch batch;
    uint32_t *exhibit, *record;
    size_t exhibit_capacity, record_capacity;
};

static void scratch_free(void *memory)
{
    struct rows_scratch *scratch = memory;

    if (!scratch)
        return;
    for (size_t i = 0; i < scratch->rows->part_count; i++) {
        if (scratch->of_part[i])
            scratch->rows->parts[i].source.scratch_free(scratch->of_part[i]);
    }
    free(scratch->of_part);
    free(scratch->exhibit);
    free(scratch->record);
    free(scratch);
}

static void *scratch_new(void *state)
{
    struct rows_scratch *scratch = alloc_zeroed(1, sizeof(*scratch));
    struct rows *rows = state;

    if (!scratch)
        return NULL;
    scratch->rows = rows;
    scratch->of_part = alloc_zeroed(rows->part_count, sizeof(*scratch->of_part));
    if (!scratch->of_part) {
        free(scratch);
        return NULL;
    }
    return scratch;
}

static size_t part_of_batch(const struct rows *rows, uint32_t number)
{
    size_t low = 0, high = rows->part_count;

    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;

        if (rows->parts[middle].batch_first <= number)
            low = middle;
        else
            high = middle;
    }
    return low;
}

/* The exhibit that a row is listed under: the first path that has the same bytes. */
static uint32_t listed_under(const struct rows *rows, const struct part *part, uint32_t stored)
{
    uint32_t number = part->exhibit ? part->exhibit : stored;
    const struct exhibit_list *list = rows->exhibits;
    uint32_t position;

    if (number >= list->position_count)
        return number;
    position = list->position[number];
    return position == UINT32_MAX ? number : list->items[list->primary[position]].number;
}

static int rewrite(const struct rows *rows, const struct part *part, const struct batch *stored,
                   struct rows_scratch *scratch, struct tq_error *err)
{
    uint32_t line = 0;
    int r;

    r = alloc_reserve(&scratch->exhibit, &scratch->exhibit_capacity, stored->row_count,
                      sizeof(*scratch->exhibit), err);
    if (r < 0)
        return r;
    for (uint32_t row = 0; row < stored->row_count; row++)
        scratch->exhibit[row] = listed_under(rows, part, stored->exhibit[row]);
    scratch->batch = *stored;
    scratch->batch.exhibit = scratch->exhibit;
    if (!rows->lines_are_records)
        return TQ_OK;

    r = alloc_reserve(&scratch->record, &scratch->record_capacity, stored->row_count,
                      sizeof(*scratch->record), err);
    if (r < 0)
        return r;
    for (uint32_t row = 0; row < stored->row_count; row++) {
        bool same = row > 0 && scratch->exhibit[row] == scratch->exhibit[row - 1];

        line = same ? line + 1 : 1;
        scratch->record[row] = line;
    }
    scratch->batch.record = scratch->record;
    return TQ_OK;
}

static int load(void *state, uint32_t number, void *memory, const struct batch **out_batch,
                struct tq_error *err)
{
    struct rows_scratch *scratch = memory;
    struct rows *rows = state;
    size_t i = part_of_batch(rows, number);
    struct part *part = &rows->parts[i];
    const struct batch *stored;
    int r;

    if (!scratch->of_part[i])
        scratch->of_part[i] = part->source.scratch_new(part->source.state);
    if (!scratch->of_part[i])
        return tq_no_memory(err);
    r = part->source.load(part->source.state, number - part->batch_first, scratch->of_part[i],
                          &stored, err);
    if (r < 0)
        return r;
    r = rewrite(rows, part, stored, scratch, err);
    if (r < 0)
        return r;
    *out_batch = &scratch->batch;
    return TQ_OK;
}

struct rows *rows_close(struct rows *rows)
{
    if (!rows)
        return NULL;
    for (size_t i = 0; i < rows->part_count; i++)
        case_close_rows(&rows->parts[i].source);
    free(rows->parts);
    free(rows);
    return NULL;
}

DEFINE_CLEANUP(struct rows *, rows_close)

int rows_open(struct case_store *store, const struct exhibit_list *exhibits,
              const struct rows_part *parts, size_t part_count, struct rows **out_rows,
              struct tq_error *err)
{
    CLEANUP(rows_close_cleanup) struct rows *rows = alloc_zeroed(1, sizeof(*rows));
    uint32_t batch_count = 0;

    if (!rows)
        return tq_no_memory(err);
    rows->exhibits = exhibits;
    rows->parts = alloc_zeroed(part_count, sizeof(*rows->parts));
    if (!rows->parts)
        return tq_no_memory(err);

    for (size_t i = 0; i < part_count; i++) {
        struct part *part = &rows->parts[i];
        int r = case_open_rows(store, parts[i].table, &part->source, err);

        if (r < 0)
            return r;
        rows->part_count = i + 1;
        part->exhibit = parts[i].exhibit;
        part->batch_first = batch_count;
        batch_count += part->source.batch_count;
    }
    rows->source = (struct batch_source){.state = rows,
                                         .batch_count = batch_count,
                                         .load = load,
                                         .scratch_new = scratch_new,
                                         .scratch_free = scratch_free};
    *out_rows = TAKE(rows);
    return TQ_OK;
}

void rows_set_lines_are_records(struct rows *rows)
{
    rows->lines_are_records = true;
}

const struct batch_source *rows_source(struct rows *rows)
{
    return &rows->source;
}
