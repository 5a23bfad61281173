/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef POSTGRES_SELECTION_CHANGES_H
#define POSTGRES_SELECTION_CHANGES_H

#include <stdbool.h>
#include <stdint.h>

#include "postgres/connection.h"

/*
 * Only what changed of a selection since a moment, by columns that say when the system held a row.
 * Let the server filter: it has the rows, and perhaps an index. A NULL, an infinite time and the
 * year 9999 are open ends.
 */
struct selection_times {
    const char *select; /* of selection_prepare(); it gives the three columns */
    const char *key;
    const char *known_from;
    const char *known_to; /* NULL: no row is ever closed */
};

/* Whether the times are of types that the server can compare: date or timestamp. */
int selection_is_timed(struct connection *connection, const struct selection_times *times,
                       bool *out_timed, struct tq_error *err) MUST_CHECK;

/*
 * A SELECT of one column `key`: who has rows in any of these selections that were closed at `since`
 * (minutes) or later. Keys are compared as texts without white space around them, as slice_trim()
 * does it.
 */
int selection_touched(const struct connection *connection, const struct selection_times *times,
                      size_t count, int32_t since, struct buf *out_select,
                      struct tq_error *err) MUST_CHECK;

/* A SELECT of the same columns: all rows of those whom `touched`, of selection_touched(), gives;
 * of others the rows that are known since `since`, or since ever. */
int selection_changes(const struct connection *connection, const struct selection_times *times,
                      const char *touched, int32_t since, struct buf *out_select,
                      struct tq_error *err) MUST_CHECK;

#endif
