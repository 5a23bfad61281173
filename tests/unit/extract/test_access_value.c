/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <math.h>

#include "extract/access_value.h"

static void moments_are_written_as_iso_8601(void **state)
{
    /* Days by python: (date - date(1899, 12, 30)).days */
    static const struct {
        double moment;
        const char *text;
    } known[] = {
        {0, "1899-12-30"},
        {0.5, "12:00:00"},
        {1, "1899-12-31"},
        {-1, "1899-12-29"},
        {-1.25, "1899-12-29 06:00:00"},
        {29352, "1980-05-11"},
        {36584, "2000-02-28"},
        {36585, "2000-02-29"},
        {36586, "2000-03-01"},
        {60, "1900-02-28"},
        {61, "1900-03-01"},
        {45356.354166666664, "2024-03-05 08:30:00"},
        {45356.99999999999, "2024-03-06"},
        {-36520, "1800-01-03"},
        {-657434, "0100-01-01"},
        {2958465, "9999-12-31"},
        {2958466, "2958466"},
        {-657436, "-657436"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        struct buf text = {0};

        access_moment(&text, known[i].moment);
        assert_string_equal(text.data, known[i].text);
        buf_clear(&text);
    }
}

static void what_is_no_moment_is_a_number(void **state)
{
    static const double odd[] = {(double)NAN, (double)INFINITY, -(double)INFINITY, 1e300, -1e300};

    (void)state;
    for (size_t i = 0; i < sizeof(odd) / sizeof(odd[0]); i++) {
        struct buf text = {0};

        access_moment(&text, odd[i]);
        assert_true(text.length > 0 && text.length < 20);
        buf_clear(&text);
    }
}

static void fractions_have_no_digits_that_are_not_theirs(void **state)
{
    struct buf text = {0};

    (void)state;
    access_fraction(&text, (double)0.15f, 6);
    buf_add_byte(&text, ' ');
    access_fraction(&text, 1234.56, 15);
    assert_string_equal(text.data, "0.15 1234.56");
    buf_clear(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(moments_are_written_as_iso_8601),
        cmocka_unit_test(what_is_no_moment_is_a_number),
        cmocka_unit_test(fractions_have_no_digits_that_are_not_theirs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
