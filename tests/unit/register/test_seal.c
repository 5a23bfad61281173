/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "normalise/country.h"
#include "register/assemble.h"
#include "register/seal.h"
#include "scratch_folder.h"
#include "toy_register.h"

#define SMALL                                                            \
    "country MA\n"                                                       \
    "timezone Africa/Casablanca\n"                                       \
    "kind employer\n"                                                    \
    "field employer name text employment\n"                              \
    "kind person\n"                                                      \
    "field person number id identity check=luhn\n"                       \
    "field person family_name family-name identity\n"                    \
    "field person given_name given-name identity\n"                      \
    "field person employer ref employment to=employer\n"                 \
    "field person salary amount financial periodic\n"                    \
    "field person empty text social\n"                                   \
    "kind employer\n"                                                    \
    "70 | name | ATLAS\n"                                                \
    "kind person\n"                                                      \
    "1 | number | 0018\n"                                                \
    "1 | family_name | ALAOUI | known 2020-01-01..2021-01-01\n"          \
    "1 | family_name | RAMI | known 2021-01-01.. | valid 2020-06-01..\n" \
    "1 | given_name | Sara\n"                                            \
    "1 | employer | 70\n"                                                \
    "1 | employer | 80\n"                                                \
    "1 | salary | 3000.00 | period 2024-01 | known 2024-02-10..\n"       \
    "2 | number | 26\n"                                                  \
    "2 | salary | 3000.00 | period 2024-02 | known 2024-03-10..\n"

struct fixture {
    struct scratch scratch;
    const char *register_path, *key_path;
    struct buf sealed;
};

/* Make a register whose fingerprint key is the key file's, and seal it. */
static void seal(struct fixture *f, const char *text, unsigned threads)
{
    struct reg *reg = toy_register(text);
    struct seal_key key;
    struct tq_error err;
    uint64_t bytes = 0;

    assert_int_equal(seal_key_load_or_make(f->key_path, &key, &err), TQ_OK);
    assert_int_equal(seal_write(reg, &key, f->register_path, threads, &bytes, &err), TQ_OK);
    seal_key_clear(&key);
    reg = reg_free(reg);
    buf_clear(&f->sealed);
    assert_int_equal(file_load(f->register_path, 1 << 30, &f->sealed, &err), TQ_OK);
    assert_int_equal(f->sealed.length, bytes);
}

static int setup(void **state)
{
    struct fixture *f = alloc_zeroed(1, sizeof(*f));

    scratch_make(&f->scratch);
    f->register_path = scratch_path(&f->scratch, "r.tqr");
    f->key_path = scratch_path(&f->scratch, "key");
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;

    scratch_remove(&f->scratch);
    buf_clear(&f->sealed);
    free(f);
    return 0;
}

static void same_subjects(const struct reg *a, const struct reg *b)
{
    struct tq_error err;

    assert_int_equal(reg_load_subjects(b, &err), TQ_OK);
    for (uint8_t k = 0; k < a->kind_count; k++) {
        assert_int_equal(a->kinds[k].subject_count, b->kinds[k].subject_count);
        for (uint32_t s = 0; s < a->kinds[k].subject_count; s++)
            assert_int_equal(slice_compare(reg_subject_key(a, k, s), reg_subject_key(b, k, s)), 0);
    }
}

static void same_arrays(const struct reg *a, const struct reg *b)
{
    same_subjects(a, b);
    assert_int_equal(a->field_count, b->field_count);
    for (uint16_t i = 0; i < a->field_count; i++) {
        const struct field *x = reg_field(a, i), *y = reg_field(b, i);
        uint32_t subjects = a->kinds[x->kind].subject_count;

        assert_string_equal(x->name, y->name);
        assert_int_equal(x->type, y->type);
        assert_int_equal(x->form, y->form);
        assert_int_equal(x->periodic, y->periodic);
        assert_int_equal(x->derived, y->derived);
        assert_int_equal(x->fact_count, y->fact_count);
        assert_int_equal(x->value_count, y->value_count);
        assert_int_equal(x->key_count, y->key_count);
        assert_int_equal(x->holders, y->holders);
        assert_int_equal(x->shareable, y->shareable);
        assert_true(x->density <= y->density && x->density >= y->density);
        assert_memory_equal(x->fact_start, y->fact_start, (subjects + 1) * 4);
        assert_memory_equal(x->fact_key, y->fact_key, x->fact_count * 4);
        assert_memory_equal(x->fact_value, y->fact_value, x->fact_count * 4);
        assert_int_equal(!x->known_from, !y->known_from);
        assert_int_equal(!x->valid_from, !y->valid_from);
        assert_int_equal(!x->fact_period, !y->fact_period);
        if (x->known_from)
            assert_memory_equal(x->known_from, y->known_from, x->fact_count * 4);
        if (x->known_to)
            assert_memory_equal(x->known_to, y->known_to, x->fact_count * 4);
        if (x->valid_from)
            assert_memory_equal(x->valid_from, y->valid_from, x->fact_count * 4);
        if (x->valid_to)
            assert_memory_equal(x->valid_to, y->valid_to, x->fact_count * 4);
        if (x->fact_period)
            assert_memory_equal(x->fact_period, y->fact_period, x->fact_count * 2);
        assert_memory_equal(x->value_text, y->value_text, (x->value_count + 1) * 4);
        assert_memory_equal(x->value_bytes, y->value_bytes, x->value_text[x->value_count]);
        assert_memory_equal(x->key_text, y->key_text, (x->key_count + 1) * 4);
        assert_memory_equal(x->key_bytes, y->key_bytes, x->key_text[x->key_count]);
        assert_memory_equal(x->posting_start, y->posting_start, (x->key_count + 1) * 4);
        assert_memory_equal(x->posting, y->posting, x->posting_start[x->key_count] * 4);
        assert_int_equal(x->key_text == x->value_text, y->key_text == y->value_text);
        assert_int_equal(!x->value_key, !y->value_key);
        if (x->value_key)
            assert_memory_equal(x->value_key, y->value_key, x->value_count * 4);
        if (x->key_subject)
            assert_memory_equal(x->key_subject, y->key_subject, x->key_count * 4);
    }
}

static void opens_what_was_sealed(void **state)
{
    struct fixture *f = *state;
    struct reg *before = toy_register(SMALL), *after = NULL;
    uint8_t digest[SHA256_BYTES], named[SHA256_BYTES];
    struct tq_error err;
    struct stat status;

    seal(f, SMALL, 2);
    assert_int_equal(reg_open(f->register_path, f->key_path, &after, &err), TQ_OK);
    assert_int_equal(reg_load(after, NULL, FIELD_WHOLE, &err), TQ_OK);
    same_arrays(before, after);
    assert_string_equal(after->name, "toy");
    assert_string_equal(after->country_code, "MA");
    assert_string_equal(after->timezone, "Africa/Casablanca");
    assert_string_equal(after->normaliser.country->code, "MA");
    assert_int_equal(after->known_from, before->known_from);
    assert_int_equal(after->known_to, before->known_to);
    assert_int_equal(after->kinds[1].full_name, before->kinds[1].full_name);
    assert_string_equal(reg_field(after, toy_field(after, "person", "number"))->check, "luhn");
    assert_int_equal(toy_key(after, toy_field(after, "person", "number"), "18"),
                     toy_key(before, toy_field(before, "person", "number"), "18"));
    assert_int_equal(sha256_of(buf_slice(&f->sealed), digest, &err), TQ_OK);
    assert_int_equal(reg_seal(after, named, &err), TQ_OK);
    assert_memory_equal(digest, named, sizeof(digest));
    assert_int_equal(stat(f->key_path, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
    before = reg_free(before);
    after = reg_free(after);
}

/* Arrays of several chunks, and more chunks than are in flight at once. */
static void opens_what_needs_many_chunks(void **state)
{
    struct fixture *f = *state;
    struct buf text = {0};
    struct reg *before, *after = NULL;
    struct tq_error err;

    buf_add_text(&text, "kind person\nfield person number id identity\n"
                        "field person note text social\n");
    for (unsigned i = 0; i < 300000; i++)
        buf_format(&text, "%u | number | N%u | known 2020-01-%02u..\n", i, i * 2654435761u,
                   i % 28 + 1);
    for (unsigned i = 0; i < 600; i++)
        buf_format(&text, "%u | note | %u %0*u\n", i, i, 60000, i);
    before = toy_register(text.data);
    seal(f, text.data, 3);
    assert_int_equal(reg_open(f->register_path, f->key_path, &after, &err), TQ_OK);
    assert_int_equal(reg_load(after, NULL, FIELD_WHOLE, &err), TQ_OK);
    same_arrays(before, after);
    before = reg_free(before);
    after = reg_free(after);
    buf_clear(&text);
}

/* A table as institutions have them: a version ends when the next begins, cells are missing, a
 * column stays the same while another changes; identifiers are the subjects' keys. */
static void add_history(struct buf *text, unsigned persons)
{
    buf_add_text(text, "kind person\nfield person number id identity\n"
                       "field person phone phone contact\nfield person city text location\n"
                       "field person email email contact\n"
                       "field person days number employment periodic\n"
                       "field person salary amount financial periodic\n");
    for (unsigned i = 0; i < persons; i++) {
        const char *times = i % 3 ? "known 2020-01-05..2021-03-01 | valid 2020-01-01..2021-02-01"
                                  : "known 2019-12-07.. | valid 2019-12-01..";

        buf_format(text, "%05u | number | %05u | %s\n", i, i, times);
        buf_format(text, "%05u | phone | +2126%08u | %s\n", i, i * 7919u, times);
        if (i % 40)
            buf_format(text, "%05u | city | %s | %s\n", i, i % 2 ? "Fes" : "Tanger", times);
        if (i % 2)
            buf_format(text, "%05u | email | P%u@example.org | %s\n", i, i, times);
        if (i % 3)
            buf_format(text, "%05u | phone | +2127%08u | known 2021-03-01.. | valid 2021-02-01..\n",
                       i, i);
        for (unsigned month = 1; month < 5; month++) {
            buf_format(text, "%05u | salary | %u.%02u | period 2024-%02u | known 2024-%02u-1%u..\n",
                       i, i * 31, i % 100, month, month + 1, i % 10);
            if (i % 50 != month)
                buf_format(text, "%05u | days | %u | period 2024-%02u | known 2024-%02u-1%u..\n", i,
                           month == 2 ? i % 26 : 26, month, month + 1, i % 10);
        }
    }
}

static void opens_what_is_coded_against_other_fields(void **state)
{
    struct fixture *f = *state;
    struct buf text = {0};
    struct reg *before, *after = NULL;
    struct tq_error err;

    add_history(&text, 3000);
    before = toy_register(text.data);
    seal(f, text.data, 2);
    assert_int_equal(reg_open(f->register_path, f->key_path, &after, &err), TQ_OK);
    assert_int_equal(reg_load(after, NULL, FIELD_WHOLE, &err), TQ_OK);
    same_arrays(before, after);
    assert_ptr_equal(reg_field(after, toy_field(after, "person", "number"))->value_text,
                     after->kinds[0].subject_text);
    before = reg_free(before);
    after = reg_free(after);
    buf_clear(&text);
}

/* What an array is coded against comes and goes; what somebody asked for stays. */
static void loads_parts_in_any_order(void **state)
{
    struct fixture *f = *state;
    struct buf text = {0};
    struct reg *before, *after = NULL;
    const struct field *salary, *days;
    struct tq_error err;

    add_history(&text, 500);
    before = toy_register(text.data);
    seal(f, text.data, 1);
    assert_int_equal(reg_open(f->register_path, f->key_path, &after, &err), TQ_OK);
    salary = reg_field(after, toy_field(after, "person", "salary"));
    days = reg_field(after, toy_field(after, "person", "days"));
    assert_int_equal(reg_load_field(after, toy_field(after, "person", "salary"), FIELD_TIMES, &err),
                     TQ_OK);
    assert_non_null(salary->known_from);
    assert_null(days->known_from);
    assert_null(days->fact_value);
    for (uint16_t i = after->field_count; i-- > 0;)
        assert_int_equal(reg_load_field(after, i, i % 2 ? FIELD_TIMES : FIELD_HELD, &err), TQ_OK);
    for (uint16_t i = 0; i < after->field_count; i++)
        assert_int_equal(reg_load_field(after, i, FIELD_WHOLE, &err), TQ_OK);
    same_arrays(before, after);
    before = reg_free(before);
    after = reg_free(after);
    buf_clear(&text);
}

/* Fields of one table have arrays in common: what is wanted keeps those. */
static void gives_fields_back_and_reads_them_again(void **state)
{
    struct fixture *f = *state;
    struct buf text = {0};
    struct reg *before, *after = NULL;
    bool wanted[64] = {false};
    const struct field *field;
    struct tq_error err;

    add_history(&text, 500);
    before = toy_register(text.data);
    seal(f, text.data, 1);
    assert_int_equal(reg_open(f->register_path, f->key_path, &after, &err), TQ_OK);
    for (uint16_t kept = 0; kept < after->field_count; kept++) {
        assert_int_equal(reg_load(after, NULL, FIELD_WHOLE, &err), TQ_OK);
        same_arrays(before, after);
        wanted[kept] = true;
        reg_keep(after, wanted);
        wanted[kept] = false;
        for (uint16_t i = 0; i < after->field_count; i++) {
            field = reg_field(after, i);
            assert_true(i == kept ? field->fact_key && field->key_fingerprint && field->posting
                                  : !field->fact_key && !field->index.buckets && !field->posting);
        }
        field = reg_field(after, kept);
        assert_memory_equal(field->fact_value, reg_field(before, kept)->fact_value,
                            field->fact_count * sizeof(*field->fact_value));
        assert_memory_equal(field->known_from, reg_field(before, kept)->known_from,
                            field->known_from ? field->fact_count * sizeof(int32_t) : 0);
    }
    assert_int_equal(reg_load(after, NULL, FIELD_WHOLE, &err), TQ_OK);
    same_arrays(before, after);
    before = reg_free(before);
    after = reg_free(after);
    buf_clear(&text);
}

static void survives_every_failing_allocation_while_loading(void **state)
{
    struct fixture *f = *state;
    struct buf text = {0};
    struct reg *before, *after = NULL;
    struct tq_error err = {0};
    int r = TQ_E_NOMEM;

    add_history(&text, 100);
    before = toy_register(text.data);
    seal(f, text.data, 1);
    assert_int_equal(reg_open(f->register_path, f->key_path, &after, &err), TQ_OK);
    for (unsigned nth = 1; r != TQ_OK; nth++) {
        alloc_fail_nth(nth);
        r = reg_load(after, NULL, FIELD_WHOLE, &err);
        alloc_fail_nth(0);
        assert_true(r == TQ_OK || r == TQ_E_NOMEM);
    }
    same_arrays(before, after);
    before = reg_free(before);
    after = reg_free(after);
    buf_clear(&text);
}

static void refused(struct fixture *f, struct slice content, const char *what, size_t at)
{
    struct reg *reg = NULL;
    struct tq_error err = {0};
    uint8_t digest[SHA256_BYTES];
    int fd, r;

    fd = open(f->register_path, O_WRONLY | O_TRUNC | O_CLOEXEC); /* no fsync: thousands of these */
    assert_true(fd >= 0);
    assert_int_equal(file_write(fd, content.data, content.length, &err), TQ_OK);
    assert_int_equal(close(fd), 0);
    r = reg_open(f->register_path, f->key_path, &reg, &err);
    if (r == TQ_OK)
        r = reg_seal(reg, digest, &err);
    if ((r != TQ_E_KEY && r != TQ_E_SYNTAX) || err.message[0] == '\0')
        fail_msg("%s at %zu gave %d", what, at, r);
    reg = reg_free(reg);
}

static void notices_every_changed_byte(void **state)
{
    struct fixture *f = *state;

    seal(f, SMALL, 1);
    for (size_t i = 0; i < f->sealed.length; i++) {
        f->sealed.data[i] ^= (char)(1 << i % 8);
        refused(f, buf_slice(&f->sealed), "a changed bit", i);
        f->sealed.data[i] ^= (char)(1 << i % 8);
    }
}

static void notices_every_cut(void **state)
{
    struct fixture *f = *state;

    seal(f, SMALL, 1);
    for (size_t length = 0; length < f->sealed.length; length++)
        refused(f, slice_make(f->sealed.data, length), "a cut", length);
    buf_add_byte(&f->sealed, 0);
    refused(f, buf_slice(&f->sealed), "a byte too many", f->sealed.length);
}

/* Chunks of another file under the same key, or of this one in another order, do not fit. */
static void notices_exchanged_chunks(void **state)
{
    struct fixture *f = *state;
    struct buf first = {0}, mixed = {0};

    seal(f, SMALL, 1);
    buf_add_slice(&first, buf_slice(&f->sealed));
    seal(f, SMALL, 1);
    assert_int_equal(first.length, f->sealed.length);
    buf_add(&mixed, first.data, first.length / 2);
    buf_add(&mixed, f->sealed.data + first.length / 2, first.length - first.length / 2);
    refused(f, buf_slice(&mixed), "half of another file", first.length / 2);
    buf_clear(&first);
    buf_clear(&mixed);
}

static void refuses_a_wrong_key(void **state)
{
    struct fixture *f = *state;
    const char *other = scratch_path(&f->scratch, "other");
    const char *brief = scratch_file(&f->scratch, "short", "0123456789abcdef0123456789abcde");
    const char *large = scratch_file(&f->scratch, "long", "0123456789abcdef0123456789abcdef0");
    struct seal_key key;
    struct reg *reg = NULL;
    struct tq_error err;

    seal(f, SMALL, 1);
    assert_int_equal(seal_key_load_or_make(other, &key, &err), TQ_OK);
    assert_int_equal(reg_open(f->register_path, other, &reg, &err), TQ_E_KEY);
    assert_non_null(strstr(err.message, "another key"));
    assert_int_equal(reg_open(f->register_path, brief, &reg, &err), TQ_E_KEY);
    assert_int_equal(reg_open(f->register_path, large, &reg, &err), TQ_E_KEY);
    assert_int_equal(reg_open(f->register_path, "/nonexistent", &reg, &err), TQ_E_IO);
    assert_int_equal(reg_open("/nonexistent", other, &reg, &err), TQ_E_IO);
    assert_null(reg);
}

static void keeps_the_old_file_when_writing_fails(void **state)
{
    struct fixture *f = *state;
    struct reg *reg = toy_register(SMALL), *again = NULL;
    struct seal_key key;
    struct tq_error err;
    uint64_t bytes = 0;

    seal(f, SMALL, 1);
    assert_int_equal(seal_key_load(f->key_path, &key, &err), TQ_OK);
    for (unsigned nth = 1; nth < 12; nth++) {
        alloc_fail_nth(nth);
        if (seal_write(reg, &key, f->register_path, 1, &bytes, &err) == TQ_OK)
            nth = 12;
        alloc_fail_nth(0);
        again = NULL;
        assert_int_equal(reg_open(f->register_path, f->key_path, &again, &err), TQ_OK);
        again = reg_free(again);
    }
    assert_int_equal(seal_write(reg, &key, "/nonexistent/r.tqr", 1, &bytes, &err), TQ_E_IO);
    seal_key_clear(&key);
    reg = reg_free(reg);
}

static void survives_every_failing_allocation(void **state)
{
    struct fixture *f = *state;

    seal(f, SMALL, 1);
    for (unsigned nth = 1;; nth++) {
        struct reg *reg = NULL;
        struct tq_error err = {0};
        uint8_t digest[SHA256_BYTES];
        int r;

        alloc_fail_nth(nth);
        r = reg_open(f->register_path, f->key_path, &reg, &err);
        if (r == TQ_OK)
            r = reg_load_subjects(reg, &err);
        if (r == TQ_OK)
            r = reg_load(reg, NULL, FIELD_WHOLE, &err);
        if (r == TQ_OK)
            r = reg_seal(reg, digest, &err);
        alloc_fail_nth(0);
        reg = reg_free(reg);
        if (r == TQ_OK)
            break;
        assert_int_equal(r, TQ_E_NOMEM);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(opens_what_was_sealed, setup, teardown),
        cmocka_unit_test_setup_teardown(opens_what_needs_many_chunks, setup, teardown),
        cmocka_unit_test_setup_teardown(opens_what_is_coded_against_other_fields, setup, teardown),
        cmocka_unit_test_setup_teardown(loads_parts_in_any_order, setup, teardown),
        cmocka_unit_test_setup_teardown(gives_fields_back_and_reads_them_again, setup, teardown),
        cmocka_unit_test_setup_teardown(survives_every_failing_allocation_while_loading, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(notices_every_changed_byte, setup, teardown),
        cmocka_unit_test_setup_teardown(notices_every_cut, setup, teardown),
        cmocka_unit_test_setup_teardown(notices_exchanged_chunks, setup, teardown),
        cmocka_unit_test_setup_teardown(refuses_a_wrong_key, setup, teardown),
        cmocka_unit_test_setup_teardown(keeps_the_old_file_when_writing_fails, setup, teardown),
        cmocka_unit_test_setup_teardown(survives_every_failing_allocation, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
