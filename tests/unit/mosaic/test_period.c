/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "mosaic/coverage.h"
#include "mosaic/period.h"
#include "toy_register.h"

#define PERSONS            60u
#define MONTH(year, month) ((uint16_t)((year)*12 + (month)-1))

/* Salaries of all months of 2023 and 2024, known a month later. */
static struct reg *make_register(void)
{
    struct buf text = {0};
    struct reg *reg;

    buf_add_text(&text, "kind person\nfield person salary amount financial periodic\n");
    for (unsigned i = 0; i < PERSONS; i++) {
        for (unsigned m = 0; m < 24; m++)
            buf_format(&text, "%02u | salary | %u.00 | period %u-%02u | known %u-%02u-28..\n", i,
                       3000 + i, 2023 + m / 12, m % 12 + 1, 2023 + m / 12, m % 12 + 1);
    }
    assert_int_equal(text.failed, TQ_OK);
    reg = toy_register(text.data);
    buf_clear(&text);
    return reg;
}

/* Records about somebody with one cell each, of these months in turn. */
static void add_records(struct finding_batch *findings, unsigned count, uint16_t first,
                        unsigned months)
{
    struct tq_error err;

    for (unsigned i = 0; i < count; i++) {
        struct record_finding record = {
            .subject = i % PERSONS, .cell_first = (uint32_t)findings->cell_count, .cell_count = 1};
        struct cell_finding cell = {.column = 2, .period = (uint16_t)(first + i % months)};

        assert_int_equal(finding_batch_add_record(findings, &record, &err), TQ_OK);
        assert_int_equal(finding_batch_add_cell(findings, &cell, &err), TQ_OK);
    }
}

static int tell(const struct reg *reg, const struct finding_batch *findings,
                struct mosaic_list *list, struct tq_error *err)
{
    struct target target = toy_target(reg, "person", NULL, "salary");
    struct subject_sample all = {0};
    struct period_tally tally;
    int r = period_tally_init(&tally, err);

    if (r == TQ_OK)
        r = subject_sample_all(PERSONS, &all, err);
    if (r == TQ_OK)
        period_tally_add(&tally, findings, 2);
    if (r == TQ_OK)
        r = period_tell(&tally, reg, &target, &all, toy_moment("2025-06-01"), 4, list, err);
    if (r == TQ_OK)
        r = coverage_test(reg, NULL, 0, list, err);
    subject_sample_clear(&all);
    period_tally_clear(&tally);
    return r;
}

static void the_months_of_a_table_are_told(void **state)
{
    struct reg *reg = make_register();
    struct finding_batch findings = {0};
    struct mosaic_list list = {0};
    struct tq_error err;
    const struct mosaic_row *row;

    (void)state;
    add_records(&findings, 400, MONTH(2024, 3), 3);
    add_records(&findings, 1, MONTH(1987, 1), 1); /* a month that somebody made up */
    assert_int_equal(tell(reg, &findings, &list, &err), TQ_OK);
    assert_int_equal(list.count, 1);
    row = &list.items[0].row;
    assert_true(slice_is(row->name, "salary"));
    assert_true(slice_is(row->detail, "2024-03..2024-05"));
    assert_int_equal(row->part, MOSAIC_FILTER);
    assert_int_equal(row->rows, 400);
    assert_int_equal(row->of, 401);
    assert_true(row->held_share == .125 && row->lead && row->table == 4);
    finding_batch_clear(&findings);
    mosaic_list_clear(&list);
    reg = reg_free(reg);
}

static void all_months_are_no_lead(void **state)
{
    struct reg *reg = make_register();
    struct finding_batch findings = {0};
    struct mosaic_list list = {0};
    struct tq_error err;

    (void)state;
    add_records(&findings, 480, MONTH(2023, 1), 24);
    assert_int_equal(tell(reg, &findings, &list, &err), TQ_OK);
    assert_int_equal(list.count, 1);
    assert_int_equal(list.items[0].row.part, MOSAIC_COVERAGE);
    assert_false(list.items[0].row.lead);
    finding_batch_clear(&findings);
    mosaic_list_clear(&list);
    reg = reg_free(reg);
}

static void records_about_nobody_and_few_cells_say_nothing(void **state)
{
    struct reg *reg = make_register();
    struct finding_batch findings = {0};
    struct mosaic_list list = {0};
    struct tq_error err;

    (void)state;
    add_records(&findings, 100, MONTH(2024, 3), 1);
    for (size_t i = 5; i < findings.record_count; i++)
        findings.records[i].subject = SUBJECT_NONE;
    assert_int_equal(tell(reg, &findings, &list, &err), TQ_OK);
    assert_int_equal(list.count, 0);
    finding_batch_clear(&findings);
    reg = reg_free(reg);
}

static void running_out_of_memory_is_told(void **state)
{
    struct reg *reg = make_register();
    struct finding_batch findings = {0};
    struct tq_error err;
    int r = TQ_E_NOMEM;

    (void)state;
    add_records(&findings, 40, MONTH(2024, 3), 1);
    for (unsigned nth = 1; r != TQ_OK; nth++) {
        struct mosaic_list list = {0};

        alloc_fail_nth(nth);
        r = tell(reg, &findings, &list, &err);
        alloc_fail_nth(0);
        assert_true(r == TQ_OK || r == TQ_E_NOMEM);
        mosaic_list_clear(&list);
    }
    finding_batch_clear(&findings);
    reg = reg_free(reg);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_months_of_a_table_are_told),
        cmocka_unit_test(all_months_are_no_lead),
        cmocka_unit_test(records_about_nobody_and_few_cells_say_nothing),
        cmocka_unit_test(running_out_of_memory_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
