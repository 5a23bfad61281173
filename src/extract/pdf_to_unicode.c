/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * MuPDF's pdf_load_to_unicode(), put before the original by the linker (--wrap, see meson.build).
 *
 * The original builds a map from glyphs to characters by asking the document's map from codes for
 * each code that the encoding has. With Identity-H, which most programs write, that is 65,536
 * questions for each font, and took half the time of reading a page. But there codes and glyphs
 * are the same numbers, and the document's map is the answer as it is. Then what the document
 * leaves unsaid is looked for elsewhere (pdf_meaning.h).
 */
#include <mupdf/fitz.h>
#include <mupdf/pdf.h>
#include <stdbool.h>

#include "extract/pdf_meaning.h"

void __real_pdf_load_to_unicode(fz_context *context, pdf_document *document, pdf_font_desc *font,
                                const char **strings, char *collection, pdf_obj *map);
void __wrap_pdf_load_to_unicode(fz_context *context, pdf_document *document, pdf_font_desc *font,
                                const char **strings, char *collection, pdf_obj *map);

/* Whether every code of two bytes stands for the glyph of the same number. */
static bool is_identity(const pdf_cmap *encoding)
{
    return encoding && !encoding->usecmap && encoding->xlen == 0 && encoding->rlen == 1
           && encoding->ranges[0].low == 0 && encoding->ranges[0].high == 0xFFFF
           && encoding->ranges[0].out == 0;
}

static void load_map(fz_context *context, pdf_document *document, pdf_font_desc *font,
                     const char **strings, char *collection, pdf_obj *map)
{
    if (strings || !is_identity(font->encoding) || !pdf_is_stream(context, map)) {
        __real_pdf_load_to_unicode(context, document, font, strings, collection, map);
        return;
    }
    font->to_unicode = pdf_load_embedded_cmap(context, document, map);
    font->size += pdf_cmap_size(context, font->to_unicode);
}

/* A map without a single entry, as a damaged one may be, is as none. */
static void drop_empty_map(fz_context *context, pdf_font_desc *font)
{
    const pdf_cmap *map = font->to_unicode;

    if (!map || map->usecmap || map->rlen > 0 || map->xlen > 0 || map->mlen > 0)
        return;
    pdf_drop_cmap(context, font->to_unicode);
    font->to_unicode = NULL;
}

/* A map that cannot be read is as none: the caller passes over it too. */
void __wrap_pdf_load_to_unicode(fz_context *context, pdf_document *document, pdf_font_desc *font,
                                const char **strings, char *collection, pdf_obj *map)
{
    fz_try(context)
    {
        load_map(context, document, font, strings, collection, map);
    }
    fz_catch(context)
    {
        fz_rethrow_if(context, FZ_ERROR_MEMORY);
        fz_warn(context, "cannot load ToUnicode CMap");
    }
    drop_empty_map(context, font);
    if (strings)
        pdf_meaning_from_names(context, font, strings);
    else
        pdf_meaning_from_font(context, font);
}
