/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "register/held.h"
#include "register/rekey.h"
#include "register/seal.h"
#include "register/without_values.h"
#include "scratch_folder.h"
#include "toy_register.h"

#define SMALL                                                      \
    "country MA\n"                                                 \
    "kind employer\n"                                              \
    "field employer name text employment\n"                        \
    "kind person\n"                                                \
    "field person number id identity\n"                            \
    "field person family_name family-name identity\n"              \
    "field person given_name given-name identity\n"                \
    "field person birth date identity\n"                           \
    "field person employer ref employment to=employer\n"           \
    "field person salary amount financial periodic\n"              \
    "kind employer\n"                                              \
    "70 | name | ATLAS\n"                                          \
    "90 | name | RIF\n"                                            \
    "kind person\n"                                                \
    "1 | number | 0018\n"                                          \
    "1 | family_name | El Alaoui | known 2020-01-01..2021-01-01\n" \
    "1 | family_name | EL ALAOUI | known 2021-01-01..\n"           \
    "1 | given_name | Sara\n"                                      \
    "1 | birth | 1980-05-06\n"                                     \
    "1 | employer | 90\n"                                          \
    "1 | employer | 80\n"                                          \
    "1 | salary | 3000.00 | period 2024-01 | known 2024-02-10..\n" \
    "2 | number | 26\n"                                            \
    "2 | employer | 70\n"                                          \
    "2 | salary | 3000.00 | period 2024-02 | known 2024-03-10..\n" \
    "3 | salary | 4000.00 | period 2024-02 | known 2024-03-10..\n"

struct fixture {
    struct scratch scratch;
    const char *path, *key_path;
    struct reg *whole, *hidden;
};

static struct reg *hide(struct reg *reg)
{
    struct reg *hidden = NULL;
    struct tq_error err;

    assert_int_equal(reg_without_values(reg, 1, &hidden, &err), TQ_OK);
    return hidden;
}

/* `hidden` went through a file. Its fingerprints are the toy's, not those of the key file. */
static int setup(void **state)
{
    struct fixture *f = alloc_zeroed(1, sizeof(*f));
    struct reg *hidden = hide(toy_register(SMALL));
    struct seal_key key;
    struct tq_error err;
    uint64_t bytes;

    scratch_make(&f->scratch);
    f->path = scratch_path(&f->scratch, "r.tqr");
    f->key_path = scratch_path(&f->scratch, "key");
    f->whole = toy_register(SMALL);
    assert_int_equal(seal_key_load_or_make(f->key_path, &key, &err), TQ_OK);
    assert_int_equal(seal_write(hidden, &key, f->path, 1, &bytes, &err), TQ_OK);
    hidden = reg_free(hidden);
    assert_int_equal(reg_open(f->path, f->key_path, &f->hidden, &err), TQ_OK);
    assert_int_equal(reg_load_subjects(f->hidden, &err), TQ_OK);
    assert_int_equal(reg_load(f->hidden, NULL, FIELD_WHOLE, &err), TQ_OK);
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;

    (void)reg_free(f->whole);
    (void)reg_free(f->hidden);
    scratch_remove(&f->scratch);
    free(f);
    return 0;
}

/* The subject that holds a number: subjects have other names now. */
static uint32_t holder(const struct reg *reg, const char *kind, const char *name, const char *value)
{
    uint16_t number = toy_field(reg, kind, name);
    uint32_t key = toy_key(reg, number, value);

    assert_int_not_equal(key, KEY_NONE);
    return reg->fields[number].posting[reg->fields[number].posting_start[key]];
}

static void holds_no_text(void **state)
{
    const struct fixture *f = *state;

    assert_true(f->hidden->fingerprints_only);
    for (uint16_t i = 0; i < f->hidden->field_count; i++) {
        const struct field *field = &f->hidden->fields[i];

        assert_true(field->fingerprints_only);
        for (uint32_t v = 0; v < field->value_count; v++) {
            assert_int_equal(field_value_text(field, v).length, 0);
            assert_int_equal(field_key_text(field, field_value_key(field, v)).length, 0);
        }
    }
    for (uint8_t k = 0; k < f->hidden->kind_count; k++) {
        for (uint32_t s = 0; s < f->hidden->kinds[k].subject_count; s++) {
            struct slice name = reg_subject_key(f->hidden, k, s);

            assert_int_equal(name.length, 16);
            for (size_t c = 0; c < name.length; c++)
                assert_non_null(strchr("0123456789abcdef", name.data[c]));
            assert_int_equal(reg_find_subject(f->hidden, k, name), s);
        }
    }
}

static void finds_the_same_holders(void **state)
{
    const struct fixture *f = *state;
    uint16_t salary = toy_field(f->hidden, "person", "salary");
    uint32_t key = toy_key(f->hidden, salary, "3000.00");

    assert_int_not_equal(holder(f->hidden, "person", "number", "18"),
                         holder(f->hidden, "person", "number", "26"));
    assert_int_equal(holder(f->hidden, "person", "number", "18"),
                     holder(f->hidden, "person", "family_name", "el alaoui"));
    assert_int_equal(holder(f->hidden, "person", "number", "18"),
                     holder(f->hidden, "person", "full_name", "El Alaoui Sara"));
    assert_int_equal(field_key_frequency(&f->hidden->fields[salary], key), 2);
    assert_int_equal(toy_key(f->hidden, salary, "3000.01"), KEY_NONE);
    assert_int_equal(f->hidden->fields[salary].holders, 3);
}

static void spellings_of_one_key_are_one_fact(void **state)
{
    const struct fixture *f = *state;
    const struct field *whole = &f->whole->fields[toy_field(f->whole, "person", "family_name")];
    const struct field *name = &f->hidden->fields[toy_field(f->hidden, "person", "family_name")];

    assert_int_equal(whole->fact_count, 2);
    assert_int_equal(name->fact_count, 1);
    assert_int_equal(name->known_from[0], toy_moment("2020-01-01"));
    assert_int_equal(name->known_to[0], MOMENT_MAX);
}

static void references_lead_to_the_same_subjects(void **state)
{
    const struct fixture *f = *state;
    struct target target = toy_target(f->hidden, "person", "employer", "name");
    uint32_t person = holder(f->hidden, "person", "number", "18");

    assert_true(
        held_has(f->hidden, &target, person, MONTH_NONE, toy_key(f->hidden, target.field, "RIF")));
    assert_false(held_has(f->hidden, &target, person, MONTH_NONE,
                          toy_key(f->hidden, target.field, "ATLAS")));
}

static void measures_are_those_of_the_values(void **state)
{
    const struct fixture *f = *state;

    assert_int_equal(f->hidden->known_from, f->whole->known_from);
    assert_int_equal(f->hidden->known_to, f->whole->known_to);
    for (uint16_t i = 0; i < f->whole->field_count; i++) {
        const struct field *a = &f->whole->fields[i], *b = &f->hidden->fields[i];

        assert_string_equal(a->name, b->name);
        assert_int_equal(a->key_count, b->key_count);
        assert_int_equal(a->holders, b->holders);
        assert_true(a->density == b->density);
    }
}

static void another_key_leaves_the_fingerprints(void **state)
{
    struct fixture *f = *state;
    struct rekey_request request = {.path = f->path,
                                    .key_path = f->key_path,
                                    .new_key_path = scratch_path(&f->scratch, "new"),
                                    .out_path = f->path};
    struct reg *reg = NULL;
    struct tq_error err;
    uint64_t bytes;

    assert_int_equal(register_rekey(&request, &bytes, &err), TQ_OK);
    assert_int_equal(reg_open(f->path, request.new_key_path, &reg, &err), TQ_OK);
    assert_int_equal(reg_load(reg, NULL, FIELD_DICTIONARY, &err), TQ_OK);
    assert_int_equal(toy_key(reg, toy_field(reg, "person", "number"), "18"),
                     toy_key(f->hidden, toy_field(f->hidden, "person", "number"), "18"));
    reg = reg_free(reg);
}

static void running_out_of_memory_is_reported(void **state)
{
    int r = TQ_E_NOMEM;

    (void)state;
    for (unsigned nth = 1; r == TQ_E_NOMEM; nth++) {
        struct reg *reg = toy_register(SMALL), *hidden = NULL;
        struct tq_error err;

        alloc_fail_nth(nth);
        r = reg_without_values(reg, 1, &hidden, &err);
        alloc_fail_nth(0);
        hidden = reg_free(hidden);
    }
    assert_int_equal(r, TQ_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(holds_no_text, setup, teardown),
        cmocka_unit_test_setup_teardown(finds_the_same_holders, setup, teardown),
        cmocka_unit_test_setup_teardown(spellings_of_one_key_are_one_fact, setup, teardown),
        cmocka_unit_test_setup_teardown(references_lead_to_the_same_subjects, setup, teardown),
        cmocka_unit_test_setup_teardown(measures_are_those_of_the_values, setup, teardown),
        cmocka_unit_test_setup_teardown(another_key_leaves_the_fingerprints, setup, teardown),
        cmocka_unit_test(running_out_of_memory_is_reported),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
