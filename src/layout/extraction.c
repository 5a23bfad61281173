/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Slots and rows of one document: algorithms.md 2.1, steps 8 and 9. */
#include "layout/extraction.h"

#include <math.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/hash.h"

#define NO_LABEL          UINT32_MAX
#define NEIGHBOUR_GAP_MAX 260.f /* points between a label and its value on one line */
#define ABOVE_LINES_MAX   3u
#define ABOVE_HEIGHTS_MAX 4.f
#define ALIGNED_MAX       4.f  /* points */
#define NEXT_LINE_MAX     1.8f /* heights, from a line to the one that continues it */
#define ROW_PITCH_MIN     .8f  /* heights, between the centres of lines that are not of one row */
#define SAME_LINE_GAP_MAX 3.f  /* heights, between parts of one value */
#define MARGIN_MAX        12.f /* points from the left edge of running text */
#define FULL_LINE_SHARE   .6f  /* of the widest line: one that was broken, not ended */
#define TEXT_GAP_MAX      1.5f /* heights, between words of running text */
#define REPEATS_MAX       4096u

void decisions_clear(struct decisions *decisions)
{
    free(decisions->tables);
    free(decisions->rightward);
    *decisions = (struct decisions){0};
}

void extraction_clear(struct extraction *extraction)
{
    document_clear(&extraction->document);
    segments_clear(&extraction->segments);
    blocks_clear(&extraction->blocks);
    free(extraction->slots);
    free(extraction->cells);
    free(extraction->rows);
    free(extraction->owner);
    free(extraction->in_table);
    buf_clear(&extraction->text);
    *extraction = (struct extraction){0};
}

uint64_t neighbour_key(const struct segment *left, const struct segment *right)
{
    return hash_mix(left->key + hash_mix(right->key)) | 1;
}

uint64_t slot_key(const struct segment *label)
{
    return hash_mix(label->key + label->ordinal) | 1;
}

int extraction_survey(struct extraction *extraction, const struct labels *labels,
                      const struct page *pages, uint32_t page_count, struct tq_error *err)
{
    int r = document_build(&extraction->document, pages, page_count, err);

    if (r < 0)
        return r;
    labels_mark(labels, &extraction->document);
    r = segments_build(&extraction->segments, &extraction->document, err);
    if (r < 0)
        return r;
    return blocks_find(&extraction->blocks, &extraction->document, &extraction->segments, err);
}

bool extraction_is_neighbour(const struct segment *value, const struct segment *label, int side)
{
    float gap = side < 0 ? value->x0 - label->x1 : label->x0 - value->x1;

    return label->is_label && gap < NEIGHBOUR_GAP_MAX;
}

static bool has_key(const uint64_t *sorted, size_t count, uint64_t key)
{
    return count > 0 && bsearch(&key, sorted, count, sizeof(key), feature_compare) != NULL;
}

static int add_piece(struct piece **pieces, size_t *count, size_t *capacity,
                     const struct piece *piece, struct tq_error *err)
{
    int r = alloc_reserve(pieces, capacity, *count + 1, sizeof(**pieces), err);

    if (r < 0)
        return r;
    (*pieces)[(*count)++] = *piece;
    return TQ_OK;
}

/* Append the segment's text; an empty piece if nothing is left of it. */
static struct piece make_piece(struct extraction *extraction, const struct segment *segment)
{
    struct piece piece = {.segment = (uint32_t)(segment - extraction->segments.items),
                          .label = NO_LABEL,
                          .at = extraction->text.length};

    segment_text(&extraction->document, segment, &extraction->text);
    piece.length = extraction->text.length - piece.at;
    return piece;
}

/* A row without its first cell, mostly empty and on the same page continues the row above. The
 * first cell of a right-to-left table is on the right. */
static bool continues_row(const struct extraction *extraction, const struct row *above,
                          const struct column *header, size_t columns, size_t line)
{
    const struct segments *segments = &extraction->segments;
    const struct segment *cells = segments_at(segments, line);
    size_t first = header[0].is_rtl ? columns - 1 : 0, filled = 0, last = columns;

    if (extraction->document.lines[above->line].page != extraction->document.lines[line].page)
        return false;
    for (size_t i = 0; i < segments_on(segments, line); i++) {
        size_t column = block_column(header, columns, &cells[i]);

        if (column == first)
            return false;
        filled += column != last;
        last = column;
    }
    return filled * 2 <= columns;
}

static int read_row(struct extraction *extraction, const struct block *block, size_t line,
                    bool is_first, struct tq_error *err)
{
    const struct segments *segments = &extraction->segments;
    const struct column *header = extraction->blocks.columns + block->first_column;
    size_t columns = block->column_count;
    struct row *row;
    int r;

    if (is_first
        || !continues_row(extraction, &extraction->rows[extraction->row_count - 1], header, columns,
                          line)) {
        r = alloc_reserve(&extraction->rows, &extraction->row_capacity, extraction->row_count + 1,
                          sizeof(*extraction->rows), err);
        if (r < 0)
            return r;
        extraction->rows[extraction->row_count++] =
            (struct row){.block = block->key, .line = line, .first_piece = extraction->cell_count};
    }
    for (size_t i = 0; i < segments_on(segments, line); i++) {
        const struct segment *cell = segments_at(segments, line) + i;
        struct piece piece = make_piece(extraction, cell);

        if (piece.length == 0)
            continue;
        piece.column = (uint32_t)block_column(header, columns, cell);
        r = add_piece(&extraction->cells, &extraction->cell_count, &extraction->cell_capacity,
                      &piece, err);
        if (r < 0)
            return r;
    }
    row = &extraction->rows[extraction->row_count - 1];
    row->piece_count = extraction->cell_count - row->first_piece;
    return TQ_OK;
}

static int read_tables(struct extraction *extraction, const struct decisions *decisions,
                       struct tq_error *err)
{
    const struct blocks *blocks = &extraction->blocks;

    for (size_t b = 0; b < blocks->count; b++) {
        const struct block *block = &blocks->items[b];

        if (!has_key(decisions->tables, decisions->table_count, block->key))
            continue;
        for (size_t i = block->header_first; i <= block->header_last; i++)
            extraction->in_table[i] = true;
        for (size_t i = 0; i < block->row_count; i++) {
            size_t line = blocks->rows[block->first_row + i];
            int r = read_row(extraction, block, line, i == 0, err);

            if (r < 0)
                return r;
            extraction->in_table[line] = true;
        }
    }
    return TQ_OK;
}

/* The label beside a value; which of two was decided over the cluster. */
static uint32_t label_beside(const struct extraction *extraction, const struct decisions *decisions,
                             uint32_t at, uint32_t first, uint32_t end)
{
    const struct segment *items = extraction->segments.items, *value = &items[at];
    bool left = at > first && extraction_is_neighbour(value, &items[at - 1], -1);
    bool right = at + 1 < end && extraction_is_neighbour(value, &items[at + 1], 1);

    if (left && right)
        return has_key(decisions->rightward, decisions->rightward_count,
                       neighbour_key(&items[at - 1], &items[at + 1]))
                   ? at + 1
                   : at - 1;
    if (right && items[at + 1].is_rtl)
        return at + 1;
    return left ? at - 1 : NO_LABEL;
}

static float widest(const struct extraction *extraction, size_t line)
{
    uint32_t page = extraction->document.lines[line].page;
    float x1 = 0;

    for (size_t i = line; i-- > 0 && extraction->document.lines[i].page == page && line - i < 8;) {
        const struct segments *segments = &extraction->segments;
        size_t count = segments_on(segments, i);

        if (count > 0 && segments_at(segments, i)[count - 1].x1 > x1)
            x1 = segments_at(segments, i)[count - 1].x1;
    }
    return x1;
}

static bool is_next_line(const struct extraction *extraction, size_t line)
{
    const struct line *lines = extraction->document.lines;

    return line > 0 && lines[line].page == lines[line - 1].page
           && lines[line].y - lines[line - 1].y <= NEXT_LINE_MAX * lines[line].height;
}

/* The line ends in running text: its last segment follows the one before it without a wide gap and
 * reaches as far right as lines do. */
static bool ends_in_text(const struct extraction *extraction, size_t line)
{
    const struct segments *segments = &extraction->segments;
    size_t count = segments_on(segments, line);
    const struct segment *last = segments_at(segments, line) + count - 1;

    if (extraction->in_table[line]
        || (count > 1
            && last->x0 - last[-1].x1 > TEXT_GAP_MAX * extraction->document.lines[line].height))
        return false;
    return last->x1 >= FULL_LINE_SHARE * widest(extraction, line + 1);
}

/* Running text: the first value of a line belongs to what the line before ended in. */
static uint32_t label_before_break(const struct extraction *extraction, uint32_t at, size_t line)
{
    const struct segments *segments = &extraction->segments;
    const struct segment *items = segments->items;
    uint32_t last;

    if (at != segments->first[line] || !is_next_line(extraction, line)
        || segments_on(segments, line - 1) == 0 || !ends_in_text(extraction, line - 1))
        return NO_LABEL;
    last = segments->first[line] - 1;
    if (fabsf(items[at].x0 - segments_at(segments, line - 1)->x0) > MARGIN_MAX
        || items[last].is_rtl != items[at].is_rtl)
        return NO_LABEL;
    if (!items[last].is_label)
        return extraction->owner[last];
    return items[last].ends_in_colon ? NO_LABEL : last;
}

/* The second line of a value stands under its first. */
static uint32_t label_of_line_above(const struct extraction *extraction, uint32_t at, size_t line)
{
    const struct segments *segments = &extraction->segments;
    const struct segment *value = &segments->items[at];

    if (!is_next_line(extraction, line) || extraction->in_table[line - 1])
        return NO_LABEL;
    for (uint32_t i = segments->first[line - 1]; i < segments->first[line]; i++) {
        const struct segment *above = &segments->items[i];
        float apart = value->is_rtl ? above->x1 - value->x1 : above->x0 - value->x0;

        if (!above->is_label && fabsf(apart) <= ALIGNED_MAX)
            return extraction->owner[i];
    }
    return NO_LABEL;
}

/* A label that has its value beside it is not the label of what is below. */
static bool has_value_beside(const struct extraction *extraction, uint32_t label, size_t line)
{
    const struct segments *segments = &extraction->segments;
    uint32_t first = segments->first[line], end = segments->first[line + 1];

    return (label + 1 < end && !segments->items[label + 1].is_label
            && extraction->owner[label + 1] == label)
           || (label > first && !segments->items[label - 1].is_label
               && extraction->owner[label - 1] == label);
}

/* Of one row: their centres are nearer than the lower of them is high. The boxes of two scripts may
 * have quite different heights. */
static bool is_same_row(const struct line *a, const struct line *b)
{
    float height = a->height < b->height ? a->height : b->height;

    return a->page == b->page
           && fabsf(a->y + a->height / 2 - b->y - b->height / 2) < ROW_PITCH_MIN * height;
}

/* The line of a label, on its page at or above the line of its value. */
static const struct line *line_of(const struct extraction *extraction, uint32_t segment,
                                  size_t below)
{
    while (below > 0 && extraction->segments.first[below] > segment)
        below--;
    return &extraction->document.lines[below];
}

/* Labels above have their values in one row. Whatever stands below that row is not the value of a
 * label that had none in it. */
static bool had_its_row(const struct extraction *extraction, uint32_t label, size_t above,
                        size_t line)
{
    const struct segments *segments = &extraction->segments;
    const struct line *lines = extraction->document.lines;
    bool had = false;

    for (size_t k = above + 1; k < line; k++) {
        if (is_same_row(&lines[line], &lines[k]))
            continue;
        for (uint32_t i = segments->first[k]; i < segments->first[k + 1]; i++) {
            uint32_t owner = segments->items[i].is_label ? NO_LABEL : extraction->owner[i];

            if (owner == label)
                return false;
            had |= owner != NO_LABEL && is_same_row(line_of(extraction, owner, k), &lines[above]);
        }
    }
    return had;
}

static uint32_t label_above(const struct extraction *extraction, uint32_t at, size_t line)
{
    const struct segments *segments = &extraction->segments;
    const struct line *lines = extraction->document.lines;
    const struct segment *value = &segments->items[at];

    for (size_t u = line; u-- > 0 && line - u <= ABOVE_LINES_MAX;) {
        if (lines[u].page != lines[line].page
            || lines[line].y - lines[u].y > ABOVE_HEIGHTS_MAX * lines[line].height
            || extraction->in_table[u])
            break;
        for (uint32_t i = segments->first[u]; i < segments->first[u + 1]; i++) {
            const struct segment *label = &segments->items[i];
            float left = label->x0 > value->x0 ? label->x0 : value->x0;
            float right = label->x1 < value->x1 ? label->x1 : value->x1;

            if (label->is_label && (right > left || fabsf(label->x0 - value->x0) <= ALIGNED_MAX)
                && !has_value_beside(extraction, i, u) && !had_its_row(extraction, i, u, line))
                return i;
        }
    }
    return NO_LABEL;
}

/* The label that begins a line of values far to its right (a row of totals). */
static uint32_t label_far_left(const struct extraction *extraction, uint32_t at, uint32_t first)
{
    const struct segment *items = extraction->segments.items;
    uint32_t label = at;

    while (label > first && !items[label].is_label)
        label--;
    if (!items[label].is_label || extraction_is_neighbour(&items[label + 1], &items[label], -1))
        return NO_LABEL;
    return label;
}

static uint32_t label_of(const struct extraction *extraction, const struct decisions *decisions,
                         uint32_t at, size_t line)
{
    const struct segments *segments = &extraction->segments;
    const struct segment *items = segments->items;
    uint32_t first = segments->first[line], end = segments->first[line + 1];
    uint32_t label = label_beside(extraction, decisions, at, first, end);

    if (label == NO_LABEL)
        label = label_before_break(extraction, at, line);
    if (label == NO_LABEL)
        label = label_of_line_above(extraction, at, line);
    if (label == NO_LABEL)
        label = label_above(extraction, at, line);
    if (label == NO_LABEL && at > first && !items[at - 1].is_label
        && items[at].x0 - items[at - 1].x1
               <= SAME_LINE_GAP_MAX * extraction->document.lines[line].height)
        label = extraction->owner[at - 1];
    if (label == NO_LABEL && at + 1 < end && extraction_is_neighbour(&items[at], &items[at + 1], 1)
        && !items[at + 1].ends_in_colon)
        label = at + 1;
    return label != NO_LABEL ? label : label_far_left(extraction, at, first);
}

/* The heading of each page repeats values: keep the first. */
static bool is_repeated(const struct extraction *extraction, const struct piece *piece)
{
    const struct segment *items = extraction->segments.items, *label = &items[piece->label];
    const struct word *words = extraction->document.words;
    struct slice text = slice_make(extraction->text.data + piece->at, piece->length);

    if (label->ordinal == 0 || extraction->slot_count > REPEATS_MAX)
        return false;
    for (size_t i = 0; i < extraction->slot_count; i++) {
        const struct piece *other = &extraction->slots[i];

        if (other->label == NO_LABEL || items[other->label].key != label->key)
            continue;
        if (words[items[other->label].first_word].page != words[label->first_word].page
            && slice_equal(slice_make(extraction->text.data + other->at, other->length), text))
            return true;
    }
    return false;
}

static int read_slots(struct extraction *extraction, const struct decisions *decisions, size_t line,
                      struct tq_error *err)
{
    const struct segments *segments = &extraction->segments;

    for (uint32_t i = segments->first[line]; i < segments->first[line + 1]; i++) {
        struct piece piece;
        int r;

        extraction->owner[i] = NO_LABEL;
        if (segments->items[i].is_label)
            continue;
        extraction->owner[i] = label_of(extraction, decisions, i, line);
        piece = make_piece(extraction, &segments->items[i]);
        piece.label = extraction->owner[i];
        piece.slot = piece.label == NO_LABEL ? SLOT_FREE : slot_key(&segments->items[piece.label]);
        if (piece.length == 0 || (piece.label != NO_LABEL && is_repeated(extraction, &piece)))
            continue;
        r = add_piece(&extraction->slots, &extraction->slot_count, &extraction->slot_capacity,
                      &piece, err);
        if (r < 0)
            return r;
    }
    return TQ_OK;
}

int extraction_read(struct extraction *extraction, const struct decisions *decisions,
                    struct tq_error *err)
{
    size_t lines = extraction->document.line_count;
    int r;

    extraction->slot_count = extraction->cell_count = extraction->row_count = 0;
    buf_empty(&extraction->text);
    r = alloc_reserve(&extraction->owner, &extraction->owner_capacity,
                      extraction->segments.count + 1, sizeof(*extraction->owner), err);
    if (r < 0)
        return r;
    r = alloc_reserve(&extraction->in_table, &extraction->table_capacity, lines + 1,
                      sizeof(*extraction->in_table), err);
    if (r < 0)
        return r;
    memset(extraction->in_table, 0, (lines + 1) * sizeof(*extraction->in_table));

    r = read_tables(extraction, decisions, err);
    for (size_t line = 0; line < lines && r == TQ_OK; line++) {
        if (extraction->in_table[line]) {
            for (uint32_t i = extraction->segments.first[line];
                 i < extraction->segments.first[line + 1]; i++)
                extraction->owner[i] = NO_LABEL;
            continue;
        }
        r = read_slots(extraction, decisions, line, err);
    }
    if (r < 0)
        return r;
    return buf_check(&extraction->text, err);
}
