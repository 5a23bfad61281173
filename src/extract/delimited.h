/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef EXTRACT_DELIMITED_H
#define EXTRACT_DELIMITED_H

#include "base/arena.h"
#include "base/buf.h"
#include "extract/aside.h"
#include "extract/decode.h"
#include "extract/header.h"
#include "extract/row_kind.h"
#include "extract/row_writer.h"
#include "extract/tokenise.h"

#define BLOCK_ROWS_MIN 3 /* fewer rows of another width are ragged rows, not a table */

/* One exhibit of delimited text being read: format_delimited.c goes through its rows. */
struct delimited {
    const struct sink *sink;
    struct text_source source;
    struct tokeniser tokeniser;
    struct tokeniser other; /* for lines written in another dialect than the table's */
    struct row_writer writer;
    struct aside aside; /* the rows that are no records */

    struct table_head head;
    uint32_t header_rows; /* of the header, and how many of them are still to be passed over */
    uint32_t header_left;
    uint32_t titles_left;   /* rows above the header, still to be passed over */
    uint32_t usual_cells;   /* of most rows; the header may have more */
    struct arena arena;     /* of the table: its header and column shapes */
    struct row_cell *fixed; /* cells of a line of aligned columns */
    struct buf comments;    /* the lines above the table that are comments */
    uint32_t tables, resyncs;
    uint32_t decimal; /* column + 1 whose numbers have a comma that parts cells; 0: none */
    bool after_blank;
    struct note_kind kinds[ROW_KINDS];
    struct note_kind stray, ragged, repaired, broken, too_long;
};

/* Cells of the tokeniser's record as the dialect has them. */
void delimited_cells(struct delimited *d, struct tokeniser *tokeniser,
                     const struct row_cell **out_cells, size_t *out_count);

/* Copy up to HEADER_SAMPLE_ROWS rows that look like rows of the table, without moving on. */
int delimited_gather(struct delimited *d, struct row_sample *out_sample,
                     struct tq_error *err) MUST_CHECK;

/* The first row of a table is in view at t->at: look ahead, find its header, announce it. */
int delimited_begin_table(struct delimited *d, uint32_t first_cells,
                          struct tq_error *err) MUST_CHECK;

#endif
