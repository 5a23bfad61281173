/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "recorder.h"

static void an_empty_file_is_told_as_such(void **state)
{
    struct recorder recorder = {0};

    (void)state;
    assert_int_equal(recorder_read(&recorder, SLICE_LITERAL(""), "x.csv"), TQ_OK);
    assert_string_equal(recorder.log.data, "type empty\nnote @0 the file is empty\n");
    recorder_clear(&recorder);
}

static void an_unknown_binary_is_told_as_such(void **state)
{
    struct recorder recorder = {0};
    char bytes[1000];
    uint32_t seed = 7;

    (void)state;
    for (size_t i = 0; i < sizeof(bytes); i++) {
        seed = seed * 1664525 + 1013904223;
        bytes[i] = (char)(seed >> 24);
    }
    assert_int_equal(recorder_read(&recorder, slice_make(bytes, sizeof(bytes)), "x.csv"), TQ_OK);
    assert_string_equal(
        recorder.log.data,
        "type unknown\nnote @0 not read: no format recognised, and no text in it\n");
    recorder_clear(&recorder);
}

static void content_decides_and_not_the_name(void **state)
{
    static const struct {
        const char *sample, *name, *type;
    } cases[] = {
        {"delimited/plain.csv", "x.pdf", "type csv\n"},
        {"pdf/two_scripts.pdf", "x.csv", "type pdf\n"},
        {"archive/names.zip", "x.txt", "type zip\n"},
        {"json/nested.json", "x.csv", "type json\n"},
        {"ebds/main.txt", "x.json", "type ebds\n"},
        {"telegram/result.json", "x.txt", "type telegram\n"},
        {"text/letter.txt", "x.zip", "type text\n"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct recorder recorder = {0};
        struct buf sample = corpus_load(cases[i].sample);

        assert_int_equal(recorder_read(&recorder, buf_slice(&sample), cases[i].name), TQ_OK);
        assert_true(recorder_has(&recorder, cases[i].type));
        recorder_clear(&recorder);
        buf_clear(&sample);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_file_is_told_as_such),
        cmocka_unit_test(an_unknown_binary_is_told_as_such),
        cmocka_unit_test(content_decides_and_not_the_name),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
