/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef EXTRACT_ODF_SHEET_H
#define EXTRACT_ODF_SHEET_H

#include "extract/sheet_merges.h"
#include "extract/xml.h"

/*
 * The tables of an OpenDocument spreadsheet into a grid. Rows and cells that are said to repeat are
 * repeated up to a limit. Start with odf_sheet_init(), end with odf_sheet_finish() and _clear().
 */
struct odf_sheet {
    struct grid *grid;
    struct sheet_merges merges;
    bool in_table, in_row, in_cell, covered;
    uint64_t row;        /* number of the open row, or of the last */
    uint64_t row_repeat; /* of the open row */
    uint64_t column;     /* of the open cell, or of the next */
    uint64_t cell_repeat, row_span;
    struct buf shown, raw; /* what the cell shows; its value */
    bool has_paragraph;
    int kind;        /* enum number_kind of `raw`; -1: what is shown counts */
    struct buf kept; /* texts of the cells of a row that repeats */
    struct odf_cell *cells;
    size_t cell_count, cell_capacity;
    uint64_t repeats_left; /* cells that repeating may still make */

    struct buf style, hidden_styles; /* names of styles whose tables do not show, NUL between */
    uint64_t hidden_rows, hidden_sheets, left_out;
};

void odf_sheet_init(struct odf_sheet *sheet, struct grid *grid);
void odf_sheet_clear(struct odf_sheet *sheet);

/* An element outside of the body: which styles hide tables. */
int odf_sheet_style(struct odf_sheet *sheet, const char *name, const char **attributes,
                    struct tq_error *err) MUST_CHECK;

/* An element of the body that is not text, and its end. */
int odf_sheet_begin(struct odf_sheet *sheet, const char *name, const char **attributes,
                    struct tq_error *err) MUST_CHECK;
int odf_sheet_end(struct odf_sheet *sheet, const char *name, struct tq_error *err) MUST_CHECK;

/* A paragraph of a cell begins; its text. */
int odf_sheet_paragraph(struct odf_sheet *sheet, struct tq_error *err) MUST_CHECK;
int odf_sheet_text(struct odf_sheet *sheet, struct slice text, struct tq_error *err) MUST_CHECK;

/* The notes. */
int odf_sheet_finish(struct odf_sheet *sheet, struct tq_error *err) MUST_CHECK;

#endif
