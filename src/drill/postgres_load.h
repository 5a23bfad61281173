/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef DRILL_POSTGRES_LOAD_H
#define DRILL_POSTGRES_LOAD_H

#include "base/error.h"
#include "drill/drill.h"

/*
 * A connection through which a drill's register goes into the tables of schema/, by COPY.
 * `conninfo` is libpq's: TQ_E_USAGE if it cannot be read or holds a password, which would stand in
 * the list of processes. TQ_E_IO: no connection, the tables are not there, or they hold rows.
 */
struct postgres_load;

int postgres_load_open(const char *conninfo, struct postgres_load **out_load,
                       struct tq_error *err) MUST_CHECK;
struct postgres_load *postgres_load_close(struct postgres_load *load); /* NULL allowed */

/*
 * Load the CSV tables that register_write() wrote into `folder`, all or nothing, and write beside
 * them register-postgres.yaml, which gives the same register from the database.
 */
int postgres_load_register(struct postgres_load *load, const char *folder,
                           const struct drill_request *request, struct tq_error *err) MUST_CHECK;

#endif
