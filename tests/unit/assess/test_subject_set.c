/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "assess/subject_set.h"
#include "base/alloc.h"

#define SUBJECTS 200u

static void add(struct subject_set *set, uint32_t subject, enum certainty certainty)
{
    struct tq_error err;

    assert_int_equal(subject_set_add(set, SUBJECTS, subject, certainty, &err), TQ_OK);
}

static void counts_each_subject_once_at_its_best_certainty(void **state)
{
    struct subject_set set = {0};

    (void)state;
    add(&set, 0, CERTAIN);
    add(&set, 0, LIKELY);
    add(&set, 64, LIKELY);
    add(&set, 199, POSSIBLE);
    add(&set, 199, POSSIBLE);
    assert_int_equal(subject_set_count(&set, SUBJECTS, CERTAIN), 1);
    assert_int_equal(subject_set_count(&set, SUBJECTS, LIKELY), 2);
    assert_int_equal(subject_set_count(&set, SUBJECTS, POSSIBLE), 3);
    assert_true(subject_set_has(&set, 64, LIKELY));
    assert_false(subject_set_has(&set, 64, CERTAIN));
    assert_false(subject_set_has(&set, 63, POSSIBLE));
    subject_set_clear(&set);
}

static void merging_is_union(void **state)
{
    struct subject_set a = {0}, b = {0};
    struct tq_error err;

    (void)state;
    add(&a, 1, CERTAIN);
    add(&b, 1, LIKELY);
    add(&b, 2, LIKELY);
    assert_int_equal(subject_set_merge(&a, &b, SUBJECTS, &err), TQ_OK);
    assert_int_equal(subject_set_count(&a, SUBJECTS, CERTAIN), 1);
    assert_int_equal(subject_set_count(&a, SUBJECTS, LIKELY), 2);
    subject_set_clear(&a);
    subject_set_clear(&b);
}

static void counts_members_that_another_set_has_not(void **state)
{
    struct subject_set set = {0}, other = {0};

    (void)state;
    assert_int_equal(subject_set_count_beyond(&set, &other, SUBJECTS), 0);
    add(&set, 1, CERTAIN);
    add(&set, 70, LIKELY);
    add(&set, 199, POSSIBLE);
    assert_int_equal(subject_set_count_beyond(&set, &other, SUBJECTS), 3);
    add(&other, 1, POSSIBLE);
    add(&other, 70, CERTAIN);
    add(&other, 71, CERTAIN);
    assert_int_equal(subject_set_count_beyond(&set, &other, SUBJECTS), 1);
    subject_set_clear(&set);
    subject_set_clear(&other);
}

static void says_when_memory_runs_out(void **state)
{
    struct subject_set set = {0};
    struct tq_error err;

    (void)state;
    alloc_fail_nth(1);
    assert_int_equal(subject_set_add(&set, SUBJECTS, 5, CERTAIN, &err), TQ_E_NOMEM);
    alloc_fail_nth(0);
    assert_int_equal(subject_set_count(&set, SUBJECTS, POSSIBLE), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_each_subject_once_at_its_best_certainty),
        cmocka_unit_test(merging_is_union),
        cmocka_unit_test(counts_members_that_another_set_has_not),
        cmocka_unit_test(says_when_memory_runs_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
