/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The drill's register into PostgreSQL. */
#include "drill/postgres_load.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <libpq-fe.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/file.h"
#include "drill/postgres_tables.h"
#include "postgres/conninfo.h"

#define CHUNK_BYTES ((size_t)1 << 18) /* sent at once: more does not make COPY faster */

struct postgres_load {
    PGconn *connection;
};

/* A CSV table on its way: whole rows of it are sent, what is left of one waits. */
struct sending {
    struct postgres_load *load;
    const struct postgres_table *table;
    const char *path;
    struct buf rows;  /* read, not sent */
    struct buf dated; /* the same with dates for months */
    bool past_header;
};

DEFINE_CLEANUP(struct postgres_load *, postgres_load_close)

struct postgres_load *postgres_load_close(struct postgres_load *load)
{
    if (load)
        PQfinish(load->connection);
    free(load);
    return NULL;
}

/* `what` was being done. Of the server's message the first line: the others may show values. */
static int fail(const struct postgres_load *load, const char *what, struct tq_error *err)
{
    const char *text = PQerrorMessage(load->connection);

    return tq_fail(err, TQ_E_IO, "%s: %.*s", what, (int)strcspn(text, "\n"), text);
}

static int run(struct postgres_load *load, const char *statement, struct tq_error *err)
{
    PGresult *result = PQexec(load->connection, statement);
    ExecStatusType status = PQresultStatus(result);

    PQclear(result);
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK && status != PGRES_COPY_IN)
        return fail(load, "PostgreSQL refused", err);
    return TQ_OK;
}

/* A statement about one of our tables. */
static int run_on(struct postgres_load *load, const char *verb, const char *table,
                  struct tq_error *err)
{
    char text[128];

    (void)snprintf(text, sizeof(text), "%s %s", verb, table);
    return run(load, text, err);
}

/* Refuse a table that is missing or holds a row: another register may be in it. */
static int want_empty(struct postgres_load *load, const char *table, struct tq_error *err)
{
    CLEANUP(buf_clear_cleanup) struct buf query = {0};
    PGresult *result;
    bool answered, missing, empty;
    const char *code;

    buf_format(&query, "SELECT FROM %s LIMIT 1", table);
    int r = buf_check(&query, err);

    if (r < 0)
        return r;
    result = PQexec(load->connection, query.data);
    answered = PQresultStatus(result) == PGRES_TUPLES_OK;
    empty = answered && PQntuples(result) == 0;
    code = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    missing = code && (strcmp(code, "42P01") == 0 || strcmp(code, "3F000") == 0);
    PQclear(result);
    if (missing)
        return tq_fail(err, TQ_E_IO,
                       "the database has no table %s; apply the reference schema first: "
                       "cat schema/*.sql | psql -1 ...",
                       table);
    if (!answered)
        return fail(load, "PostgreSQL refused", err);
    if (!empty)
        return tq_fail(err, TQ_E_IO,
                       "table %s holds rows already; a drill is loaded into empty tables only: "
                       "use a database of its own",
                       table);
    return TQ_OK;
}

static int want_all_empty(struct postgres_load *load, struct tq_error *err)
{
    int r = TQ_OK;

    for (size_t i = 0; r == TQ_OK && i < postgres_numbers_count; i++)
        r = want_empty(load, postgres_numbers[i].table, err);
    for (size_t i = 0; r == TQ_OK && i < postgres_table_count; i++)
        r = want_empty(load, postgres_tables[i].table, err);
    return r;
}

static void say_nothing(void *state, const PGresult *notice)
{
    (void)state;
    (void)notice;
}

int postgres_load_open(const char *conninfo, struct postgres_load **out_load, struct tq_error *err)
{
    CLEANUP(postgres_load_close_cleanup) struct postgres_load *load = NULL;
    int r = conninfo_check(conninfo, err);

    if (r < 0)
        return r;
    load = alloc_zeroed(1, sizeof(*load));
    if (!load)
        return tq_no_memory(err);
    load->connection = PQconnectdb(conninfo);
    if (PQstatus(load->connection) != CONNECTION_OK)
        return fail(load, "could not connect to PostgreSQL", err);
    (void)PQsetNoticeReceiver(load->connection, say_nothing, NULL);
    r = run(load, "SET client_encoding = 'UTF8'; SET datestyle = 'ISO'; SET timezone = 'UTC'", err);
    if (r == TQ_OK)
        r = want_all_empty(load, err);
    if (r == TQ_OK)
        *out_load = TAKE(load);
    return r;
}

/* ---- one table ---- */

/* "812345678,2024-03,..." becomes "812345678,2024-03-01,...": neither column is ever quoted. */
static void add_dated(struct slice rows, struct buf *out)
{
    while (rows.length > 0) {
        const char *end = memchr(rows.data, '\n', rows.length);
        size_t length = (size_t)(end + 1 - rows.data);
        const char *first = memchr(rows.data, ',', length);
        const char *second = memchr(first + 1, ',', (size_t)(end - first));
        size_t head = (size_t)(second - rows.data);

        buf_add(out, rows.data, head);
        buf_add_text(out, "-01");
        buf_add(out, second, length - head);
        rows = slice_skip(rows, length);
    }
}

/* Send the rows that are whole; keep what is left of the last. */
static int send_rows(struct sending *sending, struct tq_error *err)
{
    struct slice rows = buf_slice(&sending->rows);
    const char *end = rows.length ? memrchr(rows.data, '\n', rows.length) : NULL;
    size_t whole = end ? (size_t)(end + 1 - rows.data) : 0, left = rows.length - whole;

    rows.length = whole;
    if (whole > 0 && !sending->past_header) {
        const char *first = memchr(rows.data, '\n', rows.length);

        rows = slice_skip(rows, (size_t)(first + 1 - rows.data));
        sending->past_header = true;
    }
    if (sending->table->months) {
        buf_empty(&sending->dated);
        add_dated(rows, &sending->dated);
        int r = buf_check(&sending->dated, err);

        if (r < 0)
            return r;
        rows = buf_slice(&sending->dated);
    }
    if (rows.length > 0
        && PQputCopyData(sending->load->connection, rows.data, (int)rows.length) != 1)
        return fail(sending->load, sending->table->table, err);
    memmove(sending->rows.data, sending->rows.data + whole, left);
    sending->rows.length = left;
    return TQ_OK;
}

static int send_file(struct sending *sending, int fd, struct tq_error *err)
{
    size_t got = CHUNK_BYTES;

    while (got == CHUNK_BYTES) {
        char *place = buf_extend(&sending->rows, CHUNK_BYTES);
        int r = buf_check(&sending->rows, err);

        if (r < 0)
            return r;
        if (file_read(fd, place, CHUNK_BYTES, &got, err) < 0)
            return tq_fail(err, TQ_E_IO, "could not read '%s': %s", sending->path, strerror(errno));
        sending->rows.length -= CHUNK_BYTES - got;
        r = send_rows(sending, err);
        if (r < 0)
            return r;
    }
    return TQ_OK;
}

/* End a COPY. `reason`: NULL if all was sent, else why it is given up. */
static int end_copy(struct sending *sending, const char *reason, struct tq_error *err)
{
    PGconn *connection = sending->load->connection;
    PGresult *result;
    bool done;
    int r;

    if (PQputCopyEnd(connection, reason) != 1)
        return fail(sending->load, sending->table->table, err);
    result = PQgetResult(connection);
    done = PQresultStatus(result) == PGRES_COMMAND_OK;
    r = done ? TQ_OK : fail(sending->load, sending->table->table, err);
    PQclear(result);
    while ((result = PQgetResult(connection)))
        PQclear(result);
    return r;
}

static int copy_file(struct sending *sending, struct tq_error *err)
{
    CLEANUP(buf_clear_cleanup) struct buf statement = {0};
    CLEANUP(close_cleanup) int fd = file_open(sending->path);
    struct tq_error ignored;
    int r;

    if (fd < 0)
        return tq_fail(err, TQ_E_IO, "could not open '%s': %s", sending->path, strerror(errno));
    buf_format(&statement, "COPY %s (%s) FROM STDIN (FORMAT csv)", sending->table->table,
               sending->table->columns);
    r = buf_check(&statement, err);
    if (r == TQ_OK)
        r = run(sending->load, statement.data, err);
    if (r < 0)
        return r;
    r = send_file(sending, fd, err);
    if (r == TQ_OK)
        return end_copy(sending, NULL, err);
    (void)end_copy(sending, "given up", &ignored);
    return r;
}

static int load_table(struct postgres_load *load, const struct postgres_table *table,
                      const char *folder, struct tq_error *err)
{
    CLEANUP(free_cleanup) char *path = file_join(folder, table->file);
    struct sending sending = {.load = load, .table = table, .path = path};
    int r = path ? copy_file(&sending, err) : tq_no_memory(err);

    buf_clear(&sending.rows);
    buf_clear(&sending.dated);
    for (size_t i = 0; r == TQ_OK && i < postgres_numbers_count; i++) {
        if (strcmp(postgres_numbers[i].after, table->file) == 0)
            r = run(load, postgres_numbers[i].statement, err);
    }
    return r;
}

/* ---- all ---- */

/* In one transaction: emptiness is looked at again, behind a lock, since time has passed. */
static int load_tables(struct postgres_load *load, const char *folder,
                       const struct drill_request *request, struct tq_error *err)
{
    int r = run(load, "BEGIN", err);

    for (size_t i = 0; r == TQ_OK && i < postgres_table_count; i++)
        r = run_on(load, "LOCK TABLE", postgres_tables[i].table, err);
    if (r == TQ_OK)
        r = want_all_empty(load, err);
    if (r == TQ_OK)
        r = run(load, "SET CONSTRAINTS ALL DEFERRED", err);
    for (size_t i = 0; r == TQ_OK && i < postgres_table_count; i++) {
        r = load_table(load, &postgres_tables[i], folder, err);
        if (r == TQ_OK && request->progress)
            request->progress(request->state, "PostgreSQL",
                              (double)(i + 1) / (double)postgres_table_count);
    }
    return r < 0 ? r : run(load, "COMMIT", err);
}

/* Else the first questions would be answered by reading whole tables. */
static int analyse_tables(struct postgres_load *load, struct tq_error *err)
{
    int r = TQ_OK;

    for (size_t i = 0; r == TQ_OK && i < postgres_table_count; i++)
        r = run_on(load, "ANALYZE", postgres_tables[i].table, err);
    for (size_t i = 0; r == TQ_OK && i < postgres_numbers_count; i++)
        r = run_on(load, "ANALYZE", postgres_numbers[i].table, err);
    return r;
}

static int write_description(const char *folder, struct tq_error *err)
{
    CLEANUP(free_cleanup) char *path = file_join(folder, "register-postgres.yaml");
    CLEANUP(buf_clear_cleanup) struct buf text = {0};

    postgres_description(&text);
    int r = buf_check(&text, err);

    if (r == TQ_OK && !path)
        r = tq_no_memory(err);
    return r < 0 ? r : file_save(path, buf_slice(&text), 0644, err);
}

int postgres_load_register(struct postgres_load *load, const char *folder,
                           const struct drill_request *request, struct tq_error *err)
{
    struct tq_error ignored;
    int r = load_tables(load, folder, request, err);

    if (r < 0) {
        (void)run(load, "ROLLBACK", &ignored);
        return r;
    }
    r = analyse_tables(load, err);
    return r < 0 ? r : write_description(folder, err);
}
