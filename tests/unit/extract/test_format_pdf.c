/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

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

static void a_password_of_the_list_opens_a_document(void **state)
{
    static const char text[] = "wrong\n\nsecret\nlater\n";
    struct recorder recorder = {0};
    struct buf sample = corpus_load("pdf/encrypted.pdf");
    struct password_list list;
    struct tq_error err;
    char *copy = strdup(text);

    (void)state;
    assert_int_equal(password_list_take(copy, strlen(text), "list", &list, &err), TQ_OK);
    recorder.passwords = &list;
    assert_int_equal(recorder_read(&recorder, buf_slice(&sample), "x.pdf"), TQ_OK);
    assert_true(recorder_has(
        &recorder, "note @0 encrypted: opened with the password of line 3 of the list\n"));
    assert_int_equal(recorder.pages, 2);
    assert_null(strstr(recorder.log.data, "locked"));
    recorder_clear(&recorder);

    list.count = 1;
    recorder.passwords = &list;
    assert_int_equal(recorder_read(&recorder, buf_slice(&sample), "x.pdf"), TQ_OK);
    assert_true(recorder_has(&recorder, "encrypted: not read, none of 1 passwords opened it\n"));
    assert_true(recorder_has(&recorder, "fact locked = yes\n"));
    assert_int_equal(recorder.pages, 0);
    recorder_clear(&recorder);
    password_list_clear(&list);
    buf_clear(&sample);
}

/* 30 bytes that say "an image of 100,000 by 100,000 dots", in the place of a page's content. */
static void an_image_of_a_gigabyte_is_not_unpacked_for_its_text(void **state)
{
    static const char objects[] =
        "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
        "2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
        "3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents[5 0 R 6 0 R]"
        "/Resources<</Font<</F1 4 0 R>>>>>>endobj\n"
        "4 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj\n"
        "5 0 obj<</Length 34>>stream\nBT /F1 24 Tf 50 700 Td (ABC) Tj ET\nendstream endobj\n"
        "6 0 obj<</Filter/JBIG2Decode/Length 30>>stream\n";
    static const unsigned char image[30] = {0,  0, 0, 0,    0x30, 0, 1, 0,    0,   0,
                                            19, 0, 1, 0x86, 0xa0, 0, 1, 0x86, 0xa0};
    struct recorder recorder = {0};
    struct buf bomb = {0};

    (void)state;
    buf_add_text(&bomb, objects);
    buf_add_slice(&bomb, slice_make((const char *)image, sizeof(image)));
    buf_add_text(&bomb, "\nendstream endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n");
    assert_int_equal(recorder_read(&recorder, buf_slice(&bomb), "x.pdf"), TQ_OK);
    assert_true(recorder_has(&recorder, "words: ABC"));
    assert_true(recorder_has(&recorder, "note @0 damaged PDF:"));
    recorder_clear(&recorder);
    buf_clear(&bomb);
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
        cmocka_unit_test(a_password_of_the_list_opens_a_document),
        cmocka_unit_test(an_image_of_a_gigabyte_is_not_unpacked_for_its_text),
        cmocka_unit_test(damaged_samples_are_read_to_the_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
