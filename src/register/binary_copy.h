/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef REGISTER_BINARY_COPY_H
#define REGISTER_BINARY_COPY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/slice.h"

/*
 * Rows of PostgreSQL's COPY ... (FORMAT binary), which costs the server less than text where there
 * are times and numbers, and the reader too. Cells come out as the text that the server would have
 * sent, but for times with time zone, which stay eight bytes until binary_moment() reads them, and
 * days, which stay four bytes until binary_day() does.
 *
 * Format: https://www.postgresql.org/docs/15/sql-copy.html, "Binary Format". The server is trusted
 * no more than any file: whatever does not fit is told from a row.
 */
enum binary_type {
    BINARY_UNKNOWN, /* cannot be read: take text for the whole table */
    BINARY_TEXT,
    BINARY_BOOL,
    BINARY_INTEGER, /* of 2, 4 or 8 bytes */
    BINARY_NUMERIC,
    BINARY_DATE,
    BINARY_DAY, /* a date that only says when a row holds: who knows that asks for it */
    BINARY_MOMENT
};

/* The type of this number in pg_type; of those that the server itself has. */
enum binary_type binary_type_of(uint32_t oid);

struct binary_column {
    const char *name; /* borrowed */
    enum binary_type type;
};

enum binary_status {
    BINARY_OK,
    BINARY_MORE,    /* the row goes on behind the bytes there are */
    BINARY_END,     /* the mark behind the last row */
    BINARY_DAMAGED, /* no such format, or not of this many columns; of cells: a cell is not of its
                       type */
    BINARY_NO_MEMORY
};

#define BINARY_END_BYTES 2u /* of the mark behind the last row */

/* What stands before the first row; *out_length: its bytes. */
enum binary_status binary_header_take(struct slice bytes, size_t *out_length);

/* The row that `bytes` begin with; *out_row: its cells, without what follows. */
enum binary_status binary_row_take(struct slice bytes, uint32_t column_count,
                                   struct slice *out_row);

/* The cells of a taken row, in `cells`; borrowed from the row or the arena. NULL is empty. */
enum binary_status binary_cells(struct slice row, const struct binary_column *columns,
                                uint32_t column_count, struct arena *arena, struct slice *cells);

/* Minutes since 1970 of a time with time zone; false: infinite, or not of the years 1800 to 2999.
 */
bool binary_moment(struct slice cell, int32_t *out_minutes);

/* Such a time as text, in UTC. False when memory runs out. */
bool binary_moment_text(struct slice cell, struct arena *arena, struct slice *out_text);

/* Days since 1970 of a date; false: infinite, or not of the years 1801 to 2999. */
bool binary_day(struct slice cell, int32_t *out_days);

/* Such a date as text; what is no date is none. False when memory runs out. */
bool binary_day_text(struct slice cell, struct arena *arena, struct slice *out_text);

#endif
