/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "recorder.h"

static void read_sample(struct recorder *recorder, const char *name)
{
    struct buf sample = corpus_load(name);

    assert_int_equal(recorder_read(recorder, buf_slice(&sample), "x"), TQ_OK);
    buf_clear(&sample);
}

static void texts_are_a_page_and_attachments_are_members(void **state)
{
    struct recorder recorder = {0};

    (void)state;
    read_sample(&recorder, "tnef/winmail.dat");
    assert_string_equal(
        recorder.log.data,
        "type tnef\n"
        "member liste.csv\n"
        "end 24 bytes, whole\n"
        "member message.tnef\n"
        "end 85 bytes, whole\n"
        "page 1 18 words: Subject: Liste Name: Agent Address: agent@example.invalid Date: "
        "2022-06-18T04:26:40Z From: عمر MAPI-8001: Caisse MAPI-8001: Caisse Bonjour ALAOUI Omar "
        "AB600001\n");
    recorder_clear(&recorder);
}

static void a_letter_without_plain_text_is_a_member(void **state)
{
    struct recorder recorder = {0};

    (void)state;
    read_sample(&recorder, "tnef/formatted.dat");
    assert_string_equal(recorder.log.data, "type tnef\n"
                                           "member body.rtf\n"
                                           "end 14 bytes, whole\n"
                                           "member body.html\n"
                                           "end 13 bytes, whole\n");
    recorder_clear(&recorder);
}

static void damaged_samples_are_read_to_the_end(void **state)
{
    static const char *const names[] = {"tnef/winmail.dat", "tnef/formatted.dat"};

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
        cmocka_unit_test(texts_are_a_page_and_attachments_are_members),
        cmocka_unit_test(a_letter_without_plain_text_is_a_member),
        cmocka_unit_test(damaged_samples_are_read_to_the_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
