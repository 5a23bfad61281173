/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <string.h>

#include "base/alloc.h"
#include "base/limits.h"
#include "recorder.h"

static struct password_list passwords_of(const char *text)
{
    struct password_list list;
    struct tq_error err;

    assert_int_equal(password_list_take(strdup(text), strlen(text), "list", &list, &err), TQ_OK);
    return list;
}

static void expect_open(const char *name, const char *list, const char *note)
{
    struct password_list passwords = list ? passwords_of(list) : (struct password_list){0};
    struct recorder recorder = {.passwords = list ? &passwords : NULL};
    struct buf sample = corpus_load(name);

    assert_int_equal(recorder_read(&recorder, buf_slice(&sample), "x.txt"), TQ_OK);
    assert_true(recorder_has(&recorder, "type xlsx\ntable S [matricule] [nom] [ville]\n"));
    assert_true(recorder_has(&recorder, "row 60 @61 0 | 800000059 | ALAOUI59 | F\xC3\xA8s\n"));
    assert_true(recorder_has(&recorder, note));
    assert_null(strstr(recorder.log.data, "integrity"));
    recorder_clear(&recorder);
    password_list_clear(&passwords);
    buf_clear(&sample);
}

static void with_its_password_it_is_read_as_without_one(void **state)
{
    static const char *const names[] = {
        "locked/agile.xlsx",    "locked/agile-sha1.xlsx",   "locked/agile-sha384.xlsx",
        "locked/standard.xlsx", "locked/standard-256.xlsx",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        expect_open(names[i], "wrong\n\nS\xC3\xA9same 7\nother\n",
                    "encrypted: opened with the password of line 3 of the list");
}

static void what_was_changed_since_is_noted(void **state)
{
    struct buf sample = corpus_load("locked/protected.xlsx");
    struct recorder recorder = {0};
    const char *seal = memmem(sample.data, sample.length, "encryptedHmacValue='", 20);

    (void)state;
    assert_non_null(seal);
    sample.data[seal + 25 - sample.data] ^= 1; /* a letter of base64 for another */
    assert_int_equal(recorder_read(&recorder, buf_slice(&sample), "x"), TQ_OK);
    assert_true(recorder_has(&recorder, "the password that Excel itself uses"));
    assert_true(recorder_has(&recorder, "note @0 encrypted: its integrity check does not hold"));
    assert_int_equal(recorder.rows, 60);
    recorder_clear(&recorder);
    buf_clear(&sample);
}

static void what_is_only_protected_needs_no_password(void **state)
{
    (void)state;
    expect_open("locked/protected.xlsx", NULL, "the password that Excel itself uses");
}

static void what_stays_shut_says_why(void **state)
{
    struct password_list wrong = passwords_of("wrong\nS\xC3\xA9same 8\n");
    struct buf sample = corpus_load("locked/agile.xlsx");
    struct recorder recorder = {0};

    (void)state;
    assert_int_equal(recorder_read(&recorder, buf_slice(&sample), "x"), TQ_OK);
    assert_string_equal(recorder.log.data,
                        "type office\nfact locked = yes\n"
                        "note @0 encrypted: not read, the password is not known\n");
    recorder_clear(&recorder);
    recorder.passwords = &wrong;
    assert_int_equal(recorder_read(&recorder, buf_slice(&sample), "x"), TQ_OK);
    assert_true(recorder_has(&recorder, "none of 2 passwords opened it"));
    recorder_clear(&recorder);
    password_list_clear(&wrong);
    buf_clear(&sample);
}

static void what_it_says_of_rounds_is_checked(void **state)
{
    struct password_list wrong = passwords_of("a\nb\nc\n");
    struct buf sample = corpus_load("locked/agile.xlsx");
    char *rounds = memmem(sample.data, sample.length, "spinCount='1000'", 16);
    struct recorder recorder = {.passwords = &wrong};

    (void)state;
    assert_non_null(rounds);
    memcpy(rounds, "spinCount='9999'", 16);
    assert_int_equal(recorder_read(&recorder, buf_slice(&sample), "x"), TQ_OK);
    assert_true(recorder_has(&recorder, "none of 3 passwords opened it"));
    recorder_clear(&recorder);
    memcpy(rounds, "spinCount='-999'", 16);
    assert_int_equal(recorder_read(&recorder, buf_slice(&sample), "x"), TQ_OK);
    assert_true(recorder_has(&recorder, "neither agile nor standard"));
    recorder_clear(&recorder);
    password_list_clear(&wrong);
    buf_clear(&sample);
}

static void torture_locked(const char *name)
{
    struct password_list passwords = passwords_of("S\xC3\xA9same 7\n");
    struct buf sample = corpus_load(name);
    size_t step = sample.length / 200;

    for (size_t at = 0; at < sample.length; at += step) {
        struct recorder recorder = {.quiet = true, .passwords = &passwords};

        assert_int_equal(recorder_read(&recorder, slice_make(sample.data, at), "x"), TQ_OK);
        recorder_clear(&recorder);
        sample.data[at] ^= (char)0xA5;
        recorder = (struct recorder){.quiet = true, .passwords = &passwords};
        assert_int_equal(recorder_read(&recorder, buf_slice(&sample), "x"), TQ_OK);
        recorder_clear(&recorder);
        sample.data[at] ^= (char)0xA5;
    }
    for (unsigned nth = 1; nth < 80; nth++) {
        struct recorder recorder = {.quiet = true, .passwords = &passwords};
        int r;

        alloc_fail_nth(nth);
        r = recorder_read(&recorder, buf_slice(&sample), "x");
        alloc_fail_nth(0);
        assert_true(r == TQ_OK || r == TQ_E_NOMEM);
        recorder_clear(&recorder);
    }
    password_list_clear(&passwords);
    buf_clear(&sample);
}

static void damaged_samples_are_read_to_the_end(void **state)
{
    (void)state;
    torture_locked("locked/agile-sha384.xlsx");
    torture_locked("locked/protected.xlsx");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(with_its_password_it_is_read_as_without_one),
        cmocka_unit_test(what_was_changed_since_is_noted),
        cmocka_unit_test(what_is_only_protected_needs_no_password),
        cmocka_unit_test(what_stays_shut_says_why),
        cmocka_unit_test(what_it_says_of_rounds_is_checked),
        cmocka_unit_test(damaged_samples_are_read_to_the_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
