/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "drill/world.h"
#include "institution/tamper.h"

#define PERSONS 2000u
#define TRIED   300u

struct fixture {
    struct institution institution;
    struct row row;
    struct dice dice;
};

static struct fixture made(const struct profile *profile, uint64_t seed)
{
    struct drill_request request = {
        .folder = "", .persons = PERSONS, .documents = -1, .seed = seed};
    struct fixture fixture = {.dice = {seed}};
    struct tq_error err;

    if (institution_make(profile, &request, &fixture.institution, &err) < 0)
        fail_msg("%s", err.message);
    return fixture;
}

/* Fill the row with what was held at the snapshot about the number-th member known by then. */
static void fill(struct fixture *fixture, unsigned leak, uint32_t number)
{
    row_init(&fixture->row, &fixture->institution, leak);
    do
        member_load(&fixture->institution, number++ % PERSONS, &fixture->row.member);
    while (fixture->row.member.joined >= fixture->institution.older);
    fixture->row.snapshot = fixture->institution.snapshot;
    row_fill(&fixture->row, fixture->row.snapshot);
}

static unsigned count(const struct row *row, enum cell_verdict verdict)
{
    unsigned found = 0;

    for (uint32_t i = 0; i < row->cell_count; i++)
        found += row->cells[i].verdict == verdict;
    return found;
}

static void what_is_held_at_the_snapshot_agrees(void **state)
{
    struct fixture fixture = made(&profile_university, 1);

    (void)state;
    for (uint32_t i = 0; i < TRIED; i++) {
        fill(&fixture, 0, i);
        assert_int_equal(count(&fixture.row, CELL_AGREES), fixture.row.cell_count);
        assert_int_equal(row_judge(&fixture.row), RECORD_AUTHENTIC);
    }
    institution_clear(&fixture.institution);
}

static void what_was_held_before_only_agrees_earlier(void **state)
{
    struct fixture fixture = made(&profile_clinic, 1);
    unsigned stale = 0;

    (void)state;
    for (uint32_t i = 0; i < TRIED; i++) {
        fill(&fixture, 0, i);
        row_fill(&fixture.row, fixture.institution.older);
        assert_int_equal(count(&fixture.row, CELL_CONTRADICTS), 0);
        stale += row_judge(&fixture.row) == RECORD_STALE;
        fixture.row.snapshot = fixture.institution.older;
        row_fill(&fixture.row, fixture.institution.snapshot);
        assert_int_equal(count(&fixture.row, CELL_CONTRADICTS), 0);
    }
    assert_true(stale > TRIED / 4);
    institution_clear(&fixture.institution);
}

/* An altered value was never held; at most one that names the member is altered. */
static void altered_values_contradict(void **state)
{
    struct fixture fixture = made(&profile_association, 2);

    (void)state;
    for (uint32_t i = 0; i < TRIED; i++) {
        unsigned naming = 0;

        fill(&fixture, 0, i);
        tamper_alter(&fixture.row, institution_ghost(&fixture.institution, 0, i, 0), &fixture.dice);
        assert_int_equal(row_judge(&fixture.row), RECORD_ALTERED);
        for (uint32_t c = 0; c < fixture.row.cell_count; c++) {
            const struct cell *cell = &fixture.row.cells[c];

            if (cell->verdict != CELL_CONTRADICTS)
                continue;
            naming += cell->column->naming;
            for (int32_t t = fixture.institution.span.start; t < fixture.institution.span.end;
                 t += 100 * DAY_MINUTES)
                assert_false(row_holds(&fixture.row, cell, t));
        }
        assert_true(naming <= 1);
    }
    institution_clear(&fixture.institution);
}

static void a_misattributed_value_is_that_of_its_holder(void **state)
{
    struct fixture fixture = made(&profile_university, 3);
    struct member holder;

    (void)state;
    for (uint32_t i = 0; i < TRIED; i++) {
        fill(&fixture, 1, i);
        tamper_misattribute(&fixture.row, fixture.row.snapshot, &fixture.dice);
        assert_int_equal(row_judge(&fixture.row), RECORD_MISATTRIBUTED);
        for (uint32_t c = 0; c < fixture.row.cell_count; c++) {
            const struct cell *cell = &fixture.row.cells[c];
            TEXT_SCRATCH(held);

            if (cell->verdict != CELL_OTHER_SUBJECT)
                continue;
            member_load(&fixture.institution, cell->holder, &holder);
            member_add_value(&fixture.institution, &holder, row_trait(&fixture.row, cell, 0),
                             fixture.row.snapshot, &held);
            assert_string_equal(held.data, cell->parts[0]);
        }
    }
    institution_clear(&fixture.institution);
}

static void spoilt_records_are_incomplete(void **state)
{
    struct fixture fixture = made(&profile_clinic, 4);

    (void)state;
    for (uint32_t i = 0; i < TRIED; i++) {
        fill(&fixture, 0, i);
        for (uint32_t c = 0; c < fixture.row.cell_count; c++)
            row_show(&fixture.row, &fixture.row.cells[c]);
        tamper_spoil(&fixture.row, &fixture.dice);
        assert_int_equal(row_judge(&fixture.row), RECORD_INCOMPLETE);
        assert_int_equal(count(&fixture.row, CELL_AGREES), fixture.row.cell_count - 1);
    }
    institution_clear(&fixture.institution);
}

/* A spelling never speaks against anybody. */
static void another_spelling_is_a_variant_or_cuts_a_name(void **state)
{
    struct fixture fixture = made(&profile_university, 5);
    unsigned variants = 0, cut = 0;

    (void)state;
    for (uint32_t i = 0; i < TRIED; i++) {
        fill(&fixture, 0, i);
        tamper_respell(&fixture.row, &fixture.dice);
        variants += count(&fixture.row, CELL_VARIANT) > 0;
        cut += count(&fixture.row, CELL_TRUNCATED) > 0;
        assert_int_equal(count(&fixture.row, CELL_CONTRADICTS), 0);
    }
    assert_true(variants > TRIED / 2 && cut > TRIED / 50);
    institution_clear(&fixture.institution);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_held_at_the_snapshot_agrees),
        cmocka_unit_test(what_was_held_before_only_agrees_earlier),
        cmocka_unit_test(altered_values_contradict),
        cmocka_unit_test(a_misattributed_value_is_that_of_its_holder),
        cmocka_unit_test(spoilt_records_are_incomplete),
        cmocka_unit_test(another_spelling_is_a_variant_or_cuts_a_name),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
