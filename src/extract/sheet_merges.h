/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef EXTRACT_SHEET_MERGES_H
#define EXTRACT_SHEET_MERGES_H

#include "extract/grid.h"
#include "extract/package.h"

/*
 * Merged cells of a sheet. Only the first cell of an area has a value; where the area reaches
 * over several rows, its value holds for each of them and is repeated there, in its first column.
 * A sheet tells of its areas behind its rows, so they are looked for first.
 */
struct sheet_merge {
    uint32_t top, bottom; /* rows, from 1 */
    uint32_t column;      /* from 0 */
};

struct sheet_merges {
    struct sheet_merge *items; /* count, by top */
    size_t count, capacity, next;
    struct sheet_fill *fills; /* areas that reach into the row below, fill_count */
    size_t fill_count, fill_capacity;
    uint64_t repeated; /* values */
    bool too_many;
};

void sheet_merges_clear(struct sheet_merges *merges);

/* Find the areas in part `part` of a package, a sheet of OOXML. */
int sheet_merges_find(struct package *package, size_t part, struct sheet_merges *out,
                      struct tq_error *err) MUST_CHECK;

/* One more area; in a sheet that tells of it at its first cell. Tops may not fall, or all are
 * sorted when the last was added. */
int sheet_merges_add(struct sheet_merges *merges, const struct sheet_merge *merge,
                     struct tq_error *err) MUST_CHECK;
void sheet_merges_sort(struct sheet_merges *merges);

/* The open row of `grid`, number `row`, is whole: add what reaches into it. Rows may not fall. */
int sheet_merges_fill(struct sheet_merges *merges, struct grid *grid, uint32_t row,
                      struct tq_error *err) MUST_CHECK;

/* The cell that "AB12" names: its column from 0 and row from 1, UINT32_MAX and 0 for what is not
 * there. Moves *reference behind it. */
void cell_reference(const char **reference, uint32_t *out_column, uint32_t *out_row);

#endif
