/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef MODEL_BATCH_H
#define MODEL_BATCH_H

#include <stdint.h>

#include "base/error.h"
#include "base/limits.h"
#include "base/slice.h"

/* Flags of a row. */
enum row_flag {
    ROW_RAGGED = 1 << 0,     /* more or fewer cells than the table has columns */
    ROW_UNREADABLE = 1 << 1, /* could not be split into cells: its text is in the first one */
    ROW_CUT = 1 << 2,        /* a cell was longer than CELL_BYTES_MAX */
    ROW_BY_OCR = 1 << 3,     /* read off a picture: a cell that differs may be misread */
};

/*
 * Rows of a table, as structure of arrays; the currency of the pipeline. Cell (r, c) is
 * text[cell[r * column_count + c] .. cell[r * column_count + c + 1]). Texts are UTF-8 as far as
 * the source could be decoded, not trimmed, without the quotes of the source.
 *
 * A *record* is a run of rows of one exhibit with one record number. In a plain table each row is
 * a record. A document of one subject is a record whose rows are its lines: its slots (columns
 * below `slot_count` of the table) repeat in every row, the other columns differ.
 * A batch never splits a record.
 */
struct batch {
    uint32_t row_count;    /* <= BATCH_ROWS_MAX (one record of more lines makes a batch alone) */
    uint32_t column_count; /* of the table */
    uint64_t first_row;    /* number of the first row within the table, from 0 */
    const uint32_t *cell;  /* row_count * column_count + 1 offsets into text */
    const char *text;
    const uint32_t *exhibit; /* row_count exhibit numbers */
    const uint32_t *record;  /* row_count record numbers, from 1 within the exhibit */
    const uint64_t
        *place; /* row_count places in the source: line number, sheet row, page << 32 | line */
    const uint8_t *flags;              /* row_count enum row_flag */
    const struct joined_cells *joined; /* of the table's reading; NULL: it joins none */
};

/* Cells that are several columns read as one; beside those of a batch. Start with {0}. */
struct joined_cells {
    uint32_t column_count; /* of joined columns */
    uint32_t *cell;        /* offsets into text, as a batch has them; owned */
    char *text;            /* owned */
    size_t cell_capacity, text_capacity;
};

void joined_cells_clear(struct joined_cells *joined);

static inline struct slice batch_cell(const struct batch *batch, uint32_t row, uint32_t column)
{
    size_t i = (size_t)row * batch->column_count + column;

    return slice_make(batch->text + batch->cell[i], batch->cell[i + 1] - batch->cell[i]);
}

/* The same of joined column `number`. */
static inline struct slice batch_joined_cell(const struct batch *batch, uint32_t row,
                                             uint32_t number)
{
    const struct joined_cells *joined = batch->joined;
    size_t i = (size_t)row * joined->column_count + number;

    return slice_make(joined->text + joined->cell[i], joined->cell[i + 1] - joined->cell[i]);
}

/* The first row after `row` that belongs to another record. */
uint32_t batch_record_end(const struct batch *batch, uint32_t row);

/* A batch under construction. Start with batch_builder_init(), fill cell by cell, row by row. */
struct batch_builder {
    struct batch batch; /* what is built so far; valid between rows */
    uint32_t *cell;
    char *text;
    uint32_t *exhibit, *record;
    uint64_t *place;
    uint8_t *flags;
    size_t cell_capacity, text_capacity, row_capacity;
    uint32_t text_length;
    uint32_t open_cells; /* cells of the row being built */
};

void batch_builder_init(struct batch_builder *builder, uint32_t column_count);
void batch_builder_clear(struct batch_builder *builder);

/* Forget the rows, keep the memory; the next row is number `first_row` of the table. */
void batch_builder_empty(struct batch_builder *builder, uint64_t first_row);

/* Add the next cell of the open row; past the last column it is ignored and the row is ragged. */
int batch_builder_cell(struct batch_builder *builder, struct slice text,
                       struct tq_error *err) MUST_CHECK;

/* Close the row; missing cells are empty (and the row ragged). */
int batch_builder_row(struct batch_builder *builder, uint32_t exhibit, uint32_t record,
                      uint64_t place, uint8_t flags, struct tq_error *err) MUST_CHECK;

#endif
