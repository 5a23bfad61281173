/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "plans.h"

#include "base/cleanup.h"
#include "canary/result.h"

DEFINE_CLEANUP(struct canary_search *, canary_search_free)
DEFINE_CLEANUP(struct canary_plan *, canary_plan_free)

static struct canary_search *search_of(const struct canary_plan *plan)
{
    struct canary_search *search = NULL;
    struct tq_error err = {0};

    assert_int_equal(canary_search_new(plan, plan_key, &search, &err), TQ_OK);
    return search;
}

/* The code of a canary in a column. */
static struct slice code_of(const struct canary_search *search, uint32_t recipient, uint32_t canary,
                            uint32_t column)
{
    for (uint32_t i = 0; i < search->codes.count; i++) {
        const struct sought *sought = &search->sought[i];

        if (sought->recipient == recipient && sought->canary == canary && sought->column == column)
            return dictionary_text(&search->codes, i);
    }
    fail_msg("no such canary");
    return slice_of("");
}

static void look(struct canary_search *search, const char *text, uint32_t record)
{
    const struct canary_place place = {.exhibit = 3, .record = record};
    struct tq_error err = {0};

    assert_int_equal(canary_search_text(search, slice_of(text), &place, &err), TQ_OK);
}

static void is_found_however_it_is_written(void **state)
{
    CLEANUP(canary_plan_free_cleanup) struct canary_plan *plan = plan_of(PLAN_TWO);
    CLEANUP(canary_search_free_cleanup) struct canary_search *search = search_of(plan);
    struct slice code = code_of(search, 0, 7, 0);
    const char *c = code.data;
    char text[100];

    (void)state;
    (void)snprintf(text, sizeof(text), "%.9s", c);
    look(search, text, 1);
    (void)snprintf(text, sizeof(text), "'000%.9s", c);
    look(search, text, 2);
    (void)snprintf(text, sizeof(text), "dossier %.3s-%.3s %.3s, clos", c, c + 3, c + 6);
    look(search, text, 3);
    (void)snprintf(text, sizeof(text), "%.9s0", c);
    look(search, text, 4);
    (void)snprintf(text, sizeof(text), "%.8s", c);
    look(search, text, 5);
    code = code_of(search, 1, 2, 3);
    (void)snprintf(text, sizeof(text), "%.2s/%.4s%.2s", code.data, code.data + 2, code.data + 6);
    look(search, text, 6);
    canary_search_end(search);
    assert_int_equal(search->hit_count, 4);
    for (uint32_t i = 0; i < 3; i++) {
        assert_int_equal(search->hits[i].canary, 7);
        assert_int_equal(search->hits[i].place.record, i + 1);
        assert_int_equal(search->hits[i].place.exhibit, 3);
    }
    assert_int_equal(search->hits[3].recipient, 1);
    assert_int_equal(search->hits[3].place.record, 6);
}

static void both_identifiers_of_a_row_are_one_hit(void **state)
{
    CLEANUP(canary_plan_free_cleanup) struct canary_plan *plan = plan_of(PLAN_TWO);
    CLEANUP(canary_search_free_cleanup) struct canary_search *search = search_of(plan);
    struct slice first = code_of(search, 0, 7, 0), second = code_of(search, 0, 7, 3);
    char text[100];

    (void)state;
    (void)snprintf(text, sizeof(text), "%.9s", first.data);
    look(search, text, 9);
    (void)snprintf(text, sizeof(text), "%.8s", second.data);
    look(search, text, 9);
    look(search, text, 2);
    canary_search_end(search);
    assert_int_equal(search->hit_count, 2);
    assert_int_equal(search->hits[0].place.record, 2);
}

static void values_of_the_block_are_counted_once_whoever_has_them(void **state)
{
    CLEANUP(canary_plan_free_cleanup) struct canary_plan *plan = plan_of(PLAN_TWO);
    CLEANUP(canary_search_free_cleanup) struct canary_search *search = search_of(plan);

    (void)state;
    look(search, "QX00001A", 1);
    look(search, "qx-00 001a", 2);
    look(search, "QX00002B", 3);
    look(search, "QY00002B", 4);
    assert_int_equal(search->values[3].count, 2);
    assert_int_equal(search->hit_count, 0);
}

static void look_everywhere(struct canary_search *search)
{
    char text[100];

    for (uint32_t canary = 1; canary <= 4; canary++) {
        struct slice code = code_of(search, 0, canary, 0);

        (void)snprintf(text, sizeof(text), "%.9s", code.data);
        look(search, text, canary);
        look(search, text, canary + 10);
    }
    look(search, "QX00001A", 1);
}

static void survives_every_failing_allocation(void **state)
{
    CLEANUP(canary_plan_free_cleanup)
    struct canary_plan *plan = plan_of(PLAN_COLUMNS "- {name: A, count: 2, since: 2026-03-01}\n");
    struct tq_error err = {0};
    int r = TQ_E_NOMEM;

    (void)state;
    for (unsigned nth = 1; r != TQ_OK; nth++) {
        CLEANUP(canary_search_free_cleanup) struct canary_search *search = NULL;
        CLEANUP(free_cleanup) struct canary_result *results = NULL;
        const struct canary_place place = {.record = 1};

        alloc_fail_nth(nth);
        r = canary_search_new(plan, plan_key, &search, &err);
        if (r == TQ_OK)
            r = canary_search_text(search, slice_of("le dossier QX00001A"), &place, &err);
        for (uint32_t i = 0; r == TQ_OK && i < search->codes.count; i++)
            r = canary_search_text(search, dictionary_text(&search->codes, i), &place, &err);
        if (r == TQ_OK)
            r = canary_results_new(search, &results, &err);
        alloc_fail_nth(0);
        assert_true(r == TQ_OK || r == TQ_E_NOMEM);
        assert_true(r < 0 || results[0].found == 2);
    }
}

static void a_recipient_is_weighed_by_what_is_found_of_it(void **state)
{
    CLEANUP(canary_plan_free_cleanup) struct canary_plan *plan = plan_of(PLAN_TWO);
    CLEANUP(canary_search_free_cleanup) struct canary_search *search = search_of(plan);
    CLEANUP(free_cleanup) struct canary_result *results = NULL;
    struct tq_error err = {0};

    (void)state;
    look_everywhere(search);
    canary_search_end(search);
    assert_int_equal(canary_results_new(search, &results, &err), TQ_OK);
    assert_int_equal(results[0].count, 40);
    assert_int_equal(results[0].found, 4);
    assert_int_equal(results[0].hit_count, 8);
    assert_int_equal(results[0].block_values, 4);
    assert_true(results[0].chance < 1e-12);
    assert_int_equal(results[1].found, 0);
    assert_int_equal(results[1].hit_count, 0);
    assert_true(results[1].chance == 1);
    assert_string_equal(canary_earliest(plan, results), "2026-03-01");
    results[0].chance = .1;
    assert_null(canary_earliest(plan, results));
}

/* Two exports of one name and key in all but the recipient's number: every identifier is shared. */
static void what_two_recipients_have_counts_for_neither(void **state)
{
    CLEANUP(canary_plan_free_cleanup) struct canary_plan *plan = plan_of(PLAN_TWO);
    CLEANUP(canary_search_free_cleanup) struct canary_search *search = NULL;
    CLEANUP(free_cleanup) struct canary_result *results = NULL;
    struct tq_error err = {0};

    (void)state;
    plan->recipients[1].name = "A";
    plan->recipients[1].count = 30;
    search = search_of(plan);
    look_everywhere(search);
    canary_search_end(search);
    assert_int_equal(canary_results_new(search, &results, &err), TQ_OK);
    assert_int_equal(search->hit_count, 0);
    assert_int_equal(results[0].count, 10);
    assert_int_equal(results[0].found, 0);
    assert_int_equal(results[1].count, 0);
    assert_true(results[1].chance == 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_found_however_it_is_written),
        cmocka_unit_test(both_identifiers_of_a_row_are_one_hit),
        cmocka_unit_test(values_of_the_block_are_counted_once_whoever_has_them),
        cmocka_unit_test(a_recipient_is_weighed_by_what_is_found_of_it),
        cmocka_unit_test(what_two_recipients_have_counts_for_neither),
        cmocka_unit_test(survives_every_failing_allocation),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
