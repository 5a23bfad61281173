/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef REGISTER_CSV_ROWS_H
#define REGISTER_CSV_ROWS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "register/table_text.h"

/* A round of rows is read, taken apart and assembled while it is in the processor's cache. */
#define CSV_ROUND_ROWS  16384u             /* rows of one round */
#define CSV_FILL_BYTES  ((size_t)2 << 20)  /* read at a time, but for a row that is longer */
#define CSV_ROUND_BYTES ((size_t)16 << 20) /* a row longer than this is refused */

/* One row of the file: its bytes without the line end. */
struct csv_row {
    const char *data;
    uint32_t length;
    bool broken;   /* a quote is not closed, or text follows one: the row ends at its line end */
    uint64_t line; /* from 1; a quoted cell may make a row span several */
};

/*
 * Splits a source into rows, a round at a time: RFC 4180 with any delimiter, LF or CRLF. A quote
 * opens a quoted cell only at the start of a cell; blank lines are no rows. Or, with binary_columns
 * set, the rows of so many columns of register/binary_copy.h; what is not those ends with TQ_E_IO.
 */
struct csv_rows {
    struct table_text *source; /* borrowed */
    char delimiter;
    uint32_t binary_columns; /* 0: CSV */
    struct csv_row *rows;
    size_t row_count; /* of this round */
    char *data;       /* the rest is private */
    size_t start, end;
    bool ended, past_header, past_rows, damaged;
    uint64_t line;
};

int csv_rows_init(struct csv_rows *rows, struct table_text *source, char delimiter,
                  struct tq_error *err) MUST_CHECK;
void csv_rows_clear(struct csv_rows *rows);

/* The next round, at most `rows_max` (<= CSV_ROUND_ROWS) rows; row_count 0: the end. What the last
 * round gave is gone. TQ_E_LIMIT: a line longer than CSV_ROUND_BYTES. */
int csv_rows_next(struct csv_rows *rows, size_t rows_max, struct tq_error *err) MUST_CHECK;

/* The cells of one row, in turn. */
struct csv_cells {
    struct slice rest;
    char delimiter;
    bool ended;
    bool no_memory; /* a cell could not be unquoted */
    struct arena *arena;
};

static inline struct csv_cells csv_cells_of(const struct csv_row *row, char delimiter,
                                            struct arena *arena)
{
    return (struct csv_cells){
        .rest = {row->data, row->length}, .delimiter = delimiter, .arena = arena};
}

/* False after the last one. The text is borrowed from the row or, if it holds quotes, from the
 * arena. */
bool csv_cells_next(struct csv_cells *cells, struct slice *out_cell);

#endif
