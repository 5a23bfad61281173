/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "extract/text_pages.h"

#include "base/limits.h"
#include "extract/emit.h"

#define TAB_CELLS 8u

void text_pages_clear(struct text_pages *pages)
{
    page_builder_clear(&pages->builder);
    *pages = (struct text_pages){0};
}

static int end_page(struct text_pages *pages, struct tq_error *err)
{
    struct page page;
    int r = TQ_OK;

    pages->line = 0;
    if (pages->builder.word_count == 0)
        return TQ_OK;
    if (pages->pages_max > 0 && pages->page_count >= pages->pages_max) {
        page_builder_empty(&pages->builder);
        if (pages->stopped)
            return TQ_OK;
        pages->stopped = true;
        return emit_note(pages->sink, 0, err, "more than %u pages of text: the rest was not read",
                         pages->pages_max);
    }
    page = page_builder_page(&pages->builder, ++pages->page_count,
                             (float)pages->widest * TEXT_CELL_WIDTH,
                             (float)TEXT_PAGE_LINES * TEXT_CELL_HEIGHT);
    r = pages->sink->page(pages->sink->state, &page, err);
    page_builder_empty(&pages->builder);
    pages->widest = 0;
    return r;
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\v' || c == '\f' || c == '\0';
}

static uint32_t cells_of(struct slice text)
{
    uint32_t cells = 0;

    for (size_t i = 0; i < text.length; i++)
        cells += ((unsigned char)text.data[i] & 0xC0) != 0x80;
    return cells;
}

static int add_word(struct text_pages *pages, struct slice word, uint32_t column,
                    struct tq_error *err)
{
    struct page_builder *builder = &pages->builder;
    uint32_t end = column + cells_of(word);
    size_t start = builder->text.length;
    float y = (float)pages->line * TEXT_CELL_HEIGHT;

    buf_add_slice(&builder->text, word);
    if (end > pages->widest)
        pages->widest = end;
    return page_builder_word(builder, start, (float)column * TEXT_CELL_WIDTH, y,
                             (float)end * TEXT_CELL_WIDTH, y + TEXT_CELL_HEIGHT, err);
}

/* The words of one line; a full page is given out, so that a line of any length is taken. */
static int add_words(struct text_pages *pages, struct slice line, struct tq_error *err)
{
    uint32_t column = 0;

    while (line.length > 0) {
        size_t length = 0;
        int r;

        if (is_space(line.data[0])) {
            column += line.data[0] == '\t' ? TAB_CELLS - column % TAB_CELLS : 1;
            line = slice_skip(line, 1);
            continue;
        }
        while (length < line.length && length < CELL_BYTES_MAX && !is_space(line.data[length]))
            length++;
        while (length < line.length && length > 1
               && ((unsigned char)line.data[length] & 0xC0) == 0x80)
            length--;
        r = add_word(pages, slice_make(line.data, length), column, err);
        if (r < 0)
            return r;
        column += cells_of(slice_make(line.data, length));
        line = slice_skip(line, length);
        if (pages->builder.word_count >= PAGE_WORDS_MAX) {
            r = end_page(pages, err);
            if (r < 0)
                return r;
        }
    }
    return TQ_OK;
}

int text_pages_line(struct text_pages *pages, struct slice line, struct tq_error *err)
{
    int r;

    if (pages->line >= TEXT_PAGE_LINES || (line.length > 0 && line.data[0] == '\f')) {
        r = end_page(pages, err);
        if (r < 0)
            return r;
    }
    r = add_words(pages, line, err);
    pages->line++;
    return r;
}

int text_pages_lines(struct text_pages *pages, struct slice text, struct tq_error *err)
{
    while (text.length > 0) {
        const char *mark = memchr(text.data, '\n', text.length);
        size_t length = mark ? (size_t)(mark - text.data) : text.length;
        int r = text_pages_line(pages, slice_make(text.data, length), err);

        if (r < 0)
            return r;
        text = slice_skip(text, length + (mark != NULL));
    }
    return TQ_OK;
}

int text_pages_finish(struct text_pages *pages, struct tq_error *err)
{
    return end_page(pages, err);
}
