/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "model/date_parts.h"

static void assert_joined(const char *year, const char *month, const char *day,
                          const char *expected)
{
    const struct slice parts[] = {slice_of(year), slice_of(month), slice_of(day)};
    char room[DATE_PARTS_BYTES];
    struct slice joined = date_parts_join(parts, day ? 3 : 2, room);

    if (!slice_is(joined, expected))
        fail_msg("'%.*s' is not '%s'", (int)joined.length, joined.data, expected);
}

static void parts_are_a_date_with_the_year_first(void **state)
{
    (void)state;
    assert_joined("1978", "3", "12", "1978-03-12");
    assert_joined(" 1978", "03 ", "1", "1978-03-01");
    assert_joined("78", "mars", "12", "78-mars-12");
    assert_joined("1978.0", "3.0", "12.0", "1978-03-12");
    assert_joined("1978", "3", NULL, "1978-03");
    assert_joined("00", "3", "1", "00-03-01");
}

static void what_is_missing_is_left_out(void **state)
{
    (void)state;
    assert_joined("1978", "3", "", "1978-03");
    assert_joined("1978", "00", "0", "1978");
    assert_joined("", "", "", "");
    assert_joined("0", "0", "0", "");
    assert_joined("1978", "", "12", "1978--12");
    assert_joined("", "3", "12", "-03-12");
}

static void a_long_part_is_cut(void **state)
{
    const char *long_part = "1234567890123456789012345678901234567890";

    (void)state;
    assert_joined(long_part, long_part, long_part,
                  "12345678901234567890123456789012-12345678901234567890123456789012-"
                  "12345678901234567890123456789012");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parts_are_a_date_with_the_year_first),
        cmocka_unit_test(what_is_missing_is_left_out),
        cmocka_unit_test(a_long_part_is_cut),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
