/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef READING_TEXT_WORDS_H
#define READING_TEXT_WORDS_H

#include "base/buf.h"
#include "model/page.h"

#define RUN_WORDS_MAX 5u /* a phone number in pairs of digits: 06 12 34 56 78 */

/* One word of a document, in reading order. */
struct text_word {
    struct slice text; /* borrowed from the page */
    uint64_t place;    /* page << 32 | line, both from 1; a row: model/page.h */
    bool has_digit, has_at;
};

struct text_words {
    struct text_word *items; /* owned */
    size_t count, capacity;
};

/* The words of all pages, split further at punctuation that no value contains. */
int text_words_make(const struct page *pages, size_t page_count, struct text_words *out_words,
                    struct tq_error *err) MUST_CHECK;
void text_words_clear(struct text_words *words);

/* Words [first, first + length) joined by a space; a single word is returned as it is. */
struct slice text_words_run(const struct text_words *words, size_t first, size_t length,
                            struct buf *joined);

#endif
