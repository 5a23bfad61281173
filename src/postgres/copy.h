/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef POSTGRES_COPY_H
#define POSTGRES_COPY_H

#include "postgres/connection.h"

/*
 * The rows of a SELECT as a stream of CSV (RFC 4180, a header first, UTF-8; NULL is an empty
 * cell) or of the binary format, by COPY ... TO STDOUT. A thread of its own reads ahead, within a
 * fixed amount of memory, so that the server works while rows are being used and several streams
 * come at the same time.
 *
 * A connection that is lost is taken up again while another transaction holds its snapshot
 * (connection_resume()): the query runs once more, and what was read already is passed over, if it
 * comes exactly as it came before.
 */
struct copy;

enum copy_format {
    COPY_CSV,
    COPY_BINARY /* the server's own, which costs it less */
};

/*
 * Begin, without waiting for the server: what it has against the SELECT is told by copy_read().
 * `connection` is borrowed and belongs to the stream until copy_close(). *out_copy is owned.
 */
int copy_open(struct connection *connection, const char *select, enum copy_format format,
              struct copy **out_copy, struct tq_error *err) MUST_CHECK;

/* Stop, at the end or before it. What the server still does is cancelled; the connection is of no
 * use after that unless the end was reached. */
struct copy *copy_close(struct copy *copy);

/* Whether as much was read ahead as is worked on at a time, or all that is left: to take it, nobody
 * waits. */
bool copy_is_ready(struct copy *copy);

/* Wait for the next rows, or for the end; false if neither came within so many seconds. */
bool copy_await(struct copy *copy, unsigned seconds);

/* Up to `length` bytes; *out_got is 0 only at the end. TQ_E_IO: the server failed; TQ_E_LOST: it
 * was lost, or the snapshot. */
int copy_read(struct copy *copy, char *data, size_t length, size_t *out_got,
              struct tq_error *err) MUST_CHECK;

#endif
