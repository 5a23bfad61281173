/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdbool.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/significance.h"

static bool near(double a, double b)
{
    return fabs(a - b) < 1e-6;
}

static double chance(uint64_t k, uint64_t n, uint64_t other_k, uint64_t other_n)
{
    struct failures these = {n, k, n}, those = {other_n, other_k, other_n};

    return failures_chance(&these, &those);
}

/* Fisher's tea: 3 of 4 against 1 of 4, one tail is 17/70. The others by R's phyper(). */
static void chances_are_those_of_fishers_test(void **state)
{
    (void)state;
    assert_true(near(chance(3, 4, 1, 4), 34.0 / 70));
    assert_true(near(chance(4, 4, 0, 4), 2.0 / 70));
    assert_true(near(chance(0, 10, 0, 10), 1));
    assert_true(near(chance(5, 10, 50, 100), 1));
    assert_true(chance(300, 1000, 0, 2000) < 1e-100);
    assert_true(chance(0, 400, 200, 2000) < 1e-12); /* too clean */
    assert_true(near(chance(1, 0, 1, 0), 1));
}

/* Facts of one record go together: certainty goes by records. */
static void certainty_goes_by_records(void **state)
{
    struct failures one = {60, 60, 1}, other = {2000, 0, 2000};

    (void)state;
    assert_true(near(failures_chance(&one, &other), 2.0 / 2001));
    assert_true(near(failures_share(&one), 1));
}

static void effects_have_a_direction(void **state)
{
    struct failures half = {10, 5, 10}, none = {10, 0, 10}, nothing = {0};

    (void)state;
    assert_true(near(failures_effect(&half, &none), 3.14159265358979 / 2));
    assert_true(near(failures_effect(&none, &half), -3.14159265358979 / 2));
    assert_true(near(failures_effect(&nothing, &none), 0));
}

static void chances_are_corrected_for_their_number(void **state)
{
    double chances[] = {0.01, 0.04, 0.03, 0.005};
    struct tq_error err;

    (void)state;
    assert_int_equal(chances_correct(chances, 4, &err), TQ_OK);
    assert_true(near(chances[3], 0.02) && near(chances[0], 0.03) && near(chances[2], 0.06)
                && near(chances[1], 0.06));
    alloc_fail_nth(1);
    assert_int_equal(chances_correct(chances, 4, &err), TQ_E_NOMEM);
    alloc_fail_nth(0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(chances_are_those_of_fishers_test),
        cmocka_unit_test(certainty_goes_by_records),
        cmocka_unit_test(effects_have_a_direction),
        cmocka_unit_test(chances_are_corrected_for_their_number),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
