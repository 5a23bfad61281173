/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "extract/pdf_meaning.h"

#include <ft2build.h>
#include <stdbool.h>
#include <string.h>
#include FT_FREETYPE_H

#define GLYPHS_MAX    65536u
#define FIRST_PRIVATE 0xD800u /* surrogates, then what each font uses as it likes */
#define LAST_PRIVATE  0xF8FFu
#define LAST_LETTER   0xFFFDu
#define LETTERS_MAX   4u /* of a ligature */
#define NAME_BYTES    32u

/* ---- from the font's own table ---- */

/* Which character each glyph shows: the first that has it. */
static void read_characters(FT_Face face, unsigned short *characters, size_t glyph_count)
{
    for (unsigned c = ' '; c < LAST_LETTER; c++) {
        FT_UInt glyph;

        if (c == FIRST_PRIVATE)
            c = LAST_PRIVATE + 1;
        glyph = FT_Get_Char_Index(face, c);
        if (glyph > 0 && glyph < glyph_count && characters[glyph] == 0)
            characters[glyph] = (unsigned short)c;
    }
}

/* False if the font has no table of characters. */
static bool ask_font(FT_Face face, unsigned short *characters, size_t glyph_count)
{
    FT_CharMap kept = face->charmap; /* the one that MuPDF goes by */

    if (FT_Select_Charmap(face, FT_ENCODING_UNICODE) != 0)
        return false;
    read_characters(face, characters, glyph_count);
    if (kept)
        (void)FT_Set_Charmap(face, kept);
    return true;
}

static void keep_meanings(fz_context *context, pdf_font_desc *font,
                          const unsigned short *characters, size_t glyph_count)
{
    size_t count = font->cid_to_gid_len > 0 ? font->cid_to_gid_len : glyph_count;
    unsigned short *meanings = fz_malloc_array(context, count, unsigned short);

    for (size_t i = 0; i < count; i++) {
        int glyph = pdf_font_cid_to_gid(context, font, (int)i);

        meanings[i] = glyph >= 0 && (size_t)glyph < glyph_count ? characters[glyph] : 0;
    }
    font->cid_to_ucs = meanings;
    font->cid_to_ucs_len = count;
    font->size += count * sizeof(*meanings);
}

void pdf_meaning_from_font(fz_context *context, pdf_font_desc *font)
{
    FT_Face face = font->font ? fz_font_ft_face(context, font->font) : NULL;
    unsigned short *characters;
    size_t glyph_count;

    if (!face || !font->is_embedded || font->to_unicode || font->cid_to_ucs
        || face->num_glyphs <= 0)
        return;
    glyph_count = (size_t)face->num_glyphs < GLYPHS_MAX ? (size_t)face->num_glyphs : GLYPHS_MAX;
    characters = fz_calloc(context, glyph_count, sizeof(*characters));
    fz_try(context)
    {
        if (ask_font(face, characters, glyph_count))
            keep_meanings(context, font, characters, glyph_count);
    }
    fz_always(context)
    {
        fz_free(context, characters);
    }
    fz_catch(context)
    {
        fz_rethrow(context);
    }
}

/* ---- from names ---- */

/* The letters of "f_f_i"; 0 if it is no ligature, or one of something unknown. */
static size_t ligature_letters(const char *name, int letters[LETTERS_MAX])
{
    char text[NAME_BYTES], *rest = text, *part;
    size_t count = 0;

    if (!strchr(name, '_') || strlen(name) >= NAME_BYTES)
        return 0;
    memcpy(text, name, strlen(name) + 1);
    text[strcspn(text, ".")] = '\0';
    while ((part = strsep(&rest, "_")) != NULL) {
        int letter = fz_unicode_from_glyph_name_strict(part);

        if (letter == 0 || count == LETTERS_MAX)
            return 0;
        letters[count++] = letter;
    }
    return count > 1 ? count : 0;
}

static void add_ligatures(fz_context *context, pdf_cmap *map, const char **names)
{
    int letters[LETTERS_MAX];

    pdf_add_codespace(context, map, 0, 255, 1);
    for (unsigned i = 0; i < 256; i++) {
        size_t count = names[i] ? ligature_letters(names[i], letters) : 0;

        if (count > 0)
            pdf_map_one_to_many(context, map, i, letters, count);
    }
    pdf_sort_cmap(context, map);
}

static bool has_ligatures(const char **names)
{
    int letters[LETTERS_MAX];

    for (unsigned i = 0; i < 256; i++) {
        if (names[i] && ligature_letters(names[i], letters) > 0)
            return true;
    }
    return false;
}

void pdf_meaning_from_names(fz_context *context, pdf_font_desc *font, const char **names)
{
    pdf_cmap *map;

    if (font->to_unicode || !has_ligatures(names))
        return;
    map = pdf_new_cmap(context);
    fz_try(context)
    {
        add_ligatures(context, map, names);
    }
    fz_catch(context)
    {
        pdf_drop_cmap(context, map);
        fz_rethrow(context);
    }
    font->to_unicode = map;
    font->size += pdf_cmap_size(context, map);
}
