/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "register/rekey.h"
#include "register/seal.h"
#include "scratch_folder.h"
#include "toy_register.h"

#define SMALL                                                   \
    "kind person\n"                                             \
    "field person number id identity\n"                         \
    "field person family_name family-name identity\n"           \
    "1 | number | 18\n"                                         \
    "1 | family_name | ALAOUI | known 2020-01-01..2021-01-01\n" \
    "2 | number | 26\n"

struct fixture {
    struct scratch scratch;
    struct rekey_request request;
    struct buf sealed;
};

static int setup(void **state)
{
    struct fixture *f = alloc_zeroed(1, sizeof(*f));
    struct reg *reg = toy_register(SMALL);
    struct seal_key key;
    struct tq_error err;
    uint64_t bytes;

    scratch_make(&f->scratch);
    f->request = (struct rekey_request){.path = scratch_path(&f->scratch, "r.tqr"),
                                        .key_path = scratch_path(&f->scratch, "key"),
                                        .new_key_path = scratch_path(&f->scratch, "new"),
                                        .out_path = scratch_path(&f->scratch, "out.tqr")};
    assert_int_equal(seal_key_load_or_make(f->request.key_path, &key, &err), TQ_OK);
    assert_int_equal(seal_write(reg, &key, f->request.path, 1, &bytes, &err), TQ_OK);
    assert_int_equal(file_load(f->request.path, 1 << 20, &f->sealed, &err), TQ_OK);
    reg = reg_free(reg);
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

static void the_new_key_opens_what_the_old_one_did(void **state)
{
    struct fixture *f = *state;
    struct reg *reg = NULL;
    struct tq_error err;
    uint64_t bytes = 0;

    assert_int_equal(register_rekey(&f->request, &bytes, &err), TQ_OK);
    assert_int_equal(bytes, f->sealed.length);
    assert_int_equal(reg_open(f->request.out_path, f->request.key_path, &reg, &err), TQ_E_KEY);
    assert_int_equal(reg_open(f->request.out_path, f->request.new_key_path, &reg, &err), TQ_OK);
    assert_int_equal(reg_load(reg, NULL, FIELD_WHOLE, &err), TQ_OK);
    assert_int_equal(toy_key(reg, toy_field(reg, "person", "number"), "26"), 1);
    assert_int_equal(reg->fields[1].known_to[0], toy_moment("2021-01-01"));
    reg = reg_free(reg);
}

static void what_was_changed_or_cut_is_refused(void **state)
{
    struct fixture *f = *state;
    struct tq_error err;
    uint64_t bytes = 0;

    for (size_t i = 0; i < f->sealed.length; i++) {
        char *at = &f->sealed.data[i];

        *at = (char)(*at ^ 4);
        assert_int_equal(file_save(f->request.path, buf_slice(&f->sealed), 0600, &err), TQ_OK);
        *at = (char)(*at ^ 4);
        assert_true(register_rekey(&f->request, &bytes, &err) < 0);
        assert_false(file_exists(f->request.out_path));
    }
    for (size_t length = 0; length < f->sealed.length; length++) {
        assert_int_equal(file_save(f->request.path, slice_make(f->sealed.data, length), 0600, &err),
                         TQ_OK);
        assert_int_equal(register_rekey(&f->request, &bytes, &err), TQ_E_SYNTAX);
    }
    buf_add_byte(&f->sealed, 'x');
    assert_int_equal(file_save(f->request.path, buf_slice(&f->sealed), 0600, &err), TQ_OK);
    assert_int_equal(register_rekey(&f->request, &bytes, &err), TQ_E_SYNTAX);
}

static void the_same_key_is_no_new_one(void **state)
{
    struct fixture *f = *state;
    struct tq_error err;
    uint64_t bytes = 0;

    f->request.new_key_path = f->request.key_path;
    assert_int_equal(register_rekey(&f->request, &bytes, &err), TQ_E_USAGE);
}

static void running_out_of_memory_leaves_the_old_file(void **state)
{
    struct fixture *f = *state;
    CLEANUP(buf_clear_cleanup) struct buf now = {0};
    struct tq_error err;
    uint64_t bytes = 0;
    int r = TQ_E_NOMEM;

    f->request.out_path = f->request.path;
    for (unsigned nth = 1; r == TQ_E_NOMEM; nth++) {
        buf_empty(&now);
        assert_int_equal(file_load(f->request.path, 1 << 20, &now, &err), TQ_OK);
        assert_int_equal(now.length, f->sealed.length);
        assert_memory_equal(now.data, f->sealed.data, now.length);
        alloc_fail_nth(nth);
        r = register_rekey(&f->request, &bytes, &err);
        alloc_fail_nth(0);
    }
    assert_int_equal(r, TQ_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_new_key_opens_what_the_old_one_did, setup, teardown),
        cmocka_unit_test_setup_teardown(what_was_changed_or_cut_is_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(the_same_key_is_no_new_one, setup, teardown),
        cmocka_unit_test_setup_teardown(running_out_of_memory_leaves_the_old_file, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
