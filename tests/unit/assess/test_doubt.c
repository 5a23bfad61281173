/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "assess/doubt.h"
#include "base/alloc.h"

static int fill(struct table_doubt *doubt, struct tq_error *err)
{
    int r = table_doubt_reserve(doubt, 3, err);

    for (uint32_t i = 0; i < 40 && r == TQ_OK; i++)
        r = table_doubt_add_subject(
            doubt,
            &(struct doubtful_subject){.subject = (i * 7) % 20,
                                       .categories = (uint16_t)(1u << i / 20)},
            err);
    return r;
}

static void subjects_come_once_and_in_order(void **state)
{
    struct table_doubt doubt = {.table = 1};
    struct tq_error err;

    (void)state;
    table_doubt_settle(&doubt);
    assert_int_equal(doubt.subject_count, 0);
    assert_int_equal(fill(&doubt, &err), TQ_OK);
    table_doubt_settle(&doubt);
    assert_int_equal(doubt.subject_count, 20);
    for (uint32_t i = 0; i < 20; i++) {
        assert_int_equal(doubt.subjects[i].subject, i);
        assert_int_equal(doubt.subjects[i].categories, 3);
    }
    table_doubt_clear(&doubt);
}

static void merging_adds_up(void **state)
{
    struct table_doubt one = {.name_only = 2, .name_variants = 5}, other = {.name_only = 1};
    struct tq_error err;

    (void)state;
    assert_int_equal(fill(&other, &err), TQ_OK);
    other.columns[3] = (struct column_doubt){.is_compared = true, .altered = 4};
    assert_int_equal(table_doubt_merge(&one, &other, &err), TQ_OK);
    assert_int_equal(table_doubt_merge(&one, &other, &err), TQ_OK);
    assert_int_equal(one.name_only, 4);
    assert_int_equal(one.name_variants, 5);
    assert_int_equal(one.columns[3].altered, 8);
    assert_true(one.columns[3].is_compared);
    assert_int_equal(one.subject_count, 80);
    table_doubt_clear(&one);
    table_doubt_clear(&other);
}

static void running_out_of_memory_is_said(void **state)
{
    (void)state;
    for (unsigned nth = 1;; nth++) {
        struct table_doubt doubt = {0};
        struct tq_error err;
        int r;

        alloc_fail_nth(nth);
        r = fill(&doubt, &err);
        alloc_fail_nth(0);
        table_doubt_clear(&doubt);
        if (r == TQ_OK) {
            assert_true(nth > 2);
            return;
        }
        assert_int_equal(r, TQ_E_NOMEM);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(subjects_come_once_and_in_order),
        cmocka_unit_test(merging_adds_up),
        cmocka_unit_test(running_out_of_memory_is_said),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
