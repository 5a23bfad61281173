/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Archives behind passwords, written here by libarchive: two members or more, of one list. */
#include <archive.h>
#include <archive_entry.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "recorder.h"

#define ARCHIVE_BYTES ((size_t)1 << 20)

/* Whether this libarchive can encrypt. */
static bool write_zip(const char *cipher, const char *password, unsigned members, struct buf *out)
{
    struct archive *archive = archive_write_new();
    char *room = buf_extend(out, ARCHIVE_BYTES);
    size_t used = 0;
    bool able;

    assert_non_null(room);
    assert_int_equal(archive_write_set_format_zip(archive), ARCHIVE_OK);
    able = archive_write_set_options(archive, cipher) == ARCHIVE_OK
           && (!password || archive_write_set_passphrase(archive, password) == ARCHIVE_OK);
    assert_int_equal(archive_write_open_memory(archive, room, ARCHIVE_BYTES, &used), ARCHIVE_OK);
    for (unsigned i = 0; i < members && able; i++) {
        struct archive_entry *entry = archive_entry_new();
        char text[64];
        int length = snprintf(text, sizeof(text), "key;name\n%u;EXAMPLE %u\n", i, i);

        (void)snprintf(text + length, sizeof(text) - (size_t)length, "%s", "x");
        archive_entry_set_pathname(entry, i % 2 ? "rh/b.csv" : "rh/a.csv");
        archive_entry_set_filetype(entry, AE_IFREG);
        archive_entry_set_perm(entry, 0644);
        archive_entry_set_size(entry, length);
        able = archive_write_header(archive, entry) == ARCHIVE_OK
               && archive_write_data(archive, text, (size_t)length) == length;
        archive_entry_free(entry);
    }
    (void)archive_write_close(archive);
    (void)archive_write_free(archive);
    out->length = used;
    return able;
}

static struct password_list list_of(const char *text)
{
    struct password_list list = {0};
    struct tq_error err;
    char *copy = strdup(text);

    assert_non_null(copy);
    assert_int_equal(password_list_take(copy, strlen(text), "list", &list, &err), TQ_OK);
    return list;
}

static int read_with(struct recorder *recorder, struct slice bytes,
                     const struct password_list *passwords)
{
    recorder_clear(recorder);
    recorder->passwords = passwords;
    return recorder_read(recorder, bytes, "x.zip");
}

static const char *const ciphers[] = {"zip:encryption=zipcrypt", "zip:encryption=aes128",
                                      "zip:encryption=aes256"};

static void members_come_out_with_the_password_of_some_line(void **state)
{
    struct password_list passwords = list_of("alpha\n\nbeta\nopen sesame\ngamma\n");
    struct recorder recorder = {0};

    (void)state;
    for (size_t i = 0; i < sizeof(ciphers) / sizeof(ciphers[0]); i++) {
        struct buf zip = {0};

        if (!write_zip(ciphers[i], "open sesame", 3, &zip))
            fail_msg("libarchive cannot write %s", ciphers[i]);
        assert_int_equal(read_with(&recorder, buf_slice(&zip), &passwords), TQ_OK);
        assert_int_equal(recorder.members, 3);
        assert_true(recorder_has(&recorder, "bytes, whole\n"));
        assert_true(recorder_has(
            &recorder, "note @0 encrypted: opened with the password of line 4 of the list\n"));
        assert_null(strstr(recorder.log.data, "sesame"));
        assert_null(strstr(recorder.log.data, "fact locked"));
        buf_clear(&zip);
    }
    recorder_clear(&recorder);
    password_list_clear(&passwords);
}

static void what_no_password_opens_is_noted_for_the_next_run(void **state)
{
    struct password_list passwords = list_of("alpha\nbeta\n");
    struct recorder recorder = {0};

    (void)state;
    for (size_t i = 0; i < sizeof(ciphers) / sizeof(ciphers[0]); i++) {
        struct buf zip = {0};

        assert_true(write_zip(ciphers[i], "open sesame", 2, &zip));
        assert_int_equal(read_with(&recorder, buf_slice(&zip), &passwords), TQ_OK);
        assert_int_equal(recorder.members, 0);
        assert_string_equal(recorder.log.data,
                            "type zip\nfact locked = yes\n"
                            "note @0 encrypted: 2 of its members are not read, none of 2 passwords "
                            "opened them\n");
        assert_int_equal(read_with(&recorder, buf_slice(&zip), NULL), TQ_OK);
        assert_string_equal(recorder.log.data,
                            "type zip\nfact locked = yes\n"
                            "note @0 encrypted: 2 of its members are not read, the password is not "
                            "known\n");
        buf_clear(&zip);
    }
    recorder_clear(&recorder);
    password_list_clear(&passwords);
}

/* An old cipher checks a password by one byte: of a thousand some pass, and must not be believed.
 */
static void passwords_that_pass_the_check_by_chance_are_not_believed(void **state)
{
    struct buf text = {0}, zip = {0};
    struct password_list passwords;
    struct recorder recorder = {0};

    (void)state;
    for (unsigned i = 1; i < 2000; i++)
        buf_format(&text, "password %u\n", i);
    buf_add_text(&text, "open sesame\n");
    assert_int_equal(text.failed, 0);
    passwords = list_of(text.data);
    assert_true(write_zip(ciphers[0], "open sesame", 40, &zip));
    assert_int_equal(read_with(&recorder, buf_slice(&zip), &passwords), TQ_OK);
    assert_int_equal(recorder.members, 40);
    assert_true(recorder_has(&recorder, "opened with the password of line 2000 of the list\n"));
    assert_null(strstr(recorder.log.data, "damaged"));
    recorder_clear(&recorder);
    password_list_clear(&passwords);
    buf_clear(&zip);
    buf_clear(&text);
}

/* Append the members of one stored zip to another, as tools do that add to an archive. */
static void join_zips(const struct buf *a, const struct buf *b, struct buf *out)
{
    const char *directory_a = memmem(a->data, a->length, "PK\1\2", 4);
    const char *directory_b = memmem(b->data, b->length, "PK\1\2", 4);
    const char *end_a = memmem(a->data, a->length, "PK\5\6", 4);
    const char *end_b = memmem(b->data, b->length, "PK\5\6", 4);
    size_t body_a = (size_t)(directory_a - a->data), body_b = (size_t)(directory_b - b->data);
    size_t size_a = (size_t)(end_a - directory_a), size_b = (size_t)(end_b - directory_b);
    size_t second;
    uint32_t offset;

    buf_add(out, a->data, body_a);
    buf_add(out, b->data, body_b);
    buf_add(out, directory_a, size_a);
    second = out->length;
    buf_add(out, directory_b, size_b);
    buf_add(out, "PK\5\6\0\0\0\0\2\0\2\0", 12);
    buf_add_u32(out, (uint32_t)(size_a + size_b));
    buf_add_u32(out, (uint32_t)(body_a + body_b));
    buf_add_u16(out, 0);
    assert_int_equal(out->failed, 0);
    offset = (uint32_t)body_a; /* of the one local header of b */
    memcpy(out->data + second + 42, &offset, sizeof(offset));
}

static void members_of_two_passwords_both_come_out(void **state)
{
    struct password_list passwords = list_of("one\ntwo\n");
    struct buf a = {0}, b = {0}, both = {0};
    struct recorder recorder = {0};

    (void)state;
    assert_true(write_zip("zip:encryption=aes256", "two", 1, &a));
    assert_true(write_zip("zip:encryption=aes256", "one", 1, &b));
    join_zips(&a, &b, &both);
    assert_int_equal(read_with(&recorder, buf_slice(&both), &passwords), TQ_OK);
    assert_int_equal(recorder.members, 2);
    assert_true(recorder_has(&recorder, "opened with the password of line 1 of the list\n"));
    assert_true(recorder_has(&recorder, "opened with the password of line 2 of the list\n"));
    recorder_clear(&recorder);
    password_list_clear(&passwords);
    buf_clear(&a);
    buf_clear(&b);
    buf_clear(&both);
}

static void damaged_archives_and_failed_allocations_end_well(void **state)
{
    struct password_list passwords = list_of("alpha\nopen sesame\n");
    struct buf zip = {0};
    struct recorder recorder = {0};

    (void)state;
    assert_true(write_zip(ciphers[0], "open sesame", 2, &zip));
    for (size_t i = 0; i < zip.length; i++) {
        assert_int_equal(read_with(&recorder, slice_make(zip.data, i), &passwords), TQ_OK);
        zip.data[i] = (char)(zip.data[i] ^ (1 << i % 8));
        assert_int_equal(read_with(&recorder, buf_slice(&zip), &passwords), TQ_OK);
        zip.data[i] = (char)(zip.data[i] ^ (1 << i % 8));
    }
    for (unsigned nth = 1; nth < 60; nth++) {
        int r;

        alloc_fail_nth(nth);
        r = read_with(&recorder, buf_slice(&zip), &passwords);
        alloc_fail_nth(0);
        assert_true(r == TQ_OK || r == TQ_E_NOMEM);
    }
    recorder_clear(&recorder);
    password_list_clear(&passwords);
    buf_clear(&zip);
}

static void an_archive_that_nothing_here_opens_says_how_to_go_on(void **state)
{
    static const char *const names[] = {"archive/locked.7z", "archive/locked-names.7z"};
    struct password_list passwords = list_of("secret\n");
    struct recorder recorder = {0};

    (void)state;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        struct buf sample = corpus_load(names[i]);

        assert_int_equal(read_with(&recorder, buf_slice(&sample), i ? &passwords : NULL), TQ_OK);
        assert_int_equal(recorder.members, 0);
        assert_int_equal(recorder.notes, 1);
        assert_true(recorder_has(&recorder, "fact locked = yes\n"));
        assert_true(recorder_has(&recorder, "not read, a 7z archive behind a password is not "
                                            "opened here; \"7z x FILE\""));
        buf_clear(&sample);
    }
    recorder_clear(&recorder);
    password_list_clear(&passwords);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(members_come_out_with_the_password_of_some_line),
        cmocka_unit_test(what_no_password_opens_is_noted_for_the_next_run),
        cmocka_unit_test(passwords_that_pass_the_check_by_chance_are_not_believed),
        cmocka_unit_test(members_of_two_passwords_both_come_out),
        cmocka_unit_test(an_archive_that_nothing_here_opens_says_how_to_go_on),
        cmocka_unit_test(damaged_archives_and_failed_allocations_end_well),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
