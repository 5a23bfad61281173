/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef POSTGRES_SELECTION_H
#define POSTGRES_SELECTION_H

#include <stdint.h>

#include "postgres/connection.h"

/* What to read: a table or view by its name, or a query of the institution's own. */
struct selection_source {
    const char *relation; /* "schema.name" or "name", spelt as in the catalogue; or NULL */
    const char *sql;      /* else: one SELECT, or WITH, VALUES, TABLE */
};

/*
 * The SELECT that gives these columns of a source and no others, in this order; names are quoted,
 * so nothing in them is SQL. It is prepared by the server, not run: a query that is more than one
 * statement, takes parameters, or does not close its own brackets is refused here. Every column
 * must be there once, and be of a type whose text is one value: not an array, a row, JSON, XML,
 * bytes or money. `out_select` gets the SELECT, out_types (one for each column) their numbers in
 * pg_type, *out_rows the number of rows that the planner expects (pg_class.reltuples by the present
 * size of the table).
 *
 * TQ_E_SYNTAX: it is not such a query, or lacks a column. TQ_E_IO: the server says no, or the role
 * may not read a column, or not see all rows.
 */
int selection_prepare(struct connection *connection, const struct selection_source *source,
                      const char *const *columns, size_t column_count, struct buf *out_select,
                      uint32_t *out_types, uint64_t *out_rows, struct tq_error *err) MUST_CHECK;

/*
 * Have this connection hold on to the tables of a SELECT as well, as the one that prepared it does,
 * until its transaction ends: who wants to drop or change one waits for us, and nobody of us waits
 * for who waits.
 */
int selection_lock(struct connection *connection, const char *select,
                   struct tq_error *err) MUST_CHECK;

/*
 * A table that is emptied (TRUNCATE), rewritten or made anew under its name between the snapshot
 * and the lock looks empty to the snapshot, without an error. TQ_E_LOST if that befell one that the
 * connection holds on to: a new snapshot sees what is there now.
 */
int selection_check_fresh(struct connection *connection, struct tq_error *err) MUST_CHECK;

#endif
