/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "postgres/selection.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/slice.h"

#define LISTED_BYTES_MAX 200u /* of column names in a complaint */

/* Append a name as SQL. Never fails on the spot, as all of buf. */
static void add_identifier(struct buf *out, const struct connection *connection, struct slice name)
{
    char *quoted = PQescapeIdentifier(connection->libpq, name.data, name.length);

    if (quoted)
        buf_add_text(out, quoted);
    else
        out->failed = TQ_E_NOMEM;
    PQfreemem(quoted);
}

static void add_relation(struct buf *out, const struct connection *connection, const char *relation)
{
    const char *dot = strchr(relation, '.');

    if (dot) {
        add_identifier(out, connection, slice_make(relation, (size_t)(dot - relation)));
        buf_add_byte(out, '.');
    }
    add_identifier(out, connection, slice_of(dot ? dot + 1 : relation));
}

/* The source as a query of its own; what people put behind one is dropped. */
static int write_query(struct buf *out, const struct connection *connection,
                       const struct selection_source *source, struct tq_error *err)
{
    struct slice sql = slice_trim(slice_of(source->sql));

    if (source->relation) {
        buf_add_text(out, "SELECT * FROM ");
        add_relation(out, connection, source->relation);
    }
    while (sql.length > 0 && sql.data[sql.length - 1] == ';')
        sql = slice_trim(slice_make(sql.data, sql.length - 1));
    if (!source->relation)
        buf_add_slice(out, sql);
    return buf_check(out, err);
}

/* What the server has against the query: SQL that it does not understand, and names that it does
 * not know (class 42), are for the description to put right. */
static int refused(const struct connection *connection, const PGresult *result,
                   struct tq_error *err)
{
    const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    int r = connection_failed(connection, result, err);

    if (!state || strncmp(state, "42", 2) != 0 || strcmp(state, "42501") == 0)
        return r;
    err->status = TQ_E_SYNTAX;
    return TQ_E_SYNTAX;
}

/* What the server makes of the query: its columns and their types. */
static int describe(struct connection *connection, const char *query, PGresult **out_description,
                    struct tq_error *err)
{
    CLEANUP(result_clear_cleanup) PGresult *prepared = NULL;
    CLEANUP(result_clear_cleanup) PGresult *description = NULL;

    prepared = PQprepare(connection->libpq, "", query, 0, NULL);
    if (PQresultStatus(prepared) != PGRES_COMMAND_OK)
        return refused(connection, prepared, err);
    description = PQdescribePrepared(connection->libpq, "");
    if (PQresultStatus(description) != PGRES_COMMAND_OK)
        return refused(connection, description, err);
    if (PQnparams(description) > 0)
        return tq_fail(err, TQ_E_SYNTAX, "'sql' has a parameter ($1): write the value itself");
    if (PQnfields(description) == 0)
        return tq_fail(err, TQ_E_SYNTAX, "'sql' gives no columns: a SELECT is wanted");
    *out_description = TAKE(description);
    return TQ_OK;
}

static int no_column(const PGresult *description, const char *column, struct tq_error *err)
{
    char list[LISTED_BYTES_MAX] = "";
    size_t length = 0;

    for (int i = 0; i < PQnfields(description); i++) {
        const char *name = PQfname(description, i);

        if (length + strlen(name) + sizeof(", , ...") > sizeof(list)) {
            (void)snprintf(list + length, sizeof(list) - length, ", ...");
            break;
        }
        length +=
            (size_t)snprintf(list + length, sizeof(list) - length, "%s%s", i ? ", " : "", name);
    }
    return tq_fail(err, TQ_E_SYNTAX, "there is no column '%s'; it has %s", column, list);
}

/* Refuse a type whose text is not one value. */
static int want_plain_type(struct connection *connection, const char *column, Oid type,
                           struct tq_error *err)
{
    CLEANUP(result_clear_cleanup) PGresult *result = NULL;
    char text[16];
    const char *parameter = text;
    int r;

    (void)snprintf(text, sizeof(text), "%u", type);
    r = connection_query(connection,
                         "SELECT pg_catalog.format_type(oid, NULL) FROM pg_catalog.pg_type"
                         " WHERE oid = $1::pg_catalog.oid AND (typcategory IN ('A','C','R','G','P')"
                         " OR oid IN ('json'::pg_catalog.regtype, 'jsonb'::pg_catalog.regtype,"
                         " 'xml'::pg_catalog.regtype, 'bytea'::pg_catalog.regtype,"
                         " 'money'::pg_catalog.regtype))",
                         1, &parameter, &result, err);
    if (r < 0 || PQntuples(result) == 0)
        return r;
    return tq_fail(err, TQ_E_SYNTAX,
                   "column '%s' is of type %s, which is not one value: leave it out, or make it "
                   "one in 'sql', as with ->>, unnest() or ::numeric",
                   column, PQgetvalue(result, 0, 0));
}

static int check_column(struct connection *connection, const PGresult *description,
                        const char *column, uint32_t *out_type, struct tq_error *err)
{
    int found = -1;

    for (int i = 0; i < PQnfields(description); i++) {
        if (strcmp(PQfname(description, i), column) != 0)
            continue;
        if (found >= 0)
            return tq_fail(err, TQ_E_SYNTAX, "it has two columns '%s'; name one differently",
                           column);
        found = i;
    }
    if (found < 0)
        return no_column(description, column, err);
    *out_type = PQftype(description, found);
    return want_plain_type(connection, column, PQftype(description, found), err);
}

/* The line break ends a comment that the query may end with. A relation is asked itself: who may
 * read only these columns of it cannot read all of it. */
static int write_select(struct buf *out, const struct connection *connection,
                        const struct selection_source *source, const char *query,
                        const char *const *columns, size_t column_count, struct tq_error *err)
{
    buf_add_text(out, "SELECT ");
    for (size_t i = 0; i < column_count; i++) {
        buf_add_text(out, i ? ", " : "");
        add_identifier(out, connection, slice_of(columns[i]));
    }
    /* A row of one NULL would be a blank line, which is no row. */
    buf_format(out, "%s FROM ", column_count == 1 ? ", true AS \"\\row\"" : "");
    if (source->relation)
        add_relation(out, connection, source->relation);
    else
        buf_format(out, "(%s\n) AS source", query);
    return buf_check(out, err);
}

/* The names as one array literal: {"a","b \"c\""}. */
static void add_array(struct buf *out, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        buf_add_text(out, i ? ",\"" : "{\"");
        for (const char *at = names[i]; *at; at++) {
            if (*at == '"' || *at == '\\')
                buf_add_byte(out, '\\');
            buf_add_byte(out, *at);
        }
        buf_add_byte(out, '"');
    }
    buf_add_byte(out, '}');
}

/* Which of the columns the role may not read, and whether policies would hide rows from it. Asked
 * first: a server that has refused answers nothing more in this transaction. */
static const char rights_sql[] =
    "SELECT pg_catalog.string_agg(pg_catalog.quote_ident(a.attname), ', ' ORDER BY a.attnum)"
    " FILTER (WHERE NOT pg_catalog.has_column_privilege(a.attrelid, a.attnum, 'SELECT')),"
    " pg_catalog.row_security_active(pg_catalog.to_regclass($1))"
    " FROM pg_catalog.pg_attribute a WHERE a.attrelid = pg_catalog.to_regclass($1)"
    " AND a.attnum > 0 AND NOT a.attisdropped"
    " AND a.attname::pg_catalog.text = ANY($2::pg_catalog.text[])";

static int check_rights(struct connection *connection, const char *relation,
                        const char *const *columns, size_t column_count, struct tq_error *err)
{
    CLEANUP(result_clear_cleanup) PGresult *result = NULL;
    CLEANUP(buf_clear_cleanup) struct buf name = {0};
    CLEANUP(buf_clear_cleanup) struct buf array = {0};
    const char *parameters[2];
    int r;

    add_relation(&name, connection, relation);
    add_array(&array, columns, column_count);
    r = buf_check(&name, err);
    if (r == TQ_OK)
        r = buf_check(&array, err);
    if (r < 0)
        return r;
    parameters[0] = name.data;
    parameters[1] = array.data;
    r = connection_query(connection, rights_sql, 2, parameters, &result, err);
    if (r < 0)
        return r;
    if (!PQgetisnull(result, 0, 0))
        return tq_fail(
            err, TQ_E_IO,
            "the role may not read %.100s: let the owner GRANT SELECT (%.100s) ON %.80s, "
            "or take it out of the description",
            PQgetvalue(result, 0, 0), PQgetvalue(result, 0, 0), name.data);
    if (strcmp(PQgetvalue(result, 0, 1), "t") == 0)
        return tq_fail(
            err, TQ_E_IO,
            "row-level security hides rows of it from the role: give the role BYPASSRLS, "
            "or SELECT on a view whose owner sees them all");
    return TQ_OK;
}

/* "Seq Scan on insured  (cost=0.00..155.00 rows=10000 width=4)" */
static int expect_rows(struct connection *connection, const char *select, uint64_t *out_rows,
                       struct tq_error *err)
{
    CLEANUP(result_clear_cleanup) PGresult *result = NULL;
    CLEANUP(buf_clear_cleanup) struct buf sql = {0};
    const char *rows;
    int r;

    buf_format(&sql, "EXPLAIN %s", select);
    r = buf_check(&sql, err);
    if (r < 0)
        return r;
    r = connection_query(connection, sql.data, 0, NULL, &result, err);
    if (r < 0)
        return r;
    rows = PQntuples(result) > 0 ? strstr(PQgetvalue(result, 0, 0), " rows=") : NULL;
    *out_rows = rows ? strtoull(rows + strlen(" rows="), NULL, 10) : 0;
    return TQ_OK;
}

int selection_lock(struct connection *connection, const char *select, struct tq_error *err)
{
    uint64_t rows;

    return expect_rows(connection, select, &rows, err); /* planned: all its tables are locked */
}

/* Of the relations that this connection holds on to, one whose file is not that of the snapshot, or
 * that the snapshot does not know. The catalogue's rows are as the snapshot has them; what a
 * function says is of now. */
static const char stale_sql[] =
    "SELECT l.relation::pg_catalog.regclass FROM pg_catalog.pg_locks l"
    " LEFT JOIN pg_catalog.pg_class c ON c.oid = l.relation"
    " WHERE l.locktype = 'relation' AND l.pid = pg_catalog.pg_backend_pid() AND l.granted"
    " AND l.database = (SELECT d.oid FROM pg_catalog.pg_database d"
    "  WHERE d.datname = pg_catalog.current_database())"
    " AND (c.oid IS NULL OR (c.relfilenode <> 0"
    "  AND c.relfilenode <> pg_catalog.pg_relation_filenode(c.oid))) LIMIT 1";

int selection_check_fresh(struct connection *connection, struct tq_error *err)
{
    CLEANUP(result_clear_cleanup) PGresult *result = NULL;
    int r = connection_query(connection, stale_sql, 0, NULL, &result, err);

    if (r < 0 || PQntuples(result) == 0)
        return r;
    return tq_fail(err, TQ_E_LOST,
                   "'%.200s' was emptied, rewritten or put in place of another just as the build "
                   "began, and looks empty",
                   PQgetvalue(result, 0, 0));
}

int selection_prepare(struct connection *connection, const struct selection_source *source,
                      const char *const *columns, size_t column_count, struct buf *out_select,
                      uint32_t *out_types, uint64_t *out_rows, struct tq_error *err)
{
    CLEANUP(result_clear_cleanup) PGresult *description = NULL;
    CLEANUP(buf_clear_cleanup) struct buf query = {0};
    int r = write_query(&query, connection, source, err);

    if (r == TQ_OK && source->relation)
        r = check_rights(connection, source->relation, columns, column_count, err);
    if (r < 0)
        return r;
    r = describe(connection, query.data, &description, err);
    if (r < 0)
        return r;
    for (size_t i = 0; i < column_count; i++) {
        r = check_column(connection, description, columns[i], &out_types[i], err);
        if (r < 0)
            return r;
    }
    r = write_select(out_select, connection, source, query.data, columns, column_count, err);
    if (r < 0)
        return r;
    return expect_rows(connection, out_select->data, out_rows, err);
}
