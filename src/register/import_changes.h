/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef REGISTER_IMPORT_CHANGES_H
#define REGISTER_IMPORT_CHANGES_H

#include "postgres/connection.h"
#include "register/description.h"
#include "register/refresh.h"

/* A table of the database and the SELECT that gives all of it. */
struct changes_table {
    const struct described_table *table;
    char **select; /* the caller's, owned; replaced by one that gives what changed */
};

/*
 * For a refresh: decide which tables are read by change, find out who is touched, begin the
 * refresh, and make the SELECTs of those tables give only what changed. Tables that are not in the
 * database are read whole, and so are those that do not say since when a row was known, or not in
 * dates or timestamps. TQ_E_USAGE: the database is older than the register.
 */
int import_changes(struct refresh *refresh, const struct description *description,
                   struct connection *connection, const struct changes_table *tables, size_t count,
                   struct tq_error *err) MUST_CHECK;

/* The moment whose state the transaction sees, in minutes: of a standby, that of the last
 * transaction that reached it. */
int import_as_of(struct connection *connection, int32_t *out_minutes,
                 struct tq_error *err) MUST_CHECK;

#endif
