/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef EXTRACT_PDF_GLYPHS_H
#define EXTRACT_PDF_GLYPHS_H

#include <mupdf/fitz.h>
#include <stdbool.h>

/*
 * Whether pages of this context are read for their text only. Then the outlines of glyphs are not
 * loaded: where a glyph starts and ends is told by its advance, and only a drawing needs its box.
 */
void pdf_glyphs_text_only(fz_context *context, bool is_text_only);

#endif
