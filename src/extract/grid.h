/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef EXTRACT_GRID_H
#define EXTRACT_GRID_H

#include "base/arena.h"
#include "base/buf.h"
#include "extract/aside.h"
#include "extract/grid_beside.h"
#include "extract/header.h"
#include "extract/row_kind.h"
#include "extract/row_writer.h"

#define GRID_ROW_BYTES_MAX ((size_t)16 << 20) /* of one row; what is past it is left out */

/* A row of a sheet that waits for the rows below it. */
struct grid_row {
    struct row_cell *cells; /* count */
    uint32_t count;
    struct slice extra; /* what found no column; it joins the last one of the table */
    uint64_t place;
};

/*
 * Sheets of cells (of workbooks, of the tables in documents) as tables of records: rows come in
 * cell by cell; titles, headers, totals and blank rows are told apart as in delimited text, and
 * a new header below a blank row begins another table. What is no record, and cells of nothing but
 * prose, are text (aside.h). Columns keep their numbers in the sheet.
 * Start with grid_init(), end with grid_finish() and grid_clear().
 */
struct grid {
    const struct sink *sink;
    struct row_writer writer;
    struct aside aside; /* the rows that are no records */
    uint32_t sheets;    /* begun so far */
    struct slice sheet; /* its name, in `sheet_arena` */
    uint32_t tables;    /* in this sheet */
    struct arena sheet_arena, head_arena, window_arena;

    struct table_head head; /* of the open table */
    uint32_t titles_left, header_left;
    struct beside beside; /* the tables right of it */

    struct grid_row window[HEADER_SAMPLE_ROWS]; /* rows to be decided on together */
    uint32_t window_count, window_full;         /* full: with at least two cells filled */
    size_t window_bytes;
    bool collecting; /* rows go to the window */

    /* The open row. */
    struct row_cell *cells; /* cell_capacity; their texts are set when the row is closed */
    size_t *starts;         /* start_capacity: where they start in `text` */
    size_t cell_capacity, start_capacity;
    uint32_t cell_count;
    struct buf text, overflow;
    bool row_cut;

    uint64_t blank_rows, blank_before; /* in all; since the last row */
    uint32_t looks;                    /* whether another table begins */
    struct note_kind kinds[ROW_KINDS];
    struct note_kind wide, cut;
    uint64_t parted; /* tables that had others beside them */
};

void grid_init(struct grid *grid, const struct sink *sink);
void grid_clear(struct grid *grid);

/* Begin a sheet: its first table is called `name`, the others "name:2", "name:3", ... */
int grid_sheet(struct grid *grid, struct slice name, struct tq_error *err) MUST_CHECK;

/* The cell in column `column`, from 0. What comes for a place that is taken, or lies past the last
 * column that a table may have, joins the last cell of the row. */
int grid_cell(struct grid *grid, uint32_t column, struct slice text,
              struct tq_error *err) MUST_CHECK;

/* What the open row has in a column so far. */
struct slice grid_cell_text(const struct grid *grid, uint32_t column);

/* Close the row; one without cells is blank. */
int grid_row(struct grid *grid, uint64_t place, struct tq_error *err) MUST_CHECK;

/* As many blank rows. */
int grid_blank_rows(struct grid *grid, uint64_t count, struct tq_error *err) MUST_CHECK;

int grid_sheet_end(struct grid *grid, struct tq_error *err) MUST_CHECK;

/* The last rows, and the notes. */
int grid_finish(struct grid *grid, struct tq_error *err) MUST_CHECK;

#endif
