/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef EXTRACT_KEPT_WORDS_H
#define EXTRACT_KEPT_WORDS_H

#include "base/buf.h"
#include "base/error.h"
#include "model/document_structure.h"
#include "model/page.h"

/* A word of a document that is kept to be compared. */
struct kept_word {
    uint32_t page;
    float x0, y0, x1, y1;
    uint32_t offset, length; /* of its text */
};

/* The words of a document, page by page, in the order they were drawn. Start with {0}. */
struct kept_words {
    struct kept_word *items; /* owned */
    size_t count, capacity;
    struct buf text;
};

#define KEPT_WORDS_MAX 20000u /* of one document; what is behind them is not compared */

int kept_words_add(struct kept_words *words, const struct page *page,
                   struct tq_error *err) MUST_CHECK;
int kept_words_copy(const struct kept_words *words, struct kept_words *out_copy,
                    struct tq_error *err) MUST_CHECK;
void kept_words_clear(struct kept_words *words);

/* Edits found in a document; no more than DOCUMENT_EDITS_MAX are kept. */
struct edit_list {
    struct document_edit items[DOCUMENT_EDITS_MAX]; /* their texts are borrowed from the words */
    uint32_t count;
};

void edit_list_add(struct edit_list *list, const struct document_edit *edit);

/*
 * What `after` shows that `before` did not, and the other way round, by page and text: where two
 * such words stand at one place, the one replaced the other. Both are sorted on the way.
 */
void kept_words_compare(struct kept_words *before, struct kept_words *after, uint32_t revision,
                        struct edit_list *edits);

/* How many words of a page read `text`. */
uint32_t page_count_text(const struct page *page, struct slice text);

/*
 * Words of a page that lie on one another though their texts differ: the later was drawn over the
 * earlier. Words of quite another size (a watermark) do not count. And words that stand a little
 * above or below the others of their size on a line; and numbers whose digits are of several fonts.
 */
int page_find_edits(const struct page *page, struct edit_list *edits,
                    struct tq_error *err) MUST_CHECK;

#endif
