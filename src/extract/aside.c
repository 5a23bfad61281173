/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "extract/aside.h"

#include <string.h>

#include "base/limits.h"
#include "extract/text_pages.h"

#define PAGE_ROWS_MAX       1000000u /* a float still tells them apart */
#define CELL_GAP            2u       /* characters between cells */
#define WORD_CHARACTERS_MAX 1000000u /* of a line: as above */

void aside_init(struct aside *aside, const struct sink *sink)
{
    *aside = (struct aside){.sink = sink};
}

void aside_clear(struct aside *aside)
{
    page_builder_clear(&aside->builder);
    *aside = (struct aside){0};
}

static int end_page(struct aside *aside, struct tq_error *err)
{
    struct page page;
    int r;

    if (aside->builder.word_count == 0)
        return TQ_OK;
    page = page_builder_page(&aside->builder, aside->sheet, (float)aside->widest * TEXT_CELL_WIDTH,
                             (float)TEXT_PAGE_LINES * TEXT_CELL_HEIGHT);
    page.row_first = aside->row_first;
    r = aside->sink->page(aside->sink->state, &page, err);
    page_builder_empty(&aside->builder);
    aside->widest = 0;
    return r;
}

int aside_sheet(struct aside *aside, uint32_t number, struct tq_error *err)
{
    int r = end_page(aside, err);

    aside->sheet = number;
    return r;
}

/* Have a page open on which row `row` can stand. */
static int open_page(struct aside *aside, uint64_t row, struct tq_error *err)
{
    bool fits = aside->builder.word_count < PAGE_WORDS_MAX && row >= aside->row_last
                && row - aside->row_first < PAGE_ROWS_MAX;
    int r = TQ_OK;

    if (aside->builder.word_count > 0 && !fits)
        r = end_page(aside, err);
    if (aside->builder.word_count == 0)
        aside->row_first = row > 0 && row < PAGE_ROW_MAX ? row : 1;
    aside->row_last = row;
    return r;
}

static bool is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r') || c == '\0';
}

static bool is_continuation(char c)
{
    return ((unsigned char)c & 0xC0) == 0x80;
}

static uint32_t characters_of(struct slice text)
{
    uint32_t count = 0;

    for (size_t i = 0; i < text.length; i++)
        count += !is_continuation(text.data[i]);
    return count;
}

/* The length of the word that the text starts with: up to a space, and no longer than a cell. */
static size_t word_length(struct slice text)
{
    size_t length = 0;

    while (length < text.length && length < CELL_BYTES_MAX && !is_space(text.data[length]))
        length++;
    while (length < text.length && length > 1 && is_continuation(text.data[length]))
        length--;
    return length;
}

static int add_word(struct aside *aside, uint64_t row, uint32_t column, struct slice word,
                    struct tq_error *err)
{
    struct page_builder *builder = &aside->builder;
    uint32_t end = column + characters_of(word);
    size_t start;
    float y;
    int r = open_page(aside, row, err);

    if (r < 0)
        return r;
    y = (float)(row > aside->row_first ? row - aside->row_first : 0) * TEXT_CELL_HEIGHT;
    start = builder->text.length;
    buf_add_slice(&builder->text, word);
    aside->widest = end > aside->widest ? end : aside->widest;
    aside->words++;
    return page_builder_word(builder, start, (float)column * TEXT_CELL_WIDTH, y,
                             (float)end * TEXT_CELL_WIDTH, y + TEXT_CELL_HEIGHT, err);
}

/* The words of a text that starts at character *column of the row; it then stands behind them. */
static int add_words(struct aside *aside, uint64_t row, struct slice text, uint32_t *column,
                     struct tq_error *err)
{
    while (text.length > 0 && aside->words < ASIDE_WORDS_MAX) {
        size_t length = is_space(text.data[0]) ? 0 : word_length(text);
        struct slice word = slice_make(text.data, length);
        int r = length > 0 ? add_word(aside, row, *column, word, err) : TQ_OK;

        if (r < 0)
            return r;
        *column = (*column + (length > 0 ? characters_of(word) : 1)) % WORD_CHARACTERS_MAX;
        text = slice_skip(text, length > 0 ? length : 1);
    }
    if (text.length == 0 || aside->stopped)
        return TQ_OK;
    aside->stopped = true;
    return emit_note(aside->sink, row, err,
                     "more than a million words beside the records: the rest was not searched");
}

int aside_line(struct aside *aside, uint64_t row, struct slice line, struct tq_error *err)
{
    uint32_t column = 0;

    return add_words(aside, row, line, &column, err);
}

int aside_row(struct aside *aside, uint64_t row, const struct row_cell *cells, size_t count,
              struct tq_error *err)
{
    uint32_t column = 0;
    int r = TQ_OK;

    for (size_t i = 0; i < count && r == TQ_OK; i++) {
        if (cells[i].length == 0)
            continue;
        r = add_words(aside, row, slice_make(cells[i].text, cells[i].length), &column, err);
        column += CELL_GAP;
    }
    return r;
}

int aside_finish(struct aside *aside, struct tq_error *err)
{
    return end_page(aside, err);
}
