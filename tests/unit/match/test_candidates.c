/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "match_table.h"

static void a_subject_is_a_candidate_once(void **state)
{
    struct candidates candidates;
    struct tq_error err;

    (void)state;
    assert_int_equal(candidates_init(&candidates, &err), 0);
    candidates_begin(&candidates);
    candidates_add(&candidates, 7);
    candidates_add(&candidates, 0);
    candidates_add(&candidates, 7);
    assert_int_equal(candidates.count, 2);
    assert_int_equal(candidates.subjects[0], 7);
    candidates_begin(&candidates);
    assert_int_equal(candidates.count, 0);
    candidates_add(&candidates, 7);
    assert_int_equal(candidates.count, 1);
    candidates_clear(&candidates);
}

static void more_candidates_than_there_is_room_for_are_left_out(void **state)
{
    struct candidates candidates;
    struct tq_error err;

    (void)state;
    assert_int_equal(candidates_init(&candidates, &err), 0);
    candidates_begin(&candidates);
    for (uint32_t i = 0; i < 3 * CANDIDATES_MAX; i++)
        candidates_add(&candidates, i);
    assert_int_equal(candidates.count, CANDIDATES_MAX);
    candidates_clear(&candidates);
}

/* Every subject is found by every pair of its values, unless they have too many holders. */
static void a_composite_finds_all_holders_of_a_pair(void **state)
{
    struct reg *reg = citizens_register();
    struct match_table table;
    struct match_columns columns;
    struct composites composites;
    struct tq_error err;

    (void)state;
    match_table_init(&table, reg, 4096, true);
    assert_int_equal(match_columns_init(&columns, reg, &table.table, &table.reading, &err), 0);
    assert_int_equal(composites_init(&composites, &columns, 2, &err), 0);
    assert_true(composites.pairs > 0 && composites.pairs < composites.count);
    assert_int_equal(composites_need(&composites, 0, composites.pairs, &columns, &err), 0);
    for (uint32_t i = 0; i < composites.pairs; i++) {
        const struct composite *composite = &composites.items[i];

        for (uint32_t s = 0; s < CITIZENS; s++) {
            uint32_t a, b, found[POSTING_MAX];
            uint32_t count, k = 0;

            assert_int_equal(column_held_keys(&columns.items[composite->a], s, 0, &a, 1), 1);
            assert_int_equal(column_held_keys(&columns.items[composite->b], s, 0, &b, 1), 1);
            count = composite_find(composite, composite_hash(COMPOSITE_PAIR, a, b), found);
            if (count > POSTING_MAX)
                continue;
            while (k < count && found[k] != s)
                k++;
            assert_true(k < count);
        }
    }
    composites_clear(&composites);
    match_columns_clear(&columns);
    match_table_clear(&table);
    (void)reg_free(reg);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_subject_is_a_candidate_once),
        cmocka_unit_test(more_candidates_than_there_is_room_for_are_left_out),
        cmocka_unit_test(a_composite_finds_all_holders_of_a_pair),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
