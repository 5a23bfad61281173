/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "register/held.h"
#include "toy_register.h"

#define JOBS                                                      \
    "kind employer\n"                                             \
    "field employer name text employment\n"                       \
    "field employer size number employment periodic\n"            \
    "kind person\n"                                               \
    "field person employer ref employment to=employer periodic\n" \
    "field person boss ref employment to=employer\n"              \
    "field person salary amount financial periodic\n"             \
    "1 | employer | 70 | period 2024-01 | known 2024-02-01..\n"   \
    "1 | employer | 80 | period 2024-02 | known 2024-03-01..\n"   \
    "1 | employer | 99 | period 2024-03 | known 2024-04-01..\n"   \
    "1 | boss | 70 | known ..2024-01-15 | valid 2020-01-01..\n"   \
    "1 | salary | 100.00 | period 2024-01 | known 2024-02-01..\n" \
    "1 | salary | 200.00 | period 2024-02 | known 2024-03-01..\n" \
    "1 | salary | 250.00 | period 2024-02 | known 2024-05-01..\n" \
    "kind employer\n"                                             \
    "70 | name | ATLAS | known ..2024-01-10\n"                    \
    "70 | name | ATLAS SA | known 2024-01-10..\n"                 \
    "70 | size | 5 | period 2024-01\n"                            \
    "70 | size | 6 | period 2024-02\n"                            \
    "80 | name | RIF\n"

static struct held_list find(const struct reg *reg, struct target target, uint16_t row_period)
{
    struct held_list list = {0};
    struct tq_error err;

    assert_int_equal(held_find(reg, &target, 0, row_period, &list, &err), TQ_OK);
    for (size_t i = 0; i < list.count; i++)
        assert_true(held_has(reg, &target, 0, row_period, list.items[i].key));
    return list;
}

static void holds_one_period_or_any(void **state)
{
    struct reg *reg = toy_register(JOBS);
    struct target salary = toy_target(reg, "person", NULL, "salary");
    struct held_list list = find(reg, salary, MONTH_NONE);

    (void)state;
    assert_int_equal(list.count, 3);
    held_list_clear(&list);

    salary.period_mode = PERIOD_FIXED;
    salary.period = month_number(2024, 2);
    list = find(reg, salary, MONTH_NONE);
    assert_int_equal(list.count, 2);
    assert_int_equal(list.items[0].period, month_number(2024, 2));
    assert_int_equal(list.items[0].key, toy_key(reg, salary.field, "200"));
    assert_false(held_has(reg, &salary, 0, MONTH_NONE, toy_key(reg, salary.field, "100")));
    held_list_clear(&list);
    reg = reg_free(reg);
}

static void the_row_names_the_period(void **state)
{
    struct reg *reg = toy_register(JOBS);
    struct target salary = toy_target(reg, "person", NULL, "salary");
    struct held_list list;

    (void)state;
    salary.period_mode = PERIOD_ROW;
    list = find(reg, salary, MONTH_NONE);
    assert_int_equal(list.count, 0);
    held_list_clear(&list);
    list = find(reg, salary, month_number(2024, 1));
    assert_int_equal(list.count, 1);
    assert_int_equal(list.items[0].known_from, toy_moment("2024-02-01"));
    held_list_clear(&list);
    reg = reg_free(reg);
}

static void follows_a_reference_and_intersects_the_times(void **state)
{
    struct reg *reg = toy_register(JOBS);
    struct target name = toy_target(reg, "person", "boss", "name");
    struct held_list list = find(reg, name, MONTH_NONE);

    (void)state;
    assert_int_equal(list.count, 2);
    assert_int_equal(list.items[0].known_to, toy_moment("2024-01-10"));
    assert_int_equal(list.items[1].known_from, toy_moment("2024-01-10"));
    assert_int_equal(list.items[1].known_to, toy_moment("2024-01-15"));
    assert_int_equal(list.items[1].valid_from, toy_moment("2020-01-01"));
    assert_int_equal(list.items[1].holder, toy_subject(reg, "employer", "70"));
    held_list_clear(&list);
    reg = reg_free(reg);
}

static void a_reference_in_a_period_gives_its_period(void **state)
{
    struct reg *reg = toy_register(JOBS);
    struct target name = toy_target(reg, "person", "employer", "name");
    struct held_list list;

    (void)state;
    name.period_mode = PERIOD_ANY;
    list = find(reg, name, MONTH_NONE);
    assert_int_equal(list.count, 2); /* ATLAS was never known together with the declaration */
    assert_int_equal(list.items[0].period, month_number(2024, 1));
    assert_int_equal(list.items[1].key, toy_key(reg, name.field, "rif"));
    held_list_clear(&list);

    name.period_mode = PERIOD_FIXED;
    name.period = month_number(2024, 2);
    list = find(reg, name, MONTH_NONE);
    assert_int_equal(list.count, 1);
    assert_int_equal(list.items[0].holder, toy_subject(reg, "employer", "80"));
    held_list_clear(&list);
    reg = reg_free(reg);
}

static void a_dangling_reference_holds_nothing(void **state)
{
    struct reg *reg = toy_register(JOBS);
    struct target name = toy_target(reg, "person", "employer", "name");
    struct held_list list;

    (void)state;
    name.period_mode = PERIOD_FIXED;
    name.period = month_number(2024, 3);
    list = find(reg, name, MONTH_NONE);
    assert_int_equal(list.count, 0);
    held_list_clear(&list);
    reg = reg_free(reg);
}

static void writes_targets_as_people_read_them(void **state)
{
    struct reg *reg = toy_register(JOBS);
    struct target salary = toy_target(reg, "person", NULL, "salary");
    struct target name = toy_target(reg, "person", "employer", "name");
    struct buf text = {0};

    (void)state;
    salary.period_mode = PERIOD_FIXED;
    salary.period = month_number(2024, 3);
    target_format(reg, &salary, &text);
    buf_add_byte(&text, ' ');
    name.period_mode = PERIOD_ANY;
    target_format(reg, &name, &text);
    buf_add_byte(&text, ' ');
    salary.period_mode = PERIOD_ROW;
    target_format(reg, &salary, &text);
    assert_string_equal(text.data, "salary@2024-03 employer>name@any salary@row");
    buf_clear(&text);
    reg = reg_free(reg);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(holds_one_period_or_any),
        cmocka_unit_test(the_row_names_the_period),
        cmocka_unit_test(follows_a_reference_and_intersects_the_times),
        cmocka_unit_test(a_reference_in_a_period_gives_its_period),
        cmocka_unit_test(a_dangling_reference_holds_nothing),
        cmocka_unit_test(writes_targets_as_people_read_them),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
