/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef EXTRACT_COMMENT_HEADER_H
#define EXTRACT_COMMENT_HEADER_H

#include "base/arena.h"
#include "extract/dialect.h"
#include "extract/header.h"

#define COMMENTS_BYTES_MAX ((size_t)64 << 10) /* of the lines above a table that are kept */

/*
 * Names of columns in a comment above the table: "# nom;prenom;cin", and those that logs announce
 * ("#Fields: date time c-ip" of the extended log format of the W3C, "#fields<tab>ts" of Zeek).
 */

/* What follows the word by which a line announces its columns; empty if it does not. */
struct slice comment_header_fields(struct slice line);

/* Whether a line of the sample announces columns, and its rows have as many when parted as it is:
 * *out_dialect then gets that delimiter. */
int comment_header_dialect(struct slice sample, struct dialect *out_dialect, bool *out_found,
                           struct tq_error *err) MUST_CHECK;

/*
 * The names of the columns of `sample`, rows without a header, from the lines above it, the last
 * line first. *out_names (columns, in `arena`) is NULL if no line has them.
 */
int comment_header_find(struct slice lines, const struct row_sample *sample,
                        const struct dialect *dialect, struct arena *arena,
                        struct slice **out_names, struct tq_error *err) MUST_CHECK;

#endif
