/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "assess/misjudged.h"

/* Ten columns with some 20 altered records each, the same as `name_only` would be if names fared
 * like the others. */
static struct misjudged_table table_of(uint64_t name_only, uint64_t name_variants)
{
    return (struct misjudged_table){.name_only = name_only,
                                    .name_columns = 1,
                                    .name_variants = name_variants,
                                    .columns = 10,
                                    .altered = 200,
                                    .altered_squares = 10 * 20 * 20 + 200};
}

static void nothing_is_in_doubt_where_no_name_contradicts(void **state)
{
    struct misjudged_table table = table_of(0, 400);

    (void)state;
    assert_int_equal(misjudged_as_altered(&table), 0);
    table = (struct misjudged_table){0};
    assert_int_equal(misjudged_as_altered(&table), 0);
    assert_int_equal(misjudged_as_true(&table), 0);
}

static void names_that_fare_like_other_columns_and_have_no_variants_are_altered(void **state)
{
    struct misjudged_table table = table_of(20, 0);

    (void)state;
    assert_int_equal(misjudged_as_altered(&table), 0);
    assert_int_equal(misjudged_as_true(&table), 0);
}

static void more_variants_leave_more_in_doubt(void **state)
{
    struct misjudged_table few = table_of(25, 20), many = table_of(25, 400);

    (void)state;
    assert_true(misjudged_as_altered(&few) > 0);
    assert_true(misjudged_as_altered(&many) > misjudged_as_altered(&few));
    assert_true(misjudged_as_altered(&many) < 25);
    assert_true(misjudged_as_true(&many) > misjudged_as_true(&few));
}

static void what_exceeds_the_other_columns_is_mostly_not_recognised(void **state)
{
    struct misjudged_table table = table_of(100, 400);

    (void)state;
    assert_in_range(misjudged_as_altered(&table), 75, 95);
}

static void a_large_table_is_no_other_matter(void **state)
{
    struct misjudged_table table = {.name_only = 100000,
                                    .name_columns = 2,
                                    .name_variants = 400000,
                                    .columns = 10,
                                    .altered = 200000,
                                    .altered_squares = UINT64_C(4000000000)};

    (void)state;
    assert_in_range(misjudged_as_altered(&table), 50000, 80000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_in_doubt_where_no_name_contradicts),
        cmocka_unit_test(names_that_fare_like_other_columns_and_have_no_variants_are_altered),
        cmocka_unit_test(more_variants_leave_more_in_doubt),
        cmocka_unit_test(what_exceeds_the_other_columns_is_mostly_not_recognised),
        cmocka_unit_test(a_large_table_is_no_other_matter),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
