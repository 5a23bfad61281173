/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "plans.h"

#include "base/moment.h"

#define ID        "columns:\n- {header: a, id: \"########\"}\n"
#define RECIPIENT "recipients:\n- {name: A, count: 5, since: 2026-03-01}\n"

static void reads_columns_lists_and_recipients(void **state)
{
    struct canary_plan *plan = plan_of(PLAN_TWO);
    const struct canary_recipient *recipient;
    struct tq_error err = {0};

    (void)state;
    assert_string_equal(plan->name, "exports");
    assert_string_equal(plan->file, "plan.yaml");
    assert_int_equal(plan->column_count, 5);
    assert_int_equal(plan->total, 80);
    assert_int_equal(plan->columns[0].source, CANARY_ID);
    assert_string_equal(plan->columns[0].pattern.scheme->name, "ma-cnss-person-drill");
    assert_int_equal(plan->columns[1].word_count, 2);
    assert_string_equal(plan->columns[1].words[1], "Berrada");
    assert_int_equal(plan->columns[2].last_day - plan->columns[2].first_day, 2);
    assert_int_equal(plan->columns[4].source, CANARY_PATTERN);
    assert_int_equal(canary_plan_recipient(plan, "B", &recipient, &err), TQ_OK);
    assert_string_equal(recipient->since, "2026-04-01");
    assert_int_equal(canary_plan_recipient(plan, "C", &recipient, &err), TQ_E_USAGE);
    assert_non_null(strstr(err.message, "plan.yaml has no recipient 'C'; it has 'A', 'B'"));
    (void)canary_plan_free(plan);
    assert_null(canary_plan_free(NULL));
}

static void a_key_that_the_plan_does_not_name_is_refused(void **state)
{
    struct canary_plan *plan = plan_of("key_id: \"00000000\"\nname: n\n" ID RECIPIENT);
    struct tq_error err = {0};

    (void)state;
    assert_int_equal(canary_plan_check_key(plan, plan_key, &err), TQ_E_KEY);
    canary_key_id(plan_key, plan->key_id);
    assert_int_equal(canary_plan_check_key(plan, plan_key, &err), TQ_OK);
    (void)canary_plan_free(plan);
}

static void every_mistake_names_its_place_and_what_would_be_right(void **state)
{
    static const struct {
        const char *text, *place, *what;
    } cases[] = {
        {"", "p.yaml:1:", "the plan is empty"},
        {"name: n\n" ID, "p.yaml:1:", "'recipients' is missing"},
        {"name: n\nnames: 1\n", "p.yaml:2:", "unknown key 'names'; did you mean 'name'?"},
        {"name: n\n" ID "recipients:\n- {name: A, count: 0, since: 2026-03-01}\n",
         "p.yaml:5:", "count must be from 1"},
        {"name: n\n" ID "recipients:\n- {name: A, count: 5, since: 2026-02-30}\n",
         "p.yaml:5:", "no date as 2026-03-01"},
        {"name: n\n" ID "recipients:\n- {name: A, count: 5}\n", "p.yaml:5:", "'since'"},
        {"name: n\n" ID RECIPIENT "- {name: A, count: 5, since: 2026-03-01}\n",
         "p.yaml:6:", "line 5 has this name already"},
        {"name: n\ncolumns: [{header: a, words: [x]}]\n" RECIPIENT,
         "p.yaml:2:", "one column at least must have an 'id'"},
        {"name: n\n" ID "- {header: a, words: [x]}\n" RECIPIENT,
         "p.yaml:4:", "line 3 has a column of this header"},
        {"name: n\n" ID "- {header: b}\n" RECIPIENT, "p.yaml:4:", "a column has one of"},
        {"name: n\n" ID "- {header: b, id: \"1#######\", words: [x]}\n" RECIPIENT,
         "p.yaml:4:", "a column has one of"},
        {"name: n\n" ID "- {header: b, words: family}\n" RECIPIENT,
         "p.yaml:4:", "no list 'family'"},
        {"name: n\n" ID "- {header: b, words: []}\n" RECIPIENT, "p.yaml:4:", "between 1 and"},
        {"name: n\n" ID "- {header: b, words: [x], check: luhn}\n" RECIPIENT,
         "p.yaml:4:", "only an 'id' or a 'pattern' has a check"},
        {"name: n\n" ID "- {header: b, pattern: \"##\", check: luhm}\n" RECIPIENT,
         "p.yaml:4:", "'tahqiq register checks' lists"},
        {"name: n\n" ID "- {header: b, id: \"#\"}\n" RECIPIENT,
         "p.yaml:4:", "some 10 values; 100 are wanted"},
        {"name: n\n" ID "- {header: b, from: 2001-01-01}\n" RECIPIENT,
         "p.yaml:4:", "both 'from' and 'to'"},
        {"name: n\n" ID "- {header: b, from: 2001-01-01, to: 2000-01-01}\n" RECIPIENT,
         "p.yaml:4:", "'to' is before 'from'"},
        {"name: n\n" ID "- {header: b, from: 2001-01-01, to: 2002-01-01, format: D}\n" RECIPIENT,
         "p.yaml:4:", "YYYY, MM and DD"},
        {"name: n\n" ID "- {header: b, field: given_name}\n" RECIPIENT, "p.yaml:4:", "'subject'"},
        {"name: n\n" ID "- {header: b, field: f, subject: s, script: arab}\n" RECIPIENT,
         "p.yaml:4:", "did you mean 'arabic'"},
        {"name: n\nkey_id: 12\n" ID RECIPIENT, "p.yaml:2:", "what 'canary make' printed, 8 of"},
        {"name: n\nlists: [a]\n" ID RECIPIENT, "p.yaml:2:", "lists must be a mapping"},
    };

    (void)state;
    assert_true(sodium_init() >= 0);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct canary_plan *plan = NULL;
        struct tq_error err = {0};

        assert_int_equal(canary_plan_parse(slice_of(cases[i].text), "p.yaml", &plan, &err),
                         TQ_E_SYNTAX);
        assert_null(plan);
        if (strncmp(err.message, cases[i].place, strlen(cases[i].place)) != 0
            || !strstr(err.message, cases[i].what))
            fail_msg("'%s' does not start with '%s', or lacks '%s'", err.message, cases[i].place,
                     cases[i].what);
    }
}

static void survives_every_failing_allocation(void **state)
{
    struct tq_error err = {0};
    int r = TQ_E_NOMEM;

    (void)state;
    assert_true(sodium_init() >= 0);
    for (unsigned nth = 1; r != TQ_OK; nth++) {
        struct canary_plan *plan = NULL;

        alloc_fail_nth(nth);
        r = canary_plan_parse(slice_of(PLAN_TWO), "plan.yaml", &plan, &err);
        alloc_fail_nth(0);
        assert_true(r == TQ_OK || r == TQ_E_NOMEM);
        (void)canary_plan_free(plan);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_columns_lists_and_recipients),
        cmocka_unit_test(a_key_that_the_plan_does_not_name_is_refused),
        cmocka_unit_test(every_mistake_names_its_place_and_what_would_be_right),
        cmocka_unit_test(survives_every_failing_allocation),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
