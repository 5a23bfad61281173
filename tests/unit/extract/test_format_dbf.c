/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "recorder.h"

static void a_table_of_dbase_is_read_with_its_deleted_rows(void **state)
{
    struct buf sample = corpus_load("dbf/dbase.dbf");
    struct recorder recorder = {0};

    (void)state;
    assert_int_equal(recorder_read(&recorder, buf_slice(&sample), "x.csv"), TQ_OK);
    assert_string_equal(
        recorder.log.data,
        "type dbf\n"
        "table  [IMMAT] [NOM] [DDN] [SOLDE] [ACTIF] [NOTE]\n"
        "row 1 @1 0 | 800000001 | ALAOUI é | 1980-05-01 | 12.50 | T | \n"
        "row 2 @2 0 | 800000002 | TAZI |  |  | ? | \n"
        "note @0 1 rows are marked as deleted: read like the others\n"
        "note @0 its memos are in a file beside it (.dbt or .fpt): not read as columns\n"
        "fact encoding = IBM850\n");
    recorder_clear(&recorder);
    buf_clear(&sample);
}

static void binary_values_of_foxpro_are_read(void **state)
{
    struct buf sample = corpus_load("dbf/foxpro.dbf");
    struct recorder recorder = {0};

    (void)state;
    assert_int_equal(recorder_read(&recorder, buf_slice(&sample), "x"), TQ_OK);
    assert_true(recorder_has(&recorder, "table  [ID] [BRUT] [TAUX] [MOMENT] [NOM]\n"
                                        "row 1 @1 0 | -7 | -123.4567 | 0.25 | "
                                        "1970-01-01 01:00:00 | Été\n"));
    recorder_clear(&recorder);
    buf_clear(&sample);
}

static void a_cut_table_says_so(void **state)
{
    struct buf sample = corpus_load("dbf/dbase.dbf");
    struct recorder recorder = {0};

    (void)state;
    sample.length -= 30;
    assert_int_equal(recorder_read(&recorder, buf_slice(&sample), "x"), TQ_OK);
    assert_true(recorder_has(&recorder, "row 2 @2 1 | 800000002 | TAZI |"));
    recorder_clear(&recorder);
    sample.length -= 60;
    assert_int_equal(recorder_read(&recorder, buf_slice(&sample), "x"), TQ_OK);
    assert_true(recorder_has(&recorder, "row 1 @1 1 | 8000 |"));
    assert_true(recorder_has(&recorder, "its header speaks of 2 rows, 1 are there"));
    recorder_clear(&recorder);
    buf_clear(&sample);
}

static void a_byte_that_dbf_begins_with_makes_no_dbf(void **state)
{
    struct recorder recorder = {0};

    (void)state;
    assert_int_equal(recorder_read(&recorder,
                                   slice_of("0;nom;prenom;ville de naissance;age\n"
                                            "1;ALAOUI;Omar;Rabat;30\n"
                                            "2;TAZI;Ali;Casablanca;31\n"
                                            "3;RAMI;Aya;Agadir;32\n"),
                                   "x.dbf"),
                     TQ_OK);
    assert_true(recorder_has(&recorder, "type csv\n"));
    recorder_clear(&recorder);
}

static void damaged_samples_are_read_to_the_end(void **state)
{
    static const char *const names[] = {"dbf/dbase.dbf", "dbf/foxpro.dbf"};

    (void)state;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        struct buf sample = corpus_load(names[i]);

        torture(buf_slice(&sample), "x.dbf", (unsigned)sample.length, 400);
        buf_clear(&sample);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_table_of_dbase_is_read_with_its_deleted_rows),
        cmocka_unit_test(binary_values_of_foxpro_are_read),
        cmocka_unit_test(a_cut_table_says_so),
        cmocka_unit_test(a_byte_that_dbf_begins_with_makes_no_dbf),
        cmocka_unit_test(damaged_samples_are_read_to_the_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
