/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "postgres/connection.h"
#include "postgres/conninfo.h"

#define SECRET "hunter2"

static void refuses(const char *conninfo, const char *what)
{
    struct tq_error err = {0};

    assert_int_equal(conninfo_check(conninfo, &err), TQ_E_USAGE);
    if (!strstr(err.message, what))
        fail_msg("'%s' is not in '%s'", what, err.message);
    assert_null(strstr(err.message, SECRET));
}

static void takes_what_libpq_takes(void **state)
{
    static const char *const right[] = {"service=tahqiq", "host=db dbname=fund user=tahqiq",
                                        "postgresql://tahqiq@db/fund?sslmode=verify-full",
                                        "host=/run/postgresql passfile=/etc/tahqiq/pgpass", ""};
    struct tq_error err;

    (void)state;
    for (size_t i = 0; i < sizeof(right) / sizeof(right[0]); i++)
        assert_int_equal(conninfo_check(right[i], &err), TQ_OK);
    assert_true(conninfo_gives("host=db connect_timeout=5", "connect_timeout"));
    assert_false(conninfo_gives("host=db", "connect_timeout"));
    assert_false(conninfo_gives("host", "host"));
}

static void refuses_a_password_in_any_form(void **state)
{
    (void)state;
    refuses("host=db password=" SECRET, "a password");
    refuses("host=db password='" SECRET " x'", "a password");
    refuses("postgresql://tahqiq:" SECRET "@db/fund", "~/.pgpass");
    refuses("postgresql://tahqiq@db/fund?password=" SECRET, "a password");
    refuses("host=db sslpassword=" SECRET, "a sslpassword");
}

/* libpq's own words would repeat it: missing "=" after "hunter2". */
static void a_string_that_cannot_be_read_is_not_repeated(void **state)
{
    (void)state;
    refuses("host=db password " SECRET, "connection string");
    refuses("postgresql://db/fund?" SECRET "=x", "connection string");
    refuses("fund", "connection string");
}

static void a_server_that_is_not_there_is_named(void **state)
{
    struct connection *connection = NULL;
    struct tq_error err = {0};

    (void)state;
    assert_int_equal(connection_open("host=/nonexistent user=tahqiq", &connection, &err), TQ_E_IO);
    assert_non_null(strstr(err.message, "could not connect to the database"));
    assert_non_null(strstr(err.message, "/nonexistent"));
    assert_null(strchr(err.message, '\n'));
    assert_null(connection);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_what_libpq_takes),
        cmocka_unit_test(refuses_a_password_in_any_form),
        cmocka_unit_test(a_string_that_cannot_be_read_is_not_repeated),
        cmocka_unit_test(a_server_that_is_not_there_is_named),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
