/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef EXTRACT_PDF_FONTS_H
#define EXTRACT_PDF_FONTS_H

#include <stddef.h>

#include "model/word_style.h"

/* The fonts of a document, as its text uses them. Start with {0}. */
#define PDF_FONTS_MAX       64u /* those past it share a style: a document has two to eight */
#define PDF_FONT_NAME_BYTES 32u /* as many as MuPDF keeps */

struct pdf_fonts {
    struct pdf_font {
        char name[PDF_FONT_NAME_BYTES]; /* with its subset's prefix */
        uint32_t style;                 /* word_style_font() */
    } items[PDF_FONTS_MAX];
    unsigned count, last; /* last: the one found last */
};

/* "ABCDEF+Name" is a subset of "Name": the number of those with another prefix that came before it
 * tells which. */
uint32_t pdf_fonts_style(struct pdf_fonts *fonts, const char *name, double size);

#endif
