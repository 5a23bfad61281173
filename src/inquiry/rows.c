/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "inquiry/rows.h"

#include <assert.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/cleanup.h"

struct part {
    struct batch_source source;
    uint32_t exhibit;
    uint64_t row_count;
};

/* What makes one batch: batch number `batch` of a part, or all rows of several small parts. */
struct run {
    uint32_t part, part_count;
    uint32_t batch;
    uint64_t first_row; /* of several parts */
};

struct rows {
    const struct exhibit_list *exhibits;
    struct part *parts;
    size_t part_count;
    struct run *runs; /* by batch; owned */
    struct batch_source source;
    bool lines_are_records;
};

/* Memory of one thread: the scratch of the part last read, several parts gathered, and the
 * rewritten columns. */
struct rows_scratch {
    const struct rows *rows;
    void *of_part;
    uint32_t part; /* ... its number */
    struct batch_builder gathered;
    struct batch batch;
    uint32_t *exhibit, *record;
    size_t exhibit_capacity, record_capacity;
};

static void drop_part(struct rows_scratch *scratch)
{
    if (scratch->of_part)
        scratch->rows->parts[scratch->part].source.scratch_free(scratch->of_part);
    scratch->of_part = NULL;
}

static void scratch_free(void *memory)
{
    struct rows_scratch *scratch = memory;

    if (!scratch)
        return;
    drop_part(scratch);
    batch_builder_clear(&scratch->gathered);
    free(scratch->exhibit);
    free(scratch->record);
    free(scratch);
}

static void *scratch_new(void *state)
{
    struct rows_scratch *scratch = alloc_zeroed(1, sizeof(*scratch));

    if (scratch)
        scratch->rows = state;
    return scratch;
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

static int load_part(const struct rows *rows, uint32_t number, uint32_t batch,
                     struct rows_scratch *scratch, const struct batch **out_batch,
                     struct tq_error *err)
{
    const struct batch_source *source = &rows->parts[number].source;

    if (scratch->part != number)
        drop_part(scratch);
    scratch->part = number;
    if (!scratch->of_part)
        scratch->of_part = source->scratch_new(source->state);
    if (!scratch->of_part)
        return tq_no_memory(err);
    return source->load(source->state, batch, scratch->of_part, out_batch, err);
}

/* A batch of one part, listed under the right exhibits. */
static int list_exhibits(const struct rows *rows, const struct part *part,
                         const struct batch *stored, struct rows_scratch *scratch,
                         struct tq_error *err)
{
    int r = alloc_reserve(&scratch->exhibit, &scratch->exhibit_capacity, stored->row_count,
                          sizeof(*scratch->exhibit), err);

    if (r < 0)
        return r;
    for (uint32_t row = 0; row < stored->row_count; row++)
        scratch->exhibit[row] = listed_under(rows, part, stored->exhibit[row]);
    scratch->batch = *stored;
    scratch->batch.exhibit = scratch->exhibit;
    return TQ_OK;
}

static int gather_part(const struct rows *rows, const struct part *part, const struct batch *stored,
                       struct batch_builder *builder, struct tq_error *err)
{
    for (uint32_t row = 0; row < stored->row_count; row++) {
        int r = TQ_OK;

        for (uint32_t column = 0; column < stored->column_count && r == TQ_OK; column++)
            r = batch_builder_cell(builder, batch_cell(stored, row, column), err);
        if (r == TQ_OK)
            r = batch_builder_row(builder, listed_under(rows, part, stored->exhibit[row]),
                                  stored->record[row], stored->place[row], stored->flags[row], err);
        if (r < 0)
            return r;
    }
    return TQ_OK;
}

/* All rows of several parts, as one batch. */
static int gather(const struct rows *rows, const struct run *run, struct rows_scratch *scratch,
                  struct tq_error *err)
{
    bool started = false;

    for (uint32_t number = run->part; number < run->part + run->part_count; number++) {
        const struct part *part = &rows->parts[number];

        for (uint32_t i = 0; i < part->source.batch_count; i++) {
            const struct batch *stored;
            int r = load_part(rows, number, i, scratch, &stored, err);

            if (r < 0)
                return r;
            if (!started && !scratch->gathered.cell)
                batch_builder_init(&scratch->gathered, stored->column_count);
            if (!started)
                batch_builder_empty(&scratch->gathered, run->first_row);
            started = true;
            r = gather_part(rows, part, stored, &scratch->gathered, err);
            if (r < 0)
                return r;
        }
    }
    scratch->batch = scratch->gathered.batch;
    return TQ_OK;
}

/* Every line of a document is a record of its own, counted within its exhibit. */
static int count_lines(struct rows_scratch *scratch, struct tq_error *err)
{
    const struct batch *batch = &scratch->batch;
    uint32_t line = 0;
    int r = alloc_reserve(&scratch->record, &scratch->record_capacity, batch->row_count,
                          sizeof(*scratch->record), err);

    if (r < 0)
        return r;
    for (uint32_t row = 0; row < batch->row_count; row++) {
        bool same = row > 0 && batch->exhibit[row] == batch->exhibit[row - 1];

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
    const struct rows *rows = state;
    const struct run *run = &rows->runs[number];
    const struct batch *stored;
    int r;

    if (run->part_count > 1) {
        r = gather(rows, run, scratch, err);
    } else {
        r = load_part(rows, run->part, run->batch, scratch, &stored, err);
        if (r == TQ_OK)
            r = list_exhibits(rows, &rows->parts[run->part], stored, scratch, err);
    }
    if (r == TQ_OK && rows->lines_are_records)
        r = count_lines(scratch, err);
    if (r == TQ_OK)
        *out_batch = &scratch->batch;
    return r;
}

struct rows *rows_close(struct rows *rows)
{
    if (!rows)
        return NULL;
    for (size_t i = 0; i < rows->part_count; i++)
        case_close_rows(&rows->parts[i].source);
    free(rows->parts);
    free(rows->runs);
    free(rows);
    return NULL;
}

DEFINE_CLEANUP(struct rows *, rows_close)

/* Of so many parts from `first` on the rows fit into one batch; 1 if not even those of two do. */
static uint32_t count_fitting(const struct rows *rows, size_t first)
{
    uint64_t sum = 0;
    size_t i = first;

    while (i < rows->part_count && sum + rows->parts[i].row_count <= BATCH_ROWS_MAX)
        sum += rows->parts[i++].row_count;
    return i - first < 2 ? 1 : (uint32_t)(i - first);
}

static int find_runs(struct rows *rows, uint32_t *out_count, struct tq_error *err)
{
    uint64_t first_row = 0;
    size_t capacity = 1;
    uint32_t count = 0;

    for (size_t i = 0; i < rows->part_count; i++)
        capacity += rows->parts[i].source.batch_count + 1u;
    rows->runs = alloc_zeroed(capacity, sizeof(*rows->runs));
    if (!rows->runs)
        return tq_no_memory(err);
    for (size_t i = 0; i < rows->part_count;) {
        uint32_t parts = count_fitting(rows, i);
        uint32_t batches = parts > 1 ? 1 : rows->parts[i].source.batch_count;

        for (uint32_t batch = 0; batch < batches; batch++)
            rows->runs[count++] = (struct run){
                .part = (uint32_t)i, .part_count = parts, .batch = batch, .first_row = first_row};
        for (uint32_t j = 0; j < parts; j++)
            first_row += rows->parts[i++].row_count;
    }
    *out_count = count;
    return TQ_OK;
}

int rows_open(struct case_store *store, const struct exhibit_list *exhibits,
              const struct rows_part *parts, size_t part_count, struct rows **out_rows,
              struct tq_error *err)
{
    CLEANUP(rows_close_cleanup) struct rows *rows = alloc_zeroed(1, sizeof(*rows));
    uint32_t batch_count = 0;
    int r;

    if (!rows)
        return tq_no_memory(err);
    rows->exhibits = exhibits;
    rows->parts = alloc_zeroed(part_count, sizeof(*rows->parts));
    if (!rows->parts)
        return tq_no_memory(err);

    for (size_t i = 0; i < part_count; i++) {
        r = case_open_rows(store, parts[i].table, &rows->parts[i].source, err);
        if (r < 0)
            return r;
        rows->part_count = i + 1;
        rows->parts[i].exhibit = parts[i].exhibit;
        rows->parts[i].row_count = parts[i].row_count;
    }
    r = find_runs(rows, &batch_count, err);
    if (r < 0)
        return r;
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
