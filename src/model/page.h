/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef MODEL_PAGE_H
#define MODEL_PAGE_H

#include <stdint.h>

#include "base/slice.h"
#include "model/word_style.h"

/* A word of a page: its text and its box in points, x to the right and y down from the top left. */
struct page_word {
    float x0, y0, x1, y1;
    uint32_t text_offset; /* into the page's text */
    uint32_t text_length;
    uint32_t style; /* word_style.h: of a PDF; else WORD_STYLE_NONE */
};

/*
 * One page of positioned text. Words come in reading order as far as the format tells; words of
 * right-to-left scripts are in logical order.
 */
struct page {
    uint32_t number; /* from 1 within the document */
    float width, height;
    uint32_t word_count;
    const struct page_word *words;
    const char *text;
    uint32_t text_length;
    uint32_t
        ocr_confidence; /* read by OCR: 1 to 100, of its words on average; 0: it had its text */
};

static inline struct slice page_word_text(const struct page *page, const struct page_word *word)
{
    return slice_make(page->text + word->text_offset, word->text_length);
}

#endif
