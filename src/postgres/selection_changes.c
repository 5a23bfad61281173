/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "postgres/selection_changes.h"

#include <string.h>

#include "base/cleanup.h"

/* pg_type.dat; these numbers never change. */
#define OID_DATE        1082u
#define OID_TIMESTAMP   1114u
#define OID_TIMESTAMPTZ 1184u

#define WHITE_SPACE "E' \\t\\r\\n\\f\\x0b'" /* what slice_trim() takes away */

/* Append a name as SQL. Never fails on the spot, as all of buf. */
static void add_name(struct buf *out, const struct connection *connection, const char *name)
{
    char *quoted = PQescapeIdentifier(connection->libpq, name, strlen(name));

    if (quoted)
        buf_add_text(out, quoted);
    else
        out->failed = TQ_E_NOMEM;
    PQfreemem(quoted);
}

static void add_key(struct buf *out, const struct connection *connection, const char *key)
{
    buf_add_text(out, "pg_catalog.btrim(");
    add_name(out, connection, key);
    buf_add_text(out, "::pg_catalog.text, " WHITE_SPACE ")");
}

static void add_moment(struct buf *out, int32_t minutes)
{
    buf_format(out, "pg_catalog.to_timestamp(%lld)", 60ll * minutes);
}

static bool is_timed(const PGresult *description, const char *column)
{
    int i = 0;
    Oid type;

    while (i < PQnfields(description) && strcmp(PQfname(description, i), column) != 0)
        i++;
    type = PQftype(description, i);
    return type == OID_DATE || type == OID_TIMESTAMP || type == OID_TIMESTAMPTZ;
}

int selection_is_timed(struct connection *connection, const struct selection_times *times,
                       bool *out_timed, struct tq_error *err)
{
    CLEANUP(result_clear_cleanup) PGresult *prepared = NULL;
    CLEANUP(result_clear_cleanup) PGresult *description = NULL;

    prepared = PQprepare(connection->libpq, "", times->select, 0, NULL);
    if (PQresultStatus(prepared) != PGRES_COMMAND_OK)
        return connection_failed(connection, prepared, err);
    description = PQdescribePrepared(connection->libpq, "");
    if (PQresultStatus(description) != PGRES_COMMAND_OK)
        return connection_failed(connection, description, err);
    *out_timed = is_timed(description, times->known_from)
                 && (!times->known_to || is_timed(description, times->known_to));
    return TQ_OK;
}

int selection_touched(const struct connection *connection, const struct selection_times *times,
                      size_t count, int32_t since, struct buf *out_select, struct tq_error *err)
{
    bool any = false;

    for (size_t i = 0; i < count; i++) {
        if (!times[i].known_to)
            continue;
        buf_add_text(out_select, any ? "\nUNION " : "");
        buf_add_text(out_select, "SELECT ");
        add_key(out_select, connection, times[i].key);
        buf_format(out_select, " AS key FROM (%s) AS source WHERE ", times[i].select);
        add_name(out_select, connection, times[i].known_to);
        buf_add_text(out_select, " >= ");
        add_moment(out_select, since);
        buf_add_text(out_select, " AND ");
        add_name(out_select, connection, times[i].known_to);
        buf_add_text(out_select, " < '9999-01-01' AND ");
        add_name(out_select, connection, times[i].key);
        buf_add_text(out_select, " IS NOT NULL");
        any = true;
    }
    if (!any)
        buf_add_text(out_select, "SELECT NULL::pg_catalog.text AS key WHERE false");
    return buf_check(out_select, err);
}

/* Rows that came in, of those who are not touched. */
static void add_new_rows(struct buf *out, const struct connection *connection,
                         const struct selection_times *times, int32_t since)
{
    buf_format(out, "SELECT source.* FROM (%s) AS source WHERE (", times->select);
    add_name(out, connection, times->known_from);
    buf_add_text(out, " >= ");
    add_moment(out, since);
    buf_add_text(out, " OR ");
    add_name(out, connection, times->known_from);
    buf_add_text(out, " IS NULL OR ");
    add_name(out, connection, times->known_from);
    buf_add_text(out, " = '-infinity') AND NOT EXISTS (SELECT FROM touched WHERE touched.key = ");
    add_key(out, connection, times->key);
    buf_add_text(out, ")");
}

int selection_changes(const struct connection *connection, const struct selection_times *times,
                      const char *touched, int32_t since, struct buf *out_select,
                      struct tq_error *err)
{
    buf_format(out_select, "WITH touched AS MATERIALIZED (%s)\n", touched);
    add_new_rows(out_select, connection, times, since);
    buf_format(out_select,
               "\nUNION ALL SELECT source.* FROM (%s) AS source WHERE "
               "EXISTS (SELECT FROM touched WHERE touched.key = ",
               times->select);
    add_key(out_select, connection, times->key);
    buf_add_text(out_select, ")");
    return buf_check(out_select, err);
}
