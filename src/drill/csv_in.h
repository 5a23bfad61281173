/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef DRILL_CSV_IN_H
#define DRILL_CSV_IN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/slice.h"

#define CSV_FIELDS_MAX 32u

/* Reads a CSV file (RFC 4180, UTF-8, header) row by row; for the drill's own exports. */
struct csv_in {
    char *path; /* owned */
    int fd;
    char *chunk; /* owned */
    size_t chunk_used, chunk_length;
    bool at_end;
    uint64_t line;
    struct buf text; /* of the row, unquoted, fields separated by NUL */
    size_t ends[CSV_FIELDS_MAX];
    uint32_t field_count;
    struct buf header; /* its names, separated by NUL */
    size_t header_ends[CSV_FIELDS_MAX];
    uint32_t header_count;
};

/* Open folder/name and read its header. */
int csv_in_open(struct csv_in *in, const char *folder, const char *name,
                struct tq_error *err) MUST_CHECK;
void csv_in_close(struct csv_in *in);

/* Number of a column; TQ_E_SYNTAX if there is none of that name. */
int csv_in_column(const struct csv_in *in, const char *name, uint32_t *out_column,
                  struct tq_error *err) MUST_CHECK;

/* *out_more is false at the end. Fields are borrowed until the next row. */
int csv_in_next(struct csv_in *in, bool *out_more, struct tq_error *err) MUST_CHECK;

/* "" for a field that the row does not have. */
struct slice csv_in_field(const struct csv_in *in, uint32_t column);

#endif
