/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "dating_world.h"

#define ROWS 1000u

static struct dating fit(const struct dated_row *rows, size_t count)
{
    CLEANUP(dating_evidence_clear) struct dating_evidence evidence = {0};
    struct dating dating = {0};
    struct tq_error err;

    assert_int_equal(dating_fit(rows, count, 0, WORLD_DAYS * DAY, &dating, &evidence, &err), TQ_OK);
    return dating;
}

/* algorithms.md 5.2, small: 20 seeds; tests/trial/trial_dating.c has 100 and all scenarios. */
static void supports_hold_the_true_time(void **state)
{
    static const size_t scenarios[] = {0, 3, 5};
    struct dated_row *rows = alloc_zeroed(ROWS, sizeof(*rows));

    (void)state;
    for (size_t i = 0; i < sizeof(scenarios) / sizeof(scenarios[0]); i++) {
        unsigned covered = 0;

        for (uint64_t seed = 1; seed <= 20; seed++) {
            double snapshot = trial_table(seed, &dating_scenarios[scenarios[i]], rows, ROWS);
            struct dating dating = fit(rows, ROWS);

            covered += trial_covers(&dating, snapshot);
            dating_clear(&dating);
        }
        assert_true(covered >= 19);
    }
    free(rows);
}

static void finds_both_snapshots_of_a_glued_table(void **state)
{
    struct dated_row *rows = alloc_zeroed(ROWS, sizeof(*rows));
    double snapshot = trial_table(3, &dating_scenarios[5], rows, ROWS);
    struct dating dating = fit(rows, ROWS);

    (void)state;
    assert_int_equal(dating.count, 2);
    assert_true(dating.snapshots[0].share >= dating.snapshots[1].share);
    assert_true(trial_covers(&dating, snapshot) && trial_covers(&dating, snapshot - 200));
    dating_clear(&dating);
    free(rows);
}

static void gives_the_same_for_any_order_of_rows(void **state)
{
    struct dated_row *rows = alloc_zeroed(ROWS, sizeof(*rows));
    struct dating first, second;

    (void)state;
    (void)trial_table(5, &dating_scenarios[2], rows, ROWS);
    first = fit(rows, ROWS);
    for (size_t i = 0; i < ROWS / 2; i++) {
        struct dated_row row = rows[i];

        rows[i] = rows[ROWS - 1 - i];
        rows[ROWS - 1 - i] = row;
    }
    second = fit(rows, ROWS);
    assert_int_equal(first.count, second.count);
    for (uint32_t i = 0; i < first.count; i++)
        assert_memory_equal(&first.snapshots[i], &second.snapshots[i], sizeof(struct snapshot));
    assert_int_equal(first.curve_count, second.curve_count);
    assert_memory_equal(first.curve_log, second.curve_log, first.curve_count * sizeof(float));
    dating_clear(&first);
    dating_clear(&second);
    free(rows);
}

/* A tenth of the rows of another time: scattered they are stale, in one block a snapshot. */
static void a_small_second_snapshot_counts_only_as_a_block(void **state)
{
    static const struct dating_scenario now = {.name = "now"};
    struct dated_row *rows = alloc_zeroed(ROWS, sizeof(*rows));
    struct dated_row *mixed = alloc_zeroed(ROWS, sizeof(*mixed));
    struct trial_random random = {11};
    struct dating block, scattered;

    (void)state;
    for (size_t i = 0; i < ROWS; i++)
        rows[i] = trial_row(&random, &now, i >= 300 && i < 400 ? 900 : 1500);
    for (size_t i = 0; i < ROWS; i++)
        mixed[i * 7 % ROWS] = rows[i];
    block = fit(rows, ROWS);
    scattered = fit(mixed, ROWS);
    assert_int_equal(block.count, 2);
    assert_true(trial_covers(&block, 900) && trial_covers(&block, 1500));
    assert_int_equal(scattered.count, 1);
    assert_true(trial_covers(&scattered, 1500));
    dating_clear(&block);
    dating_clear(&scattered);
    free(rows);
    free(mixed);
}

static void known_since_alone_gives_no_upper_bound(void **state)
{
    struct dated_row *rows = alloc_zeroed(ROWS, sizeof(*rows));
    struct trial_random random = {7};
    struct dating dating;

    (void)state;
    for (size_t i = 0; i < ROWS; i++)
        rows[i] = (struct dated_row){(int32_t)(1650 * DAY * trial_uniform(&random)), MOMENT_MAX};
    dating = fit(rows, ROWS);
    assert_int_equal(dating.count, 1);
    assert_int_equal(dating.snapshots[0].to, MOMENT_MAX);
    assert_in_range(dating.snapshots[0].from, 1600 * DAY, 1650 * DAY);
    assert_in_range(dating.snapshots[0].best, dating.snapshots[0].from, 1670 * DAY);
    dating_clear(&dating);
    free(rows);
}

static void says_nothing_when_the_rows_say_nothing(void **state)
{
    static const struct dated_row empty[20] = {{5, 5}};
    struct dated_row always[20], few[7];
    struct dating dating;

    (void)state;
    for (size_t i = 0; i < 20; i++)
        always[i] = (struct dated_row){MOMENT_MIN, MOMENT_MAX};
    for (size_t i = 0; i < 7; i++)
        few[i] = (struct dated_row){100 * DAY, 200 * DAY};
    dating = fit(empty, 20);
    assert_int_equal(dating.count, 0);
    dating = fit(always, 20);
    assert_int_equal(dating.count, 0);
    assert_int_equal(dating.rows, 0);
    dating = fit(few, 7);
    assert_int_equal(dating.count, 0);
    assert_int_equal(dating.rows, 7);
    dating = fit(NULL, 0);
    assert_int_equal(dating.count, 0);
}

static void draws_a_rising_curve_with_its_maximum_at_zero(void **state)
{
    struct dated_row *rows = alloc_zeroed(ROWS, sizeof(*rows));
    struct dating dating;
    float max = -1000;

    (void)state;
    (void)trial_table(9, &dating_scenarios[5], rows, ROWS);
    dating = fit(rows, ROWS);
    assert_in_range(dating.curve_count, 100, 400);
    for (uint32_t i = 0; i < dating.curve_count; i++) {
        if (i > 0)
            assert_true(dating.curve_at[i] > dating.curve_at[i - 1]);
        assert_true(dating.curve_log[i] <= 0);
        max = dating.curve_log[i] > max ? dating.curve_log[i] : max;
    }
    assert_true(max > -1);
    dating_clear(&dating);
    free(rows);
}

static void survives_running_out_of_memory_anywhere(void **state)
{
    struct dated_row rows[50];

    (void)state;
    (void)trial_table(1, &dating_scenarios[0], rows, 50);
    for (unsigned nth = 1;; nth++) {
        CLEANUP(dating_evidence_clear) struct dating_evidence evidence = {0};
        struct dating dating = {0};
        struct tq_error err;
        int r;

        alloc_fail_nth(nth);
        r = dating_fit(rows, 50, 0, WORLD_DAYS * DAY, &dating, &evidence, &err);
        alloc_fail_nth(0);
        if (r == TQ_OK) {
            assert_true(nth > 5);
            dating_clear(&dating);
            return;
        }
        assert_int_equal(r, TQ_E_NOMEM);
        assert_int_equal(dating.count, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(supports_hold_the_true_time),
        cmocka_unit_test(finds_both_snapshots_of_a_glued_table),
        cmocka_unit_test(gives_the_same_for_any_order_of_rows),
        cmocka_unit_test(a_small_second_snapshot_counts_only_as_a_block),
        cmocka_unit_test(known_since_alone_gives_no_upper_bound),
        cmocka_unit_test(says_nothing_when_the_rows_say_nothing),
        cmocka_unit_test(draws_a_rising_curve_with_its_maximum_at_zero),
        cmocka_unit_test(survives_running_out_of_memory_anywhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
