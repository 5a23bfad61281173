/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "recorder.h"

static void each_document_is_a_record(void **state)
{
    struct buf sample = corpus_load("bson/people.bson");
    struct recorder recorder = {0};

    (void)state;
    assert_int_equal(recorder_read(&recorder, buf_slice(&sample), "x.txt"), TQ_OK);
    assert_string_equal(
        recorder.log.data,
        "type bson\n"
        "table  [_id] [nom] [adresse.ville] [tels] [ne] [solde] [actif] [n] [brut] [uuid] [r] "
        "[photo]\n"
        "note @0 1 binary values were left out\n"
        "row 1 @1 0 | 000102030405060708090a01 | ALAOUI 1 | Fès | 0600000001; 0600000002 | "
        "1980-05-01T03:33:20Z | 12.5 | true | -5 | 1234.56 | "
        "00010203-0405-0607-0809-0a0b0c0d0e0f |  | \n"
        "row 2 @2 0 | 000102030405060708090a02 | ALAOUI 2 |  |  |  |  |  | 7 |  |  | a.* | \n"
        "row 3 @3 0 | 000102030405060708090a03 | ALAOUI 3 |  |  |  |  |  |  |  |  |  | \n");
    recorder_clear(&recorder);
    buf_clear(&sample);
}

static void behind_damage_reading_goes_on(void **state)
{
    struct buf sample = corpus_load("bson/people.bson");
    struct recorder recorder = {0};
    char *second = memmem(sample.data, sample.length, "ALAOUI 2", 8);

    (void)state;
    assert_non_null(second);
    second[-4] = 0x7F; /* the length of the text */
    assert_int_equal(recorder_read(&recorder, buf_slice(&sample), "x"), TQ_OK);
    assert_true(recorder_has(&recorder, "ALAOUI 1"));
    assert_true(recorder_has(&recorder, "ALAOUI 3"));
    assert_true(recorder_has(&recorder, "damaged"));
    recorder_clear(&recorder);
    buf_clear(&sample);
}

static void dumps_for_other_programs_are_named(void **state)
{
    struct recorder recorder = {0};

    (void)state;
    assert_int_equal(recorder_read(&recorder, slice_make("PGDMP\1\16\0\4\10\1\1", 12), "x"), TQ_OK);
    assert_true(recorder_has(&recorder, "type pg_dump\nnote @0 not read: "));
    assert_true(recorder_has(&recorder, "in custom form"));
    assert_true(recorder_has(&recorder, "pg_restore -f"));
    recorder_clear(&recorder);
    assert_int_equal(recorder_read(&recorder, slice_make("PGDMP\1\16\0\4\10\5\1", 12), "x"), TQ_OK);
    assert_true(recorder_has(&recorder, "type pg_dump\nnote @0 not read: "));
    assert_true(recorder_has(&recorder, "in tar or directory form"));
    recorder_clear(&recorder);
}

static void damaged_samples_are_read_to_the_end(void **state)
{
    struct buf sample = corpus_load("bson/people.bson");

    (void)state;
    torture(buf_slice(&sample), "x.bson", (unsigned)sample.length, 400);
    buf_clear(&sample);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_document_is_a_record),
        cmocka_unit_test(behind_damage_reading_goes_on),
        cmocka_unit_test(dumps_for_other_programs_are_named),
        cmocka_unit_test(damaged_samples_are_read_to_the_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
