/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "extract/pdf_fonts.h"

#include <stdio.h>
#include <string.h>

#define PREFIX_LETTERS 6u

static struct slice without_prefix(const char *name)
{
    struct slice text = slice_of(name);

    for (size_t i = 0; i < PREFIX_LETTERS; i++) {
        if (i >= text.length || text.data[i] < 'A' || text.data[i] > 'Z')
            return text;
    }
    if (text.length <= PREFIX_LETTERS || text.data[PREFIX_LETTERS] != '+')
        return text;
    return slice_skip(text, PREFIX_LETTERS + 1);
}

static unsigned find(const struct pdf_fonts *fonts, const char *name)
{
    unsigned i = 0;

    while (i < fonts->count && strcmp(fonts->items[i].name, name) != 0)
        i++;
    return i;
}

static void add(struct pdf_fonts *fonts, const char *name)
{
    struct pdf_font *font = &fonts->items[fonts->count];
    unsigned subset = 0;

    (void)snprintf(font->name, sizeof(font->name), "%s", name);
    for (unsigned i = 0; i < fonts->count; i++)
        subset += slice_equal(without_prefix(fonts->items[i].name), without_prefix(font->name));
    font->style = word_style_font(without_prefix(font->name), subset);
    fonts->count++;
}

uint32_t pdf_fonts_style(struct pdf_fonts *fonts, const char *name, double size)
{
    char cut[PDF_FONT_NAME_BYTES];

    (void)snprintf(cut, sizeof(cut), "%s", name);
    if (fonts->last >= fonts->count || strcmp(fonts->items[fonts->last].name, cut) != 0) {
        fonts->last = find(fonts, cut);
        if (fonts->last == PDF_FONTS_MAX)
            fonts->last = PDF_FONTS_MAX - 1;
        else if (fonts->last == fonts->count)
            add(fonts, cut);
    }
    return word_style_make(fonts->items[fonts->last].style, size);
}
