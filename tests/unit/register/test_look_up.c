/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "register/look_up.h"
#include "register/seal.h"
#include "register/without_values.h"
#include "scratch_folder.h"
#include "toy_register.h"

/* Identifiers that are the subjects' keys, that somebody else held, that several hold, that are
 * compared as they are written or not. */
#define SMALL                                                       \
    "country MA\n"                                                  \
    "kind employer\n"                                               \
    "field employer name text employment\n"                         \
    "kind person\n"                                                 \
    "field person number id identity\n"                             \
    "field person card id identity\n"                               \
    "field person name family-name identity\n"                      \
    "field person salary amount financial periodic\n"               \
    "field person empty text social\n"                              \
    "kind employer\n"                                               \
    "70 | name | ATLAS\n"                                           \
    "kind person\n"                                                 \
    "10 | number | 10\n"                                            \
    "20 | number | 20\n"                                            \
    "20 | card | A1\n"                                              \
    "20 | card | C3\n"                                              \
    "20 | name | El Alaoui\n"                                       \
    "30 | number | 10\n"                                            \
    "30 | number | 30\n"                                            \
    "30 | card | A1\n"                                              \
    "30 | name | EL ALAOUI\n"                                       \
    "30 | salary | 3000.00 | period 2024-01 | known 2024-02-10..\n" \
    "30 | salary | 3000.00 | period 2024-02 | known 2024-03-10..\n" \
    "subject person 40\n"

struct fixture {
    struct scratch scratch;
    struct reg *made, *opened; /* in memory; in a file of which nothing was read */
};

static struct reg *through_file(struct fixture *f, const struct reg *made)
{
    const char *path = scratch_path(&f->scratch, "r.tqr");
    const char *key_path = scratch_path(&f->scratch, "key");
    struct reg *reg = NULL;
    struct seal_key key;
    struct tq_error err;
    uint64_t bytes;

    assert_int_equal(seal_key_load_or_make(key_path, &key, &err), TQ_OK);
    assert_int_equal(seal_write(made, &key, path, 1, &bytes, &err), TQ_OK);
    assert_int_equal(reg_open(path, key_path, &reg, &err), TQ_OK);
    return reg;
}

static int setup(void **state)
{
    struct fixture *f = alloc_zeroed(1, sizeof(*f));

    scratch_make(&f->scratch);
    f->made = toy_register(SMALL);
    f->opened = through_file(f, f->made);
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;

    (void)reg_free(f->made);
    (void)reg_free(f->opened);
    scratch_remove(&f->scratch);
    free(f);
    return 0;
}

static void check(const struct reg *reg, const char *field, const char *text, const char *expected)
{
    struct holders holders = {0};
    struct buf found = {0};
    struct tq_error err;

    assert_int_equal(look_up(reg, toy_field(reg, "person", field), slice_of(text), &holders, &err),
                     TQ_OK);
    for (size_t i = 0; i < holders.count; i++)
        buf_format(&found, " %u", holders.subjects[i]);
    assert_string_equal(found.data ? found.data : "", expected);
    buf_clear(&found);
    holders_clear(&holders);
}

static void check_all(const struct reg *reg)
{
    check(reg, "number", "10", " 0 2");
    check(reg, "number", "20", " 1");
    check(reg, "number", "30", " 2");
    check(reg, "number", "40", "");
    check(reg, "number", "5", "");
    check(reg, "number", "--", "");
    check(reg, "card", "a-1", " 1 2");
    check(reg, "card", "C3", " 1");
    check(reg, "card", "B2", "");
    check(reg, "card", "D4", "");
    check(reg, "salary", "3000", " 2");
    check(reg, "salary", "3000.01", "");
    check(reg, "empty", "x", "");
}

static void finds_all_who_hold_a_text(void **state)
{
    struct fixture *f = *state;

    check_all(f->made);
    check_all(f->opened);
    check(f->opened, "name", "el alaoui", " 1 2");
    check(f->opened, "name", "Rami", "");
}

static void what_is_found_in_the_file_is_not_kept(void **state)
{
    struct fixture *f = *state;
    uint16_t card = toy_field(f->opened, "person", "card");

    check(f->opened, "card", "A1", " 1 2");
    assert_null(reg_field(f->opened, card)->value_text);
    assert_null(reg_field(f->opened, card)->fact_value);
    assert_null(f->opened->kinds[1].subject_bytes);
}

/* Subjects are numbered by their pseudonyms there: the dictionary in memory tells who it is. */
static void finds_by_fingerprint_where_there_is_nothing_else(void **state)
{
    struct fixture *f = *state;
    struct holders holders = {0};
    struct reg *hidden = NULL, *opened;
    const struct field *card;
    struct tq_error err;
    uint16_t number;

    assert_int_equal(reg_without_values(TAKE(f->made), 1, &hidden, &err), TQ_OK);
    opened = through_file(f, hidden);
    number = toy_field(opened, "person", "card");
    card = reg_field(opened, number);
    check(opened, "card", "B2", "");
    assert_int_equal(look_up(opened, number, slice_of("C3"), &holders, &err), TQ_OK);
    assert_int_equal(reg_load_field(opened, number, FIELD_HOLDERS, &err), TQ_OK);
    assert_int_equal(holders.count, 1);
    assert_int_equal(holders.subjects[0],
                     card->posting[card->posting_start[toy_key(opened, number, "C3")]]);
    holders_clear(&holders);
    hidden = reg_free(hidden);
    opened = reg_free(opened);
}

/* Values and facts of several pieces, and texts that lie in two. */
static void searches_many_pieces(void **state)
{
    struct fixture *f = *state;
    struct buf text = {0};
    struct reg *made, *opened;
    char wanted[16], expected[16];

    buf_add_text(&text, "kind person\nfield person number id identity\n");
    for (unsigned i = 0; i < 300000; i++)
        buf_format(&text, "%06u | number | N%06u\n", i, 300000 - i);
    made = toy_register(text.data);
    opened = through_file(f, made);
    for (unsigned i = 0; i < 300000; i += 23456) {
        (void)snprintf(wanted, sizeof(wanted), "n%06u", 300000 - i);
        (void)snprintf(expected, sizeof(expected), " %u", i);
        check(opened, "number", wanted, expected);
    }
    check(opened, "number", "N300001", "");
    made = reg_free(made);
    opened = reg_free(opened);
    buf_clear(&text);
}

static void survives_every_failing_allocation(void **state)
{
    struct fixture *f = *state;
    int r = TQ_E_NOMEM;

    for (unsigned nth = 1; r != TQ_OK; nth++) {
        struct holders holders = {0};
        struct tq_error err = {0};

        alloc_fail_nth(nth);
        r = look_up(f->opened, toy_field(f->opened, "person", "card"), slice_of("A1"), &holders,
                    &err);
        alloc_fail_nth(0);
        if (r != TQ_OK)
            assert_int_equal(r, TQ_E_NOMEM);
        holders_clear(&holders);
    }
    check(f->opened, "card", "A1", " 1 2");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(finds_all_who_hold_a_text, setup, teardown),
        cmocka_unit_test_setup_teardown(what_is_found_in_the_file_is_not_kept, setup, teardown),
        cmocka_unit_test_setup_teardown(finds_by_fingerprint_where_there_is_nothing_else, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(searches_many_pieces, setup, teardown),
        cmocka_unit_test_setup_teardown(survives_every_failing_allocation, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
