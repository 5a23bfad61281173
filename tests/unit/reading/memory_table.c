/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "memory_table.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"

#define CELLS_MAX 256u

static void must(int r, const struct tq_error *err)
{
    if (r < 0) {
        (void)fprintf(stderr, "memory table: %s\n", err->message);
        abort();
    }
}

void memory_table_init(struct memory_table *memory, uint32_t column_count)
{
    struct tq_error err;

    *memory = (struct memory_table){.batch_rows = BATCH_ROWS_MAX};
    must(table_init(&memory->table, SLICE_LITERAL("memory.csv"), SLICE_LITERAL("csv"), column_count,
                    &err),
         &err);
}

void memory_table_clear(struct memory_table *memory)
{
    for (size_t i = 0; i < memory->batch_count; i++)
        batch_builder_clear(&memory->batches[i]);
    free(memory->batches);
    table_clear(&memory->table);
    *memory = (struct memory_table){0};
}

/* The batch that the next row goes to. */
static struct batch_builder *open_batch(struct memory_table *memory, uint32_t exhibit,
                                        uint32_t record)
{
    struct tq_error err;
    struct batch_builder *last;

    if (memory->batch_count > 0) {
        uint32_t rows;

        last = &memory->batches[memory->batch_count - 1];
        rows = last->batch.row_count;
        if (rows < memory->batch_rows
            || (last->record[rows - 1] == record && last->exhibit[rows - 1] == exhibit))
            return last;
    }
    must(alloc_reserve(&memory->batches, &memory->batch_capacity, memory->batch_count + 1,
                       sizeof(*memory->batches), &err),
         &err);
    last = &memory->batches[memory->batch_count++];
    batch_builder_init(last, memory->table.column_count);
    batch_builder_empty(last, memory->table.row_count);
    return last;
}

void memory_table_slices(struct memory_table *memory, uint32_t exhibit, uint32_t record,
                         const struct slice *cells, size_t count)
{
    struct batch_builder *builder = open_batch(memory, exhibit, record);
    struct tq_error err;

    for (size_t i = 0; i < count; i++)
        must(batch_builder_cell(builder, cells[i], &err), &err);
    must(batch_builder_row(builder, exhibit, record, memory->table.row_count + 1, 0, &err), &err);
    memory->table.row_count++;
}

void memory_table_row(struct memory_table *memory, uint32_t exhibit, uint32_t record,
                      const char *cells)
{
    struct slice parts[CELLS_MAX];
    size_t count = 0;

    for (;;) {
        size_t length = strcspn(cells, "|");

        parts[count++] = slice_make(cells, length);
        if (cells[length] == '\0' || count == CELLS_MAX)
            break;
        cells += length + 1;
    }
    memory_table_slices(memory, exhibit, record, parts, count);
}

static int load(void *state, uint32_t number, void *scratch, const struct batch **out_batch,
                struct tq_error *err)
{
    struct memory_table *memory = state;

    (void)scratch;
    (void)err;
    *out_batch = &memory->batches[number].batch;
    return TQ_OK;
}

static void *scratch_new(void *state)
{
    return state;
}

static void scratch_free(void *scratch)
{
    (void)scratch;
}

struct batch_source memory_table_source(struct memory_table *memory)
{
    return (struct batch_source){.state = memory,
                                 .batch_count = (uint32_t)memory->batch_count,
                                 .load = load,
                                 .scratch_new = scratch_new,
                                 .scratch_free = scratch_free};
}
