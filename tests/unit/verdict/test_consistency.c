/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/alloc.h"
#include "judge_table.h"
#include "toy_register.h"

static const char register_text[] = "country MA\n"
                                    "kind employer\n"
                                    "field employer number id identity\n"
                                    "field employer status code employment\n"
                                    "kind person\n"
                                    "field person number id identity check=luhn\n"
                                    "field person birth date identity\n"
                                    "field person days number employment periodic\n"
                                    "field person salary amount financial periodic\n"
                                    "field person benefit amount social periodic\n"
                                    "field person payer ref employment to=employer periodic\n"
                                    "kind employer\n"
                                    "100 | number | 100\n"
                                    "100 | status | A\n"
                                    "200 | number | 200\n"
                                    "200 | status | A | valid ..2024-02-10\n"
                                    "200 | status | F | valid 2024-02-10..\n"
                                    "kind person\n"
                                    "78949 | number | 78949\n"
                                    "78949 | birth | 1980-05-17\n"
                                    "78949 | days | 26 | period 2024-03 | known 2024-04-10..\n"
                                    "78949 | days | 20 | period 2024-04 | known 2024-05-10..\n"
                                    "78949 | salary | 4000 | period 2024-03 | known 2024-04-10..\n"
                                    "78949 | salary | 2000 | period 2024-04 | known 2024-05-10..\n"
                                    "78949 | benefit | 300 | period 2024-04 | known 2024-05-20..\n"
                                    "78949 | payer | 100 | period 2024-03 | known 2024-04-10..\n"
                                    "78949 | payer | 100 | period 2024-04 | known 2024-05-10..\n"
                                    "59 | number | 59\n"
                                    "59 | birth | 1990-01-01\n"
                                    "59 | days | 26 | period 2024-04 | known 2024-05-10..\n"
                                    "59 | salary | 1000 | period 2024-04 | known 2024-05-10..\n"
                                    "59 | payer | 100 | period 2024-04 | known 2024-05-10..\n";

static const char rules_text[] =
    "tables: {smig: {values: {2023-01-01: 3000.00}}}\n"
    "rules:\n"
    "- {rule: days, subject: person, field: days, between: [0, 26]}\n"
    "- {rule: least, strength: should, subject: person, field: salary,\n"
    "   where: {test: {field: days}, equals: 26}, at_least: {table: smig}}\n"
    "- {rule: closed, subject: person, field: payer>status, where: {in: [F]},\n"
    "   test: period, at_most: valid_from}\n"
    "- {rule: window, subject: person, field: benefit, where: {above: 0},\n"
    "   test: {sum: days, months: 2}, at_least: 40}\n"
    "- {rule: digits, every: any, check: declared}\n"
    "- {rule: age, subject: person, field: birth, at_least: {moment: today, plus_years: -120}}\n"
    "- {rule: shared, subject: person, field: number, unique: true}\n"
    "- {rule: future, every: any, test: known_from, at_most: today}\n";

enum {
    OF_DAYS,
    OF_LEAST,
    OF_CLOSED,
    OF_WINDOW,
    OF_DIGITS,
    OF_AGE,
    OF_SHARED,
    OF_FUTURE
};

enum {
    NUMBER,
    BORN,
    MONTH,
    DAYS,
    SALARY,
    PAYER,
    COLUMNS
};

static const struct test_column columns[COLUMNS] = {
    [NUMBER] = {NULL, "number", AS_ID},
    [BORN] = {NULL, "birth", AS_DMY},
    [MONTH] = {.as = AS_YM, .is_month = true},
    [DAYS] = {NULL, "days", AS_DOT, .period_mode = PERIOD_ROW},
    [SALARY] = {NULL, "salary", AS_DOT, .period_mode = PERIOD_ROW},
    [PAYER] = {NULL, "payer", AS_ID, .period_mode = PERIOD_ROW},
};

struct world {
    struct reg *reg;
    struct rule_set *set;
    struct rule_binding *binding;
    struct judge_table table;
};

static void begin(struct world *world)
{
    struct tq_error err;

    *world = (struct world){.reg = toy_register(register_text)};
    if (rule_set_parse(slice_of(rules_text), "r.yaml", &world->set, &err) < 0)
        fail_msg("%s", err.message);
    assert_int_equal(rule_binding_new(world->set, world->reg, &world->binding, &err), TQ_OK);
    judge_table_start(&world->table, world->reg, "person", columns, COLUMNS);
    world->table.rules = world->binding;
    world->table.today = toy_moment("2024-09-01");
    judge_table_snapshot(&world->table, "2024-08-01", "2024-08-02");
}

static void end(struct world *world)
{
    judge_table_end(&world->table);
    (void)rule_binding_free(world->binding);
    (void)rule_set_free(world->set);
    (void)reg_free(world->reg);
}

static size_t breaks_of(const struct world *world, unsigned rule, unsigned column)
{
    const struct finding_batch *findings = &world->table.findings;
    size_t count = 0;

    for (size_t i = 0; i < findings->break_count; i++)
        count += findings->breaks[i].rule == rule && findings->breaks[i].column == column;
    return count;
}

/* One row about a person of the register; what it breaks, and in which column. */
static void expect_break(const char *row, const char *subject, unsigned rule, unsigned column)
{
    struct world world;

    begin(&world);
    judge_table_row(&world.table, row, subject, false);
    judge_table_run(&world.table, 1);
    assert_int_equal(world.table.findings.break_count, 1);
    assert_int_equal(breaks_of(&world, rule, column), 1);
    assert_int_equal(judge_rule_tallies(world.table.judge)[rule].records, 1);
    assert_int_equal(judge_rule_tallies(world.table.judge)[rule].broken, 1);
    end(&world);
}

static void expect_no_break(const char *row, const char *subject)
{
    struct world world;

    begin(&world);
    judge_table_row(&world.table, row, subject, false);
    judge_table_run(&world.table, 1);
    assert_int_equal(world.table.findings.break_count, 0);
    end(&world);
}

static void a_cell_that_breaks_a_rule_gets_the_ground(void **state)
{
    (void)state;
    expect_break("78949|17/05/1980|2024-03|31|4000|100", "78949", OF_DAYS, DAYS);
    expect_break("78949|17/05/1880|2024-03|26|4000|100", "78949", OF_AGE, BORN);
    expect_break("78943|17/05/1980|2024-03|26|4000|100", "78949", OF_DIGITS, NUMBER);
    expect_break("78949|17/05/1980|2024-03|26|2500|100", "78949", OF_LEAST, SALARY);
}

/* The salary agrees, and is below the minimum only beside the days that are claimed. */
static void what_agrees_is_tested_beside_what_does_not(void **state)
{
    (void)state;
    expect_break("78949|17/05/1980|2024-04|26|2000|100", "78949", OF_LEAST, DAYS);
}

static void what_a_record_does_not_show_comes_from_the_register(void **state)
{
    (void)state;
    expect_break("78949|17/05/1980|2024-03|26|4000|200", "78949", OF_CLOSED, PAYER);
    expect_break("78949|17/05/1980|2024-04|4|2000|100", "78949", OF_WINDOW, DAYS);
}

static void a_rule_that_the_register_breaks_as_well_is_no_sign(void **state)
{
    (void)state;
    expect_no_break("59|01/01/1990|2024-04|26|1200|100", "59");
}

static void what_agrees_is_not_tested(void **state)
{
    struct world world;

    (void)state;
    begin(&world);
    judge_table_row(&world.table, "59|01/01/1990|2024-04|26|1000|100", "59", false);
    judge_table_row(&world.table, "78949|17/05/1980|2024-03|26|4000|100", "78949", false);
    judge_table_run(&world.table, 1);
    assert_int_equal(world.table.findings.break_count, 0);
    for (size_t i = 0; i <= OF_FUTURE; i++)
        assert_int_equal(judge_rule_tallies(world.table.judge)[i].records, 0);
    end(&world);
}

static void a_record_about_nobody_is_tested_by_itself(void **state)
{
    struct world world;

    (void)state;
    begin(&world);
    judge_table_row(&world.table, "78943|17/05/1980|2024-03|31|4000|100", NULL, false);
    judge_table_row(&world.table, "78949|17/05/1980|2024-03|26|2500|100", NULL, false);
    judge_table_run(&world.table, 1);
    assert_int_equal(breaks_of(&world, OF_DIGITS, NUMBER), 1);
    assert_int_equal(breaks_of(&world, OF_DAYS, DAYS), 1);
    assert_int_equal(breaks_of(&world, OF_LEAST, SALARY), 1);
    assert_int_equal(judge_rule_tallies(world.table.judge)[OF_DAYS].records, 2);
    assert_int_equal(judge_rule_tallies(world.table.judge)[OF_SHARED].records, 0);
    assert_int_equal(judge_rule_tallies(world.table.judge)[OF_FUTURE].records, 0);
    end(&world);
}

/* Rules change no verdict. */
static void verdicts_stay_as_they_are(void **state)
{
    struct world world;

    (void)state;
    begin(&world);
    judge_table_row(&world.table, "78949|17/05/1980|2024-03|31|4000|100", "78949", false);
    judge_table_run(&world.table, 1);
    assert_string_equal(judge_table_verdict(&world.table, 0), "altered");
    assert_string_equal(judge_table_cells(&world.table, 0, 0),
                        "agrees agrees contradicts agrees agrees");
    end(&world);
}

static void survives_every_failing_allocation(void **state)
{
    struct world world;
    struct tq_error err = {0};
    int r = TQ_E_NOMEM;

    (void)state;
    begin(&world);
    judge_table_row(&world.table, "78943|17/05/1880|2024-03|31|2500|200", "78949", false);
    judge_table_run(&world.table, 1);
    for (unsigned nth = 1; r != TQ_OK; nth++) {
        struct linked_batch linked = {.batch = &world.table.builder.batch,
                                      .links = world.table.links};
        struct judge_scratch *scratch;

        finding_batch_clear(&world.table.findings);
        alloc_fail_nth(nth);
        scratch = judge_scratch_new(world.table.judge);
        r = scratch ? judge_batch(world.table.judge, scratch, &linked, &world.table.dating,
                                  &world.table.findings, &err)
                    : TQ_E_NOMEM;
        alloc_fail_nth(0);
        (void)judge_scratch_free(scratch);
        assert_true(r == TQ_OK || r == TQ_E_NOMEM);
    }
    assert_int_equal(breaks_of(&world, OF_DAYS, DAYS), 1);
    end(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_cell_that_breaks_a_rule_gets_the_ground),
        cmocka_unit_test(what_agrees_is_tested_beside_what_does_not),
        cmocka_unit_test(what_a_record_does_not_show_comes_from_the_register),
        cmocka_unit_test(a_rule_that_the_register_breaks_as_well_is_no_sign),
        cmocka_unit_test(what_agrees_is_not_tested),
        cmocka_unit_test(a_record_about_nobody_is_tested_by_itself),
        cmocka_unit_test(verdicts_stay_as_they_are),
        cmocka_unit_test(survives_every_failing_allocation),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
