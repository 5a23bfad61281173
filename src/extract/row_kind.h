/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef EXTRACT_ROW_KIND_H
#define EXTRACT_ROW_KIND_H

#include "extract/dialect.h"
#include "extract/row_writer.h"

/* What is known of a table of delimited text while its rows are read. Arrays are borrowed. */
struct table_head {
    bool in_table; /* its first row was seen */
    bool has_header;
    uint32_t columns;
    struct slice *headers; /* columns */
    uint8_t *shapes;       /* columns: the commonest enum value_shape */
    struct slice *titles;  /* title_count: first cells of the rows above the header */
    uint32_t title_count;
};

enum row_kind {
    ROW_KIND_BLANK,
    ROW_KIND_COMMENT,
    ROW_KIND_TITLE,  /* a title above the table, a remark in or below it */
    ROW_KIND_RULE,   /* a line drawn of signs */
    ROW_KIND_HEADER, /* the header once more */
    ROW_KIND_TOTAL,
    ROW_KINDS /* none of these: a record */
};

static inline struct slice row_cell_text(const struct row_cell *cell)
{
    return slice_make(cell->text, cell->length);
}

static inline struct slice row_cell_trimmed(const struct row_cell *cell)
{
    return slice_trim(row_cell_text(cell));
}

bool row_is_empty(const struct row_cell *cells, size_t count);
uint32_t row_filled(const struct row_cell *cells, size_t count); /* cells that are not empty */

/* Whether a cell holds an address or as many digits as identifiers have: no name of a column does,
 * so a header of such cells is searched as text too. */
bool row_has_identifier(const struct row_cell *cells, size_t count);

/* What a row is; `count` is at least 1. The common case is decided first. */
enum row_kind row_kind_of(const struct table_head *head, const struct dialect *dialect,
                          const struct row_cell *cells, size_t count);

/*
 * Let `first` reach to the end of `last`. False if they are not both in `view`, the text that is
 * being split (escapes were undone elsewhere): then they are not neighbours.
 */
bool row_join(struct slice view, struct row_cell *first, const struct row_cell *last);

/*
 * A row of more cells than columns: a delimiter stood unquoted in a value, or cells were put in.
 * Find the one place where joining cells gives the shapes of the columns back; `joined` (of
 * head->columns) gets the row. False if no place is better than others.
 */
bool row_repair(const struct table_head *head, struct slice view, const struct row_cell *cells,
                size_t count, struct row_cell *joined);

#endif
