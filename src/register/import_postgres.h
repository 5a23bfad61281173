/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef REGISTER_IMPORT_POSTGRES_H
#define REGISTER_IMPORT_POSTGRES_H

#include "register/import_csv.h"

/* The institution's database. */
struct import_database {
    const char *conninfo;     /* of libpq, without secrets: postgres/conninfo.h */
    bool allow_writable_role; /* else a role that could change anything is refused */
};

/*
 * Read all tables of the description that have 'table' or 'sql' into the assembler, as they stood
 * at one moment: one read-only transaction, whose snapshot up to POSTGRES_CONNECTIONS_MAX
 * connections share (fewer, if the server grants fewer). Only the columns that the description
 * names are asked for. Tables start with the largest; those being read take turns of one round of
 * rows, so memory is bounded by the number of connections.
 *
 * Everything that can be checked is checked before the first row is read: the role, and each
 * table's name, columns and types. Nothing is resumed: a snapshot ends with its connection.
 * Complaints come in the order in which the server gives the rows, table by table a round at a
 * time. TQ_E_USAGE: the string or the role; TQ_E_SYNTAX: the description does not fit the
 * database; TQ_E_IO: the server.
 */
int import_postgres(const struct import_request *request, const struct import_database *database,
                    struct import_counts *out_counts, struct tq_error *err) MUST_CHECK;

#endif
