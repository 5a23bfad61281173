/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "recorder.h"

static void expect_all(const char *name)
{
    struct recorder recorder = {0};
    struct buf sample = corpus_load(name);

    assert_int_equal(recorder_read(&recorder, buf_slice(&sample), "x"), TQ_OK);
    assert_true(recorder_has(&recorder, "type xls\n"
                                        "table Agents [matricule] [nom] [date]\n"
                                        "row 1 @2 0 | 00042 | العمراني | 2024-01-01\n"
                                        "row 2 @3 0 | 00043 | 7 | texte\n"
                                        "row 3 @4 0 | TRUE | #N/A | étiquette\n"
                                        "table Caché [] []\n"
                                        "row 4 @1 0 | ALA | 1.5\n"));
    assert_true(recorder_has(&recorder, "1 hidden sheets: they were read as the others\n"));
    recorder_clear(&recorder);
    buf_clear(&sample);
}

static void sheets_are_tables_in_small_and_in_large_sectors(void **state)
{
    (void)state;
    expect_all("xls/small.xls");
    expect_all("xls/large.xls");
}

static void what_is_encrypted_is_noted(void **state)
{
    static const char *const names[] = {"xls/encrypted.xls", "xls/password.xls"};

    (void)state;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        struct recorder recorder = {0};
        struct buf sample = corpus_load(names[i]);

        assert_int_equal(recorder_read(&recorder, buf_slice(&sample), "x"), TQ_OK);
        assert_true(recorder_has(&recorder, i == 0 ? "encrypted: not read, this is neither"
                                                   : "the encryption is of a kind"));
        recorder_clear(&recorder);
        buf_clear(&sample);
    }
}

static void the_version_is_that_of_the_workbook(void **state)
{
    struct recorder recorder = {0};
    struct buf sample = corpus_load("xls/old.xls");

    (void)state;
    assert_int_equal(recorder_read(&recorder, buf_slice(&sample), "x"), TQ_OK);
    assert_true(
        recorder_has(&recorder, "table Agents [matricule] [nom]\nrow 1 @2 0 | 00042 | Zéroual\n"));
    recorder_clear(&recorder);
    buf_clear(&sample);
}

/* The bytes of `text`, as of ASCII in UTF-16, made those of `other`, of the same length. */
static void rename_entry(struct buf *file, const char *text, const char *other)
{
    for (size_t at = 0; at + 128 <= file->length; at += 128) {
        size_t i = 0;

        while (text[i] && file->data[at + 2 * i] == text[i] && !file->data[at + 2 * i + 1])
            i++;
        for (size_t j = 0; !text[i] && other[j]; j++)
            file->data[at + 2 * j] = other[j];
    }
}

/* Office for Mac names the root otherwise, other programs write names in capitals. */
static void names_of_the_root_and_of_streams_may_be_spelt_otherwise(void **state)
{
    struct recorder recorder = {0};
    struct buf sample = corpus_load("xls/small.xls");

    (void)state;
    rename_entry(&sample, "Root Entry", "Race Yntry");
    rename_entry(&sample, "Workbook", "WORKBOOK");
    assert_int_equal(recorder_read(&recorder, buf_slice(&sample), "x"), TQ_OK);
    assert_true(recorder_has(&recorder, "type xls\n"));
    assert_true(recorder_has(&recorder, "table Agents"));
    recorder_clear(&recorder);
    buf_clear(&sample);
}

static void damaged_samples_are_read_to_the_end(void **state)
{
    static const char *const names[] = {"xls/small.xls", "xls/large.xls"};

    (void)state;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        struct buf sample = corpus_load(names[i]);

        torture(buf_slice(&sample), "x", (unsigned)sample.length, (unsigned)sample.length);
        buf_clear(&sample);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sheets_are_tables_in_small_and_in_large_sectors),
        cmocka_unit_test(what_is_encrypted_is_noted),
        cmocka_unit_test(the_version_is_that_of_the_workbook),
        cmocka_unit_test(names_of_the_root_and_of_streams_may_be_spelt_otherwise),
        cmocka_unit_test(damaged_samples_are_read_to_the_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
