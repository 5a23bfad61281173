/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef EXTRACT_TEXT_PAGES_H
#define EXTRACT_TEXT_PAGES_H

#include "extract/page_builder.h"
#include "model/sink.h"

#define TEXT_PAGE_LINES  60u
#define TEXT_CELL_WIDTH  6.0f /* points: a page of 60 lines of 100 characters is about A4 */
#define TEXT_CELL_HEIGHT 12.0f

/*
 * Plain text as pages of words: a character is a cell of a grid, so columns that line up in the
 * text line up on the page. Start with `struct text_pages p = {.sink = sink};`
 */
struct text_pages {
    const struct sink *sink;
    struct page_builder builder;
    uint32_t page_count, pages_max; /* 0: no limit */
    uint32_t line;                  /* on the page, from 0 */
    uint32_t widest;                /* cells of the widest line of the page */
    bool stopped;                   /* there were more pages than allowed */
};

/* One line, without its end; a form feed in it starts a page. */
int text_pages_line(struct text_pages *pages, struct slice line, struct tq_error *err) MUST_CHECK;

/* All lines of a text. */
int text_pages_lines(struct text_pages *pages, struct slice text, struct tq_error *err) MUST_CHECK;

/* Give the last page to the sink. */
int text_pages_finish(struct text_pages *pages, struct tq_error *err) MUST_CHECK;

void text_pages_clear(struct text_pages *pages);

#endif
