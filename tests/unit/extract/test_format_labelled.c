/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "extract/labelled_line.h"
#include "recorder.h"

static void read_sample(struct recorder *recorder, const char *name)
{
    struct buf sample = corpus_load(name);

    assert_int_equal(recorder_read(recorder, buf_slice(&sample), "x.txt"), TQ_OK);
    buf_clear(&sample);
}

static void blocks_are_records_of_the_names_they_have(void **state)
{
    struct recorder recorder = {0};

    (void)state;
    read_sample(&recorder, "labelled/passwords.txt");
    assert_true(recorder_has(&recorder, "type labelled\ntable  [SOFT] [URL] [USER] [PASS]\n"));
    assert_true(recorder_has(&recorder,
                             "row 1 @5 0 | Chrome Default (120.0) | "
                             "https://portail.example.org/login | f.alaoui@example.org | "
                             "Secret=1:2\n"));
    assert_true(recorder_has(&recorder, "| https://mail.example.org/ | f.alaoui suite | \n"));
    assert_true(recorder_has(&recorder, "| android://abc==@com.example/ | 0612345678 | x\n"));
    assert_int_equal(recorder.rows, 3);
    assert_true(recorder_has(&recorder, "aside 0@2: * voir t.me/exemple *\n"));
    assert_true(recorder_has(&recorder, "note @13 a line without a name went to the value"));
    recorder_clear(&recorder);

    read_sample(&recorder, "labelled/expanded.txt");
    assert_true(recorder_has(&recorder, "table  [immat] [nom] [ville] [tel]\n"));
    assert_true(recorder_has(&recorder, "row 2 @6 0 | 800002 | NAJI Ali |  | \n"));
    assert_true(recorder_has(&recorder, "row 3 @10 0 | 800003 | SAID |  | 06 12\n"));
    recorder_clear(&recorder);
}

static void a_line_of_names_and_values_is_a_record(void **state)
{
    struct recorder recorder = {0};

    (void)state;
    read_sample(&recorder, "labelled/lines.log");
    assert_true(recorder_has(&recorder, "table  [immat] [nom] [ville] [tel] [solde]\n"));
    assert_true(recorder_has(&recorder, "row 1 @1 0 | 800001 | RAMI Ali | Fes | 06 12 | \n"));
    assert_true(recorder_has(&recorder, "row 2 @2 0 | 800002 | NAJI | Ben Slimane |  | \n"));
    assert_true(recorder_has(&recorder, "row 3 @4 0 | 800003 | SAID |  | 0613 | 12,5\n"));
    assert_true(recorder_has(&recorder, "row 4 @5 0 | 800004 | TAZI | Taza, 3e rue |  | \n"));
    recorder_clear(&recorder);
}

static void other_texts_with_colons_are_none(void **state)
{
    static const char *const texts[] = {
        "rami@example.org:secret\nnaji@example.org:other\nsaid@example.org:more\nali@x.ma:no\n",
        "rami:secret\nnaji:other\nsaid:more\nali:no\ntazi:x\n",
        "Nom: RAMI\nVille: Fes\nTel: 0612\n",
        "Nom: RAMI\nVille: Fes\n\nTel: 0612\nFax: 0613\n\nFait: lundi\nPar: X\n",
        "INFO: start\nINFO: more\nWARN: odd\nINFO: end\nINFO: end\n",
        "id;nom\n1;a=b\n2;c=d\n3;e=f\n",
        "10:00 10:01\n10:02 10:03\n10:04 10:05\n",
        "",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        assert_int_equal(labelled_form_of(slice_of(texts[i])), LABELLED_NONE);
}

static void damaged_samples_are_read_to_the_end(void **state)
{
    static const char *const names[] = {"labelled/passwords.txt", "labelled/expanded.txt",
                                        "labelled/lines.log"};

    (void)state;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        struct buf sample = corpus_load(names[i]);

        torture(buf_slice(&sample), "x.txt", (unsigned)sample.length, 200);
        buf_clear(&sample);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks_are_records_of_the_names_they_have),
        cmocka_unit_test(a_line_of_names_and_values_is_a_record),
        cmocka_unit_test(other_texts_with_colons_are_none),
        cmocka_unit_test(damaged_samples_are_read_to_the_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
