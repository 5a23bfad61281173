/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <mupdf/fitz.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "extract/pdf_glyphs.h"

#define MADE_NAMES 20000u /* far more than are kept: some drive others out */

int __real_fz_unicode_from_glyph_name(const char *name);
int __real_fz_unicode_from_glyph_name_strict(const char *name);
int __real_ft_name_index(void *face, const char *name);
int ft_name_index(void *face, const char *name);

static const char *const names[] = {"A",        "eacute",
                                    "eacute",   "g12",
                                    "uni0627",  "u1F600",
                                    "f_i",      "a.alt",
                                    "",         ".notdef",
                                    "space",    "afii57415",
                                    "nbspace",  "a-name-that-is-longer-than-names-of-glyphs-are",
                                    "c_t.liga", "A"};

static void the_names_of_glyphs_mean_what_mupdf_says(void **state)
{
    char name[32];

    (void)state;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        assert_int_equal(fz_unicode_from_glyph_name(names[i]),
                         __real_fz_unicode_from_glyph_name(names[i]));
        assert_int_equal(fz_unicode_from_glyph_name_strict(names[i]),
                         __real_fz_unicode_from_glyph_name_strict(names[i]));
    }
    for (unsigned i = 0; i < MADE_NAMES; i++) {
        (void)snprintf(name, sizeof(name), "uni%04X", i % (MADE_NAMES / 2));
        assert_int_equal(fz_unicode_from_glyph_name(name), __real_fz_unicode_from_glyph_name(name));
    }
}

static void a_glyph_is_found_by_its_name(void **state)
{
    fz_context *context = fz_new_context(NULL, NULL, FZ_STORE_DEFAULT);
    fz_font *font = fz_new_base14_font(context, "Helvetica");

    (void)state;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        assert_int_equal(ft_name_index(fz_font_ft_face(context, font), names[i]),
                         __real_ft_name_index(fz_font_ft_face(context, font), names[i]));
    assert_true(ft_name_index(fz_font_ft_face(context, font), "eacute") > 0);
    fz_drop_font(context, font);
    fz_drop_context(context);
}

static void outlines_are_loaded_for_drawings_only(void **state)
{
    fz_context *context = fz_new_context(NULL, NULL, FZ_STORE_DEFAULT);
    fz_font *font = fz_new_base14_font(context, "Helvetica");
    int glyph = fz_encode_character(context, font, 'i');
    fz_rect box;

    (void)state;
    pdf_glyphs_text_only(context, true);
    box = fz_bound_glyph(context, font, glyph, fz_scale(10, 10));
    assert_true(box.x1 - box.x0 > 9.9f);
    pdf_glyphs_text_only(context, false);
    box = fz_bound_glyph(context, font, glyph, fz_scale(10, 10));
    assert_true(box.x1 - box.x0 < 5);
    fz_drop_font(context, font);
    fz_drop_context(context);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_names_of_glyphs_mean_what_mupdf_says),
        cmocka_unit_test(a_glyph_is_found_by_its_name),
        cmocka_unit_test(outlines_are_loaded_for_drawings_only),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
