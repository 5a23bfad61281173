/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "recorder.h"

static void each_entry_is_a_record(void **state)
{
    struct buf sample = corpus_load("ldif/directory.ldif");
    struct recorder recorder = {0};

    (void)state;
    assert_int_equal(recorder_read(&recorder, buf_slice(&sample), "x.txt"), TQ_OK);
    assert_true(recorder_has(&recorder,
                             "type ldif\n"
                             "table  [dn] [uid] [cn] [mail] [mail[1]] [mail[2]] [mail[3]] "
                             "[userPassword] [sn;lang-fr] [description] [telephoneNumber]\n"));
    assert_true(recorder_has(&recorder,
                             "row 1 @4 0 | uid=alaoui,ou=people,dc=example | alaoui | Été | "
                             "a@example.com | b@example.com | c@example.com | d@example.com; "
                             "e@example.com | {SSHA}abc |  |  | \n"));
    assert_true(recorder_has(&recorder, "row 2 @17 0 | uid=tazi,dc=exémple |  |  |  |  |  |  |  | "
                                        "TAZI | no space | \n"));
    assert_true(recorder_has(&recorder, "row 3 @24 0 | uid=x,dc=example | "));
    assert_true(recorder_has(&recorder, " | 0600000001\n"));
    assert_true(recorder_has(&recorder, "note @21 a line that is no attribute"));
    assert_true(recorder_has(&recorder, "note @0 1 values that are no text were left out\n"
                                        "note @0 1 values are in other files: not followed\n"));
    recorder_clear(&recorder);
    buf_clear(&sample);
}

static void many_attributes_share_a_column(void **state)
{
    struct recorder recorder = {0};
    struct buf text = {0};

    (void)state;
    for (int i = 0; i < 2000; i++)
        buf_format(&text, "dn: cn=%d\na%d: x\n\n", i, i);
    assert_int_equal(recorder_read(&recorder, buf_slice(&text), "x"), TQ_OK);
    assert_int_equal(recorder.rows, 2000);
    assert_true(recorder_has(&recorder, " | a1999=x\n"));
    assert_true(recorder_has(&recorder, "too many names for columns"));
    buf_clear(&text);
    recorder_clear(&recorder);
}

static void settings_and_letters_are_no_directory(void **state)
{
    static const char *const texts[] = {
        "version: 1\nname: x\ndn: y\nother: z\n",
        "dn: see below\nand: more\n",
        "From: a\nSubject: b\n\nText\n",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        struct recorder recorder = {0};

        assert_int_equal(recorder_read(&recorder, slice_of(texts[i]), "x"), TQ_OK);
        assert_null(strstr(recorder.log.data, "type ldif"));
        recorder_clear(&recorder);
    }
}

static void damaged_samples_are_read_to_the_end(void **state)
{
    struct buf sample = corpus_load("ldif/directory.ldif");

    (void)state;
    torture(buf_slice(&sample), "x.ldif", (unsigned)sample.length, 400);
    buf_clear(&sample);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_entry_is_a_record),
        cmocka_unit_test(many_attributes_share_a_column),
        cmocka_unit_test(settings_and_letters_are_no_directory),
        cmocka_unit_test(damaged_samples_are_read_to_the_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
