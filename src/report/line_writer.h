/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef REPORT_LINE_WRITER_H
#define REPORT_LINE_WRITER_H

#include <stdint.h>
#include <stdio.h>

#include "base/buf.h"

enum row_format {
    ROW_CSV,
    ROW_JSONL
};

/*
 * Writes rows of named columns as CSV (RFC 4180, header first) or JSON Lines. Values are given in
 * column order; what cannot be shown safely is escaped (base/escape.h). Failures of the stream are
 * reported by line_writer_finish().
 */
struct line_writer {
    FILE *file; /* borrowed */
    enum row_format format;
    const char *const *columns; /* borrowed, ends with NULL */
    unsigned column;            /* of the next value */
    struct buf line;
};

void line_writer_start(struct line_writer *writer, FILE *file, enum row_format format,
                       const char *const *columns);
void row_text(struct line_writer *writer, struct slice text);
void row_number(struct line_writer *writer, uint64_t number);
void row_decimal(struct line_writer *writer, double number);  /* six decimals */
void row_json(struct line_writer *writer, struct slice json); /* quoted in CSV, as it is in JSONL */
void row_end(struct line_writer *writer);
int line_writer_finish(struct line_writer *writer, struct tq_error *err) MUST_CHECK;

#endif
