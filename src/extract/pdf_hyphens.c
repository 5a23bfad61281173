/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "extract/pdf_hyphens.h"

#include <stdbool.h>
#include <string.h>

#include "base/slice.h"

static struct slice text_of(const struct page_builder *builder, size_t word)
{
    return slice_make(builder->text.data + builder->words[word].text_offset,
                      builder->words[word].text_length);
}

/* Bytes of the hyphen that ends the text: a plain, a soft or a true one; 0: none does. */
static size_t hyphen_length(struct slice text)
{
    static const char *const hyphens[] = {"-", "\xC2\xAD", "\xE2\x80\x90"};

    for (size_t i = 0; i < sizeof(hyphens) / sizeof(hyphens[0]); i++) {
        struct slice hyphen = slice_of(hyphens[i]);

        if (text.length > hyphen.length
            && memcmp(text.data + text.length - hyphen.length, hyphen.data, hyphen.length) == 0)
            return hyphen.length;
    }
    return 0;
}

static bool is_small_letter(char c)
{
    return c >= 'a' && c <= 'z';
}

/* "é" to "ÿ" as UTF-8, in two bytes. */
static bool is_accented(const char *bytes)
{
    return (unsigned char)bytes[0] == 0xC3 && (unsigned char)bytes[1] >= 0x9F
           && (unsigned char)bytes[1] != 0xB7;
}

static bool ends_small(struct slice text)
{
    return (text.length > 0 && is_small_letter(text.data[text.length - 1]))
           || (text.length > 1 && is_accented(text.data + text.length - 2));
}

static bool begins_small(struct slice text)
{
    return (text.length > 0 && is_small_letter(text.data[0]))
           || (text.length > 1 && is_accented(text.data));
}

/* Whether the second is in the line below, and to the left of where the first ends. */
static bool is_below(const struct page_word *first, const struct page_word *second)
{
    return second->y0 > (first->y0 + first->y1) / 2 && second->x0 < first->x1;
}

void pdf_hyphens_join(struct page_builder *builder, size_t first)
{
    struct page_word *words = builder->words;
    struct slice before;
    size_t cut, end;

    if (first == 0 || first >= builder->word_count)
        return;
    before = text_of(builder, first - 1);
    cut = hyphen_length(before);
    before.length -= cut;
    end = words[first].text_offset;
    if (cut == 0 || !ends_small(before) || !begins_small(text_of(builder, first))
        || !is_below(&words[first - 1], &words[first])
        || words[first - 1].text_offset + words[first - 1].text_length != end)
        return;
    memmove(builder->text.data + end - cut, builder->text.data + end, builder->text.length - end);
    builder->text.length -= cut;
    words[first - 1].text_length += words[first].text_length - (uint32_t)cut;
    builder->word_count--;
    for (size_t i = first; i < builder->word_count; i++) {
        words[i] = words[i + 1];
        words[i].text_offset -= (uint32_t)cut;
    }
}
