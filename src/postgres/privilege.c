/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "postgres/privilege.h"

#include <stdbool.h>
#include <string.h>

#include "base/cleanup.h"

/*
 * One row per privilege that goes too far, or none: what it is, and the role that has it. `mine`
 * are the session's role and all that it may become by SET ROLE, inherited or not.
 */
static const char excess_sql[] =
    "WITH mine AS (SELECT r.* FROM pg_catalog.pg_roles r"
    "  WHERE pg_catalog.pg_has_role(session_user, r.oid, 'MEMBER')),"
    " place AS (SELECT n.oid, n.nspname FROM pg_catalog.pg_namespace n"
    "  WHERE n.nspname <> 'information_schema' AND n.nspname !~ '^pg_')"
    " SELECT x.what, x.rolname, session_user FROM ("
    "  SELECT 1 AS weight, 'is a superuser' AS what, rolname FROM mine WHERE rolsuper"
    "  UNION ALL SELECT 2, 'may make roles (CREATEROLE)', rolname FROM mine WHERE rolcreaterole"
    "  UNION ALL SELECT 2, 'may make databases (CREATEDB)', rolname FROM mine WHERE rolcreatedb"
    "  UNION ALL SELECT 2, 'may replicate (REPLICATION)', rolname FROM mine WHERE rolreplication"
    "  UNION ALL SELECT 3, 'is ' || rolname, rolname FROM mine"
    "   WHERE rolname IN ('pg_write_all_data', 'pg_write_server_files',"
    "    'pg_execute_server_program', 'pg_signal_backend', 'pg_create_subscription')"
    "  UNION ALL SELECT 4, 'owns ' || o.what, m.rolname FROM mine m JOIN ("
    "   SELECT c.relowner, 'table ' || n.nspname || '.' || c.relname"
    "    FROM pg_catalog.pg_class c JOIN place n ON n.oid = c.relnamespace"
    "    WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')"
    "   UNION ALL SELECT n.nspowner, 'schema ' || p.nspname"
    "    FROM place p JOIN pg_catalog.pg_namespace n ON n.oid = p.oid"
    "   UNION ALL SELECT datdba, 'database ' || datname"
    "    FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database()"
    "   ) AS o(owner, what) ON o.owner = m.oid"
    "  UNION ALL SELECT 4, 'has ' || p.name || ' on table ' || n.nspname || '.' || c.relname,"
    "   m.rolname"
    "   FROM pg_catalog.pg_class c JOIN place n ON n.oid = c.relnamespace CROSS JOIN mine m"
    "   CROSS JOIN (VALUES ('INSERT', true), ('UPDATE', true), ('DELETE', false),"
    "    ('TRUNCATE', false), ('TRIGGER', false)) AS p(name, has_columns)"
    "   WHERE c.relkind IN ('r', 'p', 'v', 'f')"
    "   AND CASE WHEN p.has_columns"
    "    THEN pg_catalog.has_any_column_privilege(m.oid, c.oid, p.name)"
    "    ELSE pg_catalog.has_table_privilege(m.oid, c.oid, p.name) END"
    "  UNION ALL SELECT 4, 'has ' || p.name || ' on sequence ' || n.nspname || '.' || c.relname,"
    "   m.rolname"
    "   FROM pg_catalog.pg_class c JOIN place n ON n.oid = c.relnamespace CROSS JOIN mine m"
    "   CROSS JOIN (VALUES ('UPDATE'), ('USAGE')) AS p(name)"
    "   WHERE c.relkind = 'S' AND pg_catalog.has_sequence_privilege(m.oid, c.oid, p.name)"
    "  UNION ALL SELECT 5, 'has CREATE on schema ' || n.nspname, m.rolname"
    "   FROM place n CROSS JOIN mine m"
    "   WHERE pg_catalog.has_schema_privilege(m.oid, n.oid, 'CREATE')"
    "  UNION ALL SELECT 6, 'has CREATE on database ' || pg_catalog.current_database(), m.rolname"
    "   FROM mine m"
    "   WHERE pg_catalog.has_database_privilege(m.oid, pg_catalog.current_database(), 'CREATE')"
    " ) x ORDER BY x.weight, x.what, x.rolname LIMIT 1";

static int refuse(const char *session, const char *role, const char *what, struct tq_error *err)
{
    bool other = strcmp(session, role) != 0;

    return tq_fail(err, TQ_E_USAGE,
                   "the role '%s'%s%s%s %s: connect as a role that can only read (CREATE ROLE ... "
                   "LOGIN; GRANT USAGE ON SCHEMA, SELECT ON the tables), take the privilege away "
                   "(it may come from PUBLIC), or give --allow-writable-role",
                   session, other ? " may become '" : "", other ? role : "",
                   other ? "', which" : "", what);
}

int privilege_check(struct connection *connection, struct tq_error *err)
{
    CLEANUP(result_clear_cleanup) PGresult *result = NULL;
    int r = connection_query(connection, excess_sql, 0, NULL, &result, err);

    if (r < 0)
        return r;
    if (PQntuples(result) == 0)
        return TQ_OK;
    return refuse(PQgetvalue(result, 0, 2), PQgetvalue(result, 0, 1), PQgetvalue(result, 0, 0),
                  err);
}
