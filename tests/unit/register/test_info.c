/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "register/fact_stream.h"
#include "register/info.h"
#include "register/seal.h"
#include "scratch_folder.h"
#include "toy_register.h"

#define SMALL                                                            \
    "kind employer\n"                                                    \
    "field employer name text employment\n"                              \
    "kind person\n"                                                      \
    "field person number id identity check=luhn\n"                       \
    "field person family_name family-name identity\n"                    \
    "field person employer ref employment to=employer\n"                 \
    "field person salary amount financial periodic\n"                    \
    "field person empty text social\n"                                   \
    "kind employer\n"                                                    \
    "70 | name | ATLAS\n"                                                \
    "kind person\n"                                                      \
    "subject person 0\n"                                                 \
    "1 | number | 0018\n"                                                \
    "1 | family_name | ALAOUI | known 2020-01-01..2021-01-01\n"          \
    "1 | family_name | RAMI | known 2021-01-01.. | valid 2020-06-01..\n" \
    "1 | employer | 70\n"                                                \
    "1 | employer | 80\n"                                                \
    "1 | salary | 3000.00 | period 2024-01 | known 2024-02-10..\n"       \
    "2 | number | 27\n"                                                  \
    "2 | salary | 3000.00 | period 2024-02 | known 2024-03-10..\n"       \
    "subject person 3\n"

/* The register in memory, and the same from a sealed file. */
struct fixture {
    struct scratch scratch;
    struct reg *made, *opened;
};

static void make(struct fixture *f, const char *text)
{
    const char *key_path, *register_path;
    struct seal_key key;
    struct tq_error err;
    uint64_t bytes;

    scratch_make(&f->scratch);
    register_path = scratch_path(&f->scratch, "r.tqr");
    key_path = scratch_path(&f->scratch, "key");
    f->made = toy_register(text);
    assert_int_equal(seal_key_load_or_make(key_path, &key, &err), TQ_OK);
    assert_int_equal(seal_write(f->made, &key, register_path, 2, &bytes, &err), TQ_OK);
    assert_int_equal(reg_open(register_path, key_path, &f->opened, &err), TQ_OK);
}

static int setup(void **state)
{
    struct fixture *f = alloc_zeroed(1, sizeof(*f));

    make(f, SMALL);
    *state = f;
    return 0;
}

/* Facts of several pieces, and a field that lends its times to one that few subjects have, in
 * blocks, and to one that all have. */
static int setup_large(void **state)
{
    struct fixture *f = alloc_zeroed(1, sizeof(*f));
    struct buf text = {0};

    buf_add_text(&text, "kind person\nfield person city text location\n"
                        "field person phone phone contact\nfield person post code location\n");
    for (unsigned i = 0; i < 280000; i++) {
        const char *times = i % 3 ? "known 2020-01-05..2021-03-01 | valid 2020-01-01..2021-02-01"
                                  : "known 2019-12-07.. | valid 2019-12-01..";

        buf_format(&text, "%06u | city | Fes%u | %s\n", i, i % 7, times);
        if (i % 90000 < 200)
            buf_format(&text, "%06u | phone | +2126%08u | %s\n", i, i % 11, times);
        if (i % 13)
            buf_format(&text, "%06u | post | %u | %s\n", i, i % 5, times);
    }
    make(f, text.data);
    buf_clear(&text);
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

static void next(struct fact_stream *stream, struct fact *fact, bool wanted)
{
    struct tq_error err;
    bool any = !wanted;

    assert_int_equal(fact_stream_next(stream, fact, &any, &err), TQ_OK);
    assert_int_equal(any, wanted);
}

static void facts_of_a_file_stream_as_those_in_memory_do(void **state)
{
    struct fixture *f = *state;
    struct tq_error err;

    for (uint16_t i = 0; i < f->made->field_count; i++) {
        const struct field *field = &f->made->fields[i];
        struct fact_stream *a = NULL, *b = NULL;
        struct fact x = {0}, y = {0};

        assert_int_equal(fact_stream_open(f->made, i, &a, &err), TQ_OK);
        assert_int_equal(fact_stream_open(f->opened, i, &b, &err), TQ_OK);
        for (uint32_t n = 0; n < field->fact_count; n++) {
            next(a, &x, true);
            next(b, &y, true);
            assert_memory_equal(&x, &y, sizeof(x));
            assert_int_equal(x.value, field->fact_value[n]);
            assert_in_range(n, field->fact_start[x.subject], field->fact_start[x.subject + 1] - 1);
        }
        next(a, &x, false);
        next(b, &y, false);
        next(b, &y, false);
        (void)fact_stream_free(a);
        (void)fact_stream_free(b);
    }
}

static void check_info(const struct reg *reg, const struct register_info *info)
{
    const struct field_info *number = &info->fields[toy_field(reg, "person", "number")];
    const struct field_info *name = &info->fields[toy_field(reg, "person", "family_name")];
    const struct field_info *employer = &info->fields[toy_field(reg, "person", "employer")];
    const struct field_info *salary = &info->fields[toy_field(reg, "person", "salary")];
    const struct field_info *empty = &info->fields[toy_field(reg, "person", "empty")];

    assert_int_equal(info->facts, 9);
    assert_string_equal(number->check, "luhn");
    assert_int_equal(number->checked, 2);
    assert_int_equal(number->check_passed, 1);
    assert_int_equal(number->subjects, 4);
    assert_int_equal(number->holders, 2);
    assert_int_equal(number->known.oldest, MOMENT_MIN);
    assert_int_equal(name->holders, 1);
    assert_int_equal(name->facts_of_one_max, 2);
    assert_int_equal(name->ended, 1);
    assert_int_equal(name->known.oldest, toy_moment("2020-01-01"));
    assert_int_equal(name->known.newest, toy_moment("2021-01-01"));
    assert_int_equal(name->valid.oldest, toy_moment("2020-06-01"));
    assert_int_equal(name->valid.newest, toy_moment("2020-06-01"));
    assert_int_equal(employer->dangling, 1);
    assert_string_equal(employer->ref_kind, "employer");
    assert_int_equal(salary->values, 1);
    assert_int_equal(salary->period_from, month_number(2024, 1));
    assert_int_equal(salary->period_to, month_number(2024, 2));
    assert_int_equal(empty->facts, 0);
    assert_int_equal(empty->holders, 0);
    assert_int_equal(empty->period_from, MONTH_NONE);
    assert_int_equal(info->known.oldest, toy_moment("2020-01-01"));
    assert_int_equal(info->known.newest, toy_moment("2024-03-10"));
}

static void tells_the_same_of_a_file_as_of_memory(void **state)
{
    struct fixture *f = *state;
    struct register_info info;
    struct tq_error err;

    assert_int_equal(register_info_make(f->made, &info, &err), TQ_OK);
    check_info(f->made, &info);
    register_info_clear(&info);
    assert_int_equal(register_info_make(f->opened, &info, &err), TQ_OK);
    check_info(f->opened, &info);
    register_info_clear(&info);
}

static void the_sections_add_up_to_the_file(void **state)
{
    struct fixture *f = *state;
    struct register_info info;
    struct tq_error err;
    uint64_t sum;

    assert_int_equal(register_info_make(f->opened, &info, &err), TQ_OK);
    sum = info.head_bytes;
    for (uint8_t i = 0; i < f->opened->kind_count; i++)
        sum += info.kind_bytes[i];
    for (uint16_t i = 0; i < info.field_count; i++) {
        const struct field_bytes *bytes = &info.fields[i].bytes;

        sum += bytes->facts + bytes->times + bytes->values;
    }
    assert_int_equal(sum, info.file_bytes);
    register_info_clear(&info);
}

static void running_out_of_memory_is_reported(void **state)
{
    struct fixture *f = *state;
    uint8_t seal[SHA256_BYTES];
    struct tq_error err;

    assert_int_equal(reg_seal(f->opened, seal, &err), TQ_OK); /* else it is what fails */
    for (unsigned nth = 1;; nth++) {
        struct register_info info;
        int r;

        alloc_fail_nth(nth);
        r = register_info_make(f->opened, &info, &err);
        alloc_fail_nth(0);
        if (r == TQ_OK) {
            register_info_clear(&info);
            break;
        }
        assert_int_equal(r, TQ_E_NOMEM);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(facts_of_a_file_stream_as_those_in_memory_do, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(facts_of_a_file_stream_as_those_in_memory_do, setup_large,
                                        teardown),
        cmocka_unit_test_setup_teardown(tells_the_same_of_a_file_as_of_memory, setup, teardown),
        cmocka_unit_test_setup_teardown(the_sections_add_up_to_the_file, setup, teardown),
        cmocka_unit_test_setup_teardown(running_out_of_memory_is_reported, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
