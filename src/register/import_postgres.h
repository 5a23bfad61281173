/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef REGISTER_IMPORT_POSTGRES_H
#define REGISTER_IMPORT_POSTGRES_H

#include "register/import_csv.h"

/* The institution's database. */
struct import_database {
    const char *conninfo;     /* of libpq, without secrets: postgres/conninfo.h */
    bool allow_writable_role; /* else a role that could change anything is refused */
    int32_t *out_as_of;       /* gets the moment whose state is read, in minutes */
};

/*
 * Read all tables of the description that have 'table' or 'sql' into the assembler, as they stood
 * at one moment: one read-only transaction, whose snapshot up to POSTGRES_CONNECTIONS_MAX
 * connections share (fewer, if the server grants fewer). Only the columns that the description
 * names are asked for. Tables start with the largest; those being read take turns of one round of
 * rows, so memory is bounded by the number of connections.
 *
 * For a refresh, what register/import_changes.h makes of it.
 *
 * Everything that can be checked is checked before the first row is read: the role, and each
 * table's name, columns and types. From then on all connections hold on to all tables. A
 * connection that is lost is taken up again while the first one lives, for that holds the snapshot.
 * Complaints come in the order in which the server gives the rows, table by table a round at a
 * time. TQ_E_USAGE: the string or the role; TQ_E_SYNTAX: the description does not fit the
 * database; TQ_E_IO: the server; TQ_E_LOST: its snapshot is gone, but another try, with a new
 * assembler, may succeed.
 */
int import_postgres(const struct import_request *request, const struct import_database *database,
                    struct import_counts *out_counts, struct tq_error *err) MUST_CHECK;

/* Before another try: wait until the server takes connections, a minute at most. */
void import_postgres_await(const struct import_database *database);

#endif
