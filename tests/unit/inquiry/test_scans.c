/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "inquiry/scans.h"

static void check_grant(uint64_t pages_max, uint32_t first, uint32_t second, uint32_t third)
{
    struct scan items[] = {{.wanted = 1}, {.wanted = 5}, {.wanted = 2}};
    struct scan_list list = {.items = items, .count = 3};

    scan_list_grant(&list, pages_max);
    assert_int_equal(items[0].granted, first);
    assert_int_equal(items[1].granted, second);
    assert_int_equal(items[2].granted, third);
}

static void a_budget_is_given_out_in_rounds(void **state)
{
    (void)state;
    check_grant(0, 0, 0, 0);
    check_grant(1, 1, 0, 0);
    check_grant(3, 1, 1, 1);
    check_grant(4, 1, 2, 1);
    check_grant(7, 1, 4, 2);
    check_grant(8, 1, 5, 2);
    check_grant(UINT64_MAX, 1, 5, 2);
}

static void a_larger_budget_takes_nothing_away(void **state)
{
    uint32_t before[3] = {0};

    (void)state;
    for (uint64_t budget = 0; budget < 10; budget++) {
        struct scan items[] = {{.wanted = 3}, {.wanted = 1}, {.wanted = 4}};
        struct scan_list list = {.items = items, .count = 3};

        scan_list_grant(&list, budget);
        for (size_t i = 0; i < 3; i++) {
            assert_true(items[i].granted >= before[i] && items[i].granted <= items[i].wanted);
            before[i] = items[i].granted;
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_budget_is_given_out_in_rounds),
        cmocka_unit_test(a_larger_budget_takes_nothing_away),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
