/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Old office files, OpenDocument and PDF behind a password. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "recorder.h"

/* What the sample says without a password, and its twin behind one. */
static const struct {
    const char *type, *plain, *locked;
} samples[] = {
    {"xls", "xls/small.xls", "locked/rc4.xls"},
    {"xls", "xls/small.xls", "locked/cryptoapi.xls"},
    {"doc", "doc/plain.doc", "locked/rc4.doc"},
    {"doc", "doc/plain.doc", "locked/cryptoapi.doc"},
    {"ppt", "ppt/plain.ppt", "locked/cryptoapi.ppt"},
    {"xls", "xls/small.xls", "locked/xor.xls"},
    {"ods", "office/plain.ods", "locked/aes.ods"},
    {"odt", "office/plain.odt", "locked/aes.odt"},
    {"odt", "office/plain.odt", "locked/blowfish.odt"},
};
#define SAMPLES        (sizeof(samples) / sizeof(samples[0]))
#define SAMPLES_LEGACY 5

static struct password_list passwords_of(const char *text)
{
    struct password_list list;
    struct tq_error err;

    assert_int_equal(password_list_take(strdup(text), strlen(text), "list", &list, &err), TQ_OK);
    return list;
}

static void read_sample(struct recorder *recorder, const char *name,
                        const struct password_list *passwords)
{
    struct buf sample = corpus_load(name);

    *recorder = (struct recorder){.passwords = passwords};
    assert_int_equal(recorder_read(recorder, buf_slice(&sample), "x"), TQ_OK);
    buf_clear(&sample);
}

/* The log behind the first line, which tells the type. */
static const char *behind_type(const struct recorder *recorder)
{
    const char *end = strchr(recorder->log.data, '\n');

    assert_non_null(end);
    return end + 1;
}

static void with_its_password_it_is_read_as_without_one(void **state)
{
    static const char note[] =
        "note @0 encrypted: opened with the password of line 3 of the list\n";
    struct password_list passwords = passwords_of("wrong\n\nS\xC3\xA9same 7\nother\n");

    (void)state;
    for (size_t i = 0; i < SAMPLES; i++) {
        struct recorder plain, locked;

        read_sample(&plain, samples[i].plain, NULL);
        read_sample(&locked, samples[i].locked, &passwords);
        assert_true(strncmp(behind_type(&locked), note, strlen(note)) == 0);
        assert_string_equal(behind_type(&locked) + strlen(note), behind_type(&plain));
        recorder_clear(&plain);
        recorder_clear(&locked);
    }
    password_list_clear(&passwords);
}

static void a_pdf_of_any_revision_opens_for_its_user_and_its_owner(void **state)
{
    static const char *const names[] = {"locked/r2.pdf", "locked/r3.pdf", "locked/r4.pdf",
                                        "locked/r5.pdf", "locked/r6.pdf"};
    static const char *const lists[] = {"wrong\nS\xC3\xA9same 7\n", "wrong\nMa\xC3\xAEtre 8\n"};

    (void)state;
    for (size_t i = 0; i < 2 * sizeof(names) / sizeof(names[0]); i++) {
        struct password_list passwords = passwords_of(lists[i % 2]);
        struct recorder recorder;

        read_sample(&recorder, names[i / 2], &passwords);
        assert_true(recorder_has(&recorder, "opened with the password of line 2 of the list\n"));
        assert_true(recorder_has(&recorder, "page 1 2 words: Nom ALAOUI\n"));
        recorder_clear(&recorder);
        passwords.count = 1;
        read_sample(&recorder, names[i / 2], &passwords);
        assert_true(recorder_has(&recorder, "none of 1 passwords opened it\n"));
        assert_int_equal(recorder.notes, 1);
        assert_int_equal(recorder.pages, 0);
        recorder_clear(&recorder);
        password_list_clear(&passwords);
    }
}

static void what_is_only_protected_needs_no_password(void **state)
{
    struct recorder recorder;

    (void)state;
    read_sample(&recorder, "locked/protected.xls", NULL);
    assert_true(recorder_has(&recorder, "the password that Excel itself uses"));
    assert_true(recorder_has(&recorder, "row 1 @2 0 | 00042 |"));
    recorder_clear(&recorder);
}

static void what_stays_shut_says_why_and_nothing_else(void **state)
{
    struct password_list wrong = passwords_of("wrong\nS\xC3\xA9same 8\n");

    (void)state;
    for (size_t i = 0; i < SAMPLES; i++) {
        struct recorder recorder;

        read_sample(&recorder, samples[i].locked, NULL);
        assert_string_equal(behind_type(&recorder),
                            "fact locked = yes\n"
                            "note @0 encrypted: not read, the password is not known\n");
        recorder_clear(&recorder);
        read_sample(&recorder, samples[i].locked, &wrong);
        assert_string_equal(behind_type(&recorder),
                            "fact locked = yes\n"
                            "note @0 encrypted: not read, none of 2 passwords opened it\n");
        recorder_clear(&recorder);
    }
    password_list_clear(&wrong);
}

/* A verifier that was changed opens for nobody, whatever stands behind it. */
static void a_damaged_lock_stays_shut(void **state)
{
    struct password_list passwords = passwords_of("S\xC3\xA9same 7\n");

    (void)state;
    for (size_t i = 0; i < SAMPLES_LEGACY; i++) {
        struct buf sample = corpus_load(samples[i].locked);
        char *salt =
            memmem(sample.data, sample.length, "\0\1\2\3\4\5\6\7\10\11\12\13\14\15\16\17", 16);
        struct recorder recorder = {.passwords = &passwords};

        assert_non_null(salt);
        salt[20] ^= 1;
        assert_int_equal(recorder_read(&recorder, buf_slice(&sample), "x"), TQ_OK);
        assert_true(recorder_has(&recorder, "none of 1 passwords opened it\n"));
        assert_int_equal(recorder.rows + recorder.pages, 0);
        recorder_clear(&recorder);
        buf_clear(&sample);
    }
    password_list_clear(&passwords);
}

/* Reads the OpenDocument sample with one byte of its first part changed. */
static void read_damaged(struct recorder *recorder, const struct password_list *passwords,
                         size_t from_start)
{
    struct buf sample = corpus_load("locked/aes.ods");
    char *part = memmem(sample.data, sample.length, "content.xml", 11);

    assert_non_null(part);
    part[11 + from_start] ^= 1;
    *recorder = (struct recorder){.passwords = passwords};
    assert_int_equal(recorder_read(recorder, buf_slice(&sample), "x"), TQ_OK);
    buf_clear(&sample);
}

static void a_damaged_part_of_opendocument_gives_no_garbage(void **state)
{
    struct password_list passwords = passwords_of("S\xC3\xA9same 7\n");
    struct recorder recorder;

    (void)state;
    read_damaged(&recorder, &passwords, 40);
    assert_true(recorder_has(&recorder, "none of 1 passwords opened it\n"));
    assert_int_equal(recorder.rows + recorder.pages + recorder.members, 0);
    recorder_clear(&recorder);
    password_list_clear(&passwords);
}

/* Of an unknown cipher, or by more rounds of hashing than anybody has time for. */
static void what_nothing_here_opens_is_said_once(void **state)
{
    static const char *const names[] = {"locked/whole.odt", "locked/endless.odt"};
    struct password_list passwords = passwords_of("S\xC3\xA9same 7\n");

    (void)state;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        struct recorder recorder;

        read_sample(&recorder, names[i], &passwords);
        assert_string_equal(recorder.log.data,
                            "type odt\nfact locked = yes\n"
                            "note @0 encrypted: not read, the encryption is of a kind that is not "
                            "opened here, or what is said of it is damaged\n");
        recorder_clear(&recorder);
    }
    password_list_clear(&passwords);
}

static void torture_locked(const char *name, const struct password_list *passwords)
{
    struct buf sample = corpus_load(name);
    size_t step = sample.length / 120 + 1;

    for (size_t at = 0; at < sample.length; at += step) {
        struct recorder recorder = {.quiet = true, .passwords = passwords};

        assert_int_equal(recorder_read(&recorder, slice_make(sample.data, at), "x"), TQ_OK);
        recorder_clear(&recorder);
        sample.data[at] ^= (char)0xA5;
        recorder = (struct recorder){.quiet = true, .passwords = passwords};
        assert_int_equal(recorder_read(&recorder, buf_slice(&sample), "x"), TQ_OK);
        recorder_clear(&recorder);
        sample.data[at] ^= (char)0xA5;
    }
    for (unsigned nth = 1; nth < 60; nth++) {
        struct recorder recorder = {.quiet = true, .passwords = passwords};
        int r;

        alloc_fail_nth(nth);
        r = recorder_read(&recorder, buf_slice(&sample), "x");
        alloc_fail_nth(0);
        assert_true(r == TQ_OK || r == TQ_E_NOMEM);
        recorder_clear(&recorder);
    }
    buf_clear(&sample);
}

static void damaged_samples_are_read_to_the_end(void **state)
{
    struct password_list passwords = passwords_of("S\xC3\xA9same 7\n");

    (void)state;
    for (size_t i = 0; i < SAMPLES; i++)
        torture_locked(samples[i].locked, &passwords);
    password_list_clear(&passwords);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(with_its_password_it_is_read_as_without_one),
        cmocka_unit_test(a_pdf_of_any_revision_opens_for_its_user_and_its_owner),
        cmocka_unit_test(what_is_only_protected_needs_no_password),
        cmocka_unit_test(what_stays_shut_says_why_and_nothing_else),
        cmocka_unit_test(a_damaged_lock_stays_shut),
        cmocka_unit_test(a_damaged_part_of_opendocument_gives_no_garbage),
        cmocka_unit_test(what_nothing_here_opens_is_said_once),
        cmocka_unit_test(damaged_samples_are_read_to_the_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
