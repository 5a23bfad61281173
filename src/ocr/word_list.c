/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "ocr/word_list.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"

#define CONFIDENCE_MIN 20.0f /* below it a word is noise of the paper */
#define DOUBT          75.0f /* letters of another script are read as something, but not surely */
#define NOWHERE        SIZE_MAX

void word_list_clear(struct word_list *list)
{
    free(list->items);
    buf_clear(&list->text);
    *list = (struct word_list){0};
}

void word_list_empty(struct word_list *list)
{
    list->count = 0;
    list->left_out = 0;
    buf_empty(&list->text);
}

/* U+200E and U+200F, which Tesseract puts around words of either direction. */
static bool is_direction_mark(struct slice text, size_t at)
{
    return text.length - at >= 3 && memcmp(text.data + at, "\xe2\x80", 2) == 0
           && (text.data[at + 2] == '\x8e' || text.data[at + 2] == '\x8f');
}

/* U+0620 to U+064A: D8 A0 to D9 8A in UTF-8. */
static bool is_arabic_letter(struct slice text, size_t at)
{
    unsigned char first = (unsigned char)text.data[at];
    unsigned char second = text.length - at >= 2 ? (unsigned char)text.data[at + 1] : 0;

    return (first == 0xD8 && second >= 0xA0) || (first == 0xD9 && second <= 0x8A && second >= 0x80);
}

int word_list_add(struct word_list *list, const struct found_word *word, struct slice text,
                  struct tq_error *err)
{
    struct found_word added = *word;
    int r;

    if (!(word->confidence >= CONFIDENCE_MIN)) {
        list->left_out++;
        return TQ_OK;
    }
    added.text_offset = list->text.length;
    added.is_arabic = false;
    for (size_t i = 0; i < text.length; i++) {
        if (is_direction_mark(text, i)) {
            i += 2;
            continue;
        }
        added.is_arabic = added.is_arabic || is_arabic_letter(text, i);
        buf_add_byte(&list->text, text.data[i]);
    }
    r = buf_check(&list->text, err);
    if (r < 0)
        return r;
    added.text_length = list->text.length - added.text_offset;
    if (added.text_length == 0)
        return TQ_OK;
    r = alloc_reserve(&list->items, &list->capacity, list->count + 1, sizeof(added), err);
    if (r == TQ_OK)
        list->items[list->count++] = added;
    return r;
}

float word_list_confidence(const struct word_list *list)
{
    float sum = 0;

    for (size_t i = 0; i < list->count; i++)
        sum += list->items[i].confidence;
    return list->count > 0 ? sum / (float)list->count : 0;
}

bool word_list_has_doubt(const struct word_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        if (list->items[i].confidence < DOUBT)
            return true;
    }
    return list->count == 0 || list->left_out > 0;
}

/* ---- merging ---- */

static int larger(int a, int b)
{
    return a > b ? a : b;
}

static int smaller(int a, int b)
{
    return a < b ? a : b;
}

/* Whether two boxes share half of the smaller one. */
static bool are_at_one_place(const struct found_word *a, const struct found_word *b)
{
    int width = smaller(a->x1, b->x1) - larger(a->x0, b->x0);
    int height = smaller(a->y1, b->y1) - larger(a->y0, b->y0);
    int64_t area_a = (int64_t)(a->x1 - a->x0) * (a->y1 - a->y0);
    int64_t area_b = (int64_t)(b->x1 - b->x0) * (b->y1 - b->y0);

    return width > 0 && height > 0
           && 2 * (int64_t)width * height >= (area_a < area_b ? area_a : area_b);
}

/* Of each Arabic word, the first word of `latin` whose place it takes; of each of those, that it is
 * replaced. A word that stands where `latin` is surer takes no place and is left out. */
struct merge {
    const struct word_list *latin, *arabic;
    bool *replaced; /* of latin */
    bool *taken;    /* of arabic */
    size_t *before; /* of arabic: the word of latin that it comes before, or NOWHERE */
    float confidence;
    uint32_t words;
};

static void merge_clear(struct merge *merge)
{
    free(merge->replaced);
    free(merge->taken);
    free(merge->before);
}

static void place_word(struct merge *merge, size_t index)
{
    const struct found_word *word = &merge->arabic->items[index];
    size_t first = NOWHERE;

    if (!word->is_arabic)
        return;
    for (size_t i = 0; i < merge->latin->count; i++) {
        const struct found_word *other = &merge->latin->items[i];

        if (!are_at_one_place(word, other))
            continue;
        if (other->confidence >= word->confidence)
            return;
        if (first == NOWHERE)
            first = i;
    }
    merge->taken[index] = true;
    merge->before[index] = first;
    for (size_t i = first; first != NOWHERE && i < merge->latin->count; i++) {
        if (are_at_one_place(word, &merge->latin->items[i]))
            merge->replaced[i] = true;
    }
}

static int put(struct merge *merge, const struct word_list *list, size_t index,
               float dots_per_point, struct page_builder *builder, struct tq_error *err)
{
    const struct found_word *word = &list->items[index];
    size_t start = builder->text.length;

    merge->confidence += word->confidence;
    merge->words++;
    buf_add(&builder->text, list->text.data + word->text_offset, word->text_length);
    return page_builder_word(builder, start, (float)word->x0 / dots_per_point,
                             (float)word->y0 / dots_per_point, (float)word->x1 / dots_per_point,
                             (float)word->y1 / dots_per_point, err);
}

/* The Arabic words whose place is before a word of `latin`, or NOWHERE. */
static int put_arabic(struct merge *merge, size_t before, float dots_per_point,
                      struct page_builder *builder, struct tq_error *err)
{
    int r = TQ_OK;

    for (size_t i = 0; i < merge->arabic->count && r == TQ_OK; i++) {
        if (merge->taken[i] && merge->before[i] == before)
            r = put(merge, merge->arabic, i, dots_per_point, builder, err);
    }
    return r;
}

static int put_all(struct merge *merge, float dots_per_point, struct page_builder *builder,
                   struct tq_error *err)
{
    int r = TQ_OK;

    for (size_t i = 0; i < merge->latin->count && r == TQ_OK; i++) {
        if (merge->replaced[i])
            r = put_arabic(merge, i, dots_per_point, builder, err);
        else
            r = put(merge, merge->latin, i, dots_per_point, builder, err);
    }
    return r < 0 ? r : put_arabic(merge, NOWHERE, dots_per_point, builder, err);
}

int word_list_merge(const struct word_list *latin, const struct word_list *arabic,
                    float dots_per_point, struct page_builder *builder, float *out_confidence,
                    struct tq_error *err)
{
    CLEANUP(merge_clear) struct merge merge = {.latin = latin, .arabic = arabic};
    int r;

    merge.replaced = alloc_zeroed(latin->count + 1, sizeof(bool));
    merge.taken = alloc_zeroed(arabic->count + 1, sizeof(bool));
    merge.before = alloc_zeroed(arabic->count + 1, sizeof(size_t));
    if (!merge.replaced || !merge.taken || !merge.before)
        return tq_no_memory(err);
    for (size_t i = 0; i < arabic->count; i++)
        place_word(&merge, i);
    r = put_all(&merge, dots_per_point, builder, err);
    if (r == TQ_OK)
        *out_confidence = merge.words > 0 ? merge.confidence / (float)merge.words : 0;
    return r;
}
