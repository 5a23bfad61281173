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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(prose_is_pages_of_words),
        cmocka_unit_test(sixty_lines_make_a_page),
        cmocka_unit_test(damaged_samples_are_read_to_the_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
