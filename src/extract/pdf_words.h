/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef EXTRACT_PDF_WORDS_H
#define EXTRACT_PDF_WORDS_H

#include "extract/page_builder.h"

/* One character as placed on a page, in points from the page's top left corner. */
struct glyph {
    uint32_t code_point;
    float x0, y0, x1, y1;
    float size;     /* of the font */
    uint32_t style; /* word_style.h; WORD_STYLE_NONE: not known */
};

/*
 * Split the characters of one line, in the order of the document, into words: at white space, at
 * gaps wider than a quarter of the font size, where the baseline jumps, and between letters of
 * left-to-right and right-to-left scripts. A character that is printed again a little aside, to
 * look bold, counts once. Right-to-left words that a producer wrote in visual order are put into
 * logical order. `glyphs` is used as scratch.
 */
int pdf_words_add(struct page_builder *builder, struct glyph *glyphs, size_t count,
                  struct tq_error *err) MUST_CHECK;

#endif
