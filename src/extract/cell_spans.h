/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef EXTRACT_CELL_SPANS_H
#define EXTRACT_CELL_SPANS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/slice.h"

/*
 * Cells of a table that reach into rows below. There they take the place of a cell, so that those
 * beside stand in their own columns, and show their text again. Start with {0}.
 */
struct cell_span {
    uint32_t column, columns; /* the first, and how many */
    uint32_t rows;            /* still to come */
    char *text;               /* owned */
    size_t length;
    bool is_new; /* it began in the open row */
};

struct cell_spans {
    struct cell_span *items; /* count, in no order */
    size_t count, capacity;
    uint64_t cells, bytes; /* shown again so far: both have a limit */
    bool too_many;
};

/* A cell of the open row reaches into `rows` more rows. */
int cell_spans_add(struct cell_spans *spans, const struct cell_span *span, struct slice text,
                   struct tq_error *err) MUST_CHECK;

/* The first column from `column` on that none reaches into. */
uint32_t cell_spans_skip(const struct cell_spans *spans, uint32_t column);

/* Whether item `i` shows its text in the open row; counts it. */
bool cell_spans_shows(struct cell_spans *spans, size_t i);

void cell_spans_end_row(struct cell_spans *spans);
void cell_spans_end_table(struct cell_spans *spans); /* keeps what is counted */
void cell_spans_clear(struct cell_spans *spans);

#endif
