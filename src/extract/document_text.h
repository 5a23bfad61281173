/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef EXTRACT_DOCUMENT_TEXT_H
#define EXTRACT_DOCUMENT_TEXT_H

#include "extract/cell_spans.h"
#include "extract/extract.h"
#include "extract/grid.h"
#include "extract/text_pages.h"

#define DOCUMENT_KEPT_ROWS 32u /* of a table, until it is known what it is */

/*
 * The text of a document in reading order: paragraphs as lines of text on pages, tables either as a
 * table of records (a list: many rows, several columns) or as lines whose cells stand under each
 * other. A table inside a cell is text of that cell. Start with document_text_init(), end with
 * document_text_finish() and document_text_clear().
 */
struct document_text {
    const struct sink *sink;
    struct text_pages pages;
    struct grid grid;                         /* of the tables that are lists */
    uint32_t list_rows_min, list_columns_min; /* what makes a list */
    uint32_t lists;

    struct buf line; /* the open paragraph */
    uint64_t place;  /* of what is added: a line, a paragraph; for notes and rows */

    uint32_t depth; /* tables that are open, inside each other */
    bool is_list;   /* the outermost is */
    struct buf cell;
    uint32_t column;         /* of the open cell */
    struct buf kept;         /* texts of the cells kept */
    struct kept_cell *cells; /* cell_count, of the rows kept */
    size_t cell_count, cell_capacity;
    uint32_t row; /* of the outermost table, from 0 */
    struct cell_spans spans;
    bool row_has_text; /* of its own */
};

void document_text_init(struct document_text *document, const struct sink *sink,
                        const struct extract_limits *limits);
void document_text_clear(struct document_text *document);

/* More of the open paragraph, or of the open cell. White space is as the source has it. */
int document_text_add(struct document_text *document, struct slice text,
                      struct tq_error *err) MUST_CHECK;
int document_text_tab(struct document_text *document, struct tq_error *err) MUST_CHECK;

/* The paragraph, or the line, ends. */
int document_text_end_line(struct document_text *document, struct tq_error *err) MUST_CHECK;
int document_text_end_page(struct document_text *document, struct tq_error *err) MUST_CHECK;

int document_text_table(struct document_text *document, struct tq_error *err) MUST_CHECK;
int document_text_table_end(struct document_text *document, struct tq_error *err) MUST_CHECK;

/* The open cell, and the open row, of the innermost table end. A cell may be as wide as `columns`.
 */
int document_text_end_cell(struct document_text *document, uint32_t columns,
                           struct tq_error *err) MUST_CHECK;
/* The same for one that reaches into `rows` rows, its own included: it is repeated in each that has
 * a text of its own. */
int document_text_end_cell_down(struct document_text *document, uint32_t columns, uint32_t rows,
                                struct tq_error *err) MUST_CHECK;
int document_text_end_row(struct document_text *document, struct tq_error *err) MUST_CHECK;

/* A line of its own, whatever is open. */
int document_text_aside(struct document_text *document, struct slice line,
                        struct tq_error *err) MUST_CHECK;

/* If the rows of the outermost table are enough for a list, it is one from here on. */
int document_text_settle(struct document_text *document, struct tq_error *err) MUST_CHECK;

int document_text_finish(struct document_text *document, struct tq_error *err) MUST_CHECK;

#endif
