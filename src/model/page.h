/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef MODEL_PAGE_H
#define MODEL_PAGE_H

#include <stdbool.h>
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
    uint64_t row_first; /* 0: a page of a document; else page_is_of_rows() */
};

/*
 * Lines beside the records of a table (titles, remarks) are pages too. Their words keep the row
 * they stand in, that of a sheet or the line of a file: `row_first` at y0 = 0, and one further down
 * with each height of a word. `number` is then that of the sheet, 0 in a file of lines.
 */
static inline bool page_is_of_rows(const struct page *page)
{
    return page->row_first > 0;
}

#define PAGE_ROW_MAX ((uint64_t)1 << 48)

/* Places (struct batch) of what was found in a sheet: this, number << 32, and the row. */
#define PLACE_IN_SHEET ((uint64_t)1 << 63)

static inline struct slice page_word_text(const struct page *page, const struct page_word *word)
{
    return slice_make(page->text + word->text_offset, word->text_length);
}

#endif
