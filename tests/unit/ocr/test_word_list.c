/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "ocr/word_list.h"

static int add(struct word_list *list, int x, const char *text, float confidence)
{
    const struct found_word word = {x, 0, x + 90, 10, .confidence = confidence};
    struct tq_error err;

    return word_list_add(list, &word, slice_of(text), &err);
}

static int merge(struct word_list *latin, struct word_list *arabic, struct buf *out)
{
    struct page_builder builder = {0};
    struct tq_error err;
    struct page page;
    float confidence;
    int r = word_list_merge(latin, arabic, 2, &builder, &confidence, &err);

    page = page_builder_page(&builder, 1, 100, 100);
    buf_empty(out);
    for (uint32_t i = 0; i < page.word_count && r == TQ_OK; i++) {
        buf_add_slice(out, page_word_text(&page, &page.words[i]));
        buf_add_byte(out, i + 1 < page.word_count ? ' ' : '\0');
    }
    page_builder_clear(&builder);
    return r;
}

static void arabic_words_take_the_place_of_doubtful_ones(void **state)
{
    struct word_list latin = {0}, arabic = {0};
    struct buf out = {0};

    (void)state;
    assert_int_equal(add(&latin, 0, "Nom", 95), TQ_OK);
    assert_int_equal(add(&latin, 100, "pl", 30), TQ_OK);
    assert_int_equal(add(&latin, 200, "800158213", 92), TQ_OK);
    assert_int_equal(add(&arabic, 100, "\u200f\u0646\u0648\u0631\u200e", 90), TQ_OK);
    assert_int_equal(add(&arabic, 200, "800158218", 99), TQ_OK); /* digits are no Arabic word */
    assert_int_equal(add(&arabic, 0, "\u0646\u0648\u0631", 60), TQ_OK); /* less sure */
    assert_int_equal(add(&arabic, 300, "\u0631\u0642\u0645", 60), TQ_OK);
    assert_int_equal(merge(&latin, &arabic, &out), TQ_OK);
    assert_string_equal(out.data, "Nom \u0646\u0648\u0631 800158213 \u0631\u0642\u0645");
    buf_clear(&out);
    word_list_clear(&latin);
    word_list_clear(&arabic);
}

static void noise_is_left_out_and_counted(void **state)
{
    struct word_list list = {0};

    (void)state;
    assert_true(word_list_has_doubt(&list));
    assert_int_equal(add(&list, 0, "~.", 5), TQ_OK);
    assert_int_equal(add(&list, 0, "\u200f", 90), TQ_OK);
    assert_int_equal(list.count, 0);
    assert_int_equal(list.left_out, 1);
    assert_int_equal(add(&list, 0, "nom", 90), TQ_OK);
    assert_int_equal(add(&list, 0, "nom", 80), TQ_OK);
    assert_true(word_list_confidence(&list) > 84.9f && word_list_confidence(&list) < 85.1f);
    assert_true(word_list_has_doubt(&list)); /* what was left out */
    word_list_clear(&list);
}

static void without_memory_it_says_so(void **state)
{
    struct word_list latin = {0}, arabic = {0};
    struct buf out = {0};

    (void)state;
    buf_add_text(&out, "room for the words that are merged");
    for (unsigned nth = 1; nth < 60; nth++) {
        int r = TQ_OK;

        alloc_fail_nth(nth);
        r = add(&latin, 0, "Nom", 95);
        if (r == TQ_OK)
            r = add(&arabic, 100, "\u0646\u0648\u0631", 90);
        if (r == TQ_OK)
            r = merge(&latin, &arabic, &out);
        alloc_fail_nth(0);
        assert_true(r == TQ_OK || r == TQ_E_NOMEM);
        word_list_clear(&latin);
        word_list_clear(&arabic);
    }
    buf_clear(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(arabic_words_take_the_place_of_doubtful_ones),
        cmocka_unit_test(noise_is_left_out_and_counted),
        cmocka_unit_test(without_memory_it_says_so),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
