/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "match_table.h"

#define ROWS 900u

static void set(struct citizen *citizen, enum citizen_cell cell, const char *text)
{
    (void)snprintf(citizen->cells[cell], sizeof(citizen->cells[cell]), "%s", text);
}

static int setup(void **state)
{
    *state = citizens_register();
    return 0;
}

static int teardown(void **state)
{
    (void)reg_free(*state);
    return 0;
}

static void a_link_without_any_identity_cell_is_vetoed(void **state)
{
    const struct reg *reg = *state;
    struct match_table table;
    struct match_model *model;
    struct citizen hybrid = stranger_of(2), other = citizen_of(34);
    struct link *links = alloc_zeroed(ROWS, sizeof(*links));

    match_table_init(&table, reg, 4096, false);
    table.reading.columns[CELL_GIVEN].status = READING_NONE;
    table.reading.columns[CELL_BIRTH].status = READING_NONE;
    for (unsigned i = 0; i < 500; i++) {
        struct citizen citizen = citizen_of(i);

        match_table_add(&table, &citizen);
    }
    set(&hybrid, CELL_FAMILY, "Qwertzuiop");
    set(&hybrid, CELL_PHONE, other.cells[CELL_PHONE]);
    set(&hybrid, CELL_ADDRESS, other.cells[CELL_ADDRESS]);
    set(&hybrid, CELL_ACCOUNT, other.cells[CELL_ACCOUNT]);
    match_table_add(&table, &hybrid);
    model = match_table_fit(&table, 1);
    match_table_link(&table, model, links);
    assert_true(links[500].vetoed);
    assert_true(links[500].posterior >= LINK_MIN);
    assert_int_equal(links[500].subject, SUBJECT_NONE);
    free(links);
    (void)match_model_free(model);
    match_table_clear(&table);
}

/* The link of a record with another birth date beside an account, in a list of birth dates and
 * accounts alone of which one date in `one_in` is wrong. */
static struct link link_of_wrong_date(const struct reg *reg, unsigned one_in)
{
    struct match_table table;
    struct match_model *model;
    struct link *links = alloc_zeroed(ROWS, sizeof(*links)), link;

    match_table_init(&table, reg, 4096, false);
    for (unsigned c = 0; c < CITIZEN_CELLS; c++) {
        if (c != CELL_BIRTH && c != CELL_ACCOUNT)
            table.reading.columns[c].status = READING_NONE;
    }
    for (unsigned i = 0; i <= 500; i++) {
        struct citizen citizen = citizen_of(i);

        if (i % one_in == 0)
            set(&citizen, CELL_BIRTH, citizen_of(i + 77).cells[CELL_BIRTH]);
        match_table_add(&table, &citizen);
    }
    model = match_table_fit(&table, 1);
    match_table_link(&table, model, links);
    link = links[500];
    free(links);
    (void)match_model_free(model);
    match_table_clear(&table);
    return link;
}

static void a_number_names_whom_a_column_that_is_often_wrong_does_not(void **state)
{
    struct link link = link_of_wrong_date(*state, 4);

    assert_int_equal(link.subject, 500);
    assert_false(link.vetoed);
    link = link_of_wrong_date(*state, 500); /* of the others all are right: the mark of a forger */
    assert_int_equal(link.subject, SUBJECT_NONE);
    assert_true(link.vetoed);
}

/* With another given name in one column with the family name, and his own telephone and account. */
static void a_part_of_a_name_beside_an_own_number_is_not_vetoed(void **state)
{
    const struct reg *reg = *state;
    struct match_table table;
    struct match_model *model;
    struct link *links = alloc_zeroed(ROWS, sizeof(*links));

    match_table_init(&table, reg, 4096, false);
    table.reading.columns[CELL_FAMILY].target.field = reg->kinds[0].full_name;
    table.reading.columns[CELL_FAMILY].interpretation = AS_TOKENS;
    table.reading.columns[CELL_GIVEN].status = READING_NONE;
    table.reading.columns[CELL_BIRTH].status = READING_NONE;
    for (unsigned i = 0; i <= 500; i++) {
        struct citizen citizen = citizen_of(i == 500 ? 7 : i);

        (void)snprintf(citizen.cells[CELL_FAMILY], 48, "%.20s %.20s",
                       citizen_of(i).cells[CELL_FAMILY], citizen_of(i).cells[CELL_GIVEN]);
        if (i == 500)
            (void)snprintf(citizen.cells[CELL_FAMILY], 48, "%.20s Qwertz",
                           citizen_of(7).cells[CELL_FAMILY]);
        match_table_add(&table, &citizen);
    }
    model = match_table_fit(&table, 1);
    match_table_link(&table, model, links);
    assert_int_equal(links[500].subject, 7);
    free(links);
    (void)match_model_free(model);
    match_table_clear(&table);
}

/* One person's name and year of birth beside another's telephone and account: it is about the
 * first. */
static void who_is_named_is_meant_though_accounts_are_anothers(void **state)
{
    const struct reg *reg = *state;
    struct match_table table;
    struct match_model *model;
    struct citizen mixed = citizen_of(7), other = citizen_of(300);
    struct link *links = alloc_zeroed(ROWS, sizeof(*links));

    match_table_init(&table, reg, 4096, false);
    table.reading.columns[CELL_BIRTH].interpretation = AS_YEAR;
    table.reading.columns[CELL_FAMILY].status = READING_NONE;
    table.reading.columns[CELL_ADDRESS].status = READING_NONE;
    for (unsigned i = 0; i < 500; i++) {
        struct citizen citizen = citizen_of(i);

        (void)snprintf(citizen.cells[CELL_BIRTH], 48, "%.4s", citizen_of(i).cells[CELL_BIRTH] + 6);
        match_table_add(&table, &citizen);
    }
    (void)snprintf(mixed.cells[CELL_BIRTH], 48, "%.4s", citizen_of(7).cells[CELL_BIRTH] + 6);
    set(&mixed, CELL_PHONE, other.cells[CELL_PHONE]);
    set(&mixed, CELL_ACCOUNT, other.cells[CELL_ACCOUNT]);
    match_table_add(&table, &mixed);
    model = match_table_fit(&table, 1);
    model->weights.nobody = -3 * WEIGHT_ONE; /* nearly all of the list are in the register */
    match_table_link(&table, model, links);
    assert_int_equal(links[500].subject, 7);
    assert_false(links[500].vetoed);
    free(links);
    (void)match_model_free(model);
    match_table_clear(&table);
}

/* Names and addresses alone: who has another given name is a relative, a slip is none. */
static void a_relative_at_the_same_address_is_not_confirmed(void **state)
{
    const struct reg *reg = *state;
    static const unsigned unread[] = {CELL_BIRTH, CELL_PHONE, CELL_ACCOUNT};
    struct match_table table;
    struct match_model *model;
    struct citizen relative = citizen_of(7), slip = citizen_of(9);
    struct link *links = alloc_zeroed(ROWS, sizeof(*links));

    match_table_init(&table, reg, 4096, false);
    for (size_t i = 0; i < sizeof(unread) / sizeof(unread[0]); i++)
        table.reading.columns[unread[i]].status = READING_NONE;
    for (unsigned i = 20; i < 500; i++) {
        struct citizen citizen = citizen_of(i);

        match_table_add(&table, &citizen);
    }
    set(&relative, CELL_GIVEN, "Zbigniew");
    match_table_add(&table, &relative);
    slip.cells[CELL_GIVEN][strlen(slip.cells[CELL_GIVEN]) - 1] = 'x';
    match_table_add(&table, &slip);
    model = match_table_fit(&table, 1);
    assert_true(model->columns.names_alone);
    model->weights.nobody = -3 * WEIGHT_ONE; /* nearly all of the list are in the register */
    match_table_link(&table, model, links);
    assert_int_equal(links[480].subject, SUBJECT_NONE);
    assert_int_equal(links[481].subject, 9);
    free(links);
    (void)match_model_free(model);
    match_table_clear(&table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_link_without_any_identity_cell_is_vetoed),
        cmocka_unit_test(a_number_names_whom_a_column_that_is_often_wrong_does_not),
        cmocka_unit_test(a_part_of_a_name_beside_an_own_number_is_not_vetoed),
        cmocka_unit_test(who_is_named_is_meant_though_accounts_are_anothers),
        cmocka_unit_test(a_relative_at_the_same_address_is_not_confirmed),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
