/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "extract/xml.h"
#include "recorder.h"

static void read_sample(struct recorder *recorder, const char *name)
{
    struct buf sample = corpus_load(name);

    assert_int_equal(recorder_read(recorder, buf_slice(&sample), "x"), TQ_OK);
    assert_true(recorder_has(recorder, "type xml\n"));
    buf_clear(&sample);
}

static void elements_that_repeat_are_records(void **state)
{
    struct recorder recorder = {0};

    (void)state;
    read_sample(&recorder, "xml/nested.xml");
    assert_true(recorder_has(&recorder,
                             "table agent [cin] [nom] [adresse.rue] [adresse.ville] [tel]\n"
                             "row 1 @1 0 | A1 | X | 1 | F | 1; 2\n"
                             "row 2 @1 0 | A2 | Y |  |  | \n"));
    assert_true(recorder_has(&recorder, "table poste [poste] [code]\nrow 3 @1 0 | a | 1\n"));
    assert_true(recorder_has(&recorder, "page 1 2 words: 2024 Liste\n"));
    recorder_clear(&recorder);
}

static void an_attribute_may_name_the_column(void **state)
{
    struct recorder recorder = {0};

    (void)state;
    read_sample(&recorder, "xml/named.xml");
    assert_true(recorder_has(&recorder, "table row [id] [nom]\nrow 1 @4 0 | 1 | ALAOUI\n"
                                        "row 2 @5 0 | 2 | B & C\n"));
    recorder_clear(&recorder);
}

static void records_need_no_root(void **state)
{
    struct recorder recorder = {0};

    (void)state;
    read_sample(&recorder, "xml/rootless.xml");
    assert_true(recorder_has(&recorder, "row 2 @1 0 | 3 | 4\n"));
    assert_int_equal(recorder.notes, 0);
    recorder_clear(&recorder);
}

static void prose_is_text_in_its_order(void **state)
{
    struct recorder recorder = {0};

    (void)state;
    read_sample(&recorder, "xml/prose.xml");
    assert_true(recorder_has(&recorder, "page 1 5 words: Monsieur ALAOUI est venu hier\n"));
    recorder_clear(&recorder);
}

static void behind_a_fault_the_words_are_kept(void **state)
{
    struct recorder recorder = {0};

    (void)state;
    read_sample(&recorder, "xml/ampersand.xml");
    assert_true(recorder_has(&recorder, "row 2 @4 0 | deux | 2\n"));
    assert_true(recorder_has(&recorder, "quatre 4"));
    assert_true(recorder_has(&recorder, "note @5 damaged XML: not well-formed"));
    recorder_clear(&recorder);
}

static void other_encodings_are_known(void **state)
{
    struct recorder recorder = {0};

    (void)state;
    read_sample(&recorder, "xml/windows-1256.xml");
    assert_true(recorder_has(&recorder, "row 1 @1 0 | ال | 1\n"));
    recorder_clear(&recorder);
}

static void nesting_and_many_kinds_have_limits(void **state)
{
    struct recorder recorder = {0};
    struct buf text = {0};

    (void)state;
    buf_add_text(&text, "<?xml version='1.0'?>");
    for (unsigned i = 0; i < 2 * XML_DEPTH_MAX; i++)
        buf_add_text(&text, "<a>");
    assert_int_equal(recorder_read(&recorder, buf_slice(&text), "x"), TQ_OK);
    assert_true(recorder_has(&recorder, "elements are nested too deeply"));
    recorder_clear(&recorder);

    buf_empty(&text);
    buf_add_text(&text, "<?xml version='1.0'?><l>");
    for (unsigned i = 0; i < 70000; i++)
        buf_format(&text, "<a><k%u>x</k%u></a>", i, i);
    buf_add_text(&text, "</l>");
    assert_int_equal(recorder_read(&recorder, buf_slice(&text), "x"), TQ_OK);
    assert_true(recorder_has(&recorder, "more kinds of elements than can be told apart"));
    assert_int_equal(recorder.rows, 70000);
    recorder_clear(&recorder);
    buf_clear(&text);
}

static void damaged_samples_are_read_to_the_end(void **state)
{
    static const char *const names[] = {"xml/nested.xml", "xml/named.xml", "xml/prose.xml",
                                        "xml/rootless.xml", "xml/ampersand.xml"};

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
        cmocka_unit_test(elements_that_repeat_are_records),
        cmocka_unit_test(an_attribute_may_name_the_column),
        cmocka_unit_test(records_need_no_root),
        cmocka_unit_test(prose_is_text_in_its_order),
        cmocka_unit_test(behind_a_fault_the_words_are_kept),
        cmocka_unit_test(other_encodings_are_known),
        cmocka_unit_test(nesting_and_many_kinds_have_limits),
        cmocka_unit_test(damaged_samples_are_read_to_the_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
