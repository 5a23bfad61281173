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

#define ROWS_MAX   1000u
#define TABLES_MAX 3u

/* Tables of one leak, each with the day it was taken on. */
struct leak {
    struct dating dating[TABLES_MAX];
    struct dating_evidence evidence[TABLES_MAX];
    struct dated_table tables[TABLES_MAX];
    size_t count;
};

static void leak_add(struct leak *leak, uint64_t seed, double day, size_t count)
{
    static const struct dating_scenario now = {.name = "now"};
    CLEANUP(free_cleanup) struct dated_row *rows = alloc_zeroed(ROWS_MAX, sizeof(*rows));
    struct trial_random random = {seed};
    struct tq_error err;
    size_t i = leak->count++;

    for (size_t row = 0; row < count; row++)
        rows[row] = trial_row(&random, &now, day);
    assert_int_equal(
        dating_fit(rows, count, 0, WORLD_DAYS * DAY, &leak->dating[i], &leak->evidence[i], &err),
        TQ_OK);
    leak->tables[i] = (struct dated_table){&leak->dating[i], &leak->evidence[i]};
}

static void leak_merge(struct leak *leak)
{
    struct tq_error err;

    assert_int_equal(dating_merge(leak->tables, leak->count, &err), TQ_OK);
}

static void leak_end(struct leak *leak)
{
    for (size_t i = 0; i < leak->count; i++) {
        dating_clear(&leak->dating[i]);
        dating_evidence_clear(&leak->evidence[i]);
    }
}

static double width_days(const struct dating *dating)
{
    return ((double)dating->snapshots[0].to - dating->snapshots[0].from) / DAY;
}

static void tables_of_one_moment_get_one_support(void **state)
{
    unsigned covered = 0;

    (void)state;
    for (uint64_t seed = 1; seed <= 20; seed++) {
        struct leak leak = {0};
        double wide;

        leak_add(&leak, 31 * seed, 1500.3, 40);
        leak_add(&leak, 47 * seed, 1500.3, ROWS_MAX);
        wide = width_days(&leak.dating[0]);
        leak_merge(&leak);
        assert_int_equal(leak.dating[0].count, 1);
        assert_memory_equal(&leak.dating[0].snapshots[0], &leak.dating[1].snapshots[0],
                            offsetof(struct snapshot, share));
        assert_true(width_days(&leak.dating[0]) < wide);
        covered += trial_covers(&leak.dating[0], 1500.3);
        leak_end(&leak);
    }
    assert_true(covered >= 19);
}

/* The same list as CSV and as a workbook says everything twice, and proves it once. */
static void a_copy_of_a_table_makes_nothing_sharper(void **state)
{
    struct leak leak = {0}, alone = {0};

    (void)state;
    leak_add(&alone, 1, 1000, 300);
    leak_add(&leak, 1, 1000, 300);
    leak_add(&leak, 1, 1000, 300);
    leak_merge(&leak);
    for (size_t i = 0; i < leak.count; i++) {
        assert_int_equal(leak.dating[i].snapshots[0].from, alone.dating[0].snapshots[0].from);
        assert_int_equal(leak.dating[i].snapshots[0].to, alone.dating[0].snapshots[0].to);
    }
    leak_end(&leak);
    leak_end(&alone);
}

static void overlap_is_the_share_of_the_smaller_table(void **state)
{
    struct row_sketch whole = {0}, half = {0}, other = {0}, few = {0}, none = {0};

    (void)state;
    for (int32_t i = 0; i < 20000; i++) {
        struct dated_row row = {i, 100000 + 3 * i}, strange = {i, 7 * i + 1000000};

        row_sketch_add(&whole, &row, 1);
        row_sketch_add(i % 2 ? &half : &other, i % 2 ? &row : &strange, 1);
        row_sketch_add(&few, &row, i < 40);
    }
    assert_true(row_sketch_overlap(&whole, &whole) > .99);
    assert_true(row_sketch_overlap(&whole, &half) > .8);
    assert_true(row_sketch_overlap(&half, &whole) > .8);
    assert_true(row_sketch_overlap(&whole, &other) < .05);
    assert_true(row_sketch_overlap(&few, &few) > .99);
    assert_true(row_sketch_overlap(&whole, &none) <= 0);
}

static void a_table_of_another_time_keeps_its_own(void **state)
{
    struct leak leak = {0};

    (void)state;
    leak_add(&leak, 3, 1500, ROWS_MAX);
    leak_add(&leak, 5, 1400, 200);
    leak_add(&leak, 7, 1490, ROWS_MAX); /* a replica that lags behind */
    leak_merge(&leak);
    assert_true(trial_covers(&leak.dating[0], 1500) && !trial_covers(&leak.dating[0], 1490));
    assert_true(trial_covers(&leak.dating[1], 1400) && !trial_covers(&leak.dating[1], 1490));
    assert_true(trial_covers(&leak.dating[2], 1490) && !trial_covers(&leak.dating[2], 1500));
    leak_end(&leak);
}

static void a_table_alone_stays_as_it_was(void **state)
{
    struct leak leak = {0};
    struct snapshot before;

    (void)state;
    leak_add(&leak, 9, 1500, 300);
    before = leak.dating[0].snapshots[0];
    leak_merge(&leak);
    assert_memory_equal(&before, &leak.dating[0].snapshots[0], sizeof(before));
    leak.count = 0;
    leak_merge(&leak); /* of no tables at all */
    leak.count = 1;
    leak_end(&leak);
}

static void a_few_rows_take_the_common_snapshot_unless_they_deny_it(void **state)
{
    struct leak leak = {0};

    (void)state;
    leak_add(&leak, 11, 1500, ROWS_MAX);
    leak_add(&leak, 13, 1500, DATED_ROWS_MIN - 1);
    leak_add(&leak, 17, 500, DATED_ROWS_MIN - 1);
    assert_int_equal(leak.dating[1].count, 0);
    leak_merge(&leak);
    assert_int_equal(leak.dating[1].count, 1);
    assert_true(trial_covers(&leak.dating[1], 1500));
    assert_true(leak.dating[1].snapshots[0].share > .8);
    assert_int_equal(leak.dating[2].count, 0);
    leak_end(&leak);
}

static void the_order_of_tables_does_not_matter(void **state)
{
    struct leak leak = {0}, other = {0};

    (void)state;
    leak_add(&leak, 19, 1500, 300);
    leak_add(&leak, 23, 1500, 50);
    leak_add(&leak, 29, 1300, 100);
    leak_add(&other, 29, 1300, 100);
    leak_add(&other, 23, 1500, 50);
    leak_add(&other, 19, 1500, 300);
    leak_merge(&leak);
    leak_merge(&other);
    for (size_t i = 0; i < TABLES_MAX; i++)
        assert_memory_equal(leak.dating[i].snapshots, other.dating[TABLES_MAX - 1 - i].snapshots,
                            leak.dating[i].count * sizeof(struct snapshot));
    leak_end(&leak);
    leak_end(&other);
}

static void snapshots_of_one_table_that_prove_the_same_are_one(void **state)
{
    struct leak leak = {0};

    (void)state;
    leak_add(&leak, 37, 1500, ROWS_MAX);
    leak_add(&leak, 41, 1500, 60);
    /* As a fit of few rows may have it: two snapshots where there was one. */
    assert_int_equal(density_copy(&leak.evidence[1].places[0], &leak.evidence[1].places[1],
                                  &(struct tq_error){0}),
                     TQ_OK);
    leak.dating[1].snapshots[1] = leak.dating[1].snapshots[0];
    leak.dating[1].snapshots[1].best++;
    leak.dating[1].snapshots[0].share = .6;
    leak.dating[1].snapshots[1].share = .3;
    leak.dating[1].count = 2;
    leak_merge(&leak);
    assert_int_equal(leak.dating[1].count, 1);
    assert_true(leak.dating[1].snapshots[0].share > .89);
    leak_end(&leak);
}

static void survives_running_out_of_memory_anywhere(void **state)
{
    (void)state;
    for (unsigned nth = 1;; nth++) {
        struct leak leak = {0};
        struct tq_error err;
        int r;

        leak_add(&leak, 43, 1500, 100);
        leak_add(&leak, 53, 1500, 50);
        alloc_fail_nth(nth);
        r = dating_merge(leak.tables, leak.count, &err);
        alloc_fail_nth(0);
        leak_end(&leak);
        if (r == TQ_OK) {
            assert_true(nth > 4);
            return;
        }
        assert_int_equal(r, TQ_E_NOMEM);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tables_of_one_moment_get_one_support),
        cmocka_unit_test(a_copy_of_a_table_makes_nothing_sharper),
        cmocka_unit_test(overlap_is_the_share_of_the_smaller_table),
        cmocka_unit_test(a_table_of_another_time_keeps_its_own),
        cmocka_unit_test(a_table_alone_stays_as_it_was),
        cmocka_unit_test(a_few_rows_take_the_common_snapshot_unless_they_deny_it),
        cmocka_unit_test(the_order_of_tables_does_not_matter),
        cmocka_unit_test(snapshots_of_one_table_that_prove_the_same_are_one),
        cmocka_unit_test(survives_running_out_of_memory_anywhere),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
