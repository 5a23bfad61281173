/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdio.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "match/spelling.h"
#include "match_table.h"

#define PERSONS 202u

static const char *const given_names[] = {"Elise",  "Claire", "Martin", "Robert",
                                          "Sophie", "Thomas", "Bernard"};
static const char *const endings[] = {"ard", "ot", "in", "el", "et", "on", "ier"};
static const char *const beginnings[] = {"Bern", "Cout", "Dur", "Fern", "Gir", "Lamb", "Per"};

/* The names of person `number`; the last two have one key and are spelt in two ways. */
static void name_person(unsigned number, char family[32], char given[32])
{
    if (number >= PERSONS - 2) {
        (void)snprintf(family, 32, "%s", number == PERSONS - 2 ? "Miles" : "Mills");
        (void)snprintf(given, 32, "Elise");
        return;
    }
    (void)snprintf(family, 32, "%s%s%s", beginnings[number % 7], endings[number / 7 % 7],
                   number / 49 % 2 ? "ez" : "");
    (void)snprintf(given, 32, "%s", given_names[number / 29 % 7]);
}

static struct reg *names_register(void)
{
    struct buf text = {0};
    struct reg *reg;

    buf_add_text(&text, "country FR\ntimezone UTC\nkind person\n" CITIZEN_FIELDS);
    for (unsigned i = 0; i < PERSONS; i++) {
        char family[32], given[32];

        name_person(i, family, given);
        buf_format(&text, "K%03u | family_name | %s\n", i, family);
        buf_format(&text, "K%03u | given_name | %s\n", i, given);
    }
    reg = toy_register(text.data);
    buf_clear(&text);
    return reg;
}

static const struct field *family_field(const struct reg *reg)
{
    return reg_field(reg, toy_target(reg, "person", NULL, "family_name").field);
}

static void a_spelling_does_not_depend_on_case_marks_or_order(void **state)
{
    CLEANUP(buf_clear_cleanup) struct buf scratch = {0};
    uint32_t spelling = spelling_of(slice_of("Élise Miles"), &scratch);

    (void)state;
    assert_int_equal(spelling_of(slice_of("MILES, elise"), &scratch), spelling);
    assert_int_not_equal(spelling_of(slice_of("Elise Mills"), &scratch), spelling);
    assert_int_not_equal(spelling_of(slice_of(""), &scratch), 0);
}

static void holders_of_a_key_are_counted_by_spelling(void **state)
{
    CLEANUP(buf_clear_cleanup) struct buf scratch = {0};
    struct reg *reg = names_register();
    const struct field *field = family_field(reg);
    struct spellings spellings;
    struct tq_error err;
    uint32_t miles = spelling_of(slice_of("miles"), &scratch);
    uint32_t mills = spelling_of(slice_of("mills"), &scratch);
    uint32_t key = field->fact_key[field->fact_start[PERSONS - 2]];

    (void)state;
    assert_int_equal(field->fact_key[field->fact_start[PERSONS - 1]], key);
    assert_int_equal(spellings_init(&spellings, field, &err), 0);
    assert_true(fabs(spellings_chance(&spellings, key, miles) - .5) < 1e-9);
    assert_true(spellings_chance(&spellings, key, mills + 2) <= 0);
    assert_true(spellings_held(&spellings, PERSONS - 2, key, miles));
    assert_false(spellings_held(&spellings, PERSONS - 2, key, mills));
    spellings_clear(&spellings);
    (void)reg_free(reg);
}

/* All are shown as the register writes them, so the letters tell Miles from Mills. */
static void homonyms_by_key_are_told_apart_by_their_letters(void **state)
{
    struct reg *reg = names_register();
    struct match_table table;
    struct match_model *model;
    struct link links[PERSONS];

    (void)state;
    match_table_init(&table, reg, 400, false);
    for (unsigned i = 0; i < PERSONS; i++) {
        struct citizen citizen = {0};

        name_person(i, citizen.cells[CELL_FAMILY], citizen.cells[CELL_GIVEN]);
        match_table_add(&table, &citizen);
    }
    model = match_table_fit(&table, 1);
    match_table_link(&table, model, links);
    assert_int_equal(links[PERSONS - 2].subject, PERSONS - 2);
    assert_int_equal(links[PERSONS - 1].subject, PERSONS - 1);
    (void)match_model_free(model);
    match_table_clear(&table);
    (void)reg_free(reg);
}

static void counting_survives_every_failure_of_memory(void **state)
{
    struct reg *reg = names_register();
    struct spellings spellings;
    struct tq_error err;
    int r = TQ_E_NOMEM;

    (void)state;
    for (unsigned i = 1; i < 100 && r != 0; i++) {
        alloc_fail_nth(i);
        r = spellings_init(&spellings, family_field(reg), &err);
        alloc_fail_nth(0);
        spellings_clear(&spellings);
    }
    assert_int_equal(r, 0);
    (void)reg_free(reg);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_spelling_does_not_depend_on_case_marks_or_order),
        cmocka_unit_test(holders_of_a_key_are_counted_by_spelling),
        cmocka_unit_test(homonyms_by_key_are_told_apart_by_their_letters),
        cmocka_unit_test(counting_survives_every_failure_of_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
