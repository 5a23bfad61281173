/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef EXTRACT_PAGE_BUILDER_H
#define EXTRACT_PAGE_BUILDER_H

#include "base/buf.h"
#include "base/error.h"
#include "model/page.h"

/* A page under construction; the arrays are kept from page to page. Start with {0}. */
struct page_builder {
    struct page_word *words; /* owned */
    size_t word_count, word_capacity;
    struct buf text;
    uint32_t style; /* of the words to come; word_style.h */
    bool too_many;  /* words past PAGE_WORDS_MAX were left out */
};

void page_builder_clear(struct page_builder *builder);
void page_builder_empty(struct page_builder *builder);

/* Add a word whose text is what was added to builder->text since `text_start`; none: no word. */
int page_builder_word(struct page_builder *builder, size_t text_start, float x0, float y0, float x1,
                      float y1, struct tq_error *err) MUST_CHECK;

/* The page as built; borrowed until the next change. */
struct page page_builder_page(const struct page_builder *builder, uint32_t number, float width,
                              float height);

#endif
