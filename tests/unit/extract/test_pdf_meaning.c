/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "extract/pdf_meaning.h"

static int open_context(void **state)
{
    *state = fz_new_context(NULL, NULL, FZ_STORE_DEFAULT);
    return *state ? 0 : -1;
}

static int close_context(void **state)
{
    fz_drop_context(*state);
    return 0;
}

static void names_of_ligatures_mean_their_letters(void **state)
{
    fz_context *context = *state;
    pdf_font_desc *font = pdf_new_font_desc(context);
    const char *names[256] = {[5] = "f_f_i", [6] = "a", [7] = "x_nosuchname", [8] = "T_h.alt"};
    int letters[PDF_MRANGE_CAP];

    pdf_meaning_from_names(context, font, names);
    assert_non_null(font->to_unicode);
    assert_int_equal(pdf_lookup_cmap_full(font->to_unicode, 5, letters), 3);
    assert_int_equal(letters[0], 'f');
    assert_int_equal(letters[2], 'i');
    assert_int_equal(pdf_lookup_cmap_full(font->to_unicode, 6, letters), 0);
    assert_int_equal(pdf_lookup_cmap_full(font->to_unicode, 7, letters), 0);
    assert_int_equal(pdf_lookup_cmap_full(font->to_unicode, 8, letters), 2);
    assert_int_equal(letters[1], 'h');
    pdf_drop_font(context, font);
}

static void a_map_of_the_document_and_plain_names_are_left_alone(void **state)
{
    fz_context *context = *state;
    pdf_font_desc *font = pdf_new_font_desc(context);
    const char *plain[256] = {[6] = "a"}, *ligature[256] = {[5] = "f_f"};
    pdf_cmap *map = pdf_new_cmap(context);

    pdf_meaning_from_names(context, font, plain);
    assert_null(font->to_unicode);
    font->to_unicode = map;
    pdf_meaning_from_names(context, font, ligature);
    assert_ptr_equal(font->to_unicode, map);
    pdf_meaning_from_font(context, font);
    assert_null(font->cid_to_ucs);
    pdf_drop_font(context, font);
}

static void glyphs_mean_what_the_font_says(void **state)
{
    fz_context *context = *state;
    pdf_font_desc *font = pdf_new_font_desc(context);
    int glyph;

    font->font = fz_new_base14_font(context, "Helvetica");
    pdf_meaning_from_font(context, font);
    assert_null(font->cid_to_ucs); /* it is not in the document */
    font->is_embedded = 1;
    pdf_meaning_from_font(context, font);
    assert_non_null(font->cid_to_ucs);
    glyph = fz_encode_character(context, font->font, 0xE9);
    assert_int_equal(font->cid_to_ucs[glyph], 0xE9);
    assert_int_equal(font->cid_to_ucs[0], 0);
    pdf_drop_font(context, font);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_of_ligatures_mean_their_letters),
        cmocka_unit_test(a_map_of_the_document_and_plain_names_are_left_alone),
        cmocka_unit_test(glyphs_mean_what_the_font_says),
    };

    return cmocka_run_group_tests(tests, open_context, close_context);
}
