/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "reading/text_words.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/limits.h"

#define WORDS_MAX      2000000u /* of one document: a book has 200,000 */
#define WORD_BYTES_MAX 512u     /* no identifier is longer */
#define ROWS_MAX       1e7f     /* of a page of rows */
#define LINE_HEIGHT    .5f      /* of a word's height: further down begins a new line */

void text_words_clear(struct text_words *words)
{
    free(words->items);
    *words = (struct text_words){0};
}

/* Bytes of a mark that parts a label from its value ("CIN:AB123", "N°123"); 0 if none is here. */
static size_t mark_length(struct slice text, size_t at)
{
    static const char *const wide[] = {"\u00b0", "\u00ba", "\u2116", "\u00ab", "\u00bb", "\u060c"};

    if (strchr(":;()<>=\"[]{}|", text.data[at]) && text.data[at])
        return 1;
    for (size_t i = 0; i < sizeof(wide) / sizeof(*wide); i++) {
        if (slice_starts(slice_skip(text, at), slice_of(wide[i])))
            return strlen(wide[i]);
    }
    return 0;
}

/* A digit stands there: ASCII, U+0660 to U+0669, or U+06F0 to U+06F9. */
static bool is_digit(struct slice text, size_t at)
{
    unsigned char c = (unsigned char)text.data[at], next;

    if (c < 0x80 || at + 1 == text.length)
        return c >= '0' && c <= '9';
    next = (unsigned char)text.data[at + 1];
    return (c == 0xd9 && next >= 0xa0 && next <= 0xa9)
           || (c == 0xdb && next >= 0xb0 && next <= 0xb9);
}

static int add_word(struct text_words *words, struct slice text, uint64_t place,
                    struct tq_error *err)
{
    struct text_word word = {.text = text, .place = place};
    int r;

    while (word.text.length > 0 && strchr(".,", word.text.data[word.text.length - 1]))
        word.text.length--; /* the end of a sentence or of a part; inside, it may be a number's */
    if (word.text.length > WORD_BYTES_MAX)
        word.text.length = WORD_BYTES_MAX;
    if (word.text.length == 0 || words->count >= WORDS_MAX)
        return TQ_OK;
    for (size_t i = 0; i < word.text.length; i++) {
        word.has_digit |= is_digit(word.text, i);
        word.has_at |= word.text.data[i] == '@';
    }
    r = alloc_reserve(&words->items, &words->capacity, words->count + 1, sizeof(word), err);
    if (r < 0)
        return r;
    words->items[words->count++] = word;
    return TQ_OK;
}

static int split_word(struct text_words *words, struct slice text, uint64_t place,
                      struct tq_error *err)
{
    size_t start = 0, at = 0;

    while (at < text.length) {
        size_t mark = mark_length(text, at);
        int r;

        if (mark == 0) {
            at++;
            continue;
        }
        r = add_word(words, slice_make(text.data + start, at - start), place, err);
        if (r < 0)
            return r;
        at += mark;
        start = at;
    }
    return add_word(words, slice_skip(text, start), place, err);
}

/* Where a word beside the records of a table stands. */
static uint64_t place_in_rows(const struct page *page, const struct page_word *word)
{
    float height = word->y1 - word->y0;
    uint64_t below = height > 0 && word->y0 > 0 && word->y0 < height * ROWS_MAX
                         ? (uint64_t)lroundf(word->y0 / height)
                         : 0;
    uint64_t row = page->row_first + below;

    if (page->number == 0)
        return row;
    return PLACE_IN_SHEET | (uint64_t)page->number << 32 | (row < UINT32_MAX ? row : UINT32_MAX);
}

static int add_page(struct text_words *words, const struct page *page, struct tq_error *err)
{
    uint64_t line = 1, place;

    for (uint32_t i = 0; i < page->word_count; i++) {
        const struct page_word *word = &page->words[i];
        int r;

        if (i > 0 && word->y0 - page->words[i - 1].y0 > LINE_HEIGHT * (word->y1 - word->y0))
            line++;
        place =
            page_is_of_rows(page) ? place_in_rows(page, word) : (uint64_t)page->number << 32 | line;
        r = split_word(words, page_word_text(page, word), place, err);
        if (r < 0)
            return r;
    }
    return TQ_OK;
}

int text_words_make(const struct page *pages, size_t page_count, struct text_words *out_words,
                    struct tq_error *err)
{
    struct text_words words = {0};

    for (size_t i = 0; i < page_count; i++) {
        int r = add_page(&words, &pages[i], err);

        if (r < 0) {
            text_words_clear(&words);
            return r;
        }
    }
    *out_words = words;
    return TQ_OK;
}

struct slice text_words_run(const struct text_words *words, size_t first, size_t length,
                            struct buf *joined)
{
    if (length == 1)
        return words->items[first].text;
    buf_empty(joined);
    for (size_t i = 0; i < length; i++) {
        if (i > 0)
            buf_add_byte(joined, ' ');
        buf_add_slice(joined, words->items[first + i].text);
    }
    return buf_slice(joined);
}
