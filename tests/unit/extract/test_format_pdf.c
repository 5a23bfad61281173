/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "extract/pdf_words.h"
#include "recorder.h"

/* Glyphs of width 5 and size 10 on one line, `step` apart from `x` on. */
static size_t place(struct glyph *glyphs, const uint32_t *text, size_t count, float x, float step)
{
    for (size_t i = 0; i < count; i++, x += step)
        glyphs[i] = (struct glyph){text[i], x, 0, x + 5, 10, 10};
    return count;
}

static void check_words(struct glyph *glyphs, size_t count, const char *wanted)
{
    struct page_builder builder = {0};
    struct buf words = {0};
    struct page page;
    struct tq_error err;

    assert_int_equal(pdf_words_add(&builder, glyphs, count, &err), TQ_OK);
    page = page_builder_page(&builder, 1, 100, 100);
    for (uint32_t i = 0; i < page.word_count; i++) {
        buf_add_byte(&words, '[');
        buf_add_slice(&words, page_word_text(&page, &page.words[i]));
        buf_add_byte(&words, ']');
    }
    assert_string_equal(words.data, wanted);
    buf_clear(&words);
    page_builder_clear(&builder);
}

static void gaps_and_spaces_part_words(void **state)
{
    const uint32_t ab[] = {'a', 'b'}, a_b[] = {'a', ' ', 'b'};
    struct glyph glyphs[8];

    (void)state;
    check_words(glyphs, place(glyphs, ab, 2, 0, 5), "[ab]");
    check_words(glyphs, place(glyphs, ab, 2, 0, 7), "[ab]");
    check_words(glyphs, place(glyphs, ab, 2, 0, 8), "[a][b]");
    check_words(glyphs, place(glyphs, a_b, 3, 0, 5), "[a][b]");
}

static void neighbouring_columns_of_two_scripts_are_not_joined(void **state)
{
    const uint32_t text[] = {'A', 'J', 0x62E, 0x62F};
    struct glyph glyphs[8];

    (void)state;
    check_words(glyphs, place(glyphs, text, 4, 0, 5), "[AJ][دخ]");
}

static void visual_order_becomes_logical_order_with_digits_kept(void **state)
{
    const uint32_t visual[] = {0x631, 0x62F}, logical[] = {0x62F, 0x631};
    const uint32_t with_digits[] = {'1', '2', 0x631, 0x62F};
    struct glyph glyphs[8];

    (void)state;
    check_words(glyphs, place(glyphs, visual, 2, 0, 5), "[در]");
    check_words(glyphs, place(glyphs, logical, 2, 50, -5), "[در]");
    check_words(glyphs, place(glyphs, with_digits, 4, 0, 5), "[در12]");
}

static void words_of_both_scripts_and_the_facts_are_read(void **state)
{
    struct recorder recorder = {0};
    struct buf sample = corpus_load("pdf/two_scripts.pdf");

    (void)state;
    assert_int_equal(recorder_read(&recorder, buf_slice(&sample), "x.pdf"), TQ_OK);
    assert_true(recorder_has(&recorder, "type pdf\n"));
    assert_true(recorder_has(&recorder, "fact producer = cairo"));
    assert_true(recorder_has(&recorder, "fact creator = sample maker\n"));
    assert_true(recorder_has(&recorder, "fact created = "));
    assert_true(recorder_has(&recorder, "page 2 30 words: ATTESTATION DE SALAIRE"));
    assert_true(recorder_has(&recorder, "LAHLOU KHADIJA خديجة لحلو "));
    assert_int_equal(recorder.notes, 0);
    recorder_clear(&recorder);
    buf_clear(&sample);
}

static void pages_are_limited(void **state)
{
    struct extract_limits limits = extract_limits_default;
    struct recorder recorder = {0};
    struct buf sample = corpus_load("pdf/two_scripts.pdf");

    (void)state;
    limits.pages_max = 1;
    assert_int_equal(recorder_read_by(&recorder, &format_pdf, buf_slice(&sample), &limits), TQ_OK);
    assert_int_equal(recorder.pages, 1);
    assert_true(recorder_has(&recorder, "2 pages: the first 1 are read"));
    recorder_clear(&recorder);
    buf_clear(&sample);
}

static void an_encrypted_document_is_noted(void **state)
{
    struct recorder recorder = {0};
    struct buf sample = corpus_load("pdf/encrypted.pdf");

    (void)state;
    assert_int_equal(recorder_read(&recorder, buf_slice(&sample), "x.pdf"), TQ_OK);
    assert_true(recorder_has(&recorder, "note @0 encrypted: not read"));
    assert_int_equal(recorder.pages, 0);
    recorder_clear(&recorder);
    buf_clear(&sample);
}

static void damaged_samples_are_read_to_the_end(void **state)
{
    struct buf sample = corpus_load("pdf/two_scripts.pdf");

    (void)state;
    torture(buf_slice(&sample), "x.pdf", 100, 200);
    buf_clear(&sample);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gaps_and_spaces_part_words),
        cmocka_unit_test(neighbouring_columns_of_two_scripts_are_not_joined),
        cmocka_unit_test(visual_order_becomes_logical_order_with_digits_kept),
        cmocka_unit_test(words_of_both_scripts_and_the_facts_are_read),
        cmocka_unit_test(pages_are_limited),
        cmocka_unit_test(an_encrypted_document_is_noted),
        cmocka_unit_test(damaged_samples_are_read_to_the_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
