/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Questions that MuPDF asks for each glyph or each name of a glyph, put before the originals by the
 * linker (--wrap, see meson.build). They took a quarter of the time of reading a page; the answers
 * are the same wherever text is read.
 */
#include "extract/pdf_glyphs.h"

#include <ft2build.h>
#include <stdint.h>
#include <string.h>
#include FT_FREETYPE_H

#define NAMES_KEPT     2048u /* a power of two; documents have some hundred different names */
#define NAME_BYTES_MAX 28u   /* with the NUL; longer ones are not kept */

fz_rect __real_fz_bound_glyph(fz_context *context, fz_font *font, int glyph, fz_matrix matrix);
fz_rect __wrap_fz_bound_glyph(fz_context *context, fz_font *font, int glyph, fz_matrix matrix);
int __real_fz_unicode_from_glyph_name(const char *name);
int __wrap_fz_unicode_from_glyph_name(const char *name);
int __real_fz_unicode_from_glyph_name_strict(const char *name);
int __wrap_fz_unicode_from_glyph_name_strict(const char *name);
int __real_ft_name_index(void *face, const char *name);
int __wrap_ft_name_index(void *face, const char *name);

struct kept_name {
    char name[NAME_BYTES_MAX];
    int code_point;
};

static char text_only; /* its address is the mark, see fz_set_user_context() */

void pdf_glyphs_text_only(fz_context *context, bool is_text_only)
{
    fz_set_user_context(context, is_text_only ? &text_only : NULL);
}

/* In text the box only bounds groups and patterns, of which nothing comes: that of a full glyph. */
fz_rect __wrap_fz_bound_glyph(fz_context *context, fz_font *font, int glyph, fz_matrix matrix)
{
    if (fz_user_context(context) == &text_only)
        return fz_transform_rect(fz_unit_rect, matrix);
    return __real_fz_bound_glyph(context, font, glyph, matrix);
}

/* FNV-1a; `*out_length` is NAME_BYTES_MAX if the name is too long. */
static uint32_t hash_name(const char *name, size_t *out_length)
{
    uint32_t hash = 2166136261u;
    size_t i = 0;

    for (; i < NAME_BYTES_MAX && name[i]; i++)
        hash = (hash ^ (unsigned char)name[i]) * 16777619u;
    *out_length = i;
    return hash;
}

/*
 * The same few hundred names are asked for again in every font. What was found is kept: nothing
 * but the name decides about it.
 */
static int look_up(struct kept_name *names, const char *name, int (*find)(const char *name))
{
    size_t length;
    struct kept_name *kept = &names[hash_name(name, &length) % NAMES_KEPT];

    if (length == 0 || length == NAME_BYTES_MAX)
        return find(name);
    if (strcmp(kept->name, name) != 0) {
        kept->code_point = find(name);
        memcpy(kept->name, name, length + 1);
    }
    return kept->code_point;
}

int __wrap_fz_unicode_from_glyph_name(const char *name)
{
    static _Thread_local struct kept_name names[NAMES_KEPT];

    return look_up(names, name, __real_fz_unicode_from_glyph_name);
}

int __wrap_fz_unicode_from_glyph_name_strict(const char *name)
{
    static _Thread_local struct kept_name names[NAMES_KEPT];

    return look_up(names, name, __real_fz_unicode_from_glyph_name_strict);
}

/* The original tries every other spelling of the name as well, in a font that has no names. */
int __wrap_ft_name_index(void *face, const char *name)
{
    return FT_HAS_GLYPH_NAMES((FT_Face)face) ? __real_ft_name_index(face, name) : 0;
}
