/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef POSTGRES_CONNECTION_H
#define POSTGRES_CONNECTION_H

#include <libpq-fe.h>

#include "base/buf.h"
#include "base/error.h"

/*
 * A connection to a PostgreSQL server that only reads: one transaction, REPEATABLE READ and READ
 * ONLY, from connection_begin() to connection_close(). Several connections may read one and the
 * same state of the database: the first exports its snapshot, the others begin with it.
 *
 * For one thread at a time. No temporary object is made and nothing is written, ever.
 */
struct connection {
    PGconn *libpq; /* for this module's files only, as the rest: how it came about */
    char *conninfo, *snapshot, *timezone;
};

/*
 * Connect, with time limits on everything that could hang, unless the string gives its own:
 * connecting, a peer that is gone, a peer that does not acknowledge. Text comes as UTF-8.
 * *out_connection is owned; connection_close().
 */
int connection_open(const char *conninfo, struct connection **out_connection,
                    struct tq_error *err) MUST_CHECK;
struct connection *connection_close(struct connection *connection);

/*
 * Wait until the server takes connections, a minute at most: it may be starting again. What comes
 * of it is for connection_open() to say.
 */
void connection_await(const char *conninfo);

/*
 * Begin the transaction. `snapshot` comes from connection_export(); NULL: the state of now.
 * `zone`, an IANA name, is that of times with time zone: each comes with its offset, and a day
 * taken from one is the institution's day. Dates and times come in ISO form.
 */
int connection_begin(struct connection *connection, const char *snapshot, const char *zone,
                     struct tq_error *err) MUST_CHECK;

/*
 * Connect again in place of a connection that was lost, with the same settings, to read the same
 * snapshot. TQ_E_LOST: nobody holds that any more (it was this connection's own, or that
 * transaction has ended as well). TQ_E_IO: could not connect, now; later may succeed.
 */
int connection_resume(struct connection *connection, struct tq_error *err) MUST_CHECK;

/* Append the name of this transaction's snapshot; others may begin with it while this one lasts. */
int connection_export(struct connection *connection, struct buf *out_snapshot,
                      struct tq_error *err) MUST_CHECK;

/* How long the statements that follow may take. */
int connection_limit(struct connection *connection, unsigned seconds,
                     struct tq_error *err) MUST_CHECK;

/*
 * One statement with text parameters and a text result (owned; PQclear()). With what the server
 * says and, where we know, what to do about it: TQ_E_IO, or TQ_E_LOST if the connection is gone or
 * the server took the snapshot back, so that the whole may be tried again with a new one.
 */
int connection_query(struct connection *connection, const char *sql, int parameter_count,
                     const char *const *parameters, PGresult **out_result,
                     struct tq_error *err) MUST_CHECK;

/* Why a statement failed, from its result (NULL: the connection itself failed). Fills `err`. */
int connection_failed(const struct connection *connection, const PGresult *result,
                      struct tq_error *err) MUST_CHECK;

/* For CLEANUP(). */
static inline void result_clear_cleanup(PGresult **result)
{
    PQclear(*result);
}

#endif
