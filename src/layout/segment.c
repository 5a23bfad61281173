/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "layout/segment.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "normalise/text.h"

#define GAP_MAX        .9f  /* of the height, within a segment */
#define CHANCE_GAP_MAX .45f /* of the height: an ordinary space */
#define VALUE_GAP_MAX                                                          \
    12.f /* of the height, from a colon to a value that is the same everywhere \
          */

void segments_clear(struct segments *segments)
{
    free(segments->items);
    free(segments->first);
    buf_clear(&segments->text);
    *segments = (struct segments){0};
}

static bool ends_in_colon(const struct word *word)
{
    return word->text.length > 0 && word->text.data[word->text.length - 1] == ':';
}

static float height_of(const struct word *word)
{
    float height = word->y1 - word->y0;

    return height > 1 ? height : 1;
}

/* A word right behind a word of a value cannot stand at one place in all documents but by chance
 * (a common name in a list), unless the phrase it is in says otherwise. */
static bool is_chance(const struct document *document, const struct line *line, uint32_t w)
{
    const struct word *word = &document->words[w], *last = word - 1;
    bool ends_line = w + 1 == line->first_word + line->word_count;

    return w > line->first_word && !word->is_phrase && !last->is_label && last->hash != 0
           && !word->is_rtl && word->x0 - last->x1 <= CHANCE_GAP_MAX * height_of(word)
           && !ends_in_colon(word) && (ends_line || !ends_in_colon(word + 1));
}

/* A mark has the status of the nearer neighbour, of two equally near the one before it. */
static bool status_of(const struct document *document, const struct line *line, uint32_t w)
{
    const struct word *words = document->words;
    uint32_t end = line->first_word + line->word_count;
    bool has_before = w > line->first_word, has_after = w + 1 < end;

    if (!words[w].is_mark)
        return words[w].is_label && !is_chance(document, line, w);
    if (has_before
        && (!has_after || words[w].x0 - words[w - 1].x1 <= words[w + 1].x0 - words[w].x1))
        return words[w - 1].is_label;
    return has_after && words[w + 1].is_label;
}

static int add_segment(struct segments *segments, const struct segment *segment,
                       struct tq_error *err)
{
    int r = alloc_reserve(&segments->items, &segments->capacity, segments->count + 1,
                          sizeof(*segments->items), err);

    if (r < 0)
        return r;
    segments->items[segments->count++] = *segment;
    return TQ_OK;
}

static void extend(struct segment *segment, const struct word *word)
{
    segment->word_count++;
    segment->x1 = word->x1;
    segment->is_rtl |= word->is_rtl;
}

/* The last word in reading order is on the left in right-to-left scripts. */
static void look_at_end(struct segment *segment, const struct document *document)
{
    uint32_t last = segment->is_rtl ? 0 : segment->word_count - 1;

    segment->ends_in_colon = ends_in_colon(&document->words[segment->first_word + last]);
}

static int cut_line(struct segments *segments, struct document *document, const struct line *line,
                    struct tq_error *err)
{
    size_t first = segments->count;

    for (uint32_t w = line->first_word; w < line->first_word + line->word_count; w++) {
        struct word *word = &document->words[w];
        struct segment *last =
            segments->count > first ? &segments->items[segments->count - 1] : NULL;
        struct segment fresh = {.first_word = w, .x0 = word->x0};
        int r;

        word->is_label = status_of(document, line, w);
        if (last && last->is_label == word->is_label
            && word->x0 - last->x1 <= GAP_MAX * height_of(word)
            && !(last->is_label && ends_in_colon(word - 1) && !word->is_mark && !word->is_rtl)) {
            extend(last, word);
            continue;
        }
        fresh.is_label = word->is_label;
        extend(&fresh, word);
        r = add_segment(segments, &fresh, err);
        if (r < 0)
            return r;
    }
    for (size_t i = first; i < segments->count; i++)
        look_at_end(&segments->items[i], document);
    return TQ_OK;
}

static void drop_segment(struct segments *segments, size_t at)
{
    memmove(segments->items + at, segments->items + at + 1,
            (segments->count - at - 1) * sizeof(*segments->items));
    segments->count--;
}

/* After "City :" even a word that all documents share is a value, if it stands near, ends in no
 * colon itself and runs the same way. */
static void free_constant_values(struct segments *segments, struct document *document, size_t first,
                                 float height)
{
    for (size_t i = first; i + 1 < segments->count; i++) {
        struct segment *label = &segments->items[i], *value = &segments->items[i + 1];

        if (!label->is_label || !label->ends_in_colon || !value->is_label || value->ends_in_colon
            || label->is_rtl != value->is_rtl || value->x0 - label->x1 > VALUE_GAP_MAX * height)
            continue;
        value->is_label = false;
        for (uint32_t w = 0; w < value->word_count; w++)
            document->words[value->first_word + w].is_label = false;
        if (i + 2 < segments->count && !segments->items[i + 2].is_label
            && segments->items[i + 2].x0 - value->x1 <= GAP_MAX * height) {
            value->x1 = segments->items[i + 2].x1;
            value->word_count += segments->items[i + 2].word_count;
            drop_segment(segments, i + 2);
        }
    }
}

static bool is_edge_mark(char c)
{
    return c == ' ' || c == ':' || c == '_' || c == '=' || c == '|' || c == ',' || c == ';'
           || c == '\t';
}

static struct slice trim_edges(struct slice text)
{
    size_t dots = 0;

    while (text.length > 0 && is_edge_mark(text.data[0]))
        text = slice_skip(text, 1);
    while (text.length > 0 && is_edge_mark(text.data[text.length - 1]))
        text.length--;
    while (dots < text.length && text.data[text.length - 1 - dots] == '.')
        dots++;
    if (dots >= 3) /* leaders */
        text.length -= dots;
    while (text.length >= 3 && text.data[0] == '.' && text.data[1] == '.')
        text = slice_skip(text, 1);
    return slice_trim(text);
}

void segment_text(const struct document *document, const struct segment *segment, struct buf *out)
{
    size_t start = out->length;
    struct slice text;

    for (uint32_t i = 0; i < segment->word_count; i++) {
        uint32_t w = segment->is_rtl ? segment->word_count - 1 - i : i;

        if (i > 0)
            buf_add_byte(out, ' ');
        buf_add_slice(out, document->words[segment->first_word + w].text);
    }
    if (out->failed || out->length == start)
        return;
    text = trim_edges(slice_make(out->data + start, out->length - start));
    if (text.length > 0)
        memmove(out->data + start, text.data, text.length);
    out->length = start + text.length;
    out->data[out->length] = '\0';
}

struct keyed {
    uint64_t key;
    size_t at;
};

static int by_key(const void *a, const void *b)
{
    const struct keyed *x = a, *y = b;

    if (x->key != y->key)
        return x->key < y->key ? -1 : 1;
    return (x->at > y->at) - (x->at < y->at);
}

static uint64_t key_of(struct segments *segments, const struct document *document,
                       const struct segment *segment, struct buf *folded)
{
    buf_empty(&segments->text);
    buf_empty(folded);
    segment_text(document, segment, &segments->text);
    text_fold(buf_slice(&segments->text), folded);
    return layout_hash(buf_slice(folded));
}

/* Keys of the labels, and which is the how manieth of its text. */
static int key_labels(struct segments *segments, const struct document *document,
                      struct tq_error *err)
{
    CLEANUP(free_cleanup) struct keyed *keyed = alloc_zeroed(segments->count + 1, sizeof(*keyed));
    CLEANUP(buf_clear_cleanup) struct buf folded = {0};
    size_t count = 0;
    int r;

    if (!keyed)
        return tq_no_memory(err);
    for (size_t i = 0; i < segments->count; i++) {
        struct segment *segment = &segments->items[i];

        if (!segment->is_label)
            continue;
        segment->key = key_of(segments, document, segment, &folded);
        keyed[count++] = (struct keyed){segment->key, i};
    }
    qsort(keyed, count, sizeof(*keyed), by_key);
    for (size_t i = 1; i < count; i++) {
        if (keyed[i].key == keyed[i - 1].key)
            segments->items[keyed[i].at].ordinal = segments->items[keyed[i - 1].at].ordinal + 1;
    }
    r = buf_check(&segments->text, err);
    if (r < 0)
        return r;
    return buf_check(&folded, err);
}

int segments_build(struct segments *segments, struct document *document, struct tq_error *err)
{
    int r = alloc_reserve(&segments->first, &segments->first_capacity, document->line_count + 1,
                          sizeof(*segments->first), err);

    if (r < 0)
        return r;
    segments->count = 0;
    for (size_t i = 0; i < document->line_count; i++) {
        segments->first[i] = (uint32_t)segments->count;
        r = cut_line(segments, document, &document->lines[i], err);
        if (r < 0)
            return r;
        free_constant_values(segments, document, segments->first[i], document->lines[i].height);
    }
    segments->first[document->line_count] = (uint32_t)segments->count;
    return key_labels(segments, document, err);
}

bool segments_is_header(const struct segments *segments, size_t line)
{
    const struct segment *on_line = segments_at(segments, line);
    size_t count = segments_on(segments, line);

    for (size_t i = 0; i < count; i++) {
        if (!on_line[i].is_label)
            return false;
    }
    return count >= 2;
}

bool segments_has_label(const struct segments *segments, size_t line)
{
    const struct segment *on_line = segments_at(segments, line);

    for (size_t i = 0; i < segments_on(segments, line); i++) {
        if (on_line[i].is_label)
            return true;
    }
    return false;
}
