/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "recorder.h"

static void read_sample(struct recorder *recorder, const char *name)
{
    struct buf sample = corpus_load(name);

    assert_int_equal(recorder_read(recorder, buf_slice(&sample), "x"), TQ_OK);
    assert_true(recorder_has(recorder, "type rtf\n"));
    buf_clear(&sample);
}

static void text_comes_in_its_order_and_encoding(void **state)
{
    struct recorder recorder = {0};

    (void)state;
    read_sample(&recorder, "rtf/plain.rtf");
    assert_true(recorder_has(&recorder, "page 1 10 words: Prénom: ال ال😀 fin x a b c d après\n"));
    assert_int_equal(recorder.notes, 0);
    recorder_clear(&recorder);
}

static void a_long_table_is_a_list(void **state)
{
    struct recorder recorder = {0};

    (void)state;
    read_sample(&recorder, "rtf/list.rtf");
    assert_true(recorder_has(&recorder, "table table1 [cin] [nom] [ville]\n"));
    assert_true(recorder_has(&recorder, "row 24 @25 0 | AB0024 | NOM24 | Fès\n"));
    assert_true(recorder_has(&recorder, "words: pied x\n"));
    assert_true(recorder_has(&recorder, "1 embedded objects were not read\n"));
    assert_true(recorder_has(&recorder, "the text breaks off\n"));
    recorder_clear(&recorder);
}

static void groups_may_nest_without_end(void **state)
{
    struct recorder recorder = {0};
    struct buf text = {0};

    (void)state;
    buf_add_text(&text, "{\\rtf1 avant ");
    for (unsigned i = 0; i < 100000; i++)
        buf_add_text(&text, "{");
    buf_add_text(&text, "dedans");
    for (unsigned i = 0; i < 100000; i++)
        buf_add_text(&text, "}");
    buf_add_text(&text, " dehors}");
    assert_int_equal(recorder_read(&recorder, buf_slice(&text), "x"), TQ_OK);
    assert_true(recorder_has(&recorder, "words: avant dedans dehors\n"));
    recorder_clear(&recorder);
    buf_clear(&text);
}

static void damaged_samples_are_read_to_the_end(void **state)
{
    static const char *const names[] = {"rtf/plain.rtf", "rtf/list.rtf"};

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
        cmocka_unit_test(text_comes_in_its_order_and_encoding),
        cmocka_unit_test(a_long_table_is_a_list),
        cmocka_unit_test(groups_may_nest_without_end),
        cmocka_unit_test(damaged_samples_are_read_to_the_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
