/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "extract/kept_words.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"

#define SAME_PLACE_POINTS 3.0f /* between the ends of two words of which one replaced the other */
#define SHARED_HEIGHT     0.6f /* of the lower of two words that lie on one another, */
#define SHARED_WIDTH      0.5f /* and of the narrower */
#define WIDTH_LEAST       3.0f /* narrower ones are points and accents */
#define HEIGHT_RATIO_MAX  2.0f
#define SAME_HEIGHT       0.02f /* two words of one size differ by less than this share, */
#define LINE_APART        0.35f /* two of one line by less of their height, */
#define LINE_SLACK        0.25f /* and by less points if they are on it */
#define OFF_LINE_LEAST    2u    /* times as many words must be on the line as off it */
#define ROWS              128u
#define COMPARISONS_MAX   2000000u /* of a page; more than that many on one spot are hostile */

void kept_words_clear(struct kept_words *words)
{
    free(words->items);
    buf_clear(&words->text);
    *words = (struct kept_words){0};
}

int kept_words_add(struct kept_words *words, const struct page *page, struct tq_error *err)
{
    size_t base = words->text.length;
    uint32_t count = page->word_count;
    int r;

    if (count > KEPT_WORDS_MAX - words->count)
        count = (uint32_t)(KEPT_WORDS_MAX - words->count);
    r = alloc_reserve(&words->items, &words->capacity, words->count + count + 1,
                      sizeof(*words->items), err);
    if (r < 0)
        return r;
    buf_add(&words->text, page->text, page->text_length);
    for (uint32_t i = 0; i < count; i++) {
        const struct page_word *word = &page->words[i];

        words->items[words->count++] =
            (struct kept_word){page->number,     word->x0, word->y0,
                               word->x1,         word->y1, (uint32_t)(base + word->text_offset),
                               word->text_length};
    }
    return buf_check(&words->text, err);
}

int kept_words_copy(const struct kept_words *words, struct kept_words *out_copy,
                    struct tq_error *err)
{
    struct kept_words copy = {0};
    int r = alloc_reserve(&copy.items, &copy.capacity, words->count + 1, sizeof(*copy.items), err);

    if (r < 0)
        return r;
    if (words->count > 0)
        memcpy(copy.items, words->items, words->count * sizeof(*copy.items));
    copy.count = words->count;
    buf_add_slice(&copy.text, buf_slice(&words->text));
    r = buf_check(&copy.text, err);
    if (r < 0) {
        kept_words_clear(&copy);
        return r;
    }
    *out_copy = copy;
    return TQ_OK;
}

static struct slice text_of(const struct kept_words *words, const struct kept_word *word)
{
    return slice_make(words->text.data + word->offset, word->length);
}

void edit_list_add(struct edit_list *list, const struct document_edit *edit)
{
    if (list->count < DOCUMENT_EDITS_MAX)
        list->items[list->count++] = *edit;
}

/* ---- two revisions ---- */

static int compare_texts(const struct kept_words *first, const struct kept_word *a,
                         const struct kept_words *second, const struct kept_word *b)
{
    if (a->page != b->page)
        return a->page < b->page ? -1 : 1;
    return slice_compare(text_of(first, a), text_of(second, b));
}

static int order_by_text(const void *a, const void *b, void *state)
{
    const struct kept_word *first = a, *second = b;
    int order = compare_texts(state, first, state, second);

    if (order != 0)
        return order;
    if (first->y0 != second->y0)
        return first->y0 < second->y0 ? -1 : 1;
    return (first->x0 > second->x0) - (first->x0 < second->x0);
}

static int order_by_place(const void *a, const void *b)
{
    const struct kept_word *first = a, *second = b;

    if (first->page != second->page)
        return first->page < second->page ? -1 : 1;
    if (first->y0 != second->y0)
        return first->y0 < second->y0 ? -1 : 1;
    return (first->x0 > second->x0) - (first->x0 < second->x0);
}

static void sort_by_text(struct kept_words *words)
{
    if (words->count > 0)
        qsort_r(words->items, words->count, sizeof(*words->items), order_by_text, words);
}

static void sort_by_place(struct kept_words *words)
{
    if (words->count > 0)
        qsort(words->items, words->count, sizeof(*words->items), order_by_place);
}

/* Leave in both only what the other has not, in the order of the pages. */
static void drop_common(struct kept_words *before, struct kept_words *after)
{
    size_t i = 0, k = 0, left = 0, right = 0;

    sort_by_text(before);
    sort_by_text(after);
    while (i < before->count || k < after->count) {
        int order = i == before->count ? 1
                    : k == after->count
                        ? -1
                        : compare_texts(before, &before->items[i], after, &after->items[k]);

        if (order < 0)
            before->items[left++] = before->items[i++];
        else if (order > 0)
            after->items[right++] = after->items[k++];
        else {
            i++;
            k++;
        }
    }
    before->count = left;
    after->count = right;
    sort_by_place(before);
    sort_by_place(after);
}

static float distance(float a, float b)
{
    return a < b ? b - a : a - b;
}

static bool at_one_place(const struct kept_word *a, const struct kept_word *b)
{
    float shared = (a->y1 < b->y1 ? a->y1 : b->y1) - (a->y0 > b->y0 ? a->y0 : b->y0);
    bool overlap = a->x0 < b->x1 && b->x0 < a->x1;

    return a->page == b->page && shared > (a->y1 - a->y0) / 2
           && (overlap || distance(a->x0, b->x0) < SAME_PLACE_POINTS
               || distance(a->x1, b->x1) < SAME_PLACE_POINTS);
}

/* The word that took the place of `word`; NULL if there is none. */
static struct kept_word *find_successor(struct kept_words *after, const struct kept_word *word)
{
    for (size_t i = 0; i < after->count; i++) {
        if (at_one_place(word, &after->items[i]))
            return &after->items[i];
    }
    return NULL;
}

void kept_words_compare(struct kept_words *before, struct kept_words *after, uint32_t revision,
                        struct edit_list *edits)
{
    if (before->count == 0 && after->count == 0)
        return;
    drop_common(before, after);
    for (size_t i = 0; i < before->count && edits->count < DOCUMENT_EDITS_MAX; i++) {
        struct kept_word *word = &before->items[i];
        struct kept_word *successor = find_successor(after, word);
        struct document_edit edit = {EDIT_UPDATED, revision, word->page, text_of(before, word),
                                     SLICE_LITERAL("")};

        if (successor) {
            edit.after = text_of(after, successor);
            successor->page = 0;
        }
        edit_list_add(edits, &edit);
    }
    for (size_t i = 0; i < after->count; i++) {
        struct kept_word *word = &after->items[i];
        struct document_edit edit = {EDIT_UPDATED, revision, word->page, SLICE_LITERAL(""),
                                     text_of(after, word)};

        if (word->page > 0)
            edit_list_add(edits, &edit);
    }
}

/* ---- words on words ---- */

static float shared(float a0, float a1, float b0, float b1)
{
    return (a1 < b1 ? a1 : b1) - (a0 > b0 ? a0 : b0);
}

static float smaller(float a, float b)
{
    return a < b ? a : b;
}

static bool lie_on_one_another(const struct page *page, const struct page_word *a,
                               const struct page_word *b)
{
    float height_a = a->y1 - a->y0, height_b = b->y1 - b->y0;
    float width = smaller(a->x1 - a->x0, b->x1 - b->x0);

    return width >= WIDTH_LEAST && height_a < height_b * HEIGHT_RATIO_MAX
           && height_b < height_a * HEIGHT_RATIO_MAX
           && shared(a->x0, a->x1, b->x0, b->x1) >= width * SHARED_WIDTH
           && shared(a->y0, a->y1, b->y0, b->y1) >= smaller(height_a, height_b) * SHARED_HEIGHT
           && !slice_equal(page_word_text(page, a), page_word_text(page, b));
}

/*
 * Words by the row of the page that their middle is in, so that each is compared with its
 * neighbours only.
 */
struct word_rows {
    uint32_t first[ROWS]; /* the last word drawn in the row, with 1 added; 0: none */
    uint32_t *next;       /* by word: the one drawn before it in its row, likewise; owned */
    struct line_count {
        uint32_t on, off; /* words of its size on its line, and a little above or below */
    } * lines;            /* by word; owned */
    uint32_t left;        /* comparisons */
};

static void word_rows_clear(struct word_rows *rows)
{
    free(rows->next);
    free(rows->lines);
}

/* A page may be any size, and words stand anywhere. */
static uint32_t row_at(const struct page *page, float y)
{
    float row = page->height > 0 ? y / page->height * ROWS : 0;

    if (row >= 0 && row < ROWS)
        return (uint32_t)row;
    return row < 0 ? 0 : ROWS - 1; /* also what is no number */
}

static float middle_of(const struct page_word *word)
{
    return (word->y0 + word->y1) / 2;
}

/* Whether two words of one size are on one line, or nearly so. */
static void compare_lines(const struct page *page, struct word_rows *rows, uint32_t a, uint32_t b)
{
    const struct page_word *first = &page->words[a], *second = &page->words[b];
    float height = first->y1 - first->y0;
    float apart = distance(middle_of(first), middle_of(second));

    if (distance(height, second->y1 - second->y0) > height * SAME_HEIGHT
        || apart > height * LINE_APART)
        return;
    rows->lines[a].on += apart < LINE_SLACK;
    rows->lines[b].on += apart < LINE_SLACK;
    rows->lines[a].off += apart >= LINE_SLACK;
    rows->lines[b].off += apart >= LINE_SLACK;
}

/* The words of one row that the word, drawn after them, lies on. */
static void compare_row(const struct page *page, struct word_rows *rows, uint32_t row,
                        uint32_t number, struct edit_list *edits)
{
    const struct page_word *word = &page->words[number];

    for (uint32_t at = rows->first[row]; at > 0 && rows->left > 0; at = rows->next[at - 1]) {
        const struct page_word *before = &page->words[at - 1];
        struct document_edit edit = {EDIT_OVERWRITTEN, 0, page->number,
                                     page_word_text(page, before), page_word_text(page, word)};

        rows->left--;
        compare_lines(page, rows, at - 1, number);
        if (before->x0 < word->x1 && word->x0 < before->x1
            && lie_on_one_another(page, before, word))
            edit_list_add(edits, &edit);
    }
}

/* Words that are alone, or few, a little above or below the others of their line. */
static void add_off_line(const struct page *page, const struct word_rows *rows,
                         struct edit_list *edits)
{
    for (uint32_t i = 0; i < page->word_count; i++) {
        const struct line_count *line = &rows->lines[i];
        struct document_edit edit = {EDIT_OFF_LINE, 0, page->number, SLICE_LITERAL(""),
                                     page_word_text(page, &page->words[i])};

        if (line->off >= OFF_LINE_LEAST * (line->on + 1))
            edit_list_add(edits, &edit);
    }
}

/* Numbers of which a digit was typed over in other letters. */
static void add_mixed(const struct page *page, struct edit_list *edits)
{
    for (uint32_t i = 0; i < page->word_count; i++) {
        struct document_edit edit = {EDIT_MIXED, 0, page->number, SLICE_LITERAL(""),
                                     page_word_text(page, &page->words[i])};

        if (page->words[i].style == WORD_STYLE_MIXED)
            edit_list_add(edits, &edit);
    }
}

int page_find_edits(const struct page *page, struct edit_list *edits, struct tq_error *err)
{
    struct word_rows rows = {.left = COMPARISONS_MAX};

    rows.next = alloc_zeroed((size_t)page->word_count + 1, sizeof(*rows.next));
    rows.lines = alloc_zeroed((size_t)page->word_count + 1, sizeof(*rows.lines));
    if (!rows.next || !rows.lines) {
        word_rows_clear(&rows);
        return tq_no_memory(err);
    }
    for (uint32_t i = 0; i < page->word_count && edits->count < DOCUMENT_EDITS_MAX; i++) {
        const struct page_word *word = &page->words[i];
        uint32_t own = row_at(page, middle_of(word));
        float reach = word->y1 - word->y0; /* of the middles of two that lie on one another */
        uint32_t last = row_at(page, middle_of(word) + reach);

        for (uint32_t row = row_at(page, middle_of(word) - reach); row <= last; row++)
            compare_row(page, &rows, row, i, edits);
        rows.next[i] = rows.first[own];
        rows.first[own] = i + 1;
    }
    add_mixed(page, edits);
    add_off_line(page, &rows, edits);
    word_rows_clear(&rows);
    return TQ_OK;
}

uint32_t page_count_text(const struct page *page, struct slice text)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < page->word_count; i++)
        count += slice_equal(page_word_text(page, &page->words[i]), text);
    return count;
}
