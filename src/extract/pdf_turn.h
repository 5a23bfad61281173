/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef EXTRACT_PDF_TURN_H
#define EXTRACT_PDF_TURN_H

#include <mupdf/fitz.h>
#include <stddef.h>

#include "model/page.h"

/*
 * Text that does not run to the right. A line is taken apart into words in a frame of its own, in
 * which it runs along the first axis: there gaps and baselines mean what they mean in any line. The
 * boxes of its words are then turned back. A page of which most text is turned by the same quarter
 * turns is read as a person would, who turns the sheet.
 */

/* The frame of a line: the direction in which it runs, of length 1, with y down. */
struct pdf_turn {
    float cosine, sine;
};

/* A direction within two degrees of the right is none: scans are a little askew. */
struct pdf_turn pdf_turn_of(fz_point direction);

/* Where a glyph is in the frame. */
fz_rect pdf_turn_box(struct pdf_turn turn, fz_quad quad, fz_point origin);

/* Words from the frame back to the page; each box is then the smallest around the word. */
void pdf_turn_back(struct pdf_turn turn, struct page_word *words, size_t count);

/* The quarter turns, to the left, by which most text of the page has to be turned: 0 to 3. */
unsigned pdf_turn_quarters(const fz_stext_page *page);

/* Turn the words of a page of this size to the left. The size is turned by the caller. */
void pdf_turn_words(unsigned quarters, float width, float height, struct page_word *words,
                    size_t count);

#endif
