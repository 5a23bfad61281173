/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "postgres/connection.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/limits.h"
#include "postgres/conninfo.h"

#define STATE_BYTES 5u   /* of an SQLSTATE */
#define SAID_BYTES  200u /* of what the server says: room for our own words is left */

DEFINE_CLEANUP(struct connection *, connection_close)

struct connection *connection_close(struct connection *connection)
{
    if (!connection)
        return NULL;
    PQfinish(connection->libpq);
    free(connection->conninfo);
    free(connection->snapshot);
    free(connection->timezone);
    free(connection);
    return NULL;
}

/* Errors. */

struct advice {
    const char *state, *text;
};

/* What is over when it is said: the connection, or the snapshot. */
static const struct advice losses[] = {
    {"40001", "; a standby server had to catch up: set hot_standby_feedback = on there, or raise "
              "its max_standby_streaming_delay"},
    {"40P01", "; somebody was changing several tables"},
    {"25P03", "; the snapshot was held for too long without a query"},
    {"25P04", "; the transaction took longer than its role may: raise transaction_timeout"},
    {"57P", ""},
};

static const struct advice others[] = {
    {"42P01", "; correct the name in the description, or the role's search_path"},
    {"42501", "; let the owner grant the role SELECT on it, and USAGE on its schema; where "
              "row-level security hides rows, BYPASSRLS"},
    {"57014", "; it took longer than is allowed, or was cancelled: run again when the "
              "server is less busy"},
    {"55P03", "; somebody is changing the table: run again when that is done"},
    {"55000", "; a materialized view wants REFRESH first"},
    {"58", "; let the administrator look at the server's log"},
    {"XX", "; let the administrator look at the server's log"},
    {"08", "; it is a foreign table: see that the server behind it answers"},
    {"HV", "; it is a foreign table: see that the server behind it answers"},
    {"22P05", "; a value cannot be written in UTF-8: correct it, or leave the column out"},
    {"22021", "; a value is not of the database's encoding: correct it, or leave the column out"},
    {"53", "; the server is short of resources: run again when it is less busy"},
    {"22", "; correct the value, or cast the column in 'sql'"},
};

/* A database without an encoding of its own holds what programs once put there. */
static const char no_encoding[] =
    "; the database has no encoding (SQL_ASCII): name that of the column in 'sql', as "
    "convert_from(convert(convert_to(x, 'SQL_ASCII'), 'WIN1256', 'UTF8'), 'UTF8') AS x";

/* The first whose state the SQLSTATE begins with; NULL: none. */
static const char *find_advice(const struct advice *known, size_t count, const char *state)
{
    for (size_t i = 0; state && i < count; i++) {
        if (strncmp(state, known[i].state, strlen(known[i].state)) == 0)
            return known[i].text;
    }
    return NULL;
}

static const char *loss_advice(const char *state)
{
    return find_advice(losses, sizeof(losses) / sizeof(losses[0]), state);
}

static const char *advice(const struct connection *connection, const char *state)
{
    const char *encoding = PQparameterStatus(connection->libpq, "server_encoding");
    const char *text = find_advice(others, sizeof(others) / sizeof(others[0]), state);

    if (state && encoding && strcmp(state, "22021") == 0 && strcmp(encoding, "SQL_ASCII") == 0)
        return no_encoding;
    return text ? text : "";
}

/* Replace every occurrence of `secret` in the text by as many stars. */
static void blot_out(char *text, const char *secret)
{
    size_t length = strlen(secret);

    for (char *at = length ? strstr(text, secret) : NULL; at; at = strstr(at + length, secret))
        memset(at, '*', length);
}

/* What the server said, as one line without the secrets of the connection, wherever libpq took
 * them from. They are blotted out before anything is cut. */
static void repeat(const struct connection *connection, const char *said, char *out_text)
{
    PQconninfoOption *options = PQconninfo(connection->libpq);
    char text[4096];
    size_t length;

    (void)snprintf(text, sizeof(text), "%s", said);
    for (const PQconninfoOption *option = options; option && option->keyword; option++) {
        if (option->val && strchr(option->dispchar, '*'))
            blot_out(text, option->val);
    }
    PQconninfoFree(options);
    for (length = strlen(text); length > 0 && text[length - 1] == '\n'; length--)
        text[length - 1] = '\0';
    for (char *at = text; (at = strpbrk(at, "\n\t")); at++)
        *at = ' ';
    (void)snprintf(out_text, SAID_BYTES, "%.*s", (int)SAID_BYTES - 1, text);
}

static int connection_lost(const struct connection *connection, struct tq_error *err)
{
    char text[SAID_BYTES];

    repeat(connection, PQerrorMessage(connection->libpq), text);
    return tq_fail(err, TQ_E_LOST, "the connection to the database was lost (%s)", text);
}

int connection_failed(const struct connection *connection, const PGresult *result,
                      struct tq_error *err)
{
    const char *said = result ? PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY) : NULL;
    const char *state = result ? PQresultErrorField(result, PG_DIAG_SQLSTATE) : NULL;
    bool lost = PQstatus(connection->libpq) == CONNECTION_BAD;
    const char *loss = loss_advice(state);
    char text[SAID_BYTES];

    if (lost && (!state || strlen(state) != STATE_BYTES))
        return connection_lost(connection, err);
    repeat(connection, said ? said : PQerrorMessage(connection->libpq), text);
    if (loss)
        return tq_fail(err, TQ_E_LOST, "the database says: %s%s", text, loss);
    return tq_fail(err, lost ? TQ_E_LOST : TQ_E_IO, "the database says: %s%s", text,
                   advice(connection, state));
}

/* Opening. */

struct setting {
    const char *keyword, *value;
};

/* Ours give way to what the string says; a service file's do not show here, so ours hold. */
static const struct setting defaults[] = {
    {"connect_timeout", POSTGRES_CONNECT_SECONDS},
    {"keepalives", "1"},
    {"keepalives_idle", POSTGRES_KEEPALIVE_IDLE_SECONDS},
    {"keepalives_interval", POSTGRES_KEEPALIVE_SECONDS},
    {"keepalives_count", POSTGRES_KEEPALIVE_COUNT},
    {"tcp_user_timeout", POSTGRES_UNACKNOWLEDGED_MS},
    {"fallback_application_name", "tahqiq"},
};
#define DEFAULT_COUNT (sizeof(defaults) / sizeof(defaults[0]))

/* What the server sends out of turn (a NOTICE) is not for the terminal: the library never prints.
 */
static void ignore_notice(void *state, const PGresult *notice)
{
    (void)state;
    (void)notice;
}

/* What libpq is given, as two lists. */
struct parameters {
    const char *keywords[DEFAULT_COUNT + 3], *values[DEFAULT_COUNT + 3];
};

static void list_parameters(const char *conninfo, struct parameters *out)
{
    const char **keywords = out->keywords, **values = out->values;
    size_t count = 0;

    for (size_t i = 0; i < DEFAULT_COUNT; i++) {
        if (conninfo_gives(conninfo, defaults[i].keyword))
            continue;
        keywords[count] = defaults[i].keyword;
        values[count++] = defaults[i].value;
    }
    keywords[count] = "dbname"; /* expanded: the whole string */
    values[count++] = conninfo;
    keywords[count] = "client_encoding";
    values[count++] = "UTF8";
    keywords[count] = NULL;
    values[count] = NULL;
}

int connection_open(const char *conninfo, struct connection **out_connection, struct tq_error *err)
{
    CLEANUP(connection_close_cleanup)
    struct connection *connection = alloc_zeroed(1, sizeof(*connection));
    struct parameters parameters;
    char text[SAID_BYTES];
    int r = conninfo_check(conninfo, err);

    if (r < 0)
        return r;
    if (!connection)
        return tq_no_memory(err);
    connection->conninfo = strdup(conninfo);
    list_parameters(conninfo, &parameters);
    connection->libpq = PQconnectdbParams(parameters.keywords, parameters.values, 1);
    if (!connection->libpq || !connection->conninfo)
        return tq_no_memory(err);
    if (PQstatus(connection->libpq) != CONNECTION_OK) {
        repeat(connection, PQerrorMessage(connection->libpq), text);
        return tq_fail(err, TQ_E_IO, "could not connect to the database: %s%s", text,
                       PQconnectionNeedsPassword(connection->libpq)
                           ? ": put it into ~/.pgpass (mode 0600), a file named by PGPASSFILE, or "
                             "a service file"
                           : "");
    }
    (void)PQsetNoticeReceiver(connection->libpq, ignore_notice, NULL);
    *out_connection = TAKE(connection);
    return TQ_OK;
}

void connection_await(const char *conninfo)
{
    struct parameters parameters;
    time_t begin = time(NULL);

    list_parameters(conninfo, &parameters);
    while (time(NULL) - begin < POSTGRES_RETURN_SECONDS) {
        PGPing answer = PQpingParams(parameters.keywords, parameters.values, 1);

        if (answer == PQPING_OK || answer == PQPING_NO_ATTEMPT)
            return;
        (void)sleep(1);
    }
}

/* Statements. */

int connection_query(struct connection *connection, const char *sql, int parameter_count,
                     const char *const *parameters, PGresult **out_result, struct tq_error *err)
{
    CLEANUP(result_clear_cleanup)
    PGresult *result =
        PQexecParams(connection->libpq, sql, parameter_count, NULL, parameters, NULL, NULL, 0);
    ExecStatusType status = PQresultStatus(result);

    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK && status != PGRES_COPY_OUT)
        return connection_failed(connection, result, err);
    *out_result = TAKE(result);
    return TQ_OK;
}

static int run(struct connection *connection, const char *sql, int parameter_count,
               const char *const *parameters, struct tq_error *err)
{
    CLEANUP(result_clear_cleanup) PGresult *result = NULL;

    return connection_query(connection, sql, parameter_count, parameters, &result, err);
}

/*
 * For this transaction only, and of those that this server knows, old or new: the form of values;
 * an error where row-level security would leave rows out silently; rows in the order in which they
 * lie, so that the row numbers of complaints are those of the next run; how long to wait.
 */
static const char settings_sql[] =
    "SELECT pg_catalog.set_config(s.name, w.value, true)"
    " FROM pg_catalog.pg_settings s JOIN (VALUES"
    " ('DateStyle', 'ISO, YMD'), ('IntervalStyle', 'iso_8601'), ('TimeZone', $1),"
    " ('standard_conforming_strings', 'on'), ('row_security', 'off'),"
    " ('extra_float_digits', '1'), ('transaction_timeout', '0'),"
    " ('synchronize_seqscans', 'off'), ('max_parallel_workers_per_gather', '0'),"
    " ('statement_timeout', '" POSTGRES_QUERY_TIMEOUT "'),"
    " ('lock_timeout', (SELECT CASE WHEN setting::int BETWEEN 1 AND " POSTGRES_LOCK_MS
    "  THEN setting ELSE '" POSTGRES_LOCK_MS "' END"
    "  FROM pg_catalog.pg_settings WHERE name = 'lock_timeout')),"
    " ('idle_in_transaction_session_timeout', '" POSTGRES_IDLE_TIMEOUT "'),"
    " ('client_connection_check_interval', '" POSTGRES_CLIENT_CHECK "'))"
    " AS w(name, value) ON s.name = w.name";

static int set_snapshot(struct connection *connection, const char *snapshot, struct tq_error *err)
{
    CLEANUP(buf_clear_cleanup) struct buf sql = {0};
    char *literal = PQescapeLiteral(connection->libpq, snapshot, strlen(snapshot));
    int r;

    if (!literal)
        return tq_no_memory(err);
    buf_format(&sql, "SET TRANSACTION SNAPSHOT %s", literal);
    PQfreemem(literal);
    r = buf_check(&sql, err);
    return r < 0 ? r : run(connection, sql.data, 0, NULL, err);
}

/* Keep what it takes to begin so again. */
static int remember(struct connection *connection, const char *snapshot, const char *zone,
                    struct tq_error *err)
{
    char *kept_snapshot = snapshot ? strdup(snapshot) : NULL, *kept_timezone = strdup(zone);

    free(connection->snapshot);
    free(connection->timezone);
    connection->snapshot = kept_snapshot;
    connection->timezone = kept_timezone;
    return kept_timezone && (kept_snapshot || !snapshot) ? TQ_OK : tq_no_memory(err);
}

int connection_begin(struct connection *connection, const char *snapshot, const char *zone,
                     struct tq_error *err)
{
    int r = run(connection, "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY", 0, NULL, err);

    if (r == TQ_OK && snapshot)
        r = set_snapshot(connection, snapshot, err);
    if (r == TQ_OK)
        r = run(connection, settings_sql, 1, &zone, err);
    return r < 0 ? r : remember(connection, snapshot, zone, err);
}

int connection_resume(struct connection *connection, struct tq_error *err)
{
    CLEANUP(connection_close_cleanup) struct connection *fresh = NULL;
    struct tq_error cause;
    PGconn *lost = connection->libpq;
    int r;

    if (!connection->snapshot)
        return tq_fail(err, TQ_E_LOST, "the snapshot went with its connection");
    r = connection_open(connection->conninfo, &fresh, err);
    if (r < 0)
        return r;
    if (connection_begin(fresh, connection->snapshot, connection->timezone, &cause) < 0)
        return tq_fail(err, cause.status == TQ_E_NOMEM ? TQ_E_NOMEM : TQ_E_LOST, "%s",
                       cause.message);
    connection->libpq = fresh->libpq;
    fresh->libpq = lost;
    return TQ_OK;
}

int connection_export(struct connection *connection, struct buf *out_snapshot, struct tq_error *err)
{
    CLEANUP(result_clear_cleanup) PGresult *result = NULL;
    int r = connection_query(connection, "SELECT pg_catalog.pg_export_snapshot()", 0, NULL, &result,
                             err);

    if (r < 0)
        return r;
    buf_add_text(out_snapshot, PQgetvalue(result, 0, 0));
    return buf_check(out_snapshot, err);
}

int connection_limit(struct connection *connection, unsigned seconds, struct tq_error *err)
{
    char text[24];
    const char *parameter = text;

    (void)snprintf(text, sizeof(text), "%us", seconds);
    return run(connection, "SELECT pg_catalog.set_config('statement_timeout', $1, true)", 1,
               &parameter, err);
}
