/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/alloc.h"
#include "base/arena.h"
#include "register/binary_copy.h"

#define HEADER BYTES("PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0")

#define BYTES(text) slice_make((text), sizeof(text) - 1)

static const struct binary_column columns[] = {{"number", BINARY_INTEGER}, {"text", BINARY_TEXT}};
static const char row[] = "\0\2\0\0\0\2\1\0\0\0\0\3abc";

/* The text of one cell, or what is wrong with it. */
static const char *read_one(enum binary_type type, struct slice cell, struct arena *arena)
{
    static const char *const wrong[] = {[BINARY_DAMAGED] = "damaged", [BINARY_NO_MEMORY] = "none"};
    const struct binary_column column = {"c", type};
    char bytes[64] = {0, 0, 0, (char)cell.length};
    struct slice out;
    enum binary_status status;

    if (cell.length)
        memcpy(bytes + 4, cell.data, cell.length);
    status = binary_cells(slice_make(bytes, 4 + cell.length), &column, 1, arena, &out);
    return status == BINARY_OK ? arena_text(arena, out) : wrong[status];
}

static void values_are_written_as_the_server_writes_them(void **state)
{
    struct arena arena = {0};
    const struct {
        enum binary_type type;
        struct slice cell;
        const char *text;
    } values[] = {
        {BINARY_BOOL, BYTES("\1"), "t"},
        {BINARY_BOOL, BYTES("\0"), "f"},
        {BINARY_INTEGER, BYTES("\0\0"), "0"},
        {BINARY_INTEGER, BYTES("\200\0"), "-32768"},
        {BINARY_INTEGER, BYTES("\0\1\0\0"), "65536"},
        {BINARY_INTEGER, BYTES("\200\0\0\0\0\0\0\0"), "-9223372036854775808"},
        {BINARY_INTEGER, BYTES("\0\0\0"), "damaged"},
        {BINARY_DATE, BYTES("\0\0\0\0"), "2000-01-01"},
        {BINARY_DATE, BYTES("\377\377\377\377"), "1999-12-31"},
        {BINARY_DATE, BYTES("\377\364\235\173"), "0044-03-15 BC"},
        {BINARY_DATE, BYTES("\177\377\377\377"), "infinity"},
        {BINARY_DATE, BYTES("\200\0\0\0"), "-infinity"},
        {BINARY_DATE, BYTES("\177\377\377\376"), "damaged"},
        {BINARY_NUMERIC, BYTES("\0\0\0\0\0\0\0\0"), "0"},
        {BINARY_NUMERIC, BYTES("\0\0\0\0\0\0\0\2"), "0.00"},
        {BINARY_NUMERIC, BYTES("\0\2\0\0\0\0\0\2\6\3\35L"), "1539.75"},
        {BINARY_NUMERIC, BYTES("\0\2\0\1@\0\0\0\0\1\0\2"), "-10002"},
        {BINARY_NUMERIC, BYTES("\0\1\0\1\0\0\0\0\0\7"), "70000"},
        {BINARY_NUMERIC, BYTES("\0\1\377\376\0\0\0\6\t\304"), "0.000025"},
        {BINARY_NUMERIC, BYTES("\0\0\0\0\300\0\0\0"), "NaN"},
        {BINARY_NUMERIC, BYTES("\0\0\0\0\320\0\0\0"), "Infinity"},
        {BINARY_NUMERIC, BYTES("\0\0\0\0\360\0\0\0"), "-Infinity"},
        {BINARY_NUMERIC, BYTES("\0\0\0\0\1\0\0\0"), "damaged"},
        {BINARY_NUMERIC, BYTES("\0\2\0\0\0\0\0\0\0\1"), "damaged"},
        {BINARY_MOMENT, BYTES("\0\0\0\0"), "damaged"},
        {BINARY_DAY, BYTES("\0\0"), "damaged"},
        {BINARY_DAY, BYTES("\177\377\377\376"), "damaged"},
        {BINARY_TEXT, BYTES("abc"), "abc"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++)
        assert_string_equal(read_one(values[i].type, values[i].cell, &arena), values[i].text);
    arena_clear(&arena);
}

static void days_are_numbers_or_text(void **state)
{
    struct arena arena = {0};
    struct slice text;
    int32_t days = 7;

    (void)state;
    assert_true(binary_day(BYTES("\377\377\377\377"), &days));
    assert_int_equal(days, 10956);
    assert_false(binary_day(BYTES("\177\377\377\377"), &days));
    assert_true(binary_day_text(BYTES("\177\377\377\377"), &arena, &text));
    assert_true(slice_is(text, "infinity"));
    assert_false(binary_day(BYTES("\200\0\0\0"), &days));
    assert_true(binary_day_text(BYTES("\200\0\0\0"), &arena, &text));
    assert_true(slice_is(text, "-infinity"));
    assert_false(binary_day(BYTES("\377\364\235\173"), &days));
    assert_true(binary_day_text(BYTES("\377\364\235\173"), &arena, &text));
    assert_true(slice_is(text, "0044-03-15 BC"));
    alloc_fail_nth(1);
    arena_clear(&arena);
    assert_false(binary_day_text(BYTES("\0\0\0\0"), &arena, &text));
    alloc_fail_nth(0);
    assert_int_equal(days, 10956);
    arena_clear(&arena);
}

static void times_are_minutes_or_text(void **state)
{
    struct arena arena = {0};
    struct slice text;
    int32_t minutes = 7;

    (void)state;
    assert_true(binary_moment(BYTES("\0\0\0\0\0\0\0\0"), &minutes));
    assert_int_equal(minutes, 10957 * 1440);
    assert_true(binary_moment(BYTES("\377\377\377\377\377\377\377\377"), &minutes));
    assert_int_equal(minutes, 10957 * 1440 - 1); /* the minute that has begun */
    assert_false(binary_moment(BYTES("\177\377\377\377\377\377\377\377"), &minutes));
    assert_true(binary_moment_text(BYTES("\177\377\377\377\377\377\377\377"), &arena, &text));
    assert_true(slice_is(text, "infinity"));
    assert_false(binary_moment(BYTES("\200\0\0\0\0\0\0\0"), &minutes));
    assert_true(binary_moment_text(BYTES("\200\0\0\0\0\0\0\0"), &arena, &text));
    assert_true(slice_is(text, "-infinity"));
    assert_true(binary_moment_text(BYTES("\377\377\377\377\377\377\377\377"), &arena, &text));
    assert_true(slice_is(text, "1999-12-31 23:59:59+00"));
    assert_false(binary_moment(BYTES("\377\32\371\336\354[ \0"), &minutes));
    assert_true(binary_moment_text(BYTES("\377\32\371\336\354[ \0"), &arena, &text));
    assert_true(slice_is(text, "0044-03-15 00:00:00+00 BC"));
    arena_clear(&arena);
}

static void a_row_is_taken_when_it_is_there(void **state)
{
    struct arena arena = {0};
    struct slice cells[2], taken;
    size_t length;

    (void)state;
    for (size_t cut = 0; cut < sizeof(row) - 1; cut++)
        assert_int_equal(binary_row_take(slice_make(row, cut), 2, &taken), BINARY_MORE);
    assert_int_equal(binary_row_take(BYTES(row), 2, &taken), BINARY_OK);
    assert_int_equal(binary_cells(taken, columns, 2, &arena, cells), BINARY_OK);
    assert_true(slice_is(cells[0], "256"));
    assert_true(slice_is(cells[1], "abc"));
    for (size_t cut = 0; cut < HEADER.length; cut++)
        assert_int_equal(binary_header_take(slice_make(HEADER.data, cut), &length), BINARY_MORE);
    assert_int_equal(binary_header_take(HEADER, &length), BINARY_OK);
    assert_int_equal(length, 19);
    arena_clear(&arena);
}

static void what_is_no_row_is_told_from_one(void **state)
{
    struct slice taken;
    size_t length;

    (void)state;
    assert_int_equal(binary_row_take(BYTES("\377\377"), 2, &taken), BINARY_END);
    assert_int_equal(binary_row_take(BYTES(row), 3, &taken), BINARY_DAMAGED);
    assert_int_equal(binary_row_take(BYTES("\0\1\200\0\0\0"), 1, &taken), BINARY_DAMAGED);
    assert_int_equal(binary_row_take(BYTES("\0\1\377\377\377\377"), 1, &taken), BINARY_OK);
    assert_int_equal(binary_header_take(BYTES("k,seen,born\n1,2020-01-01"), &length),
                     BINARY_DAMAGED);
    assert_int_equal(binary_header_take(BYTES("PGCOPY\n\377\r\n\0\0\1\0\0\0\0\0\0"), &length),
                     BINARY_DAMAGED);
}

static void memory_that_fails_is_said(void **state)
{
    struct arena arena = {0};

    (void)state;
    alloc_fail_nth(1);
    assert_string_equal(read_one(BINARY_INTEGER, BYTES("\0\0"), &arena), "none");
    alloc_fail_nth(1);
    assert_string_equal(read_one(BINARY_NUMERIC, BYTES("\0\0\0\0\0\0\0\0"), &arena), "none");
    alloc_fail_nth(0);
    arena_clear(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_are_written_as_the_server_writes_them),
        cmocka_unit_test(days_are_numbers_or_text),
        cmocka_unit_test(times_are_minutes_or_text),
        cmocka_unit_test(a_row_is_taken_when_it_is_there),
        cmocka_unit_test(what_is_no_row_is_told_from_one),
        cmocka_unit_test(memory_that_fails_is_said),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
