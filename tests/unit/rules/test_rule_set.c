/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "rules/rules.h"

#define RULE "rules:\n- {rule: a, subject: person, field: days, "

static void refuses(const char *text, const char *place, const char *what)
{
    struct rule_set *set = NULL;
    struct tq_error err = {0};

    assert_int_equal(rule_set_parse(slice_of(text), "r.yaml", &set, &err), TQ_E_SYNTAX);
    assert_null(set);
    if (strncmp(err.message, place, strlen(place)) != 0 || !strstr(err.message, what))
        fail_msg("'%s' does not start with '%s', or lacks '%s'", err.message, place, what);
}

static struct rule_set *parse(const char *text)
{
    struct rule_set *set = NULL;
    struct tq_error err = {0};

    if (rule_set_parse(slice_of(text), "r.yaml", &set, &err) < 0)
        fail_msg("%s", err.message);
    return set;
}

static void reads_fields_numbers_dates_and_tables(void **state)
{
    struct rule_set *set =
        parse("tables:\n"
              "  most: {unit: MAD, values: {2019-07-01: 200, 2024-01-01: 300.5}}\n"
              "rules:\n"
              "- rule: a\n"
              "  about: what it says\n"
              "  about_fr: ce qu'il dit\n"
              "  strength: should\n"
              "  subject: person\n"
              "  field: salary\n"
              "  where: {test: {field: days}, equals: 26}\n"
              "  between: [-1, {table: most, times: 0.667, plus: -0.01}]\n");
    const struct rule *rule = &set->rules[0];
    int64_t number;

    (void)state;
    assert_int_equal(set->rule_count, 1);
    assert_string_equal(rule->name, "a");
    assert_string_equal(rule->about[LANGUAGE_EN], "what it says");
    assert_string_equal(rule->about[LANGUAGE_FR], "ce qu'il dit");
    assert_string_equal(rule->about[LANGUAGE_AR], "");
    assert_false(rule->must);
    assert_string_equal(set->names[rule->field].field, "salary");
    assert_string_equal(set->names[rule->where[0].left.terms[0].name].field, "days");
    assert_int_equal(rule->condition_count, 2);
    assert_int_equal(rule->conditions[0].relation, RULE_AT_LEAST);
    assert_int_equal(rule->conditions[0].right.terms[0].number, -100);
    assert_int_equal(rule->conditions[1].right.terms[0].times, 667000);
    assert_int_equal(rule->conditions[1].right.terms[0].plus, -1);
    assert_false(rule_table_at(&set->tables[0], set->tables[0].steps[0].day - 1, &number));
    assert_true(rule_table_at(&set->tables[0], set->tables[0].steps[1].day - 1, &number));
    assert_int_equal(number, 20000);
    assert_true(rule_table_at(&set->tables[0], set->tables[0].steps[1].day, &number));
    assert_int_equal(number, 30050);
    (void)rule_set_free(set);
}

static size_t count_of(const char *text)
{
    struct rule_set *set = parse(text);
    size_t count = set->rule_count;

    (void)rule_set_free(set);
    return count;
}

static void extends_what_is_shipped(void **state)
{
    size_t generic = count_of("include: [generic]");

    (void)state;
    assert_true(generic > 0);
    assert_true(count_of("include: [generic, morocco]") > generic);
    assert_int_equal(count_of("include: [generic]\nwithout: [check-digits]"), generic - 1);
    assert_int_equal(count_of("include: [generic]\nrules:\n"
                              "- {rule: date-in-future, every: date, at_most: 2030-01-01}"),
                     generic);
    assert_int_equal(count_of("include: [generic]\n" RULE "at_most: 26}"), generic + 1);
}

static void ships_rules_for_every_country(void **state)
{
    struct rule_set *set = NULL;
    struct tq_error err;

    (void)state;
    assert_int_equal(rule_set_shipped("MA", &set, &err), TQ_OK);
    assert_true(set->rule_count > 20);
    (void)rule_set_free(set);
    assert_int_equal(rule_set_shipped("", &set, &err), TQ_OK);
    (void)rule_set_free(set);
}

static void says_where_a_file_is_wrong(void **state)
{
    (void)state;
    refuses("", "r.yaml:1:1", "empty");
    refuses("rules: [", "r.yaml:", "not YAML");
    refuses("name: x", "r.yaml:1:1", "there is no rule");
    refuses("ruels: []", "r.yaml:1:1", "did you mean 'rules'?");
    refuses("include: [marocco]", "r.yaml:1:11", "generic, morocco");
    refuses("include: [generic]\nwithout: [x]", "r.yaml:2:11", "no included rule");
    refuses("rules:\n- {subject: person, field: x, at_most: 1}", "r.yaml:2:3", "its name");
    refuses("rules:\n- {rule: a, field: x, at_most: 1}", "r.yaml:2:3", "needs 'subject'");
    refuses("rules:\n- {rule: a, at_most: 1}", "r.yaml:2:3", "either 'field: name' or");
    refuses("rules:\n- {rule: a, every: dat, at_most: 1}", "r.yaml:2:20", "a type of fields");
    refuses("rules:\n- {rule: a, every: any, at_most: {field: x}}", "r.yaml:2:42", "every field");
    refuses(RULE "strength: may, at_most: 1}", "r.yaml:2:53", "unknown strength");
    refuses(RULE "atmost: 1}", "r.yaml:2:43", "did you mean 'at_most'?");
    refuses(RULE "within: 1}", "r.yaml:2:3", "a condition is missing");
    refuses(RULE "at_most: x1}", "r.yaml:2:52", "unknown moment");
    refuses(RULE "at_most: 1.234}", "r.yaml:2:52", "no number");
    refuses(RULE "at_most: 1234567890123}", "r.yaml:2:52", "no number");
    refuses(RULE "between: [1]}", "r.yaml:2:52", "a list of two");
    refuses(RULE "in: []}", "r.yaml:2:47", "a list of codes");
    refuses(RULE "check: sum}", "r.yaml:2:50", "register checks");
    refuses(RULE "unique: false}", "r.yaml:2:51", "only be true");
    refuses(RULE "at_once: 0}", "r.yaml:2:52", "from 1");
    refuses(RULE "not_yet: x}", "r.yaml:2:52", "unknown table");
    refuses(RULE "test: {sum: days}, at_most: 1}", "r.yaml:2:55", "'months: N' or");
    refuses(RULE "test: period, check: luhn}", "r.yaml:2:64", "does not go");
    refuses(RULE "at_most: {least: [1]}}", "r.yaml:2:60", "2 to 8 terms");
    refuses(RULE "at_most: {times: 2}}", "r.yaml:2:52", "exactly one of");
    refuses(RULE "at_most: {field: a>b>c}}", "r.yaml:2:60", "reference>field");
    refuses("tables: {t: {values: {2024-02-30: 1}}}", "r.yaml:1:23", "a date is wanted");
    refuses("tables: {t: {values: {2024-02-02: 1, 2024-02-01: 1}}}", "r.yaml:1:38", "must rise");
    refuses("tables: {t: {unit: MAD}}", "r.yaml:1:13", "needs 'values'");
    refuses(RULE "at_most: 1}\n- {rule: a, every: any, at_most: 1}", "r.yaml:3:3", "two rules");
}

static void survives_lack_of_memory_anywhere(void **state)
{
    static const char text[] =
        "include: [generic]\n"
        "tables: {t: {values: {2024-01-01: 1}}}\n"
        "subjects: {person: assure}\n" RULE "where: {test: {field: s}, in: [CS]},\n"
        "equals: {least: [{field: x, codes: {A: 1}}, {table: t}]}}\n";
    struct tq_error err;
    int r = TQ_E_NOMEM;

    (void)state;
    for (unsigned nth = 1; r == TQ_E_NOMEM && nth < 1000; nth++) {
        struct rule_set *set = NULL;

        alloc_fail_nth(nth);
        r = rule_set_parse(slice_of(text), "r.yaml", &set, &err);
        alloc_fail_nth(0);
        assert_true(r == TQ_OK || (r == TQ_E_NOMEM && !set));
        (void)rule_set_free(set);
    }
    assert_int_equal(r, TQ_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_fields_numbers_dates_and_tables),
        cmocka_unit_test(extends_what_is_shipped),
        cmocka_unit_test(ships_rules_for_every_country),
        cmocka_unit_test(says_where_a_file_is_wrong),
        cmocka_unit_test(survives_lack_of_memory_anywhere),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
