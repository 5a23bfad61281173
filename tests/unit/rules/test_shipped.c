/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The rules that come with the program: right records pass, each sort of wrong record is found. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>

#include "rules/check.h"
#include "toy_register.h"

#define FIELDS                                                              \
    "country MA\n"                                                          \
    "timezone Africa/Casablanca\n"                                          \
    "kind employer\n"                                                       \
    "field employer employer_status code employment\n"                      \
    "field employer affiliation_date date employment\n"                     \
    "kind person\n"                                                         \
    "field person registration_no id identity check=ma-cnss-person-drill\n" \
    "field person national_id id identity\n"                                \
    "field person birth_date date identity\n"                               \
    "field person death_date date identity\n"                               \
    "field person declared_by ref employment to=employer periodic\n"        \
    "field person days number employment periodic\n"                        \
    "field person salary amount financial periodic\n"                       \
    "field person capped_salary amount financial periodic\n"                \
    "field person family_due amount family periodic\n"                      \
    "field person family_deducted amount family periodic\n"                 \
    "field person family_net amount family periodic\n"                      \
    "field person family_returned amount family periodic\n"                 \
    "field person situation code employment periodic\n"                     \
    "field person control_sum number employment periodic\n"                 \
    "field person insured_days number social\n"                             \
    "field person pension_kind code social\n"                               \
    "field person pension_start date social\n"                              \
    "field person pension_amount amount financial\n"                        \
    "field person child_rank number family\n"                               \
    "field person child_birth date family\n"                                \
    "field person family_benefit amount family periodic\n"                  \
    "field person job_loss_date date social\n"                              \
    "field person job_loss_amount amount financial\n"                       \
    "field person allowance_days number health\n"                           \
    "field person care_date date health\n"                                  \
    "field person claim_amount amount health\n"                             \
    "field person refund amount health\n"                                   \
    "field person long_illness code health\n"

/* A full month, a month of leaving, a pension, children and claims, all as they should be. */
#define RIGHT                                              \
    "1 | registration_no | 800000000\n"                    \
    "1 | national_id | ZZ12345\n"                          \
    "1 | birth_date | 1960-05-01\n"                        \
    "1 | declared_by | 70 | period 2024-01\n"              \
    "1 | days | 26 | period 2024-01\n"                     \
    "1 | salary | 7000.00 | period 2024-01\n"              \
    "1 | capped_salary | 6000.00 | period 2024-01\n"       \
    "1 | family_due | 600.00 | period 2024-01\n"           \
    "1 | family_deducted | 100.00 | period 2024-01\n"      \
    "1 | family_net | 500.00 | period 2024-01\n"           \
    "1 | family_returned | 0.00 | period 2024-01\n"        \
    "1 | control_sum | 801300026 | period 2024-01\n"       \
    "1 | days | 10 | period 2024-02\n"                     \
    "1 | salary | 2000.00 | period 2024-02\n"              \
    "1 | capped_salary | 2000.00 | period 2024-02\n"       \
    "1 | family_net | 600.00 | period 2024-02\n"           \
    "1 | family_returned | 600.00 | period 2024-02\n"      \
    "1 | situation | SO | period 2024-02\n"                \
    "1 | control_sum | 800460011 | period 2024-02\n"       \
    "1 | insured_days | 5000\n"                            \
    "1 | pension_kind | V\n"                               \
    "1 | pension_start | 2021-01-01\n"                     \
    "1 | pension_amount | 4200.00 | valid 2021-01-01..\n"  \
    "1 | child_rank | 1\n"                                 \
    "1 | child_birth | 1990-03-03\n"                       \
    "1 | family_benefit | 1200.00 | period 2024-02\n"      \
    "1 | job_loss_date | 2024-02-10\n"                     \
    "1 | job_loss_amount | 3111.39 | valid 2024-02-10..\n" \
    "1 | allowance_days | 98\n"                            \
    "1 | care_date | 2024-01-09 | known 2024-01-20..\n"    \
    "1 | claim_amount | 100.00 | known 2024-01-20..\n"     \
    "1 | refund | 70.00 | known 2024-01-20..\n"            \
    "1 | long_illness | 41 | known 2024-01-20..\n"         \
    "kind employer\n"                                      \
    "70 | employer_status | A | valid 2010-01-01..\n"      \
    "70 | affiliation_date | 2010-01-01\n"                 \
    "80 | employer_status | F | valid 2023-12-01..\n"      \
    "80 | affiliation_date | 2010-01-01\n"                 \
    "90 | affiliation_date | 2024-02-01\n"                 \
    "kind person\n"

/* Facts of another person that break one rule. */
struct wrong {
    const char *rule, *facts;
};

static const struct wrong wrongs[] = {
    {"date-in-future", "2 | birth_date | 2031-01-01\n"},
    {"known-in-future", "2 | insured_days | 3 | known 2031-01-01..\n"},
    {"check-digits", "2 | registration_no | 800000001\n"},
    {"days-of-month", "2 | days | 27 | period 2024-01\n"},
    {"days-of-month", "2 | days | -1 | period 2024-01\n"},
    {"salary-negative", "2 | salary | -0.01 | period 2024-01\n"},
    {"salary-without-days", "2 | days | 0 | period 2024-01\n2 | salary | 1 | period 2024-01\n"},
    {"salary-below-minimum",
     "2 | days | 26 | period 2024-01\n2 | salary | 3111.37 | period 2024-01\n"},
    {"minimum-wage-of-later", "2 | salary | 3266.10 | period 2024-12\n"},
    {"capped-salary",
     "2 | salary | 5000.00 | period 2024-01\n2 | capped_salary | 5001.00 | period 2024-01\n"},
    {"capped-over-ceiling", "2 | capped_salary | 6000.01 | period 2024-01\n"},
    {"unpaid-situation", "2 | days | 2 | period 2024-01\n2 | situation | CS | period 2024-01\n"},
    {"family-net", "2 | family_due | 600 | period 2024-01\n"
                   "2 | family_deducted | 200 | period 2024-01\n"
                   "2 | family_net | 600 | period 2024-01\n"},
    {"family-returned",
     "2 | family_net | 10 | period 2024-01\n2 | family_returned | 11 | period 2024-01\n"},
    {"family-returned-on-leaving", "2 | family_net | 10 | period 2024-01\n"
                                   "2 | family_returned | 9 | period 2024-01\n"
                                   "2 | situation | DE | period 2024-01\n"},
    {"control-sum", "2 | registration_no | 800000000\n2 | days | 26 | period 2024-01\n"
                    "2 | salary | 5000.00 | period 2024-01\n"
                    "2 | capped_salary | 5000.00 | period 2024-01\n"
                    "2 | control_sum | 801000025 | period 2024-01\n"},
    {"declared-before-working-age",
     "2 | birth_date | 2009-02-01\n2 | salary | 1 | period 2024-01\n"},
    {"declared-after-death", "2 | death_date | 2023-12-31\n2 | salary | 1 | period 2024-01\n"},
    {"declared-after-closure", "2 | declared_by | 80 | period 2024-01\n"},
    {"declared-before-affiliation", "2 | declared_by | 90 | period 2024-01\n"},
    {"insured-days", "2 | insured_days | 18721\n"},
    {"pension-age", "2 | pension_kind | V\n2 | pension_start | 2021-01-01\n"
                    "2 | birth_date | 1966-01-02\n"},
    {"pension-days", "2 | insured_days | 1319\n2 | pension_amount | 1000 | valid 2021-01-01..\n"},
    {"pension-over-most", "2 | pension_amount | 5000.01 | valid 2021-01-01..\n"},
    {"child-rank", "2 | child_rank | 0\n"},
    {"child-of-young-parent", "2 | birth_date | 1980-01-01\n2 | child_birth | 1991-12-31\n"},
    {"family-benefit-over-most", "2 | family_benefit | 1200.01 | period 2024-01\n"},
    {"family-benefit-window", "3 | days | 26 | period 2023-01\n2 | days | 26 | period 2024-05\n"
                              "2 | family_benefit | 300 | period 2024-06\n"},
    {"job-loss-window", "3 | days | 26 | period 2020-01\n2 | days | 26 | period 2023-05\n"
                        "2 | job_loss_date | 2024-02-10\n"},
    {"job-loss-amount", "2 | job_loss_amount | 3111.40 | valid 2024-02-10..\n"},
    {"allowance-days", "2 | allowance_days | 365\n"},
    {"refund-over-cost", "2 | claim_amount | 100.00\n2 | refund | 100.01\n"},
    {"care-before-birth", "2 | birth_date | 2020-01-01\n2 | care_date | 2019-12-31\n"},
    {"illness-code", "2 | long_illness | 52\n"},
    {"age", "2 | birth_date | 1890-01-01\n"},
    {"one-birth-date", "2 | birth_date | 1980-01-01\n2 | birth_date | 1981-01-01\n"},
    {"registration-no-shared", "2 | registration_no | 800000000\n"},
    {"national-id-shared", "2 | national_id | ZZ12345\n"},
};

/* Facts that fail, by rule of the shipped set. */
static void count_all(const char *more, struct rule_set **out_set, struct rule_count *counts)
{
    char text[8192];
    struct reg *reg;
    struct rule_binding *binding = NULL;
    struct tq_error err = {0};

    (void)snprintf(text, sizeof(text), "%s%s%s", FIELDS, RIGHT, more);
    reg = toy_register(text);
    if (rule_set_shipped("MA", out_set, &err) < 0
        || rule_binding_new(*out_set, reg, &binding, &err) < 0)
        fail_msg("%s", err.message);
    const struct rule_check check = {
        .binding = binding, .threads = 1, .today = toy_moment("2027-01-01")};

    for (size_t i = 0; i < (*out_set)->rule_count; i++) {
        if (binding->rules[i].slot_count == 0)
            fail_msg("%s: %s", (*out_set)->rules[i].name, binding->rules[i].skipped);
    }
    if (rule_check_run(&check, counts, &err) < 0)
        fail_msg("%s", err.message);
    (void)rule_binding_free(binding);
    (void)reg_free(reg);
}

static void right_records_pass(void **state)
{
    struct rule_count counts[100];
    struct rule_set *set = NULL;

    (void)state;
    count_all("", &set, counts);
    for (size_t i = 0; i < set->rule_count; i++) {
        if (counts[i].failed > 0)
            fail_msg("%s fails", set->rules[i].name);
    }
    (void)rule_set_free(set);
}

static void each_wrong_record_is_found(void **state)
{
    (void)state;
    for (size_t k = 0; k < sizeof(wrongs) / sizeof(wrongs[0]); k++) {
        struct rule_count counts[100];
        struct rule_set *set = NULL;
        bool found = false;

        count_all(wrongs[k].facts, &set, counts);
        for (size_t i = 0; i < set->rule_count; i++)
            found |= strcmp(set->rules[i].name, wrongs[k].rule) == 0 && counts[i].failed > 0;
        if (!found)
            fail_msg("%s does not fail", wrongs[k].rule);
        (void)rule_set_free(set);
    }
}

/* A rule without a record that breaks it may as well hold always. */
static void every_rule_has_a_wrong_record(void **state)
{
    /* Intervals that run backwards do not get into a register; two that need a long world. */
    static const char *const without[] = {"valid-backwards", "known-backwards", "days-of-year"};
    struct rule_set *set = NULL;
    struct tq_error err;

    (void)state;
    assert_int_equal(rule_set_shipped("MA", &set, &err), TQ_OK);
    for (size_t i = 0; i < set->rule_count; i++) {
        bool found = false;

        for (size_t k = 0; k < sizeof(wrongs) / sizeof(wrongs[0]); k++)
            found |= strcmp(set->rules[i].name, wrongs[k].rule) == 0;
        for (size_t k = 0; k < sizeof(without) / sizeof(without[0]); k++)
            found |= strcmp(set->rules[i].name, without[k]) == 0;
        if (!found)
            fail_msg("no record breaks %s", set->rules[i].name);
    }
    (void)rule_set_free(set);
}

static void every_rule_is_told_in_every_language(void **state)
{
    struct rule_set *set = NULL;
    struct tq_error err;

    (void)state;
    assert_int_equal(rule_set_shipped("MA", &set, &err), TQ_OK);
    for (size_t i = 0; i < set->rule_count; i++) {
        for (unsigned k = 0; k < LANGUAGE_COUNT; k++) {
            if (!set->rules[i].about[k][0])
                fail_msg("%s is not told in %s", set->rules[i].name,
                         language_code((enum language)k));
        }
    }
    (void)rule_set_free(set);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(right_records_pass),
        cmocka_unit_test(each_wrong_record_is_found),
        cmocka_unit_test(every_rule_has_a_wrong_record),
        cmocka_unit_test(every_rule_is_told_in_every_language),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
