/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "rules/check.h"
#include "toy_register.h"

#define WORLD                                                 \
    "timezone Africa/Tunis\n"                                 \
    "kind employer\n"                                         \
    "field employer status code employment\n"                 \
    "kind person\n"                                           \
    "field person number id identity check=luhn\n"            \
    "field person birth date identity\n"                      \
    "field person days number employment periodic\n"          \
    "field person boss ref employment to=employer periodic\n" \
    "1 | number | 78949\n"                                    \
    "1 | birth | 1980-01-01\n"                                \
    "1 | days | 26 | period 2024-01 | known 2024-02-01..\n"   \
    "1 | days | 27 | period 2024-02 | known 2024-03-01..\n"   \
    "1 | boss | 70 | period 2024-01 | known 2024-02-01..\n"   \
    "1 | boss | 70 | period 2024-02 | known 2024-03-01..\n"   \
    "2 | number | 7894\n"                                     \
    "2 | birth | 2010-06-01\n"                                \
    "2 | days | 10 | period 2024-02 | known 2024-03-01..\n"   \
    "3 | number | 78949\n"                                    \
    "kind employer\n"                                         \
    "70 | status | A | known ..2024-01-20\n"                  \
    "70 | status | F | known 2024-01-20.. | valid 2024-01-15T23:00..\n"

#define PERSON "subject: person, field: "

static struct rule_set *set_of(const char *text)
{
    struct rule_set *set = NULL;
    struct tq_error err = {0};

    if (rule_set_parse(slice_of(text), "r.yaml", &set, &err) < 0)
        fail_msg("%s", err.message);
    return set;
}

static int run(const struct rule_set *set, const struct reg *reg, struct rule_count *counts,
               char *skipped, struct tq_error *err)
{
    struct rule_binding *binding = NULL;
    int r = rule_binding_new(set, reg, &binding, err);

    if (r < 0)
        return r;
    const struct rule_check check = {.binding = binding, .threads = 2, .today = 29000000};

    r = rule_check_run(&check, counts, err);
    (void)strcpy(skipped, binding->rules[0].skipped);
    (void)rule_binding_free(binding);
    return r;
}

/* The only rule of the text, on the world above. */
static struct rule_count check(const char *rule, char skipped[160])
{
    char text[512];
    struct reg *reg = toy_register(WORLD);
    struct rule_count count;
    struct rule_set *set;
    struct tq_error err = {0};

    (void)snprintf(text, sizeof(text), "rules:\n- {rule: a, %s}", rule);
    set = set_of(text);
    if (run(set, reg, &count, skipped, &err) < 0)
        fail_msg("%s", err.message);
    (void)rule_set_free(set);
    (void)reg_free(reg);
    return count;
}

static void expect(const char *rule, uint64_t facts, uint64_t failed, uint64_t subjects_failed)
{
    char skipped[160];
    struct rule_count count = check(rule, skipped);

    assert_string_equal(skipped, "");
    assert_int_equal(count.facts, facts);
    assert_int_equal(count.failed, failed);
    assert_int_equal(count.subjects_failed, subjects_failed);
}

static void expect_skipped(const char *rule, const char *why)
{
    char skipped[160];
    struct rule_count count = check(rule, skipped);

    assert_non_null(strstr(skipped, why));
    assert_int_equal(count.facts + count.untested, 0);
}

static void counts_facts_and_subjects(void **state)
{
    (void)state;
    expect(PERSON "days, between: [0, 26]", 3, 1, 1);
    expect(PERSON "days, between: [11, 25]", 3, 3, 2);
    expect(PERSON "number, unique: true", 3, 2, 2);
    expect("every: any, check: declared", 3, 1, 1);
    expect(PERSON "days, test: {sum: days, months: 2}, at_most: 52", 2, 1, 1);
    expect("every: date, at_most: 2000-01-01", 2, 1, 1);
    expect(PERSON "days, test: period_end, at_least: {field: birth, plus_years: 15}", 3, 1, 1);
    expect(PERSON "days, where: {test: {field: birth}, below: 2000-01-01}, at_most: 26", 2, 1, 1);
}

/* 23:00 UTC is midnight in Tunis: the employer closed on 16 January. */
static void follows_references_and_local_dates(void **state)
{
    (void)state;
    expect(PERSON "boss>status, where: {in: [F]}, test: period, at_most: valid_from", 2, 1, 1);
    expect(PERSON "boss>status, where: {in: [F]}, test: valid_from, equals: 2024-01-16", 2, 0, 0);
}

/* Two rules of one set, and of a rule about several fields: a person counts once. */
static void counts_a_subject_once_in_however_many_fields(void **state)
{
    (void)state;
    expect("every: any, test: known_from, at_least: 2024-02-15", 6, 3, 2);
}

static void tests_the_rules_that_are_asked_for_on_a_sample(void **state)
{
    struct rule_set *set = set_of("rules:\n- {rule: a, " PERSON "days, at_most: 26}\n"
                                  "- {rule: b, " PERSON "number, unique: true}");
    const bool rules[] = {false, true};
    struct reg *reg = toy_register(WORLD);
    struct rule_binding *binding = NULL;
    struct rule_count counts[2];
    struct tq_error err;

    (void)state;
    assert_int_equal(rule_binding_new(set, reg, &binding, &err), TQ_OK);
    const struct rule_check check = {.binding = binding,
                                     .threads = 2,
                                     .today = 29000000,
                                     .rules = rules,
                                     .subjects_most = 2,
                                     .keeps_fields = true};

    assert_int_equal(rule_check_run(&check, counts, &err), TQ_OK);
    assert_int_equal(counts[0].facts + counts[0].untested, 0);
    assert_int_equal(counts[1].facts, 2); /* the first and the third person */
    assert_int_equal(counts[1].failed, 2);
    (void)rule_binding_free(binding);
    (void)rule_set_free(set);
    (void)reg_free(reg);
}

static void says_why_a_rule_is_not_applied(void **state)
{
    (void)state;
    expect_skipped(PERSON "salary, at_most: 26", "no field 'salary' of 'person'");
    expect_skipped(PERSON "days, at_most: {field: salary}", "no field 'salary'");
    expect_skipped(PERSON "days, at_most: today", "a date with a number");
    expect_skipped(PERSON "days, in: [A]", "not of the type 'code'");
    expect_skipped(PERSON "birth, test: {sum: birth, months: 2}, at_most: 1", "no months");
    expect_skipped("every: phone, unique: true", "no field that it is about");
    expect_skipped("subject: firm, field: days, at_most: 26", "of 'firm'");
}

static void takes_the_registers_words(void **state)
{
    struct rule_set *set = set_of("subjects: {assure: person}\n"
                                  "fields: {jours: days}\n"
                                  "rules:\n"
                                  "- {rule: a, subject: assure, field: jours, at_most: 26}\n");
    struct reg *reg = toy_register(WORLD);
    struct rule_count count;
    struct tq_error err;
    char skipped[160];

    (void)state;
    assert_int_equal(run(set, reg, &count, skipped, &err), TQ_OK);
    assert_int_equal(count.failed, 1);
    (void)rule_set_free(set);
    (void)reg_free(reg);
}

static void survives_lack_of_memory_anywhere(void **state)
{
    struct rule_set *set = set_of("rules:\n- {rule: a, " PERSON "days, at_most: {field: days}}\n");
    struct reg *reg = toy_register(WORLD);
    int r = TQ_E_NOMEM;

    (void)state;
    for (unsigned nth = 1; r == TQ_E_NOMEM && nth < 1000; nth++) {
        struct rule_count count;
        struct tq_error err;
        char skipped[160];

        alloc_fail_nth(nth);
        r = run(set, reg, &count, skipped, &err);
        alloc_fail_nth(0);
    }
    assert_int_equal(r, TQ_OK);
    (void)rule_set_free(set);
    (void)reg_free(reg);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_facts_and_subjects),
        cmocka_unit_test(follows_references_and_local_dates),
        cmocka_unit_test(counts_a_subject_once_in_however_many_fields),
        cmocka_unit_test(tests_the_rules_that_are_asked_for_on_a_sample),
        cmocka_unit_test(says_why_a_rule_is_not_applied),
        cmocka_unit_test(takes_the_registers_words),
        cmocka_unit_test(survives_lack_of_memory_anywhere),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
