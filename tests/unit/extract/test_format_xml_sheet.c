/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "recorder.h"

static void sheets_are_tables_and_comments_are_text(void **state)
{
    struct buf sample = corpus_load("xml_sheet/agents.xml");
    struct recorder recorder = {0};

    (void)state;
    assert_int_equal(recorder_read(&recorder, buf_slice(&sample), "x.xls"), TQ_OK);
    assert_string_equal(recorder.log.data,
                        "type xmlss\n"
                        "table Agents [matricule] [nom] [date] [taux] [service]\n"
                        "note @1 title or remark row, not a record\n"
                        "aside 1@1: Liste des agents\n"
                        "row 1 @4 0 | 00042 | ALAOUI | 2024-03-05 | 12.5% | Paie\n"
                        "row 2 @5 0 | 00043 | BÉNÉ | 2024-03-05 08:30:00 | TRUE | Paie\n"
                        "row 3 @6 0 | 00044 |  |  | #N/A | \n"
                        "note @0 1 blank rows, not records\n"
                        "page 1 3 words: mute en 2023\n"
                        "note @0 1 hidden rows: they were read as the others\n");
    recorder_clear(&recorder);
    buf_clear(&sample);
}

static void what_stands_behind_damage_is_text(void **state)
{
    static const char text[] =
        "<Workbook xmlns=\"urn:schemas-microsoft-com:office:spreadsheet\"><Worksheet><Table>"
        "<Row><Cell><Data>nom</Data></Cell><Cell><Data>ville</Data></Cell></Row>"
        "<Row><Cell><Data>ALAOUI</Data></Cell><Cell><Data>Rabat & Fes</Data></Cell></Row>"
        "<Row><Cell><Data>BENE</Data></Cell></Row></Table></Worksheet></Workbook>";
    struct recorder recorder = {0};

    (void)state;
    assert_int_equal(recorder_read(&recorder, slice_of(text), "x"), TQ_OK);
    assert_true(recorder_has(&recorder, "type xmlss\n"));
    assert_true(recorder_has(&recorder, "ALAOUI | Rabat"));
    assert_true(recorder_has(&recorder, "Fes BENE"));
    assert_true(recorder_has(&recorder, "damaged XML"));
    recorder_clear(&recorder);
}

static void damaged_samples_are_read_to_the_end(void **state)
{
    struct buf sample = corpus_load("xml_sheet/agents.xml");

    (void)state;
    torture(buf_slice(&sample), "x.xls", 400, 400);
    buf_clear(&sample);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sheets_are_tables_and_comments_are_text),
        cmocka_unit_test(what_stands_behind_damage_is_text),
        cmocka_unit_test(damaged_samples_are_read_to_the_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
