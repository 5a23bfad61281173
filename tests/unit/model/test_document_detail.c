/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "model/document_detail.h"
#include "model/document_metadata.h"
#include "model/word_style.h"

static struct buf say(enum language language, struct slice detail)
{
    struct buf words = {0};

    document_detail_say(&words, language, detail);
    return words;
}

static void a_detail_is_put_into_words_of_each_language(void **state)
{
    const struct slice parts[] = {SLICE_LITERAL("2"), SLICE_LITERAL("3")};
    static const char *const wanted[] = {"revision 2 of 3", "révision 2 sur 3", "المراجعة 2 من 3"};
    struct buf detail = {0};

    (void)state;
    document_detail_format(&detail, DETAIL_REVISION, parts, 2);
    for (unsigned i = 0; i < LANGUAGE_COUNT; i++) {
        struct buf words = say((enum language)i, buf_slice(&detail));

        assert_string_equal(words.data, wanted[i]);
        buf_clear(&words);
    }
    buf_clear(&detail);
}

static void every_form_has_words_in_every_language(void **state)
{
    (void)state;
    for (unsigned form = 1; form < DETAIL_FORM_COUNT; form++) {
        struct buf detail = {0};

        document_detail_format(&detail, (enum detail_form)form, NULL, 0);
        for (unsigned i = 0; i < LANGUAGE_COUNT; i++) {
            struct buf words = say((enum language)i, buf_slice(&detail));

            assert_true(words.length > 5);
            buf_clear(&words);
        }
        buf_clear(&detail);
    }
}

static void a_part_cannot_end_the_one_before(void **state)
{
    const struct slice parts[] = {SLICE_LITERAL("a\tb\nc"), SLICE_LITERAL("d")};
    struct buf detail = {0}, words;

    (void)state;
    document_detail_format(&detail, DETAIL_IDS, parts, 2);
    words = say(LANGUAGE_EN, buf_slice(&detail));
    assert_string_equal(words.data, "a b c, then d");
    buf_clear(&words);
    buf_clear(&detail);
}

static void what_has_no_known_form_stays_as_it_is(void **state)
{
    static const char *const texts[] = {"revision 2 of 2", "999\tx", "", "-1\t2", "1e1\t2"};

    (void)state;
    for (unsigned i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        struct buf words = say(LANGUAGE_FR, slice_of(texts[i]));

        assert_true(slice_is(buf_slice(&words), texts[i]));
        buf_clear(&words);
    }
}

static void missing_parts_are_empty(void **state)
{
    struct buf words = say(LANGUAGE_EN, SLICE_LITERAL("1\t2"));

    (void)state;
    assert_string_equal(words.data, "revision 2 of ");
    buf_clear(&words);
}

static void metadata_survive_the_way_to_the_parent(void **state)
{
    struct document_metadata metadata = {
        .texts = {[METADATA_PRODUCER] = "a\tb", [METADATA_TITLE] = "Attestation"}};
    struct document_metadata again;
    struct buf text = {0};

    (void)state;
    document_metadata_format(&metadata, &text);
    assert_true(document_metadata_parse(buf_slice(&text), &again));
    assert_string_equal(again.texts[METADATA_PRODUCER], "a b");
    assert_string_equal(again.texts[METADATA_TITLE], "Attestation");
    assert_false(document_metadata_is_empty(&again));
    assert_false(document_metadata_parse(SLICE_LITERAL("a\tb\tc"), &again));
    assert_false(document_metadata_parse(SLICE_LITERAL("\t\t\t\t\t"), &again));
    assert_true(document_metadata_parse(SLICE_LITERAL("\t\t\t\t"), &again));
    assert_true(document_metadata_is_empty(&again));
    buf_clear(&text);
}

static void styles_tell_fonts_subsets_and_sizes_apart(void **state)
{
    uint32_t plain = word_style_make(word_style_font(SLICE_LITERAL("DejaVuSans"), 0), 9);
    uint32_t bold = word_style_make(word_style_font(SLICE_LITERAL("DejaVuSans-Bold"), 0), 9);
    uint32_t other = word_style_make(word_style_font(SLICE_LITERAL("DejaVuSans"), 1), 9);
    uint32_t large = word_style_make(word_style_font(SLICE_LITERAL("DejaVuSans"), 0), 9.5);

    (void)state;
    assert_true(plain != bold && plain != other && plain != large && plain != WORD_STYLE_NONE);
    assert_false(word_style_same_font(plain, bold));
    assert_true(word_style_same_font(plain, other) && word_style_same_size(plain, other));
    assert_true(word_style_same_font(plain, large));
    assert_false(word_style_same_size(plain, large));
    assert_true(word_style_size(large) > 9.4 && word_style_size(large) < 9.6);
    assert_true(word_style_make(UINT32_MAX >> 14, 1e9) != WORD_STYLE_MIXED);
    assert_true(word_style_make(0, -1) != WORD_STYLE_NONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_detail_is_put_into_words_of_each_language),
        cmocka_unit_test(every_form_has_words_in_every_language),
        cmocka_unit_test(a_part_cannot_end_the_one_before),
        cmocka_unit_test(what_has_no_known_form_stays_as_it_is),
        cmocka_unit_test(missing_parts_are_empty),
        cmocka_unit_test(metadata_survive_the_way_to_the_parent),
        cmocka_unit_test(styles_tell_fonts_subsets_and_sizes_apart),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
