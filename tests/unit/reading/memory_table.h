/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef MEMORY_TABLE_H
#define MEMORY_TABLE_H

#include "model/table.h"

/* A table in memory, for tests: add rows, then ask for its source. Any failure ends the test. */
struct memory_table {
    struct table table;
    struct batch_builder *batches;
    size_t batch_count, batch_capacity;
    uint32_t batch_rows; /* rows of one batch */
};

void memory_table_init(struct memory_table *memory, uint32_t column_count);
void memory_table_clear(struct memory_table *memory);

/* One row: cells separated by '|'. Rows of one record must follow each other. */
void memory_table_row(struct memory_table *memory, uint32_t exhibit, uint32_t record,
                      const char *cells);
void memory_table_slices(struct memory_table *memory, uint32_t exhibit, uint32_t record,
                         const struct slice *cells, size_t count);

struct batch_source memory_table_source(struct memory_table *memory);

#endif
