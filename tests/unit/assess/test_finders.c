/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "assess/finders.h"
#include "base/alloc.h"

#define SUBJECTS 1000u

/* Exhibits 1, 2 and 3 are of one finder each; 4 was taken from the first two, with the same bytes.
 */
static const uint16_t of_exhibit[] = {0, 1, 2, 4, 3};
static const uint32_t subject_counts[] = {SUBJECTS};

static struct finders start(void)
{
    struct finders finders = {0};
    struct tq_error err;

    assert_int_equal(finders_init(&finders, 1, subject_counts, of_exhibit, 5, 3, &err), TQ_OK);
    return finders;
}

/* The exhibit affects every step-th subject from the first on. */
static void affect(struct finders *finders, uint32_t exhibit, uint32_t first, uint32_t end,
                   uint32_t step)
{
    struct tq_error err;

    for (uint32_t i = first; i < end; i += step)
        assert_int_equal(finders_add(finders, 0, i, exhibit, &err), TQ_OK);
}

static void two_that_overlap_tell_how_many_are_in_neither(void **state)
{
    struct finders finders = start();
    struct recapture_row row;

    (void)state;
    affect(&finders, 1, 0, SUBJECTS, 2); /* 500 */
    affect(&finders, 2, 0, SUBJECTS, 5); /* 200, 100 of them even */
    assert_true(finders_estimate(&finders, 0, 0, 1, &row));
    assert_int_equal(row.status, RECAPTURE_USABLE);
    assert_int_equal(row.found_first, 500);
    assert_int_equal(row.found_second, 200);
    assert_int_equal(row.twice, 100);
    assert_int_equal(row.once, 500);
    assert_int_equal(row.seen, 600);
    assert_int_equal(row.value, 996);
    assert_true(row.low < 996 && row.high > 1000);
    assert_false(row.is_uneven);
    assert_false(finders_estimate(&finders, 0, 0, 2, &row)); /* who holds nobody */
    assert_false(finders_estimate(&finders, 0, 0, 0, &row)); /* two are not three */
    finders_clear(&finders);
}

static void a_list_within_the_other_says_nothing(void **state)
{
    struct finders finders = start();
    struct recapture_row row;

    (void)state;
    affect(&finders, 1, 0, 400, 1);
    affect(&finders, 2, 100, 200, 1);
    assert_true(finders_estimate(&finders, 0, 0, 1, &row));
    assert_int_equal(row.status, RECAPTURE_CONTAINED);
    assert_int_equal(row.value, 400);
    assert_int_equal(row.high, 400);
    finders_clear(&finders);
}

static void equal_bytes_are_one_finding(void **state)
{
    struct finders finders = start();
    struct recapture_row row;

    (void)state;
    affect(&finders, 1, 0, SUBJECTS, 2);
    affect(&finders, 2, 0, SUBJECTS, 5);
    affect(&finders, 4, 3, 4, 1);
    assert_true(finders_estimate(&finders, 0, 0, 1, &row));
    assert_int_equal(row.status, RECAPTURE_COPIED);
    assert_int_equal(row.low, row.seen);
    finders_clear(&finders);
}

static void next_to_no_overlap_says_nothing(void **state)
{
    struct finders finders = start();
    struct recapture_row row;

    (void)state;
    affect(&finders, 1, 0, 300, 1);
    affect(&finders, 2, 294, 600, 1);
    assert_true(finders_estimate(&finders, 0, 0, 1, &row));
    assert_int_equal(row.status, RECAPTURE_TOO_FEW);
    finders_clear(&finders);
}

/* Both looked closely at the first half of the register and hardly at the second. */
static void parts_found_unevenly_widen_the_limits(void **state)
{
    struct finders finders = start();
    struct recapture_row row;

    (void)state;
    affect(&finders, 1, 0, 500, 1);
    affect(&finders, 2, 0, 500, 2);
    affect(&finders, 2, 1, 500, 4);
    affect(&finders, 1, 500, SUBJECTS, 5);
    affect(&finders, 2, 503, SUBJECTS, 4);
    assert_true(finders_estimate(&finders, 0, 0, 1, &row));
    assert_true(row.is_uneven);
    assert_true(row.stratified > row.value);
    assert_true(row.high >= row.stratified && row.low <= row.value);
    finders_clear(&finders);
}

/* Both looked closely at every second subject: the order of the register does not tell. */
static void other_parts_are_taken_over_where_they_are_less_even(void **state)
{
    struct finders finders = start();
    struct recapture_row row, even;
    uint16_t of[SUBJECTS], none[SUBJECTS] = {0};
    struct tq_error err;
    bool is_taken = true;

    (void)state;
    affect(&finders, 1, 0, SUBJECTS, 2);
    affect(&finders, 1, 1, SUBJECTS, 10);
    affect(&finders, 2, 0, SUBJECTS, 4);
    affect(&finders, 2, 2, SUBJECTS, 8);
    affect(&finders, 2, 3, SUBJECTS, 6);
    for (uint32_t i = 0; i < SUBJECTS; i++)
        of[i] = i % 2;
    assert_true(finders_estimate(&finders, 0, 0, 1, &row));
    assert_false(row.is_uneven);
    even = row;
    assert_int_equal(finders_compare_parts(&finders, 0, 1, none, 1, 2, &row, &is_taken, &err),
                     TQ_OK);
    assert_false(is_taken);
    assert_int_equal(row.high, even.high);
    assert_int_equal(finders_compare_parts(&finders, 0, 1, of, 2, 2, &row, &is_taken, &err), TQ_OK);
    assert_true(is_taken && row.is_uneven);
    assert_true(row.stratified > even.value && row.high > even.high && row.low <= even.low);
    assert_int_equal(row.value, even.value);
    finders_clear(&finders);
}

static void three_have_chao_s_bound_unless_two_are_one(void **state)
{
    struct finders finders = start();
    struct recapture_row row;

    (void)state;
    affect(&finders, 1, 0, SUBJECTS, 2);
    affect(&finders, 2, 0, SUBJECTS, 3);
    affect(&finders, 3, 0, SUBJECTS, 5);
    assert_true(finders_estimate(&finders, 0, 0, 0, &row));
    assert_int_equal(row.status, RECAPTURE_USABLE);
    assert_int_equal(row.seen, row.once + row.twice + 34); /* 34 are multiples of 30 */
    assert_true(row.value > row.seen && row.value < SUBJECTS + 200);
    affect(&finders, 4, 1, 2, 1);
    assert_true(finders_estimate(&finders, 0, 0, 0, &row));
    assert_int_equal(row.status, RECAPTURE_COPIED);
    finders_clear(&finders);
}

static void parts_of_the_work_add_up(void **state)
{
    struct finders whole = start(), first = start(), second = start(), none = {0};
    struct recapture_row all, merged;
    struct tq_error err;

    (void)state;
    affect(&whole, 1, 0, SUBJECTS, 2);
    affect(&whole, 2, 0, SUBJECTS, 5);
    affect(&first, 1, 0, SUBJECTS, 2);
    affect(&second, 2, 0, SUBJECTS, 5);
    assert_int_equal(finders_merge(&first, &second, &err), TQ_OK);
    assert_true(finders_estimate(&whole, 0, 0, 1, &all));
    assert_true(finders_estimate(&first, 0, 0, 1, &merged));
    assert_int_equal(all.value, merged.value);
    assert_int_equal(all.high, merged.high);
    assert_int_equal(finders_merge(&first, &none, &err), TQ_E_USAGE);
    finders_clear(&whole);
    finders_clear(&first);
    finders_clear(&second);
}

static void unknown_subjects_and_exhibits_are_left_out(void **state)
{
    struct finders finders = start();
    struct recapture_row row;
    struct tq_error err;

    (void)state;
    assert_int_equal(finders_add(&finders, 0, SUBJECTS, 1, &err), TQ_OK);
    assert_int_equal(finders_add(&finders, 0, 1, 99, &err), TQ_OK);
    assert_int_equal(finders_add(&finders, 7, 1, 1, &err), TQ_OK);
    assert_int_equal(finders_add(&finders, 0, 1, 0, &err), TQ_OK);
    assert_false(finders_estimate(&finders, 0, 0, 1, &row));
    assert_false(finders_estimate(&finders, 7, 0, 1, &row));
    finders_clear(&finders);
}

static void lack_of_memory_is_told(void **state)
{
    bool failed = true;

    (void)state;
    for (unsigned i = 1; failed; i++) {
        struct finders finders = {0};
        struct tq_error err;
        int r;

        alloc_fail_nth(i);
        r = finders_init(&finders, 1, subject_counts, of_exhibit, 5, 3, &err);
        if (r == TQ_OK)
            r = finders_add(&finders, 0, 1, 1, &err);
        failed = r < 0;
        if (failed)
            assert_int_equal(r, TQ_E_NOMEM);
        finders_clear(&finders);
    }
    alloc_fail_nth(0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_that_overlap_tell_how_many_are_in_neither),
        cmocka_unit_test(a_list_within_the_other_says_nothing),
        cmocka_unit_test(equal_bytes_are_one_finding),
        cmocka_unit_test(next_to_no_overlap_says_nothing),
        cmocka_unit_test(parts_found_unevenly_widen_the_limits),
        cmocka_unit_test(other_parts_are_taken_over_where_they_are_less_even),
        cmocka_unit_test(three_have_chao_s_bound_unless_two_are_one),
        cmocka_unit_test(parts_of_the_work_add_up),
        cmocka_unit_test(unknown_subjects_and_exhibits_are_left_out),
        cmocka_unit_test(lack_of_memory_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
