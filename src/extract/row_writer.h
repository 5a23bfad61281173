/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef EXTRACT_ROW_WRITER_H
#define EXTRACT_ROW_WRITER_H

#include <stdint.h>

#include "extract/emit.h"
#include "model/batch.h"
#include "model/sink.h"

/*
 * Rows on their way to the sink: batches are cut by number of rows and bytes, so their borders
 * depend on the exhibit alone. Record numbers run through all tables of the exhibit. Start with
 * row_writer_init(), end with row_writer_finish() (which gives the last rows) and
 * row_writer_clear().
 */
struct row_writer {
    const struct sink *sink;
    struct batch_builder builder;
    uint64_t row;    /* number of the next row within the table */
    uint32_t record; /* number of the last record of the exhibit */
    uint8_t flags;   /* of the open row */
    struct note_kind cut;
};

/* A cell on its way: text of the source, borrowed. */
struct row_cell {
    const char *text;
    uint32_t length;
};

void row_writer_init(struct row_writer *writer, const struct sink *sink);
void row_writer_clear(struct row_writer *writer);

/* Begin a table; the rows of the one before are given to the sink first. */
int row_writer_table(struct row_writer *writer, struct slice name, uint32_t column_count,
                     const struct slice *headers, struct tq_error *err) MUST_CHECK;

/* One cell of the open row; cut at CELL_BYTES_MAX, between characters. */
int row_writer_cell(struct row_writer *writer, struct slice text, struct tq_error *err) MUST_CHECK;

/* Close the row as a record of its own. */
int row_writer_row(struct row_writer *writer, uint64_t place, uint8_t flags,
                   struct tq_error *err) MUST_CHECK;

/*
 * A whole row at once, the fast way. 16 bytes after the end of each text must be readable.
 * Cells that are missing are empty, those past the last column are left out; both make it ragged.
 */
int row_writer_cells(struct row_writer *writer, const struct row_cell *cells, uint32_t count,
                     uint64_t place, uint8_t flags, struct tq_error *err) MUST_CHECK;

int row_writer_finish(struct row_writer *writer, struct tq_error *err) MUST_CHECK;

static inline void row_writer_clear_cleanup(struct row_writer *writer)
{
    row_writer_clear(writer);
}

#endif
