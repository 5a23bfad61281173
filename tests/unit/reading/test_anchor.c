/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
/* cmocka needs the above first */
#include <cmocka.h>

#include "memory_table.h"
#include "reading/anchor.h"
#include "reading/linked.h"
#include "toy_register.h"

#define PERSONS 200

/* Persons with dense numbers from 1; the last two are twins with one phone. */
static struct reg *make_register(void)
{
    struct buf text = {0};
    struct reg *reg;

    buf_add_text(&text, "kind person\n"
                        "field person number id identity\n"
                        "field person national_id id identity\n"
                        "field person family_name family-name identity\n"
                        "field person birth_date date identity\n"
                        "field person phone phone contact\n");
    for (int i = 0; i < PERSONS; i++) {
        int like = i == PERSONS - 1 ? i - 1 : i;

        buf_format(&text, "p%03d | number | %d\np%03d | national_id | AB%06d\n", i, i + 1, i,
                   100000 + i * 4001);
        buf_format(&text, "p%03d | family_name | B%cr%cn\n", i, "aiou"[like % 4],
                   "aiou"[like / 4 % 4]);
        buf_format(&text, "p%03d | birth_date | %d-05-%02d\n", i, 1950 + like % 50, 1 + like % 28);
        buf_format(&text, "p%03d | phone | 06%08d\n", i, 10000000 + like * 300007);
    }
    reg = toy_register(text.data);
    buf_clear(&text);
    return reg;
}

struct found {
    struct memory_table memory;
    struct sample sample;
    struct anchor anchor;
};

static void find(struct found *found, const struct reg *reg)
{
    struct batch_source source = memory_table_source(&found->memory);
    struct tq_error err;

    assert_int_equal(
        row_sample_take(reg, &found->memory.table, &source, 2000, &found->sample, &err), TQ_OK);
    assert_int_equal(anchor_find(&found->sample, 0, &found->anchor, &err), TQ_OK);
}

static void found_clear(struct found *found)
{
    anchor_clear(&found->anchor);
    row_sample_clear(&found->sample);
    memory_table_clear(&found->memory);
}

/* A row of `person`, with `number` in the first column. */
static void add_row(struct found *found, int person, int number)
{
    char row[128];

    (void)snprintf(row, sizeof(row), "%d|AB%06d|%d-05-%02d|06%08d", number, 100000 + person * 4001,
                   1950 + person % 50, 1 + person % 28, 10000000 + person * 300007);
    memory_table_row(&found->memory, 0, (uint32_t)found->memory.table.row_count + 1, row);
}

static void row_numbers_do_not_link(void **state)
{
    struct reg *reg = make_register();
    struct found found = {0};

    (void)state;
    memory_table_init(&found.memory, 4);
    for (int i = 0; i < 150; i++)
        add_row(&found, (i * 41) % (PERSONS - 2), i + 1);
    find(&found, reg);
    assert_int_equal(found.anchor.linked, 150);
    for (uint32_t row = 0; row < 150; row++) {
        char key[8];

        (void)snprintf(key, sizeof(key), "p%03u", row * 41 % (PERSONS - 2));
        assert_int_equal(found.anchor.subject[row], toy_subject(reg, "person", key));
    }
    for (size_t i = 0; i < found.anchor.pair_count; i++) {
        const struct pair *pair = &found.anchor.pairs[i];

        if (pair->column == 0)
            assert_true(pair->reliability < .05);
        else if (pair->column == 1)
            assert_true(pair->reliability > .9);
    }
    found_clear(&found);
    reg_free(reg);
}

/* A small number that stands in two columns of a row is the dense number of some person, but it
 * says so only once. */
static void a_value_and_its_copy_are_one_witness(void **state)
{
    struct reg *reg = make_register();
    struct found found = {0};

    (void)state;
    memory_table_init(&found.memory, 4);
    for (int i = 0; i < 60; i++) {
        char row[128];
        int person = (i * 41) % (PERSONS - 2);

        (void)snprintf(row, sizeof(row), "%d|%d|AB%06d|06%08d", 3 + i % 3, 3 + i % 3,
                       100000 + person * 4001, i % 2 ? 99000000 + i : 10000000 + person * 300007);
        memory_table_row(&found.memory, 0, (uint32_t)i + 1, row);
    }
    find(&found, reg);
    assert_int_equal(found.anchor.linked, 30); /* those with their own phone */
    for (uint32_t row = 0; row < 60; row += 2) {
        char key[8];

        (void)snprintf(key, sizeof(key), "p%03u", row * 41 % (PERSONS - 2));
        assert_int_equal(found.anchor.subject[row], toy_subject(reg, "person", key));
        assert_int_equal(found.anchor.subject[row + 1], SUBJECT_NONE);
    }
    found_clear(&found);
    reg_free(reg);
}

/* Nor does a number vouch for its own copy, or count twice beside others. */
static void a_row_does_not_hold_by_a_value_and_its_copy(void **state)
{
    struct reg *reg = make_register();
    struct found found = {0};

    (void)state;
    memory_table_init(&found.memory, 3);
    for (int person = 20; person < 80; person++) {
        char row[128];

        (void)snprintf(row, sizeof(row), "%d|%d|AB%06d", person + 1, person + 1,
                       100000 + person * 4001);
        memory_table_row(&found.memory, 0, (uint32_t)person - 19, row);
    }
    find(&found, reg);
    assert_int_equal(found.anchor.linked, 60);
    for (uint32_t row = 0; row < 60; row++) {
        for (uint32_t column = 0; column < 3; column++)
            assert_false(anchor_holds_without(&found.anchor, row, column));
    }
    found_clear(&found);
    reg_free(reg);
}

static void twins_are_not_told_apart_by_what_they_share(void **state)
{
    struct reg *reg = make_register();
    struct found found = {0};

    (void)state;
    memory_table_init(&found.memory, 2);
    for (int i = 0; i < PERSONS - 1; i++) {
        char row[64];

        (void)snprintf(row, sizeof(row), "%d-05-%02d|06%08d", 1950 + i % 50, 1 + i % 28,
                       10000000 + i * 300007);
        memory_table_row(&found.memory, 0, (uint32_t)i + 1, row);
    }
    find(&found, reg);
    assert_int_not_equal(found.anchor.subject[0], SUBJECT_NONE);
    assert_int_equal(found.anchor.subject[PERSONS - 2], SUBJECT_NONE);
    found_clear(&found);
    reg_free(reg);
}

/* Of one subject permutation says nothing, however many rows there are; and what they repeat is
 * said once. */
static void rows_about_one_subject_are_few(void **state)
{
    struct reg *reg = make_register();
    struct found found = {0};
    struct arena arena = {0};
    struct linked linked;
    struct tq_error err;

    (void)state;
    memory_table_init(&found.memory, 2);
    for (int i = 0; i < 40; i++) {
        char row[64];

        (void)snprintf(row, sizeof(row), "AB%06d|06%08d", 100000 + 7 * 4001,
                       10000000 + (i == 20 ? 8 : 7) * 300007);
        memory_table_row(&found.memory, 0, (uint32_t)i + 1, row);
    }
    find(&found, reg);
    assert_int_equal(found.anchor.linked, 39); /* one row names two persons */
    assert_int_equal(
        linked_make(&found.sample, &found.anchor, 0, found.anchor.subject, &arena, &linked, &err),
        TQ_OK);
    assert_true(linked.few);
    assert_true(linked_uses(&linked, 0, 0));
    assert_true(linked_uses(&linked, 0, 1)); /* the identifier names him, if only just */
    assert_false(anchor_holds_without(&found.anchor, linked.row[0], 1));
    assert_false(linked_uses(&linked, 1, 0));
    arena_clear(&arena);
    found_clear(&found);
    reg_free(reg);
}

static void one_column_alone_links_nobody(void **state)
{
    struct reg *reg = make_register();
    struct found found = {0};

    (void)state;
    memory_table_init(&found.memory, 2);
    for (int i = 0; i < 100; i++) {
        char row[64];

        (void)snprintf(row, sizeof(row), "AB%06d|alien%d", 100000 + i * 4001, i);
        memory_table_row(&found.memory, 0, (uint32_t)i + 1, row);
    }
    find(&found, reg);
    assert_int_equal(found.anchor.linked, 0);
    found_clear(&found);
    reg_free(reg);
}

static void a_row_holds_without_a_column_only_by_the_others(void **state)
{
    struct reg *reg = make_register();
    struct found found = {0};

    (void)state;
    memory_table_init(&found.memory, 4);
    for (int i = 0; i < 20; i++)
        add_row(&found, i, 900 + i);
    find(&found, reg);
    assert_true(anchor_holds_without(&found.anchor, 3, 1)); /* date and phone */
    assert_true(found.anchor.sturdy[3]);
    found_clear(&found);

    memory_table_init(&found.memory, 2);
    for (int i = 0; i < 20; i++) {
        char row[64];

        (void)snprintf(row, sizeof(row), "AB%06d|06%08d", 100000 + i * 4001, 10000000 + i * 300007);
        memory_table_row(&found.memory, 0, (uint32_t)i + 1, row);
    }
    find(&found, reg);
    assert_int_equal(found.anchor.linked, 20);
    assert_false(anchor_holds_without(&found.anchor, 3, 1)); /* one identifier is not enough */
    assert_false(found.anchor.sturdy[3]);
    found_clear(&found);
    reg_free(reg);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(row_numbers_do_not_link),
        cmocka_unit_test(a_value_and_its_copy_are_one_witness),
        cmocka_unit_test(a_row_does_not_hold_by_a_value_and_its_copy),
        cmocka_unit_test(twins_are_not_told_apart_by_what_they_share),
        cmocka_unit_test(rows_about_one_subject_are_few),
        cmocka_unit_test(one_column_alone_links_nobody),
        cmocka_unit_test(a_row_holds_without_a_column_only_by_the_others),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
