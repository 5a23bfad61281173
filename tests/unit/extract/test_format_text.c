/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "recorder.h"

static void prose_is_pages_of_words(void **state)
{
    struct recorder recorder = {0};
    struct buf sample = corpus_load("text/letter.txt");

    (void)state;
    assert_int_equal(recorder_read(&recorder, buf_slice(&sample), "letter.txt"), TQ_OK);
    assert_true(recorder_has(&recorder, "type text\npage 1 "));
    assert_true(recorder_has(&recorder, "Veuillez agréer nos salutations"));
    recorder_clear(&recorder);
    buf_clear(&sample);
}

static void sixty_lines_make_a_page(void **state)
{
    struct extract_limits limits = extract_limits_default;
    struct recorder recorder = {0};
    struct buf text = {0};

    (void)state;
    for (int i = 0; i < 150; i++)
        buf_format(&text, "the line %d of a longer text\n", i);
    assert_int_equal(recorder_read_by(&recorder, &format_text, buf_slice(&text), &limits), TQ_OK);
    assert_int_equal(recorder.pages, 3);
    recorder_clear(&recorder);

    limits.pages_max = 2;
    assert_int_equal(recorder_read_by(&recorder, &format_text, buf_slice(&text), &limits), TQ_OK);
    assert_int_equal(recorder.pages, 2);
    assert_true(recorder_has(&recorder, "more than 2 pages of text"));
    recorder_clear(&recorder);
    buf_clear(&text);
}

static void damaged_samples_are_read_to_the_end(void **state)
{
    struct buf sample = corpus_load("text/letter.txt");

    (void)state;
    torture(buf_slice(&sample), "x", (unsigned)sample.length, (unsigned)sample.length);
    buf_clear(&sample);
}

static void a_chat_is_text_and_no_table(void **state)
{
    static const struct {
        const char *line, *type;
    } cases[] = {
        {"#/05/2024, 10:# - Omar: bonjour\n", "type text\n"},
        {"[#.05.24, 10:#:30] Aya: merci\n", "type text\n"},
        {"#/05/2024, 10:#, Omar\n", "type csv\n"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct recorder recorder = {0};
        struct buf text = {0};

        for (int day = 1; day < 30; day++) {
            for (const char *at = cases[i].line; *at; at++) {
                if (*at == '#')
                    buf_format(&text, "%02d", day);
                else
                    buf_add_byte(&text, *at);
            }
        }
        assert_int_equal(recorder_read(&recorder, buf_slice(&text), "x"), TQ_OK);
        assert_true(recorder_has(&recorder, cases[i].type));
        recorder_clear(&recorder);
        buf_clear(&text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_chat_is_text_and_no_table),
        cmocka_unit_test(prose_is_pages_of_words),
        cmocka_unit_test(sixty_lines_make_a_page),
        cmocka_unit_test(damaged_samples_are_read_to_the_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
