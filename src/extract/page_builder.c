/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "extract/page_builder.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/limits.h"

void page_builder_clear(struct page_builder *builder)
{
    free(builder->words);
    buf_clear(&builder->text);
    *builder = (struct page_builder){0};
}

void page_builder_empty(struct page_builder *builder)
{
    builder->word_count = 0;
    builder->too_many = false;
    buf_empty(&builder->text);
}

int page_builder_word(struct page_builder *builder, size_t text_start, float x0, float y0, float x1,
                      float y1, struct tq_error *err)
{
    int r;

    if (builder->text.failed)
        return buf_check(&builder->text, err);
    if (builder->text.length == text_start)
        return TQ_OK;
    if (builder->word_count >= PAGE_WORDS_MAX || builder->text.length > UINT32_MAX) {
        builder->text.length = text_start;
        builder->too_many = true;
        return TQ_OK;
    }
    r = alloc_reserve(&builder->words, &builder->word_capacity, builder->word_count + 1,
                      sizeof(*builder->words), err);
    if (r < 0)
        return r;
    builder->words[builder->word_count++] = (struct page_word){
        .x0 = x0,
        .y0 = y0,
        .x1 = x1,
        .y1 = y1,
        .text_offset = (uint32_t)text_start,
        .text_length = (uint32_t)(builder->text.length - text_start),
        .style = builder->style,
    };
    return TQ_OK;
}

struct page page_builder_page(const struct page_builder *builder, uint32_t number, float width,
                              float height)
{
    return (struct page){
        .number = number,
        .width = width,
        .height = height,
        .word_count = (uint32_t)builder->word_count,
        .words = builder->words,
        .text = builder->text.data ? builder->text.data : "",
        .text_length = (uint32_t)builder->text.length,
    };
}
