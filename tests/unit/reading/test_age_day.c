/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
/* cmocka needs the above first */
#include <cmocka.h>

#include "base/alloc.h"
#include "base/moment.h"
#include "normalise/age.h"
#include "reading/age_day.h"

#define PERSONS 200

static int32_t birth_of(int i)
{
    return days_from_civil(1940 + i * 7 % 60, 1 + (unsigned)(i * 5 % 12), 1 + (unsigned)i % 28);
}

/* Spans of persons whose ages are told on `day`; of every tenth another's. */
static void add_all(struct age_spans *spans, int32_t day)
{
    struct tq_error err;

    for (int i = 0; i < PERSONS; i++) {
        int told = i % 10 == 0 ? i + 3 : i;

        assert_int_equal(age_spans_add(spans, birth_of(i), age_of(birth_of(told), day), &err),
                         TQ_OK);
    }
}

static void the_day_is_found_on_which_most_ages_are_right(void **state)
{
    int32_t day = days_from_civil(2019, 10, 20), found;
    struct age_spans spans = {0};

    (void)state;
    add_all(&spans, day);
    assert_in_range(age_spans_day(&spans, &found), PERSONS * 9 / 10, PERSONS);
    assert_in_range(found, day - 10, day + 10);
    for (int i = 1; i < 10; i++)
        assert_int_equal(age_of(birth_of(i), found), age_of(birth_of(i), day));
    age_spans_clear(&spans);
}

static void no_ages_have_no_day(void **state)
{
    struct age_spans spans = {0};
    int32_t found;

    (void)state;
    assert_int_equal(age_spans_day(&spans, &found), 0);
    assert_int_equal(found, 0);
    age_spans_clear(&spans);
}

static void running_out_of_memory_is_reported(void **state)
{
    struct age_spans spans = {0};
    struct tq_error err;

    (void)state;
    alloc_fail_nth(1);
    assert_int_equal(age_spans_add(&spans, 0, 1, &err), TQ_E_NOMEM);
    alloc_fail_nth(0);
    assert_int_equal(spans.count, 0);
    age_spans_clear(&spans);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_day_is_found_on_which_most_ages_are_right),
        cmocka_unit_test(no_ages_have_no_day),
        cmocka_unit_test(running_out_of_memory_is_reported),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
