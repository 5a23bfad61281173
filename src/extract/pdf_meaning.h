/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef EXTRACT_PDF_MEANING_H
#define EXTRACT_PDF_MEANING_H

#include <mupdf/fitz.h>
#include <mupdf/pdf.h>

/*
 * What codes of a font mean where the document does not say it, or not well. Each fills a gap and
 * changes nothing that is known. They throw as MuPDF does.
 */

/* Codes that are glyphs of a font in the document: what the font's own table of characters says. */
void pdf_meaning_from_font(fz_context *context, pdf_font_desc *font);

/* Names of ligatures ("f_f_i") mean all of their letters, not the first. `names` are 256. */
void pdf_meaning_from_names(fz_context *context, pdf_font_desc *font, const char **names);

#endif
