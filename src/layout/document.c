/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "layout/document.h"

#include <math.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/hash.h"
#include "base/utf8.h"
#include "normalise/date.h"
#include "normalise/text.h"
#include "normalise/text_short.h"

#define COORDINATE_MAX  60000.f /* points; whatever lies beyond is damage */
#define PLACE_POINTS    4.f
#define PLACE_OFFSET    0x2000 /* keeps places positive */
#define PLACE_MAX       0x1FFF
#define PLACE_BITS      16u
#define SAME_LINE       .4f  /* of the smaller height, between centres */
#define EDGE_SHARE      .6f  /* of the commonest start of a line */
#define DOUBLE_MAX      1.5f /* points between two prints of one word */
#define LEADER_DOTS_MIN 3u

uint64_t layout_hash(struct slice text)
{
    static const uint8_t key[SIPHASH_KEY_BYTES] = {'l', 'a', 'y', 'o', 'u', 't'};

    return siphash(key, text.data ? text.data : "", text.length);
}

int feature_compare(const void *a, const void *b)
{
    uint64_t x, y;

    memcpy(&x, a, sizeof(x));
    memcpy(&y, b, sizeof(y));
    return (x > y) - (x < y);
}

static uint64_t make_feature(uint64_t hash, uint64_t salt, unsigned place)
{
    return hash_mix(hash + salt) >> PLACE_BITS << PLACE_BITS | (uint64_t)place << 1;
}

static unsigned place_of(float x)
{
    long place = lroundf(x / PLACE_POINTS);

    if (place > PLACE_MAX)
        place = PLACE_MAX;
    if (place < -PLACE_MAX)
        place = -PLACE_MAX;
    return (unsigned)(place + PLACE_OFFSET);
}

static float sane(float x)
{
    if (!isfinite(x))
        return 0;
    return x > COORDINATE_MAX ? COORDINATE_MAX : x < -COORDINATE_MAX ? -COORDINATE_MAX : x;
}

static bool is_rtl(uint32_t c)
{
    return (c >= 0x590 && c < 0x900) || (c >= 0xFB1D && c <= 0xFDFF) || (c >= 0xFE70 && c < 0xFEFF);
}

static bool begins_rtl(struct slice text)
{
    while (text.length > 0) {
        uint32_t c = utf8_next(&text);

        if (is_rtl(c))
            return true;
        if (c < 0x80 && ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')))
            return false;
    }
    return false;
}

/* What text is: its hash if it has letters. */
static void look_at(struct word *word)
{
    char memory[TEXT_SHORT_ROOM];
    struct slice folded = text_fold_short(word->text, true, memory);
    bool has_letters = false;

    word->is_mark = folded.length == 0;
    word->is_rtl = begins_rtl(word->text);
    for (size_t i = 0; i < folded.length; i++)
        has_letters |= folded.data[i] < '0' || folded.data[i] > '9';
    /* Months stand once a page in lists of months, as labels do. */
    if (has_letters && date_month_of(folded) == 0)
        word->hash = layout_hash(folded) | 1;
}

static bool is_leader(char c)
{
    return c == '.' || c == '_';
}

/* Bytes of `text` up to where a label ends that its value is glued to ("Nom:ALAMI",
 * "Nom.....ALAMI"); all of them if there is no such place. */
static size_t piece_length(struct slice text)
{
    bool has_letter = false;
    size_t run = 0;

    for (size_t i = 0; i + 1 < text.length; i++) {
        unsigned char c = (unsigned char)text.data[i];
        char next = text.data[i + 1];

        run = is_leader((char)c) ? run + 1 : 0;
        if (has_letter && (c == ':' || c == '=') && next != '/' && next != ':' && next != '=')
            return i + 1;
        if (has_letter && run >= LEADER_DOTS_MIN && !is_leader(next) && next != ':')
            return i + 1;
        has_letter |= c >= 0x80 || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    }
    return text.length;
}

static int add_word(struct document *document, const struct word *word, struct tq_error *err)
{
    int r;

    if (document->word_count >= DOCUMENT_WORDS_MAX)
        return TQ_OK; /* a limit of work: the rest is not looked at */
    r = alloc_reserve(&document->words, &document->word_capacity, document->word_count + 1,
                      sizeof(*document->words), err);
    if (r < 0)
        return r;
    document->words[document->word_count] = *word;
    document->words[document->word_count].order = (uint32_t)document->word_count;
    document->word_count++;
    return TQ_OK;
}

/* One piece: the characters from `done` on of `total`, with its share of the width. */
static struct word make_piece(const struct page_word *source, struct slice text, size_t done,
                              size_t total, bool from_right)
{
    float x0 = sane(source->x0), width = sane(source->x1) - x0;
    float from = width * (float)done / (float)total;
    float to = width * (float)(done + text_length(text)) / (float)total;
    struct word word = {.y0 = sane(source->y0), .y1 = sane(source->y1), .text = text};

    word.x0 = from_right ? x0 + width - to : x0 + from;
    word.x1 = from_right ? x0 + width - from : x0 + to;
    return word;
}

/* Add the pieces of one word of a page; mostly it is one. */
static int add_pieces(struct document *document, const struct page *page,
                      const struct page_word *source, struct tq_error *err)
{
    struct slice rest = slice_trim(page_word_text(page, source));
    size_t length = piece_length(rest), total = 0, done = 0;
    bool from_right = false;

    if (length < rest.length) {
        total = text_length(rest);
        from_right = begins_rtl(rest);
    }
    while (rest.length > 0) {
        struct word word = {.x0 = sane(source->x0),
                            .x1 = sane(source->x1),
                            .y0 = sane(source->y0),
                            .y1 = sane(source->y1),
                            .style = source->style,
                            .text = rest};
        int r;

        if (total > 0) {
            word = make_piece(source, slice_make(rest.data, length), done, total, from_right);
            done += text_length(word.text);
        }
        word.page = page->number;
        look_at(&word);
        r = add_word(document, &word, err);
        if (r < 0)
            return r;
        rest = slice_skip(rest, word.text.length);
        length = piece_length(rest);
    }
    return TQ_OK;
}

static float centre(const struct word *word)
{
    return (word->y0 + word->y1) / 2;
}

static int by_line(const void *a, const void *b)
{
    const struct word *x = a, *y = b;
    float cx = centre(x), cy = centre(y);

    if (x->page != y->page)
        return x->page < y->page ? -1 : 1;
    if (cx < cy || cx > cy)
        return cx < cy ? -1 : 1;
    if (x->x0 < y->x0 || x->x0 > y->x0)
        return x->x0 < y->x0 ? -1 : 1;
    return (x->order > y->order) - (x->order < y->order);
}

static int by_place(const void *a, const void *b)
{
    const struct word *x = a, *y = b;

    if (x->x0 < y->x0 || x->x0 > y->x0)
        return x->x0 < y->x0 ? -1 : 1;
    return (x->order > y->order) - (x->order < y->order);
}

static bool on_line(const struct word *first, const struct word *word)
{
    float height = first->y1 - first->y0, other = word->y1 - word->y0;

    if (other < height)
        height = other;
    return word->page == first->page && fabsf(centre(word) - centre(first)) <= SAME_LINE * height;
}

/* Words mostly come in order already. */
static void sort_words(struct word *words, size_t count, int (*compare)(const void *, const void *))
{
    for (size_t i = 1; i < count; i++) {
        if (compare(&words[i - 1], &words[i]) > 0) {
            qsort(words, count, sizeof(*words), compare);
            return;
        }
    }
}

/* Bold and shadow are often made by printing a word twice. */
static uint32_t drop_doubles(struct word *words, uint32_t count)
{
    uint32_t kept = 1;

    for (uint32_t i = 1; i < count; i++) {
        const struct word *last = &words[kept - 1];

        if (words[i].x0 - last->x0 > DOUBLE_MAX || !slice_equal(words[i].text, last->text))
            words[kept++] = words[i];
    }
    return kept;
}

static int make_lines(struct document *document, struct tq_error *err)
{
    struct word *words = document->words;
    size_t i = 0, kept = 0; /* words seen; words left without doubles, closed up */

    sort_words(words, document->word_count, by_line);
    while (i < document->word_count) {
        struct line line = {.page = words[i].page, .number = 1};
        size_t end = i + 1;
        int r;

        while (end < document->word_count && on_line(&words[i], &words[end]))
            end++;
        sort_words(words + i, end - i, by_place);
        line.word_count = drop_doubles(words + i, (uint32_t)(end - i));
        line.first_word = (uint32_t)kept;
        line.y = words[i].y0;
        line.height = words[i].y1 - words[i].y0;
        if (line.height < 1)
            line.height = 1;
        if (document->line_count > 0 && document->lines[document->line_count - 1].page == line.page)
            line.number = document->lines[document->line_count - 1].number + 1;
        r = alloc_reserve(&document->lines, &document->line_capacity, document->line_count + 1,
                          sizeof(line), err);
        if (r < 0)
            return r;
        document->lines[document->line_count++] = line;
        memmove(words + kept, words + i, line.word_count * sizeof(*words));
        kept += line.word_count;
        i = end;
    }
    document->word_count = kept;
    return TQ_OK;
}

static int by_value(const void *a, const void *b)
{
    const long *x = a, *y = b;

    return (*x > *y) - (*x < *y);
}

/* An edge of the text of a page: where it is, and how many lines keep to it. */
struct edge {
    long at;
    size_t lines;
};

/* The smallest value that comes nearly as often as the commonest (algorithms.md 2.1, step 2). */
static struct edge common_edge(long *values, size_t count)
{
    struct edge edge = {0};

    qsort(values, count, sizeof(*values), by_value);
    for (size_t i = 0, run = 1; i < count; i++, run++) {
        if (i > 0 && values[i] != values[i - 1])
            run = 1;
        edge.lines = run > edge.lines ? run : edge.lines;
    }
    for (size_t i = 0, run = 1; i < count; i++, run++) {
        if (i > 0 && values[i] != values[i - 1])
            run = 1;
        if ((float)run >= EDGE_SHARE * (float)edge.lines) {
            edge.at = values[i];
            break;
        }
    }
    return edge;
}

/* From which edges the words of a page are placed. */
struct edges {
    struct edge left, right;
    bool rtl_from_right; /* words of right-to-left scripts */
    bool all_from_right; /* the others too */
};

static struct edges find_edges(const struct document *document, size_t from, size_t to, long *room)
{
    struct edges edges;
    size_t rtl = 0, others = 0;

    for (size_t i = from; i < to; i++)
        room[i - from] = lroundf(document->words[document->lines[i].first_word].x0);
    edges.left = common_edge(room, to - from);
    for (size_t i = from; i < to; i++) {
        const struct line *line = &document->lines[i];

        room[i - from] = -lroundf(document->words[line->first_word + line->word_count - 1].x1);
        for (uint32_t w = line->first_word; w < line->first_word + line->word_count; w++) {
            rtl += document->words[w].is_rtl;
            others += !document->words[w].is_rtl && document->words[w].hash != 0;
        }
    }
    edges.right = common_edge(room, to - from);
    edges.right.at = -edges.right.at;
    edges.rtl_from_right = edges.right.lines >= edges.left.lines;
    edges.all_from_right = edges.rtl_from_right && rtl > others;
    return edges;
}

/* Features of the words of the lines of one page; `room` for a number per line. */
static void place_page(struct document *document, size_t from, size_t to, long *room)
{
    struct edges edges = find_edges(document, from, to, room);
    size_t end = document->lines[to - 1].first_word + document->lines[to - 1].word_count;
    uint64_t before = 0;

    for (size_t w = document->lines[from].first_word; w < end; w++) {
        struct word *word = &document->words[w];
        bool from_right = word->is_rtl ? edges.rtl_from_right : edges.all_from_right;

        word->place = word->pair = FEATURE_NONE;
        if (word->is_mark)
            continue;
        if (word->hash != 0) {
            word->place =
                from_right ? make_feature(word->hash, 2, place_of(word->x1 - (float)edges.right.at))
                           : make_feature(word->hash, 1, place_of(word->x0 - (float)edges.left.at));
            if (before != 0)
                word->pair = make_feature(hash_mix(before) ^ word->hash, 3, FEATURE_PAIR);
        }
        before = word->hash;
    }
}

static int place_words(struct document *document, struct tq_error *err)
{
    long *edges = alloc_zeroed(document->line_count + 1, sizeof(*edges));
    size_t from = 0;

    if (!edges)
        return tq_no_memory(err);
    while (from < document->line_count) {
        size_t to = from + 1;

        while (to < document->line_count && document->lines[to].page == document->lines[from].page)
            to++;
        place_page(document, from, to, edges);
        from = to;
    }
    free(edges);
    return TQ_OK;
}

int document_build(struct document *document, const struct page *pages, uint32_t page_count,
                   struct tq_error *err)
{
    int r;

    document->word_count = 0;
    document->line_count = 0;
    for (uint32_t p = 0; p < page_count; p++) {
        for (uint32_t w = 0; w < pages[p].word_count; w++) {
            r = add_pieces(document, &pages[p], &pages[p].words[w], err);
            if (r < 0)
                return r;
        }
    }
    r = make_lines(document, err);
    if (r < 0)
        return r;
    return place_words(document, err);
}

void document_clear(struct document *document)
{
    free(document->words);
    free(document->lines);
    *document = (struct document){0};
}

/* Sort features of which equal ones of one page follow one another no more, and keep each once,
 * with FEATURE_REPEATS if it came twice on a page. `pages` runs along. */
struct placed {
    uint64_t feature;
    uint32_t page;
};

static int by_feature_and_page(const void *a, const void *b)
{
    const struct placed *x = a, *y = b;

    if (x->feature != y->feature)
        return x->feature < y->feature ? -1 : 1;
    return (x->page > y->page) - (x->page < y->page);
}

/* A word that stands twice on a page at nearly one place repeats, too. */
static void mark_neighbours(struct placed *kept, uint32_t count)
{
    for (uint32_t i = 1; i < count; i++) {
        if ((kept[i].feature & ~(uint64_t)FEATURE_REPEATS)
                == (kept[i - 1].feature & ~(uint64_t)FEATURE_REPEATS) + FEATURE_STEP
            && kept[i].page == kept[i - 1].page) {
            kept[i].feature |= FEATURE_REPEATS;
            kept[i - 1].feature |= FEATURE_REPEATS;
        }
    }
}

static uint32_t distinct(struct placed *items, size_t count, uint64_t *out)
{
    uint32_t kept = 0, page = 0;

    if (count > 0)
        qsort(items, count, sizeof(*items), by_feature_and_page);
    for (size_t i = 0; i < count; i++) {
        struct placed item = items[i]; /* is overwritten by those kept */

        if (kept == 0 || item.feature != (items[kept - 1].feature & ~(uint64_t)FEATURE_REPEATS))
            items[kept++] = item;
        else if (item.page == page)
            items[kept - 1].feature |= FEATURE_REPEATS;
        page = item.page;
    }
    mark_neighbours(items, kept);
    for (uint32_t i = 0; i < kept; i++)
        out[i] = items[i].feature;
    return kept;
}

static void add_placed(struct placed *items, size_t *count, uint64_t feature, uint32_t page)
{
    if (feature != FEATURE_NONE && *count < DOCUMENT_FEATURES_MAX)
        items[(*count)++] = (struct placed){feature, page};
}

int document_features(const struct document *document, struct features *out_features,
                      struct tq_error *err)
{
    struct placed *items = alloc_zeroed(2 * (size_t)DOCUMENT_FEATURES_MAX, sizeof(*items));
    struct features features = {0};
    size_t places = 0, pairs = 0;

    if (!items)
        return tq_no_memory(err);
    for (size_t i = 0; i < document->word_count; i++) {
        const struct word *word = &document->words[i];

        add_placed(items, &places, word->place, word->page);
        add_placed(items + DOCUMENT_FEATURES_MAX, &pairs, word->pair, word->page);
    }
    features.places = alloc_zeroed(places + pairs + 1, sizeof(uint64_t));
    if (!features.places) {
        free(items);
        return tq_no_memory(err);
    }
    features.place_count = distinct(items, places, features.places);
    features.pair_count =
        distinct(items + DOCUMENT_FEATURES_MAX, pairs, features.places + features.place_count);
    free(items);
    *out_features = features;
    return TQ_OK;
}
