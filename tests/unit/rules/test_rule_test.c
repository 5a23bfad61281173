/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/moment.h"
#include "rules/rule_test.h"

/* Facts as the records of a leak might bring them: no register is needed. */

#define HEAD "rules:\n- {rule: a, subject: person, field: salary, "
#define DAYS "test: {field: days}, at_most: 26}"

static struct rule_fact fact_of(int64_t number, int year, unsigned month)
{
    return (struct rule_fact){.has_number = true,
                              .number = number,
                              .text = SLICE_LITERAL("x"),
                              .period = month ? month_number(year, month) : MONTH_NONE,
                              .valid_from = MOMENT_MIN,
                              .valid_to = MOMENT_MAX,
                              .known_from = MOMENT_MIN,
                              .known_to = MOMENT_MAX};
}

/* Test the only rule of a text on `facts` of its field; `other`: what its second field holds. */
static enum rule_outcome test(const char *text, const struct rule_facts *facts,
                              const struct rule_facts *other)
{
    struct rule_facts fields[2] = {*facts, other ? *other : (struct rule_facts){0}};
    struct rule_set *set = NULL;
    struct tq_error err = {0};
    enum rule_outcome outcome;

    if (rule_set_parse(slice_of(text), "r.yaml", &set, &err) < 0)
        fail_msg("%s", err.message);
    assert_true(set->name_count <= 2);
    const struct rule_subject subject = {.set = set, .fields = fields, .today = 1000};

    outcome = rule_test_fact(&subject, &set->rules[0], facts, &facts->items[0]);
    (void)rule_set_free(set);
    return outcome;
}

static enum rule_outcome test_one(const char *text, struct rule_fact fact)
{
    struct rule_facts facts = {.items = &fact, .count = 1, .by_period = fact.period != MONTH_NONE};

    return test(text, &facts, NULL);
}

static enum rule_outcome test_two(const char *text, struct rule_fact fact, struct rule_fact *other,
                                  size_t count)
{
    struct rule_facts facts = {.items = &fact, .count = 1, .by_period = true};
    struct rule_facts others = {.items = other,
                                .count = count,
                                .by_period = count > 0 && other->period != MONTH_NONE,
                                .period_first = month_number(2023, 1)};

    return test(text, &facts, &others);
}

static void compares_with_numbers(void **state)
{
    struct rule_fact fact = fact_of(2600, 2024, 3);

    (void)state;
    assert_int_equal(test_one(HEAD "at_most: 26}", fact), RULE_HOLDS);
    assert_int_equal(test_one(HEAD "at_most: 25.99}", fact), RULE_FAILS);
    assert_int_equal(test_one(HEAD "between: [0, 26]}", fact), RULE_HOLDS);
    assert_int_equal(test_one(HEAD "between: [27, 30]}", fact), RULE_FAILS);
    assert_int_equal(test_one(HEAD "below: 26}", fact), RULE_FAILS);
    assert_int_equal(test_one(HEAD "above: 25}", fact), RULE_HOLDS);
    assert_int_equal(test_one(HEAD "equals: 26}", fact), RULE_HOLDS);
    assert_int_equal(test_one(HEAD "equals: 26.02}", fact), RULE_FAILS);
    assert_int_equal(test_one(HEAD "equals: 26.02, within: 0.02}", fact), RULE_HOLDS);
    assert_int_equal(test_one(HEAD "at_most: {moment: value, times: 0.5, plus: 13}}", fact),
                     RULE_HOLDS);
    /* 26 * .333333 is 8.67 to the hundredth. */
    assert_int_equal(test_one(HEAD "test: 8.67, equals: {moment: value, times: 0.333333}}", fact),
                     RULE_HOLDS);
    fact.has_number = false;
    assert_int_equal(test_one(HEAD "at_most: 26}", fact), RULE_UNTESTED);
}

static void takes_the_amount_of_the_month(void **state)
{
    static const char smig[] = "tables: {smig: {values: {2023-09-01: 3111.39, 2025-01-01: "
                               "3266.10}}}\n" HEAD "not_yet: smig}";
    static const char least[] = "tables: {smig: {values: {2023-09-01: 3111.39, 2025-01-01: "
                                "3266.10}}}\n" HEAD "at_least: {table: smig}}";

    (void)state;
    assert_int_equal(test_one(least, fact_of(320000, 2024, 12)), RULE_HOLDS);
    assert_int_equal(test_one(least, fact_of(320000, 2025, 1)), RULE_FAILS);
    assert_int_equal(test_one(least, fact_of(320000, 2023, 8)), RULE_UNTESTED);
    assert_int_equal(test_one(smig, fact_of(326610, 2024, 12)), RULE_FAILS);
    assert_int_equal(test_one(smig, fact_of(326610, 2025, 1)), RULE_HOLDS);
    assert_int_equal(test_one(smig, fact_of(326611, 2024, 12)), RULE_HOLDS);
}

static void looks_at_the_same_month_and_row(void **state)
{
    struct rule_fact others[3] = {fact_of(2600, 2024, 2), fact_of(3000, 2024, 3),
                                  fact_of(2600, 2024, 3)};
    struct rule_fact fact = fact_of(1, 2024, 3);

    (void)state;
    assert_int_equal(test_two(HEAD DAYS, fact, others, 2), RULE_FAILS);
    assert_int_equal(test_two(HEAD DAYS, fact, others, 1), RULE_UNTESTED);
    /* One of several values that may be meant is enough. */
    assert_int_equal(test_two(HEAD DAYS, fact, others, 3), RULE_HOLDS);
    /* The row that came in at the same time is the one meant. */
    fact.known_from = others[1].known_from = 500;
    assert_int_equal(test_two(HEAD DAYS, fact, others, 3), RULE_FAILS);
    /* A value that was gone before is none. */
    others[1].known_from = 100;
    others[1].known_to = 400;
    assert_int_equal(test_two(HEAD DAYS, fact, others, 2), RULE_UNTESTED);
}

static void tests_only_where_it_applies(void **state)
{
    static const char text[] = HEAD "where: {test: {field: days}, equals: 26}, at_least: 100}";
    struct rule_fact days[2] = {fact_of(2600, 2024, 3), fact_of(1000, 2024, 3)};
    struct rule_fact fact = fact_of(5000, 2024, 3);

    (void)state;
    assert_int_equal(test_two(text, fact, days, 1), RULE_FAILS);
    assert_int_equal(test_two(text, fact, days, 2), RULE_UNTESTED);
    assert_int_equal(test_two(text, fact, days + 1, 1), RULE_UNTESTED);
    assert_int_equal(test_two(text, fact, days, 0), RULE_UNTESTED);
}

static void sums_months_as_they_were_known(void **state)
{
    static const char year[] = HEAD "test: {sum: days, year: true}, at_most: 50}";
    static const char window[] = HEAD "test: {sum: days, months: 2}, at_least: 50}";
    struct rule_fact days[3] = {fact_of(2000, 2024, 1), fact_of(2600, 2024, 2),
                                fact_of(2600, 2024, 3)};

    (void)state;
    assert_int_equal(test_two(year, fact_of(1, 2024, 3), days, 3), RULE_FAILS);
    assert_int_equal(test_two(year, fact_of(1, 2024, 3), days, 2), RULE_HOLDS);
    assert_int_equal(test_two(window, fact_of(1, 2024, 3), days, 3), RULE_HOLDS);
    assert_int_equal(test_two(window, fact_of(1, 2024, 2), days, 3), RULE_FAILS);
    assert_int_equal(test_two(window, fact_of(1, 2023, 1), days, 3), RULE_UNTESTED);
    assert_int_equal(
        test_two(HEAD "test: {sum: days, months: 2}, at_most: 52}", fact_of(1, 2024, 3), days, 3),
        RULE_HOLDS);
    struct rule_fact early = fact_of(1, 2024, 3);

    early.known_from = 50;
    days[0].known_from = 60; /* came in after it */
    days[1].known_to = 50;   /* replaced by it */
    assert_int_equal(test_two(HEAD "test: {sum: days, year: true}, equals: 26}", early, days, 3),
                     RULE_HOLDS);
    days[0].known_from = MOMENT_MIN;
    days[1].known_to = MOMENT_MAX;
    days[2].known_to = 77; /* replaced since */
    assert_int_equal(test_two(window, fact_of(1, 2024, 3), days, 3), RULE_FAILS);
}

static void adds_least_and_total(void **state)
{
    struct rule_fact days = fact_of(2600, 2024, 3);

    (void)state;
    assert_int_equal(
        test_two(HEAD "equals: {least: [{field: days}, 20]}}", fact_of(2000, 2024, 3), &days, 1),
        RULE_HOLDS);
    assert_int_equal(
        test_two(HEAD "equals: {greatest: [{field: days}, 20]}}", fact_of(2600, 2024, 3), &days, 1),
        RULE_HOLDS);
    assert_int_equal(test_two(HEAD "equals: {total: [{field: days, times: 100}, 1]}}",
                              fact_of(260100, 2024, 3), &days, 1),
                     RULE_HOLDS);
    assert_int_equal(test_two(HEAD "equals: {total: [{field: days, missing: 3}, 1]}}",
                              fact_of(400, 2024, 3), &days, 0),
                     RULE_HOLDS);
    assert_int_equal(test_two(HEAD "equals: {total: [{field: days, codes: {x: 7}}, 1]}}",
                              fact_of(800, 2024, 3), &days, 1),
                     RULE_HOLDS);
}

static void shifts_dates(void **state)
{
    static const char text[] = HEAD "test: period_end, at_least: {field: birth, plus_years: 15}}";
    struct rule_fact birth = fact_of((int64_t)days_from_civil(2008, 2, 29) * 1440, 0, 0);

    (void)state;
    assert_int_equal(test_two(text, fact_of(1, 2023, 2), &birth, 1), RULE_HOLDS);
    assert_int_equal(test_two(text, fact_of(1, 2023, 1), &birth, 1), RULE_FAILS);
}

/* Midnight of a summer day is an hour earlier in UTC; half past ten is no midnight. */
static void takes_valid_times_for_local_dates(void **state)
{
    static const char text[] = HEAD "test: valid_from, equals: 2024-07-01}";
    struct rule_fact fact = fact_of(1, 0, 0);
    int32_t midnight = days_from_civil(2024, 7, 1) * 1440;

    (void)state;
    assert_int_equal(test_one(text, fact), RULE_UNTESTED);
    fact.valid_from = midnight - 60;
    assert_int_equal(test_one(text, fact), RULE_HOLDS);
    fact.valid_from = midnight + 60;
    assert_int_equal(test_one(text, fact), RULE_HOLDS);
    fact.valid_from = midnight - 90;
    assert_int_equal(test_one(text, fact), RULE_FAILS);
}

static void compares_two_other_fields(void **state)
{
    static const char text[] = HEAD "test: {field: days}, at_most: {field: salary}}";
    struct rule_fact days = fact_of(2600, 2024, 3);

    (void)state;
    assert_int_equal(test_two(text, fact_of(2600, 2024, 3), &days, 1), RULE_HOLDS);
    assert_int_equal(test_two(text, fact_of(2500, 2024, 3), &days, 1), RULE_FAILS);
}

static void counts_values_at_a_time(void **state)
{
    struct rule_fact items[2] = {fact_of(1, 0, 0), fact_of(2, 0, 0)};
    struct rule_facts facts = {.items = items, .count = 2};

    (void)state;
    assert_int_equal(test(HEAD "at_once: 1}", &facts, NULL), RULE_HOLDS);
    items[1].text = SLICE_LITERAL("y");
    assert_int_equal(test(HEAD "at_once: 1}", &facts, NULL), RULE_FAILS);
    items[1].known_from = 5;
    assert_int_equal(test(HEAD "at_once: 1}", &facts, NULL), RULE_HOLDS);
}

static void looks_at_texts_holders_and_check_digits(void **state)
{
    struct rule_fact fact = fact_of(1, 0, 0);

    (void)state;
    fact.text = SLICE_LITERAL("cs");
    fact.raw = SLICE_LITERAL("78949");
    assert_int_equal(test_one(HEAD "in: [MS, cs]}", fact), RULE_HOLDS);
    assert_int_equal(test_one(HEAD "not_in: [MS, CS]}", fact), RULE_FAILS);
    assert_int_equal(test_one(HEAD "check: luhn}", fact), RULE_HOLDS);
    assert_int_equal(test_one(HEAD "check: declared}", fact), RULE_UNTESTED);
    assert_int_equal(test_one(HEAD "unique: true}", fact), RULE_UNTESTED);
    fact.holders = 2;
    assert_int_equal(test_one(HEAD "unique: true}", fact), RULE_FAILS);
    fact.raw = SLICE_LITERAL("7894");
    assert_int_equal(test_one(HEAD "check: luhn}", fact), RULE_FAILS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(compares_with_numbers),
        cmocka_unit_test(takes_the_amount_of_the_month),
        cmocka_unit_test(looks_at_the_same_month_and_row),
        cmocka_unit_test(tests_only_where_it_applies),
        cmocka_unit_test(sums_months_as_they_were_known),
        cmocka_unit_test(adds_least_and_total),
        cmocka_unit_test(shifts_dates),
        cmocka_unit_test(takes_valid_times_for_local_dates),
        cmocka_unit_test(compares_two_other_fields),
        cmocka_unit_test(counts_values_at_a_time),
        cmocka_unit_test(looks_at_texts_holders_and_check_digits),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
