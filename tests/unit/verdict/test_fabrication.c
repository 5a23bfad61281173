/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/hash.h"
#include "normalise/normalise.h"
#include "verdict/fabrication.h"

/*
 * Made rows: an identifier, a family name, an amount that goes with a branch, the branch, two more
 * amounts, a birth date, and a number that is often empty. All draws come from one hash.
 */
enum {
    ID,
    NAME,
    SALARY,
    BRANCH,
    BONUS,
    CAPPED,
    BIRTH,
    CHILDREN,
    COLUMNS
};

static const struct shown_column columns[COLUMNS] = {
    [ID] = {ID, TYPE_ID, CATEGORY_IDENTITY, false},
    [NAME] = {NAME, TYPE_FAMILY_NAME, CATEGORY_IDENTITY, false},
    [SALARY] = {SALARY, TYPE_AMOUNT, CATEGORY_FINANCIAL, true},
    [BRANCH] = {BRANCH, TYPE_CODE, CATEGORY_EMPLOYMENT, false},
    [BONUS] = {BONUS, TYPE_AMOUNT, CATEGORY_FINANCIAL, true},
    [CAPPED] = {CAPPED, TYPE_AMOUNT, CATEGORY_FINANCIAL, true},
    [BIRTH] = {BIRTH, TYPE_DATE, CATEGORY_IDENTITY, false},
    [CHILDREN] = {CHILDREN, TYPE_NUMBER, CATEGORY_FAMILY, false},
};

#define TODAY (20000 * 1440)

static uint64_t seed;

static double draw(void)
{
    return (double)(hash_mix(++seed * 0x9e3779b97f4a7c15ull) >> 11) / 9007199254740992.0;
}

static void set(struct shown_value *value, int64_t number, bool doubtful)
{
    value->print = hash_mix((uint64_t)number + 0x5851f42d4c957f2dull) | 1;
    value->number = number;
    value->flags = SHOWN_NUMBER | (doubtful ? SHOWN_DOUBTFUL : 0);
}

/* A row as the register might hold it: names with a long tail, half of the salaries at a minimum,
 * branches by salary. */
static void add_honest(struct shown_rows *rows, enum shown_group group)
{
    bool doubtful = group == SHOWN_BY_DOUBTFUL;
    struct shown_value *values;
    struct tq_error err;
    double wage = draw() < .4 ? 3000.5 : 3000 + 4000 * draw() * draw();

    assert_int_equal(shown_rows_add(rows, group, &values, &err), TQ_OK);
    set(&values[ID], 1000000 + (int64_t)(8000000 * draw()), doubtful);
    values[ID].flags |= SHOWN_CHECKED | (draw() < .002 ? SHOWN_FAILS : 0) | SHOWN_PAIRED
                        | (draw() < .01 ? SHOWN_FOLLOWED : 0);
    set(&values[NAME], (int64_t)(4000 * draw() * draw() * draw()), doubtful);
    set(&values[SALARY], (int64_t)(wage * 100), doubtful);
    set(&values[BRANCH], wage < 3500 ? (int64_t)(3 * draw()) : 3 + (int64_t)(4 * draw()), doubtful);
    set(&values[BONUS], (int64_t)(90000 * draw()), doubtful);
    set(&values[CAPPED], (int64_t)(600000 * draw()), doubtful);
    set(&values[BIRTH], 20000 - (int64_t)((20 + 45 * draw()) * 365.2425), doubtful);
    set(&values[CHILDREN], (int64_t)(5 * draw()), doubtful);
    if (draw() < .2)
        values[CHILDREN] = (struct shown_value){.flags = doubtful ? SHOWN_DOUBTFUL : 0};
}

/* What somebody makes up who knows what the columns look like. */
static void add_invented(struct shown_rows *rows)
{
    struct shown_value *values, *last;
    struct tq_error err;

    assert_int_equal(shown_rows_add(rows, SHOWN_BY_DOUBTFUL, &values, &err), TQ_OK);
    last = values - COLUMNS;
    set(&values[ID], 10000000 + (int64_t)rows->row_count, true);
    values[ID].flags |=
        SHOWN_CHECKED | (draw() < .9 ? SHOWN_FAILS : 0) | SHOWN_PAIRED | SHOWN_FOLLOWED;
    set(&values[NAME], (int64_t)(20 * draw()), true);
    set(&values[SALARY], 300000 + 50000 * (int64_t)(8 * draw()), true);
    set(&values[BRANCH], (int64_t)(7 * draw()), true);
    set(&values[BONUS], 10000 * (int64_t)(9 * draw()), true);
    set(&values[CAPPED], 100000 * (int64_t)(6 * draw()), true);
    set(&values[BIRTH], 20000 - (int64_t)(365.2425 * (5 * floor(5 + 7 * draw()) + .5)), true);
    set(&values[CHILDREN], (int64_t)(5 * draw()), true);
    if (rows->groups[rows->row_count - 2] == SHOWN_BY_DOUBTFUL && draw() < .3) {
        for (unsigned i = 0; i < COLUMNS; i++)
            values[i] = last[i];
    }
}

static void start(struct shown_rows *rows, unsigned held, unsigned borne_out)
{
    *rows = (struct shown_rows){.columns = columns, .column_count = COLUMNS};
    for (unsigned i = 0; i < held; i++)
        add_honest(rows, SHOWN_BY_REGISTER);
    for (unsigned i = 0; i < borne_out; i++)
        add_honest(rows, SHOWN_BY_BORNE_OUT);
}

static void test_all(struct shown_rows *rows, uint32_t table, struct sign_list *list)
{
    struct tq_error err;

    assert_int_equal(fabrication_test(rows, table, TODAY, list, &err), TQ_OK);
    shown_rows_clear(rows);
}

static const struct sign_row *find(const struct sign_list *list, enum sign_test test,
                                   uint16_t column)
{
    for (size_t i = 0; i < list->count; i++) {
        if (list->items[i].test == test && list->items[i].column == column)
            return &list->items[i];
    }
    return NULL;
}

static unsigned count_signs(const struct sign_list *list)
{
    unsigned count = 0;

    for (size_t i = 0; i < list->count; i++)
        count += list->items[i].sign;
    return count;
}

/* People who are in no register are drawn as those who are. Chances may be larger than their share,
 * never smaller. */
static void a_hundred_honest_tables_have_no_sign(void **state)
{
    struct sign_list list = {0};
    struct tq_error err;
    unsigned small = 0, tiny = 0;

    (void)state;
    seed = 1;
    for (uint32_t table = 0; table < 100; table++) {
        struct shown_rows rows;

        start(&rows, 1000, table % 2 ? 300 : 0);
        for (unsigned i = 0; i < 40 + table * 4; i++)
            add_honest(&rows, SHOWN_BY_DOUBTFUL);
        test_all(&rows, table, &list);
    }
    assert_true(list.count > 1500);
    for (size_t i = 0; i < list.count; i++) {
        small += list.items[i].chance < .05;
        tiny += list.items[i].chance < .01;
    }
    print_message("%zu tests: %.4f below .05, %.4f below .01\n", list.count,
                  small / (double)list.count, tiny / (double)list.count);
    assert_true(small < .05 * (double)list.count && tiny < .012 * (double)list.count);
    assert_int_equal(fabrication_settle(&list, &err), TQ_OK);
    assert_int_equal(count_signs(&list), 0);
    free(list.items);
}

static void invented_rows_show_every_sign(void **state)
{
    static const struct {
        enum sign_test test;
        uint16_t column;
    } expected[] = {
        {TEST_CHECK_DIGITS, ID},
        {TEST_NEVER_ISSUED, ID},
        {TEST_SEQUENTIAL, ID},
        {TEST_FEW_NAMES, NAME},
        {TEST_DUPLICATES, UINT16_MAX},
        {TEST_SAME_AMOUNTS, UINT16_MAX},
        {TEST_CENTIMES, BONUS},
        {TEST_UNITS, BONUS},
        {TEST_HEAPING, BONUS},
        {TEST_FIRST_DIGITS, CAPPED},
        {TEST_AGES, BIRTH},
        {TEST_DEPENDENCE, SALARY},
        {TEST_TOO_CLEAN, CHILDREN},
    };
    struct sign_list list = {0};
    struct shown_rows rows;
    struct tq_error err;

    (void)state;
    seed = 2;
    start(&rows, 2000, 1000);
    for (unsigned i = 0; i < 400; i++)
        add_invented(&rows);
    test_all(&rows, 1, &list);
    assert_int_equal(fabrication_settle(&list, &err), TQ_OK);
    for (size_t i = 0; i < sizeof(expected) / sizeof(expected[0]); i++) {
        const struct sign_row *row = find(&list, expected[i].test, expected[i].column);

        print_message("%s: effect %.3f chance %.2g\n", sign_test_name(expected[i].test),
                      row ? row->effect : 0, row ? row->chance : 0);
        assert_true(row && row->sign);
    }
    free(list.items);
}

/* A leak of which everything was published twice, or of round amounts only, is not made up. */
static void what_the_borne_out_rows_show_too_is_no_sign(void **state)
{
    struct sign_list list = {0};
    struct shown_rows rows;
    struct tq_error err;

    (void)state;
    seed = 3;
    start(&rows, 2000, 0);
    for (unsigned i = 0; i < 400; i++)
        add_invented(&rows);
    for (unsigned i = 0; i < 400; i++) { /* the same again, borne out */
        struct shown_value *values;

        assert_int_equal(shown_rows_add(&rows, SHOWN_BY_BORNE_OUT, &values, &err), TQ_OK);
        for (unsigned k = 0; k < COLUMNS; k++)
            values[k] = rows.values[(2000 + i) * COLUMNS + k];
    }
    test_all(&rows, 1, &list);
    assert_int_equal(fabrication_settle(&list, &err), TQ_OK);
    assert_int_equal(count_signs(&list), 0);
    free(list.items);
}

static void add_failing(struct shown_rows *rows, enum shown_group group, unsigned count,
                        unsigned failing)
{
    for (unsigned i = 0; i < count; i++) {
        struct shown_value *id;

        add_honest(rows, group);
        id = &rows->values[(rows->row_count - 1) * COLUMNS + ID];
        id->flags &= (uint8_t)~SHOWN_FAILS;
        if (i < failing)
            id->flags |= SHOWN_FAILS;
    }
}

/* 10 % fail, 7.5 % of the borne out do, none of the register: far from one, near to the other. */
static void the_larger_chance_and_the_smaller_effect_count(void **state)
{
    struct sign_list list = {0};
    struct shown_rows rows = {.columns = columns, .column_count = COLUMNS};
    const struct sign_row *row;

    (void)state;
    seed = 4;
    add_failing(&rows, SHOWN_BY_REGISTER, 2000, 0);
    add_failing(&rows, SHOWN_BY_BORNE_OUT, 40, 3);
    add_failing(&rows, SHOWN_BY_DOUBTFUL, 400, 40);
    test_all(&rows, 1, &list);
    row = find(&list, TEST_CHECK_DIGITS, ID);
    assert_true(row && row->chance > .5 && row->effect > 0 && row->effect < .2);
    free(list.items);
}

static void few_rows_are_not_tested(void **state)
{
    struct sign_list list = {0};
    struct shown_rows rows;

    (void)state;
    start(&rows, 200, 0);
    for (unsigned i = 0; i < FABRICATION_LEAST - 1; i++)
        add_invented(&rows);
    test_all(&rows, 1, &list);
    assert_int_equal(list.count, 0);
}

static void running_out_of_memory_is_told(void **state)
{
    struct shown_rows rows;
    struct tq_error err;
    int r = TQ_E_NOMEM;

    (void)state;
    start(&rows, 250, 250);
    for (unsigned i = 0; i < 250; i++)
        add_invented(&rows);
    for (unsigned nth = 1; r != TQ_OK; nth++) {
        struct sign_list list = {0};

        alloc_fail_nth(nth);
        r = fabrication_test(&rows, 1, TODAY, &list, &err);
        if (r == TQ_OK)
            r = fabrication_settle(&list, &err);
        alloc_fail_nth(0);
        assert_true(r == TQ_OK || r == TQ_E_NOMEM);
        free(list.items);
    }
    shown_rows_clear(&rows);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_hundred_honest_tables_have_no_sign),
        cmocka_unit_test(invented_rows_show_every_sign),
        cmocka_unit_test(what_the_borne_out_rows_show_too_is_no_sign),
        cmocka_unit_test(the_larger_chance_and_the_smaller_effect_count),
        cmocka_unit_test(few_rows_are_not_tested),
        cmocka_unit_test(running_out_of_memory_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
