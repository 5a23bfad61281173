/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "verdict/span_set.h"

static void joins_spans_that_meet_or_touch(void **state)
{
    struct span_set set = {0};

    (void)state;
    span_set_add(&set, 10, 20);
    span_set_add(&set, 40, 50);
    span_set_add(&set, 30, 30); /* empty */
    assert_int_equal(set.count, 2);
    span_set_add(&set, 20, 25);
    assert_int_equal(set.count, 2);
    assert_int_equal(set.spans[0].to, 25);
    span_set_add(&set, 22, 60);
    assert_int_equal(set.count, 1);
    assert_int_equal(set.spans[0].from, 10);
    assert_int_equal(set.spans[0].to, 60);
}

static void closes_the_narrowest_gap_when_full(void **state)
{
    struct span_set set = {0};

    (void)state;
    for (int32_t i = SPANS_MAX; i-- > 0;)
        span_set_add(&set, 100 * i, 100 * i + 10);
    assert_int_equal(set.count, SPANS_MAX);
    span_set_add(&set, 315, 320); /* 5 after the span of 300 */
    assert_int_equal(set.count, SPANS_MAX);
    assert_int_equal(set.spans[3].from, 300);
    assert_int_equal(set.spans[3].to, 320);
}

static void an_intersection_holds_only_what_both_hold(void **state)
{
    struct span_set a = {0}, b = {0};

    (void)state;
    span_set_add(&a, INT32_MIN, 100);
    span_set_add(&a, 200, INT32_MAX);
    span_set_add(&b, 50, 250);
    span_set_intersect(&a, &b);
    assert_int_equal(a.count, 2);
    assert_int_equal(a.spans[0].from, 50);
    assert_int_equal(a.spans[0].to, 100);
    assert_int_equal(a.spans[1].from, 200);
    assert_int_equal(a.spans[1].to, 250);
    b.count = 0;
    span_set_intersect(&a, &b);
    assert_int_equal(a.count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(joins_spans_that_meet_or_touch),
        cmocka_unit_test(closes_the_narrowest_gap_when_full),
        cmocka_unit_test(an_intersection_holds_only_what_both_hold),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
