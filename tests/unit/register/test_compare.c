/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "register/compare.h"
#include "toy_register.h"

#define FIELDS                                        \
    "kind person\n"                                   \
    "field person family_name family-name identity\n" \
    "field person given_name given-name identity\n"   \
    "field person salary amount financial periodic\n" \
    "field person city text location\n"

#define OLDER                                                      \
    FIELDS                                                         \
    "field person only_old text social\n"                          \
    "1 | family_name | ALAOUI | known 2020-01-01..\n"              \
    "1 | family_name | B | known 2019-01-01..2020-01-01\n"         \
    "1 | city | Rabat | known 2020-01-01.. | valid 2020-01-01..\n" \
    "2 | family_name | RAMI\n"                                     \
    "2 | salary | 10 | period 2024-01 | known 2024-02-10..\n"      \
    "2 | salary | 20 | period 2024-02 | known 2024-03-10..\n"      \
    "2 | city | Fes | known 2020-01-01..2021-01-01\n"              \
    "2 | only_old | x\n"                                           \
    "3 | family_name | ZAHRA\n"                                    \
    "3 | given_name | Sara\n"

/* Person 1: a name closed, another moved to; 2: a salary corrected, an end taken back; 3 went, 4
 * came. */
#define NEWER                                                                \
    FIELDS                                                                   \
    "1 | family_name | ALAOUI | known 2020-01-01..2024-05-01\n"              \
    "1 | family_name | AMRANI | known 2024-05-01..\n"                        \
    "1 | family_name | B | known 2019-01-01..2020-01-01\n"                   \
    "1 | city | Rabat | known 2020-01-01.. | valid 2020-01-01..2023-01-01\n" \
    "2 | family_name | RAMI\n"                                               \
    "2 | salary | 10 | period 2024-01 | known 2024-02-10..\n"                \
    "2 | salary | 21 | period 2024-02 | known 2024-03-10..\n"                \
    "2 | salary | 10 | period 2024-03 | known 2024-04-10..\n"                \
    "2 | city | Fes | known 2020-01-01..\n"                                  \
    "4 | family_name | ZAHRA\n"                                              \
    "kind vehicle\n"                                                         \
    "field vehicle plate id identity\n"                                      \
    "9 | plate | 1234\n"

struct fixture {
    struct reg *older, *newer;
};

static int setup(void **state)
{
    struct fixture *f = alloc_zeroed(1, sizeof(*f));

    f->older = toy_register(OLDER);
    f->newer = toy_register(NEWER);
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;

    (void)reg_free(f->older);
    (void)reg_free(f->newer);
    free(f);
    return 0;
}

static const struct field_change *find(const struct register_change *change, const char *name)
{
    for (size_t i = 0; i < change->field_count; i++) {
        if (strcmp(change->fields[i].name, name) == 0)
            return &change->fields[i];
    }
    fail_msg("no field %s", name);
    return NULL;
}

static void check_set(const struct set_change *set, uint64_t added, uint64_t removed, uint64_t kept)
{
    assert_int_equal(set->added, added);
    assert_int_equal(set->removed, removed);
    assert_int_equal(set->kept, kept);
}

static void counts_what_came_went_and_ended(void **state)
{
    struct fixture *f = *state;
    struct register_change change;
    const struct field_change *name, *salary, *city;
    struct tq_error err;

    assert_int_equal(register_compare(f->older, f->newer, &change, &err), TQ_OK);
    check_set(&change.kinds[0].subjects, 1, 1, 2);
    name = find(&change, "family_name");
    check_set(&name->facts, 2, 1, 2); /* AMRANI and 4's came, 3's went, B and RAMI stay */
    assert_int_equal(name->closed, 1);
    assert_int_equal(name->changed, 0);
    check_set(&name->values, 1, 0, 4);
    salary = find(&change, "salary");
    check_set(&salary->facts, 2, 1, 1);
    check_set(&salary->values, 1, 1, 1);
    city = find(&change, "city");
    check_set(&city->facts, 0, 0, 0);
    assert_int_equal(city->closed, 1);
    assert_int_equal(city->changed, 1);
    register_change_clear(&change);
}

static void kinds_and_fields_of_one_side_count_whole(void **state)
{
    struct fixture *f = *state;
    struct register_change change;
    struct tq_error err;

    assert_int_equal(register_compare(f->older, f->newer, &change, &err), TQ_OK);
    assert_int_equal(change.kind_count, 2);
    assert_false(change.kinds[1].in_old);
    check_set(&change.kinds[1].subjects, 1, 0, 0);
    assert_false(find(&change, "only_old")->in_new);
    check_set(&find(&change, "only_old")->facts, 0, 1, 0);
    check_set(&find(&change, "plate")->facts, 1, 0, 0);
    for (size_t i = 0; i < change.field_count; i++)
        assert_string_not_equal(change.fields[i].name, "full_name"); /* derived */
    register_change_clear(&change);
}

static void a_register_differs_in_nothing_from_itself(void **state)
{
    struct fixture *f = *state;
    struct register_change change;
    struct tq_error err;

    assert_int_equal(register_compare(f->older, f->older, &change, &err), TQ_OK);
    check_set(&change.kinds[0].subjects, 0, 0, 3);
    for (size_t i = 0; i < change.field_count; i++) {
        assert_int_equal(change.fields[i].facts.added + change.fields[i].facts.removed, 0);
        assert_int_equal(change.fields[i].closed + change.fields[i].changed, 0);
    }
    register_change_clear(&change);
}

static void running_out_of_memory_is_reported(void **state)
{
    struct fixture *f = *state;

    for (unsigned nth = 1;; nth++) {
        struct register_change change;
        struct tq_error err;
        int r;

        alloc_fail_nth(nth);
        r = register_compare(f->older, f->newer, &change, &err);
        alloc_fail_nth(0);
        if (r == TQ_OK) {
            register_change_clear(&change);
            break;
        }
        assert_int_equal(r, TQ_E_NOMEM);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(counts_what_came_went_and_ended, setup, teardown),
        cmocka_unit_test_setup_teardown(kinds_and_fields_of_one_side_count_whole, setup, teardown),
        cmocka_unit_test_setup_teardown(a_register_differs_in_nothing_from_itself, setup, teardown),
        cmocka_unit_test_setup_teardown(running_out_of_memory_is_reported, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
