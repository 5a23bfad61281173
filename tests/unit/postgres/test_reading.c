/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* On a server that libpq's environment names: tests/with_postgres.py starts one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "postgres/copy.h"
#include "postgres/privilege.h"
#include "postgres/selection.h"

DEFINE_CLEANUP(struct connection *, connection_close)
DEFINE_CLEANUP(struct copy *, copy_close)

static const char *const columns[] = {"k", "pad"};
/* Rows enough that the server waits for us: nothing is over when the connection is lost. */
static const struct selection_source rows = {
    .sql = "SELECT g AS k, repeat('x', 5000) AS pad FROM generate_series(1, 20000) AS g"};

static void run(struct connection *connection, const char *sql)
{
    CLEANUP(result_clear_cleanup) PGresult *result = NULL;
    struct tq_error err = {0};

    if (connection_query(connection, sql, 0, NULL, &result, &err) < 0)
        fail_msg("%s", err.message);
}

static int begin(const char *snapshot, struct connection **out_connection, struct tq_error *err)
{
    CLEANUP(connection_close_cleanup) struct connection *connection = NULL;
    int r = connection_open("", &connection, err);

    if (r == TQ_OK)
        r = connection_begin(connection, snapshot, "Africa/Casablanca", err);
    if (r == TQ_OK)
        *out_connection = TAKE(connection);
    return r;
}

static int read_all(struct copy *copy, size_t *out_bytes, struct tq_error *err)
{
    char data[65536];
    size_t got = 1;
    int r = TQ_OK;

    *out_bytes = 0;
    while (r == TQ_OK && got > 0) {
        r = copy_read(copy, data, sizeof(data), &got, err);
        *out_bytes += r == TQ_OK ? got : 0;
    }
    return r;
}

static int prepare(struct connection *connection, const struct selection_source *source,
                   struct buf *out_select, struct tq_error *err)
{
    uint64_t expected;
    uint32_t types[2];
    int r = selection_prepare(connection, source, columns, 2, out_select, types, &expected, err);

    if (r == TQ_OK)
        r = selection_lock(connection, out_select->data, err);
    if (r == TQ_OK)
        r = selection_check_fresh(connection, err);
    return r;
}

/* Two connections read one snapshot: all that a build does. */
static int read_two(struct tq_error *err)
{
    static const struct selection_source relation = {.relation = "public.reading"};
    CLEANUP(buf_clear_cleanup) struct buf select = {0};
    CLEANUP(buf_clear_cleanup) struct buf other = {0};
    CLEANUP(buf_clear_cleanup) struct buf snapshot = {0};
    CLEANUP(connection_close_cleanup) struct connection *first = NULL;
    CLEANUP(connection_close_cleanup) struct connection *second = NULL;
    CLEANUP(copy_close_cleanup) struct copy *copy = NULL;
    size_t bytes = 0;
    int r = begin(NULL, &first, err);

    if (r == TQ_OK)
        r = prepare(first, &relation, &select, err);
    if (r == TQ_OK)
        r = prepare(first, &rows, &other, err);
    if (r == TQ_OK)
        r = connection_export(first, &snapshot, err);
    if (r == TQ_OK)
        r = begin(snapshot.data, &second, err);
    if (r == TQ_OK)
        r = connection_resume(second, err);
    if (r == TQ_OK)
        r = copy_open(second, select.data, COPY_CSV, &copy, err);
    if (r == TQ_OK)
        r = read_all(copy, &bytes, err);
    if (r == TQ_OK)
        assert_int_equal(bytes, strlen("k,pad\n1,a\n"));
    return r;
}

static void survives_any_allocation_that_fails(void **state)
{
    int r = TQ_E_NOMEM;

    (void)state;
    for (unsigned nth = 1; r != TQ_OK; nth++) {
        struct tq_error err = {0};

        alloc_fail_nth(nth);
        r = read_two(&err);
        alloc_fail_nth(0);
        if (r != TQ_OK && r != TQ_E_NOMEM)
            fail_msg("%d: %s", r, err.message);
        assert_true(nth < 1000);
    }
}

struct pair {
    struct connection *first, *second;
    struct copy *copy;
};

/* A stream by a connection that reads the snapshot of another, some rows of which were read. */
static void start(struct pair *pair, const struct selection_source *source)
{
    CLEANUP(buf_clear_cleanup) struct buf snapshot = {0};
    CLEANUP(buf_clear_cleanup) struct buf select = {0};
    struct tq_error err;
    char data[4096];
    size_t got;

    assert_int_equal(begin(NULL, &pair->first, &err), TQ_OK);
    assert_int_equal(connection_export(pair->first, &snapshot, &err), TQ_OK);
    assert_int_equal(begin(snapshot.data, &pair->second, &err), TQ_OK);
    assert_int_equal(prepare(pair->second, source, &select, &err), TQ_OK);
    assert_int_equal(copy_open(pair->second, select.data, COPY_CSV, &pair->copy, &err), TQ_OK);
    assert_int_equal(copy_read(pair->copy, data, sizeof(data), &got, &err), TQ_OK);
    assert_int_equal(got, sizeof(data));
}

static void finish(struct pair *pair)
{
    pair->copy = copy_close(pair->copy);
    pair->second = connection_close(pair->second);
    pair->first = connection_close(pair->first);
}

static void terminate(const struct connection *connection)
{
    CLEANUP(connection_close_cleanup) struct connection *other = NULL;
    struct tq_error err;
    char sql[80];

    assert_int_equal(connection_open("", &other, &err), TQ_OK);
    (void)snprintf(sql, sizeof(sql), "SELECT pg_terminate_backend(%d, 5000)",
                   PQbackendPID(connection->libpq));
    run(other, sql);
}

static void a_lost_connection_is_taken_up_where_it_was(void **state)
{
    struct pair pair = {0};
    struct tq_error err = {0};
    size_t bytes, expected = strlen("k,pad\n") + 20000 * 5002 - 4096;

    (void)state;
    for (unsigned k = 1; k <= 20000; k++)
        expected += k < 10 ? 1 : k < 100 ? 2 : k < 1000 ? 3 : k < 10000 ? 4 : 5;
    start(&pair, &rows);
    terminate(pair.second);
    if (read_all(pair.copy, &bytes, &err) < 0)
        fail_msg("%s", err.message);
    assert_int_equal(bytes, expected);
    finish(&pair);
}

static void without_its_snapshot_it_is_lost(void **state)
{
    struct pair pair = {0};
    struct tq_error err = {0};
    size_t bytes;

    (void)state;
    start(&pair, &rows);
    terminate(pair.first);
    terminate(pair.second);
    assert_int_equal(read_all(pair.copy, &bytes, &err), TQ_E_LOST);
    assert_non_null(strstr(err.message, "connection"));
    finish(&pair);
}

static void rows_in_another_order_are_not_taken(void **state)
{
    static const struct selection_source shuffled = {
        .sql = "SELECT * FROM (SELECT g AS k, repeat('x', 5000) AS pad"
               " FROM generate_series(1, 20000) AS g ORDER BY random()) AS x"};
    struct pair pair = {0};
    struct tq_error err = {0};
    size_t bytes;

    (void)state;
    start(&pair, &shuffled);
    terminate(pair.second);
    assert_int_equal(read_all(pair.copy, &bytes, &err), TQ_E_LOST);
    assert_non_null(strstr(err.message, "another order"));
    finish(&pair);
}

static void a_stream_that_nobody_wants_ends_at_once(void **state)
{
    static const struct selection_source slow = {
        .sql = "SELECT g AS k, repeat('x', 5000) AS pad, pg_sleep(g / 1000)"
               " FROM generate_series(1, 20000) AS g"};
    struct pair pair = {0};

    (void)state;
    start(&pair, &slow);
    finish(&pair);
}

static void a_failing_row_is_told(void **state)
{
    static const struct selection_source fails = {
        .sql = "SELECT 1 / (g - 7) AS k, repeat('x', 5000) AS pad FROM generate_series(1, 9) AS g"};
    struct pair pair = {0};
    struct tq_error err = {0};
    size_t bytes;

    (void)state;
    start(&pair, &fails);
    assert_int_equal(read_all(pair.copy, &bytes, &err), TQ_E_IO);
    assert_non_null(strstr(err.message, "behind row 6: the database says: division by zero"));
    finish(&pair);
}

static int make_table(void **state)
{
    CLEANUP(connection_close_cleanup) struct connection *connection = NULL;
    struct tq_error err;

    (void)state;
    if (connection_open("", &connection, &err) < 0)
        return -1;
    run(connection, "CREATE TABLE public.reading (k text, pad text)");
    run(connection, "INSERT INTO public.reading VALUES ('1', 'a')");
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(survives_any_allocation_that_fails),
        cmocka_unit_test(a_lost_connection_is_taken_up_where_it_was),
        cmocka_unit_test(without_its_snapshot_it_is_lost),
        cmocka_unit_test(rows_in_another_order_are_not_taken),
        cmocka_unit_test(a_stream_that_nobody_wants_ends_at_once),
        cmocka_unit_test(a_failing_row_is_told),
    };

    return cmocka_run_group_tests(tests, make_table, NULL);
}
