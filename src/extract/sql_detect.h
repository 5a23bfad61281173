/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef EXTRACT_SQL_DETECT_H
#define EXTRACT_SQL_DETECT_H

#include <stdbool.h>

#include "base/slice.h"

#define SQL_HEAD_BYTES ((size_t)64 << 10) /* of an exhibit, that tell its dialect */

/*
 * Whether text is SQL: it begins with statements (comments left out) of which one gives or
 * describes rows, or many of them do; or, where its beginning is lost, most of it are lines of
 * INSERT. A word of SQL in a table, a log or a letter does not make it so.
 */
bool sql_is_likely(struct slice head);

/* Whether a statement may begin with this word. */
bool sql_is_statement(struct slice word);

/* Whether strings have backslash escapes, as those of MySQL and MariaDB. */
bool sql_has_backslashes(struct slice head);

#endif
