/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "plans.h"

#include "base/cleanup.h"
#include "canary/export.h"

static void a_larger_count_changes_no_canary_that_is_there(void **state)
{
    struct canary_plan *plan = plan_of(PLAN_TWO);
    struct canary_recipient larger = plan->recipients[0];
    struct canary_identifiers few = {0}, many = {0};
    struct tq_error err = {0};

    (void)state;
    larger.count = 4000; /* of a block of 26,000,000: some are drawn twice */
    assert_int_equal(
        canary_identifiers_make(plan->recipients, &plan->columns[3], plan_key, &few, &err), TQ_OK);
    assert_int_equal(canary_identifiers_make(&larger, &plan->columns[3], plan_key, &many, &err),
                     TQ_OK);
    assert_int_equal(few.codes.count, 40);
    assert_int_equal(many.codes.count, 4000);
    assert_int_equal(many.written.count, 4000);
    for (uint32_t i = 0; i < 40; i++)
        assert_true(
            slice_equal(dictionary_text(&few.written, i), dictionary_text(&many.written, i)));
    canary_identifiers_clear(&few);
    canary_identifiers_clear(&many);
    (void)canary_plan_free(plan);
}

static void no_two_canaries_share_an_identifier_and_a_full_block_says_so(void **state)
{
    struct canary_plan *plan = plan_of(PLAN_TWO);
    struct canary_column column = plan->columns[0];
    struct canary_recipient recipient = plan->recipients[0];
    struct canary_identifiers all = {0};
    struct tq_error err = {0};

    (void)state;
    assert_int_equal(pattern_init("Q##", NULL, &column.pattern), PATTERN_GOOD);
    recipient.count = 95;
    assert_int_equal(canary_identifiers_make(&recipient, &column, plan_key, &all, &err), TQ_OK);
    assert_int_equal(all.codes.count, 95);
    canary_identifiers_clear(&all);
    recipient.count = 101;
    assert_int_equal(canary_identifiers_make(&recipient, &column, plan_key, &all, &err),
                     TQ_E_LIMIT);
    assert_non_null(strstr(err.message, "canary 101 of 'A'"));
    (void)canary_plan_free(plan);
}

static void rows_are_csv_with_a_header_and_a_row_for_each_canary(void **state)
{
    struct canary_plan *plan = plan_of(PLAN_TWO);
    struct canary_export export = {plan, plan->recipients, plan_key, NULL};
    CLEANUP(buf_clear_cleanup) struct buf out = {0};
    struct tq_error err = {0};
    size_t lines = 0;

    (void)state;
    assert_int_equal(canary_export_write(&export, &out, &err), TQ_OK);
    assert_memory_equal(out.data, "immat,nom,ddn,dossier,tel\r\n89", 29);
    for (const char *c = out.data; *c != '\0'; c++)
        lines += *c == '\n';
    assert_int_equal(lines, 41);
    assert_non_null(strstr(out.data, ",Alami,"));
    assert_non_null(strstr(out.data, ",29/02/2000,QX-"));
    assert_non_null(strstr(out.data, ",01/03/2000,QX-"));
    (void)canary_plan_free(plan);
}

static void survives_every_failing_allocation(void **state)
{
    struct canary_plan *plan = plan_of(PLAN_COLUMNS "- {name: A, count: 2, since: 2026-03-01}\n");
    struct canary_export export = {plan, plan->recipients, plan_key, NULL};
    struct tq_error err = {0};
    int r = TQ_E_NOMEM;

    (void)state;
    for (unsigned nth = 1; r != TQ_OK; nth++) {
        CLEANUP(buf_clear_cleanup) struct buf out = {0};

        alloc_fail_nth(nth);
        r = canary_export_write(&export, &out, &err);
        alloc_fail_nth(0);
        assert_true(r == TQ_OK || r == TQ_E_NOMEM);
    }
    (void)canary_plan_free(plan);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_larger_count_changes_no_canary_that_is_there),
        cmocka_unit_test(no_two_canaries_share_an_identifier_and_a_full_block_says_so),
        cmocka_unit_test(rows_are_csv_with_a_header_and_a_row_for_each_canary),
        cmocka_unit_test(survives_every_failing_allocation),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
