/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/utf16.h>

#include "base/cleanup.h"
#include "base/utf8.h"
#include "normalise/text.h"

#define TABLE_UNICODE_MAJOR 15

static void assert_folds(const char *text, const char *expected)
{
    CLEANUP(buf_clear_cleanup) struct buf out = {0};

    text_fold(slice_of(text), &out);
    assert_string_equal(out.data ? out.data : "", expected);
}

static void case_diacritics_and_punctuation_fold_away(void **state)
{
    (void)state;
    assert_folds("", "");
    assert_folds("  Hello,  WORLD! ", "hello world");
    assert_folds("Éléonore Müller-Øster", "eleonore muller oster");
    assert_folds("Straße, Œuvre, Łódź", "strasse oeuvre lodz");
    assert_folds("M'hamed L’Oréal", "mhamed loreal");
    assert_folds("ﬁn ① ½ № Ⅻ", "fin 1 1 2 no xii");
    assert_folds("ΣΊΣΥΦΟΣ", "σισυφοσ");
    assert_folds("ЙОГУРТ", "иогурт");
}

static void arabic_is_unified(void **state)
{
    (void)state;
    assert_folds("أَحْمَد آدم إبراهيم ٱلله", "احمد ادم ابراهيم الله");
    assert_folds("فاطمة مصطفى مؤمن عائشة", "فاطمه مصطفي مومن عايشه");
    assert_folds("محمـــد", "محمد");
    assert_folds("ﻣﺤﻤﺪ ﷲ ﻻ", "محمد الله لا");
    assert_folds("علی کریم", "علي كريم");
    assert_folds("\u200Fمحمد\u200E", "محمد");
}

static void digits_of_any_script_become_ascii(void **state)
{
    (void)state;
    assert_folds("٠١٢٣٤٥٦٧٨٩ ۰۱۲۳ ०१२ １２", "0123456789 0123 012 12");
    assert_folds("\U0001D7D8\U0001E951", "01");
}

static void undecodable_bytes_divide_words(void **state)
{
    (void)state;
    assert_folds("ab\xff"
                 "cd\xc3",
                 "ab cd");
}

static void joined_folding_has_no_spaces(void **state)
{
    CLEANUP(buf_clear_cleanup) struct buf out = {0};

    (void)state;
    buf_add_text(&out, "x");
    text_fold_joined(slice_of(" Aït-Ben Haddou "), &out);
    assert_string_equal(out.data, "xaitbenhaddou");
}

static void vowels_are_spelt_out_where_there_are_any(void **state)
{
    CLEANUP(buf_clear_cleanup) struct buf out = {0};

    (void)state;
    assert_true(text_spell_out(slice_of("Mühlenweg 5, Ærø, Ångström"), &out));
    assert_string_equal(out.data, "Muehlenweg 5, aeroe, aangstroem");
    buf_empty(&out);
    buf_add_text(&out, "x");
    assert_false(text_spell_out(slice_of("Rue des Élèves"), &out));
    assert_int_equal(out.length, 1);
}

/* The rules of our own, written down a second time. */
static const struct {
    UChar32 from;
    const char *to;
} own_rules[] = {
    {0xDF, "ss"},      {0xE6, "ae"},      {0xF8, "o"},       {0xF0, "d"},       {0xFE, "th"},
    {0x111, "d"},      {0x127, "h"},      {0x131, "i"},      {0x138, "k"},      {0x142, "l"},
    {0x14B, "n"},      {0x153, "oe"},     {0x167, "t"},      {0x180, "b"},      {0x19A, "l"},
    {0x1E5, "g"},      {0x247, "e"},      {0x249, "j"},      {0x24D, "r"},      {0x24F, "y"},
    {0x3C2, "\u03C3"}, {0x671, "\u0627"}, {0x672, "\u0627"}, {0x673, "\u0627"}, {0x675, "\u0627"},
    {0x629, "\u0647"}, {0x6BE, "\u0647"}, {0x6C0, "\u0647"}, {0x6C1, "\u0647"}, {0x6C2, "\u0647"},
    {0x6C3, "\u0647"}, {0x6D5, "\u0647"}, {0x649, "\u064A"}, {0x6CC, "\u064A"}, {0x6D2, "\u064A"},
    {0x6A9, "\u0643"},
};

static bool is_apostrophe(UChar32 c)
{
    static const UChar32 set[] = {0x27,   0x60,   0xB4,   0x2B9,  0x2BB, 0x2BC,  0x2BD,
                                  0x2BE,  0x2BF,  0x2C8,  0x2CA,  0x2CB, 0x2018, 0x2019,
                                  0x201A, 0x201B, 0x2032, 0x2035, 0x55A, 0x5F3,  0xA78C,
                                  0xFF07, 0x640,  0x6E5,  0x6E6};

    for (size_t i = 0; i < sizeof(set) / sizeof(*set); i++) {
        if (set[i] == c)
            return true;
    }
    return false;
}

static void add_own(struct buf *out, UChar32 c)
{
    for (size_t i = 0; i < sizeof(own_rules) / sizeof(*own_rules); i++) {
        if (own_rules[i].from == c) {
            buf_add_text(out, own_rules[i].to);
            return;
        }
    }
    buf_add_code_point(out, (uint32_t)c);
}

static void add_part(struct buf *out, UChar32 c)
{
    int8_t type = u_charType(c);

    if (type == U_NON_SPACING_MARK || type == U_ENCLOSING_MARK || type == U_FORMAT_CHAR
        || is_apostrophe(c))
        return;
    if (type == U_DECIMAL_DIGIT_NUMBER)
        buf_add_byte(out, (char)('0' + u_charDigitValue(c)));
    else if (u_isalpha(c) || (U_MASK(type) & (U_GC_L_MASK | U_GC_N_MASK | U_GC_MC_MASK)))
        add_own(out, u_tolower(c));
    else if (out->length > 0 && out->data[out->length - 1] != ' ')
        buf_add_byte(out, ' ');
}

/* What ICU and the rules make of one code point, without spaces at the ends. */
static void fold_with_icu(const UNormalizer2 *nfkd, UChar32 c, struct buf *out)
{
    UErrorCode status = U_ZERO_ERROR;
    UChar parts[32];
    int32_t length = unorm2_getDecomposition(nfkd, c, parts, 32, &status), i = 0;

    if (is_apostrophe(c))
        return;
    if (length < 0)
        add_part(out, c);
    while (i < length) {
        UChar32 part;

        U16_NEXT(parts, i, length, part);
        add_part(out, part);
    }
    while (out->length > 0 && out->data[out->length - 1] == ' ')
        out->length--;
}

static void folding_equals_icu_for_every_code_point(void **state)
{
    UErrorCode status = U_ZERO_ERROR;
    const UNormalizer2 *nfkd = unorm2_getNFKDInstance(&status);
    CLEANUP(buf_clear_cleanup) struct buf expected = {0};
    CLEANUP(buf_clear_cleanup) struct buf found = {0};

    (void)state;
    assert_true(U_SUCCESS(status));
    for (UChar32 c = 1; c < 0x20000; c++) {
        char text[UTF8_BYTES_MAX];
        UVersionInfo age;
        size_t size;

        u_charAge(c, age);
        if ((c >= 0xD800 && c <= 0xDFFF) || age[0] == 0 || age[0] > TABLE_UNICODE_MAJOR)
            continue;
        buf_empty(&expected);
        buf_empty(&found);
        fold_with_icu(nfkd, c, &expected);
        size = utf8_put(text, (uint32_t)c);
        text_fold(slice_make(text, size), &found);
        assert_true(found.length + 1 <= 12 * size); /* text_short.h relies on it */
        if (!slice_equal(buf_slice(&expected), buf_slice(&found)))
            fail_msg("U+%04X: '%s' expected, '%s' found", (unsigned)c, expected.data, found.data);
    }
}

static void words_are_taken_one_by_one(void **state)
{
    struct slice text = slice_of("ab c"), word;

    (void)state;
    assert_true(text_next_word(&text, &word));
    assert_true(slice_is(word, "ab"));
    assert_true(text_next_word(&text, &word));
    assert_true(slice_is(word, "c"));
    assert_false(text_next_word(&text, &word));
}

static void text_is_cut_at_code_points(void **state)
{
    (void)state;
    assert_int_equal(text_length(slice_of("éا𝟘x")), 4);
    assert_true(slice_is(text_cut(slice_of("éا𝟘x"), 2), "éا"));
    assert_true(slice_is(text_cut(slice_of("ab"), 9), "ab"));
}

static void damage_is_seen_and_undone(void **state)
{
    CLEANUP(buf_clear_cleanup) struct buf out = {0};

    (void)state;
    assert_false(text_is_damaged(slice_of("Fès, Éric, محمد")));
    assert_true(text_is_damaged(slice_of("FÃ¨s")));
    assert_true(text_is_damaged(slice_of("F\xe8s")));
    assert_true(text_is_damaged(slice_of("F\uFFFDs")));
    assert_true(text_undo_double_encoding(slice_of("FÃ¨s"), &out));
    assert_string_equal(out.data, "Fès");
    buf_empty(&out);
    assert_true(text_undo_double_encoding(slice_of("Ù…Ø\u00ADÙ…Ø¯"), &out)); /* by 1252 */
    assert_string_equal(out.data, "محمد");
    buf_empty(&out);
    assert_true(text_undo_double_encoding(slice_of("ظ…ط\u00ADظ…ط¯"), &out)); /* by 1256 */
    assert_string_equal(out.data, "محمد");
    buf_empty(&out);
    assert_false(text_undo_double_encoding(slice_of("Fès"), &out));
    assert_false(text_undo_double_encoding(slice_of("plain"), &out));
    assert_false(text_undo_double_encoding(slice_of("محمد"), &out));
    assert_int_equal(out.length, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(case_diacritics_and_punctuation_fold_away),
        cmocka_unit_test(arabic_is_unified),
        cmocka_unit_test(digits_of_any_script_become_ascii),
        cmocka_unit_test(undecodable_bytes_divide_words),
        cmocka_unit_test(joined_folding_has_no_spaces),
        cmocka_unit_test(vowels_are_spelt_out_where_there_are_any),
        cmocka_unit_test(folding_equals_icu_for_every_code_point),
        cmocka_unit_test(words_are_taken_one_by_one),
        cmocka_unit_test(text_is_cut_at_code_points),
        cmocka_unit_test(damage_is_seen_and_undone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
