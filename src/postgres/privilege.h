/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef POSTGRES_PRIVILEGE_H
#define POSTGRES_PRIVILEGE_H

#include "postgres/connection.h"

/*
 * Reading needs a role that can do nothing else: then no mistake, ours or a description's, can
 * change the institution's records. TQ_E_USAGE, naming the first privilege found, if the
 * connection's role, or one that it may become, is a superuser; may make roles or databases,
 * replicate, end the sessions of others, write files or run programs on the server; owns a table, a
 * schema or this database; may INSERT, UPDATE, DELETE or TRUNCATE in any table of it outside the
 * system's own, put a trigger on one, or move a sequence; or may CREATE in the database or one of
 * its schemas. What functions do that run with their owner's rights is not seen. BYPASSRLS is all
 * right: it lets a role read all rows of what it may read.
 */
int privilege_check(struct connection *connection, struct tq_error *err) MUST_CHECK;

#endif
