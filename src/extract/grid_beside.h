/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef EXTRACT_GRID_BESIDE_H
#define EXTRACT_GRID_BESIDE_H

#include "base/buf.h"
#include "extract/row_writer.h"

struct grid_row;

/*
 * Tables side by side in a sheet, with empty columns between them. The left one is read first; the
 * cells of the others wait, packed, and come as rows of their own at the end of the sheet.
 */
struct beside {
    uint32_t split;   /* column from which cells wait; 0: all are of one table */
    uint32_t columns; /* of the left table */
    struct buf rows;  /* that wait */
    uint32_t blank;   /* rows without a waiting cell since the last */
    bool too_many;    /* no more room: they stay with the left table */
};

void beside_clear(struct beside *beside);

/*
 * Find the empty columns that part tables in `rows`, those below titles, and set split and columns.
 * An empty column alone says little: names of columns come again behind it, or the rows of one
 * side end before those of the other.
 */
int beside_find(struct beside *beside, const struct grid_row *rows, uint32_t count,
                struct tq_error *err) MUST_CHECK;

/* Whether the rows have nothing in the columns between the tables. */
bool beside_holds(const struct beside *beside, const struct grid_row *rows, uint32_t count);

/* Put the cells of a row from the split on with those that wait, and take them from the row. */
int beside_take(struct beside *beside, struct grid_row *row, struct tq_error *err) MUST_CHECK;

/* The next row that waits, at *at in `rows`, then each of its cells, counted from the split. */
struct beside_row {
    uint64_t place;
    uint32_t blank; /* blank rows before it */
    uint32_t count; /* cells that follow: beside_cell() */
};
bool beside_next(const struct buf *rows, size_t *at, struct beside_row *out_row);
struct slice beside_cell(const struct buf *rows, size_t *at, uint32_t *out_column);

#endif
