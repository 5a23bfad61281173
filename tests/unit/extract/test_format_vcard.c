/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "recorder.h"

static void each_card_is_a_record(void **state)
{
    struct buf sample = corpus_load("vcard/cards.vcf");
    struct recorder recorder = {0};

    (void)state;
    assert_int_equal(recorder_read(&recorder, buf_slice(&sample), "x.txt"), TQ_OK);
    assert_true(recorder_has(&recorder,
                             "type vcard\n"
                             "table  [N.family] [N.given] [N.additional] [N.prefix] [FN] [TEL] "
                             "[TEL[1]] [ADR.street] [ADR.city] [ADR.code] [ADR.country] [ORG] "
                             "[NOTE]\n"));
    assert_true(recorder_has(&recorder,
                             "row 1 @1 0 | ALAOUI | Omar | Ben Ali | M. | Omar ALAOUI | "
                             "+212 600 000 001 | 0500000001 | 1, rue A\\u{000A}bis | Rabat | 10000 "
                             "| Maroc | Fonds; Caisse | a long line\n"));
    assert_true(recorder_has(&recorder, "row 2 @14 1 | BÉNÉ | Aïcha |  |  |  | 0600000002 | "));
    assert_true(recorder_has(&recorder, "row 3 @20 1 |  |  |  |  | without end | "));
    assert_true(recorder_has(&recorder, "note @19 a line that is no property was passed over\n"));
    assert_true(recorder_has(&recorder, "note @0 1 pictures and keys were left out\n"));
    recorder_clear(&recorder);
    buf_clear(&sample);
}

static void events_and_tasks_of_a_calendar_are_records(void **state)
{
    struct buf sample = corpus_load("calendar/agenda.ics");
    struct recorder recorder = {0};

    (void)state;
    assert_int_equal(recorder_read(&recorder, buf_slice(&sample), "x.txt"), TQ_OK);
    assert_string_equal(
        recorder.log.data,
        "type icalendar\n"
        "table  [UID] [DTSTART] [SUMMARY] [ORGANIZER.CN] [ORGANIZER] [ATTENDEE.CN] [ATTENDEE] "
        "[ATTENDEE[1]]\n"
        "fact calendar.name = Omar ALAOUI\n"
        "note @28 a card that has no end\n"
        "row 1 @12 0 | 1@example.invalid | 20240305T083000 | Visite, dossier AB600001 | Aïcha BÉNÉ "
        "| aicha@example.invalid | ALAOUI; Omar | omar@example.invalid | x@example.invalid\n"
        "row 2 @25 1 |  |  | relancer |  |  |  |  | \n"
        "row 3 @28 0 |  |  | after what has no end |  |  |  |  | \n"
        "fact encoding = UTF-8\n");
    recorder_clear(&recorder);
    buf_clear(&sample);
}

static void damaged_samples_are_read_to_the_end(void **state)
{
    struct buf sample = corpus_load("vcard/cards.vcf");

    (void)state;
    torture(buf_slice(&sample), "x.vcf", (unsigned)sample.length, 400);
    buf_clear(&sample);
    sample = corpus_load("calendar/agenda.ics");
    torture(buf_slice(&sample), "x.ics", (unsigned)sample.length, 400);
    buf_clear(&sample);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_card_is_a_record),
        cmocka_unit_test(events_and_tasks_of_a_calendar_are_records),
        cmocka_unit_test(damaged_samples_are_read_to_the_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
