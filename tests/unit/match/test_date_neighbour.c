/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/moment.h"
#include "match/date_neighbour.h"

static bool leads_to(const char digits[8], int year, unsigned month, unsigned day)
{
    int32_t days[DATE_NEIGHBOURS_MAX];
    uint32_t count = date_neighbours(digits, days);
    bool found = false;

    assert_true(count <= DATE_NEIGHBOURS_MAX);
    for (uint32_t i = 0; i < count; i++)
        found |= days[i] == days_from_civil(year, month, day);
    return found;
}

static void a_slip_in_a_date_leads_to_the_one_that_was_meant(void **state)
{
    (void)state;
    assert_true(leads_to("19850305", 1986, 3, 5));
    assert_true(leads_to("19850305", 1985, 3, 15));
    assert_true(leads_to("19850305", 1958, 3, 5));
    assert_true(leads_to("19850305", 1985, 5, 3)); /* day for month */
    assert_false(leads_to("19850305", 1985, 3, 5));
    assert_false(leads_to("19850305", 1986, 3, 15));
}

static void dates_that_no_calendar_has_lead_to_some_that_one_has(void **state)
{
    (void)state;
    assert_true(leads_to("19075826", 1907, 8, 26));
    assert_true(leads_to("19071326", 1907, 12, 26));
    assert_true(leads_to("19852903", 1985, 3, 29));
    assert_true(leads_to("19850230", 1985, 2, 20));
    assert_false(leads_to("90850305", 9085, 3, 5));
}

static void only_dates_of_the_calendar_are_neighbours(void **state)
{
    int32_t days[DATE_NEIGHBOURS_MAX];
    uint32_t count = date_neighbours("99999999", days);

    (void)state;
    assert_int_equal(count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_slip_in_a_date_leads_to_the_one_that_was_meant),
        cmocka_unit_test(dates_that_no_calendar_has_lead_to_some_that_one_has),
        cmocka_unit_test(only_dates_of_the_calendar_are_neighbours),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
