/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef LAYOUT_BLOCK_H
#define LAYOUT_BLOCK_H

#include "layout/segment.h"

#define HEADER_LINES_MAX 4u

/* A column of a table by its header, which may have several lines: segments from the top down. */
struct column {
    float x0, x1;
    bool is_rtl;
    uint64_t key;
    uint32_t part_count;
    uint32_t parts[HEADER_LINES_MAX];
};

/*
 * Lines of labels with lines of values under them, perhaps over several pages: algorithms.md 2.1,
 * step 7; headers of more than one line are our own addition. A table of lines if members of the
 * cluster have two rows under it.
 */
struct block {
    uint64_t key;                      /* of all its labels */
    size_t header_first, header_last;  /* lines */
    size_t first_column, column_count; /* in columns of struct blocks */
    size_t first_row, row_count;       /* in rows of struct blocks */
    bool has_rows; /* two of its lines can only be rows: more than wrapped values */
};

/* Start with {0}; reused. */
struct blocks {
    struct block *items;
    size_t count, capacity;
    struct column *columns;
    size_t column_count, column_capacity;
    size_t *rows; /* line numbers */
    size_t row_count, row_capacity;
};

int blocks_find(struct blocks *blocks, const struct document *document,
                const struct segments *segments, struct tq_error *err) MUST_CHECK;
void blocks_clear(struct blocks *blocks);

/* The column that a cell at this place stands in: the nearest by left edge, right edge or centre.
 */
size_t block_column(const struct column *columns, size_t column_count, const struct segment *cell);

/* Append the text of a column's header. */
void column_text(const struct column *column, const struct document *document,
                 const struct segments *segments, struct buf *out);

#endif
