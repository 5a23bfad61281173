/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef EXTRACT_SQL_SCRIPT_H
#define EXTRACT_SQL_SCRIPT_H

#include "extract/extract.h"

/*
 * Read the SQL that another program makes of an exhibit while it is read: input->fd is a pipe, and
 * input->size_bytes the exhibit's own size, which limits how much of the script is read. `type` is
 * what the exhibit is.
 */
int sql_read_script(const struct extract_input *input, const struct extract_limits *limits,
                    const struct sink *sink, const char *type, struct tq_error *err) MUST_CHECK;

#endif
