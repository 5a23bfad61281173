/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "canary/likelihood.h"

static void assert_close(double got, double wanted)
{
    if (fabs(got - wanted) > 1e-6 * fabs(wanted) + 1e-15)
        fail_msg("%.12g instead of %.12g", got, wanted);
}

/* The roots of (p - s)^2 = z^2 s (1 - s) / n, found by halving. */
static void the_interval_of_a_share_is_that_of_wilson(void **state)
{
    double low, high;

    (void)state;
    share_interval(6, 300, &low, &high);
    assert_close(low, 0.009197631558);
    assert_close(high, 0.042939620818);
    share_interval(0, 20, &low, &high);
    assert_close(low, 0);
    assert_close(high, 0.161125158053);
    share_interval(20, 20, &low, &high);
    assert_close(low, 1 - 0.161125158053);
    assert_close(high, 1);
}

static void of_300_canaries_one_is_seen_in_95_of_100_leaks_of_one_percent(void **state)
{
    (void)state;
    assert_close(chance_to_be_seen(.01, 300), 1 - pow(.99, 300));
    assert_true(chance_to_be_seen(.01, 300) > .95);
    assert_close(chance_to_be_seen(.1, 0), 0);
}

static void an_accident_is_as_likely_as_the_binomial_tail(void **state)
{
    (void)state;
    assert_close(chance_of_accident(1, 1, 300, 1e6), 3e-4);
    assert_close(chance_of_accident(2, 2, 300, 1e6), 9e-8);
    assert_close(chance_of_accident(1, 1000, 300, 1e6), 1 - pow(1 - 3e-4, 1000));
    assert_close(chance_of_accident(3, 5, 500, 1000), .5);
    assert_close(chance_of_accident(0, 5, 500, 1000), 1);
    assert_close(chance_of_accident(6, 5, 500, 1000), 0);
    assert_true(chance_of_accident(300, 1000000, 300, 1e6) > .4); /* all of a block that is used */
    assert_true(chance_of_accident(300, 300, 300, 1e6) < 1e-300);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_interval_of_a_share_is_that_of_wilson),
        cmocka_unit_test(of_300_canaries_one_is_seen_in_95_of_100_leaks_of_one_percent),
        cmocka_unit_test(an_accident_is_as_likely_as_the_binomial_tail),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
