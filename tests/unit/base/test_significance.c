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

/* By R: pchisq(x, df, lower.tail = FALSE), 2 * pnorm(-1.96). */
static void tails_are_those_of_the_tables(void **state)
{
    (void)state;
    assert_true(near(chi_square_chance(3.841458821, 1), .05));
    assert_true(near(chi_square_chance(5.991464547, 2), .05));
    assert_true(near(chi_square_chance(16.918977605, 9), .05));
    assert_true(near(chi_square_chance(0, 4), 1));
    assert_true(near(normal_chance(1.959963985), .05) && near(normal_chance(-1.959963985), .05));
}

/* 2 x 2: chi-square is 7.89 for 30 of 50 against 16 of 50; rare classes go together. */
static void counts_of_classes_are_compared(void **state)
{
    uint64_t these[] = {30, 20, 0, 0}, those[] = {16, 34, 0, 0}, apart[] = {0, 0, 40, 0};
    uint64_t rare[] = {96, 2, 1, 1}, other[] = {96, 1, 1, 2};
    double effect;

    (void)state;
    assert_true(fabs(counts_chance(these, those, 4, &effect) - .00495) < 1e-4);
    assert_true(effect > .2 && effect < .3);
    assert_true(counts_chance(these, these, 4, &effect) > .99 && near(effect, 0));
    assert_true(counts_chance(these, apart, 4, &effect) < 1e-12 && effect > .9);
    assert_true(counts_chance(rare, other, 4, &effect) > .9);
    assert_true(near(counts_chance(these, rare, 0, &effect), 1) && near(effect, 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(chances_are_those_of_fishers_test),
        cmocka_unit_test(certainty_goes_by_records),
        cmocka_unit_test(effects_have_a_direction),
        cmocka_unit_test(tails_are_those_of_the_tables),
        cmocka_unit_test(counts_of_classes_are_compared),
        cmocka_unit_test(chances_are_corrected_for_their_number),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
