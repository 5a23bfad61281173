/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "../scratch.h"
#include "drill/csv_in.h"

static void assert_field(const struct csv_in *in, uint32_t column, const char *expected)
{
    struct slice field = csv_in_field(in, column);

    assert_int_equal(field.length, strlen(expected));
    assert_memory_equal(field.data, expected, field.length);
}

static void fields_are_unquoted_and_found_by_name(void **state)
{
    static const char text[] = "a,\"b,c\",d\r\n1,\"x \"\"y\"\"\nz\",\n,,\n2,\"\",\"\"\"\"";
    struct csv_in in;
    struct tq_error err;
    uint32_t column;
    bool more;

    scratch_write(scratch_path(state, "t.csv"), text, sizeof(text) - 1);
    assert_int_equal(csv_in_open(&in, *state, "t.csv", &err), 0);
    assert_int_equal(csv_in_column(&in, "b,c", &column, &err), 0);
    assert_int_equal(column, 1);
    assert_int_equal(csv_in_column(&in, "e", &column, &err), TQ_E_SYNTAX);
    assert_int_equal(csv_in_next(&in, &more, &err), 0);
    assert_field(&in, 0, "1");
    assert_field(&in, 1, "x \"y\"\nz");
    assert_field(&in, 2, "");
    assert_field(&in, 3, "");
    assert_int_equal(csv_in_next(&in, &more, &err), 0);
    assert_field(&in, 0, "");
    assert_int_equal(csv_in_next(&in, &more, &err), 0);
    assert_true(more);
    assert_field(&in, 1, "");
    assert_field(&in, 2, "\"");
    assert_int_equal(csv_in_next(&in, &more, &err), 0);
    assert_false(more);
    csv_in_close(&in);
}

static void rows_longer_than_a_chunk_come_whole(void **state)
{
    size_t length = 700000;
    char *text = malloc(length + 16);
    struct csv_in in;
    struct tq_error err;
    bool more;

    assert_non_null(text);
    memcpy(text, "h\n\"", 3);
    for (size_t i = 0; i < length; i++)
        text[3 + i] = '"'; /* each pair is one quote */
    text[3 + length] = '"';
    text[4 + length] = '\n';
    scratch_write(scratch_path(state, "t.csv"), text, length + 5);
    assert_int_equal(csv_in_open(&in, *state, "t.csv", &err), 0);
    assert_int_equal(csv_in_next(&in, &more, &err), 0);
    assert_true(more);
    assert_int_equal(csv_in_field(&in, 0).length, length / 2);
    assert_int_equal(csv_in_next(&in, &more, &err), 0);
    assert_false(more);
    csv_in_close(&in);
    free(text);
}

static void a_missing_file_is_an_error(void **state)
{
    struct csv_in in;
    struct tq_error err;

    assert_int_equal(csv_in_open(&in, *state, "none.csv", &err), TQ_E_IO);
    assert_non_null(strstr(err.message, "none.csv"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scratch_setup, scratch_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(fields_are_unquoted_and_found_by_name),
        TEST(rows_longer_than_a_chunk_come_whole),
        TEST(a_missing_file_is_an_error),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
