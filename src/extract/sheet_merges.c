/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "extract/sheet_merges.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/limits.h"

#define MERGES_MAX    65536u
#define FILLS_MAX     1024u /* at once: beside each other */
#define ELEMENT_BYTES 128u  /* of "mergeCell ref=..."; more than any has */

/* An area of whose rows some are still to come. */
struct sheet_fill {
    uint32_t column, bottom;
    char *text; /* owned */
    size_t length;
};

void sheet_merges_clear(struct sheet_merges *merges)
{
    for (size_t i = 0; i < merges->fill_count; i++)
        free(merges->fills[i].text);
    free(merges->fills);
    free(merges->items);
    *merges = (struct sheet_merges){0};
}

void cell_reference(const char **reference, uint32_t *out_column, uint32_t *out_row)
{
    const char *at = *reference;
    uint32_t column = 0, row = 0;

    for (at += *at == '$'; (*at | 32) >= 'a' && (*at | 32) <= 'z'; at++)
        column = column < (1u << 24) ? column * 26 + (uint32_t)((*at | 32) - 'a' + 1) : column;
    for (at += *at == '$'; *at >= '0' && *at <= '9'; at++)
        row = row < (1u << 27) ? row * 10 + (uint32_t)(*at - '0') : row;
    *reference = at;
    *out_column = column - 1; /* none: UINT32_MAX */
    *out_row = row;
}

/* ---- finding them ---- */

struct merge_search {
    struct sheet_merges *merges;
    char view[2 * ELEMENT_BYTES]; /* the end of the last piece and the start of this one */
    size_t kept;
};

int sheet_merges_add(struct sheet_merges *merges, const struct sheet_merge *merge,
                     struct tq_error *err)
{
    int r;

    if (merge->column >= TABLE_COLUMNS_MAX || merge->top == 0 || merge->bottom <= merge->top)
        return TQ_OK;
    merges->too_many |= merges->count >= MERGES_MAX;
    if (merges->count >= MERGES_MAX)
        return TQ_OK;
    r = alloc_reserve(&merges->items, &merges->capacity, merges->count + 1, sizeof(*merges->items),
                      err);
    if (r == TQ_OK)
        merges->items[merges->count++] = *merge;
    return r;
}

static int add_element(struct sheet_merges *merges, const char *element, struct tq_error *err)
{
    const char *reference = strstr(element, "ref=");
    struct sheet_merge merge;
    uint32_t right;

    if (!reference || strlen(reference) < 6)
        return TQ_OK;
    reference += 5;
    cell_reference(&reference, &merge.column, &merge.top);
    if (*reference != ':')
        return TQ_OK;
    reference++;
    cell_reference(&reference, &right, &merge.bottom);
    return sheet_merges_add(merges, &merge, err);
}

/* All elements that begin in `text`, but for its last ELEMENT_BYTES unless `final`. */
static int search(struct sheet_merges *merges, struct slice text, struct tq_error *err)
{
    static const char mark[] = "mergeCell ";
    char element[ELEMENT_BYTES + 1];

    while (text.length >= ELEMENT_BYTES) {
        const char *found = memmem(text.data, text.length - ELEMENT_BYTES + sizeof(mark) - 1, mark,
                                   sizeof(mark) - 1);
        int r;

        if (!found)
            return TQ_OK;
        text = slice_skip(text, (size_t)(found - text.data));
        if (text.length < ELEMENT_BYTES)
            return TQ_OK;
        memcpy(element, text.data, ELEMENT_BYTES);
        element[ELEMENT_BYTES] = '\0';
        element[strcspn(element, ">")] = '\0';
        r = add_element(merges, element, err);
        if (r < 0)
            return r;
        text = slice_skip(text, sizeof(mark) - 1);
    }
    return TQ_OK;
}

/* Elements that lie across two pieces are found in `view`, the others in the piece. */
static int search_piece(void *state, struct slice bytes, bool *out_enough, struct tq_error *err)
{
    struct merge_search *s = state;
    size_t head = bytes.length < ELEMENT_BYTES ? bytes.length : ELEMENT_BYTES - 1;
    int r;

    (void)out_enough;
    memcpy(s->view + s->kept, bytes.data, head);
    r = search(s->merges, slice_make(s->view, s->kept + head), err);
    if (r == TQ_OK)
        r = search(s->merges, bytes, err);
    if (bytes.length >= ELEMENT_BYTES) {
        s->kept = ELEMENT_BYTES - 1;
        memcpy(s->view, bytes.data + bytes.length - s->kept, s->kept);
    } else {
        size_t whole = s->kept + head, left = whole < ELEMENT_BYTES ? whole : ELEMENT_BYTES - 1;

        memmove(s->view, s->view + whole - left, left);
        s->kept = left;
    }
    return r;
}

static int compare_tops(const void *a, const void *b)
{
    const struct sheet_merge *left = a, *right = b;

    if (left->top != right->top)
        return left->top < right->top ? -1 : 1;
    return (left->column > right->column) - (left->column < right->column);
}

void sheet_merges_sort(struct sheet_merges *merges)
{
    if (merges->count > 1)
        qsort(merges->items, merges->count, sizeof(*merges->items), compare_tops);
}

int sheet_merges_find(struct package *package, size_t part, struct sheet_merges *out,
                      struct tq_error *err)
{
    struct merge_search s = {.merges = out};
    bool whole, ignored = false;
    int r = package_read(package, part, search_piece, &s, &whole, err);

    if (r == TQ_OK) { /* the last elements: with nothing behind them */
        char nothing[ELEMENT_BYTES];

        memset(nothing, ' ', sizeof(nothing));
        r = search_piece(&s, slice_make(nothing, sizeof(nothing)), &ignored, err);
    }
    sheet_merges_sort(out);
    return r;
}

/* ---- filling ---- */

static int begin_fill(struct sheet_merges *merges, const struct sheet_merge *merge,
                      struct slice text, struct tq_error *err)
{
    struct sheet_fill *fill;
    int r;

    if (text.length == 0 || merges->fill_count >= FILLS_MAX)
        return TQ_OK;
    r = alloc_reserve(&merges->fills, &merges->fill_capacity, merges->fill_count + 1,
                      sizeof(*merges->fills), err);
    if (r < 0)
        return r;
    fill = &merges->fills[merges->fill_count];
    *fill = (struct sheet_fill){merge->column, merge->bottom, alloc_zeroed(text.length + 1, 1),
                                text.length};
    if (!fill->text)
        return tq_no_memory(err);
    memcpy(fill->text, text.data, text.length);
    merges->fill_count++;
    return TQ_OK;
}

static void drop_ended(struct sheet_merges *merges, uint32_t row)
{
    size_t kept = 0;

    for (size_t i = 0; i < merges->fill_count; i++) {
        if (merges->fills[i].bottom >= row)
            merges->fills[kept++] = merges->fills[i];
        else
            free(merges->fills[i].text);
    }
    merges->fill_count = kept;
}

static bool has_text(const struct grid *grid)
{
    return slice_trim(buf_slice(&grid->text)).length > 0;
}

int sheet_merges_fill(struct sheet_merges *merges, struct grid *grid, uint32_t row,
                      struct tq_error *err)
{
    bool fills;
    int r = TQ_OK;

    if (merges->fill_count == 0 && merges->next >= merges->count)
        return TQ_OK;
    drop_ended(merges, row);
    fills = has_text(grid); /* an area as high as the row makes no row of its own */
    for (size_t i = 0; i < merges->fill_count && fills && r == TQ_OK; i++) {
        const struct sheet_fill *fill = &merges->fills[i];

        if (grid_cell_text(grid, fill->column).length > 0)
            continue;
        merges->repeated++;
        r = grid_cell(grid, fill->column, slice_make(fill->text, fill->length), err);
    }
    while (merges->next < merges->count && merges->items[merges->next].top <= row && r == TQ_OK) {
        const struct sheet_merge *merge = &merges->items[merges->next++];

        if (merge->top == row)
            r = begin_fill(merges, merge, grid_cell_text(grid, merge->column), err);
    }
    return r;
}
