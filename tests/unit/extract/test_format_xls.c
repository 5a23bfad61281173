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
                                                   : "is encrypted: not read\n"));
        recorder_clear(&recorder);
        buf_clear(&sample);
    }
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
        cmocka_unit_test(damaged_samples_are_read_to_the_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
