/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "layout/block.h"

#include <math.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/hash.h"

#define FIRST_GAP_MAX    3.f  /* heights from the header to its first row */
#define PITCH_MAX        1.8f /* of the pitch, from row to row */
#define PITCH_MIN        1.4f /* heights */
#define HEADER_PITCH_MAX 1.6f /* heights, between the lines of one header */
#define ALIGNED_MAX      8.f  /* points, of a row that continues a table on the next page */
#define TOP_LINES_MAX    8u   /* of a page that may come before such a row */

void blocks_clear(struct blocks *blocks)
{
    free(blocks->items);
    free(blocks->columns);
    free(blocks->rows);
    *blocks = (struct blocks){0};
}

static float distance(float a0, float a1, const struct segment *b)
{
    float left = fabsf(a0 - b->x0), right = fabsf(a1 - b->x1);
    float middle = fabsf(a0 + a1 - b->x0 - b->x1) / 2;

    left = left < right ? left : right;
    return left < middle ? left : middle;
}

size_t block_column(const struct column *columns, size_t column_count, const struct segment *cell)
{
    size_t best = 0;

    for (size_t i = 1; i < column_count; i++) {
        if (distance(columns[i].x0, columns[i].x1, cell)
            < distance(columns[best].x0, columns[best].x1, cell))
            best = i;
    }
    return best;
}

void column_text(const struct column *column, const struct document *document,
                 const struct segments *segments, struct buf *out)
{
    for (uint32_t i = 0; i < column->part_count; i++) {
        if (i > 0)
            buf_add_byte(out, ' ');
        segment_text(document, &segments->items[column->parts[i]], out);
    }
}

static int add_row(struct blocks *blocks, size_t line, struct tq_error *err)
{
    int r = alloc_reserve(&blocks->rows, &blocks->row_capacity, blocks->row_count + 1,
                          sizeof(*blocks->rows), err);

    if (r < 0)
        return r;
    blocks->rows[blocks->row_count++] = line;
    return TQ_OK;
}

/* Most cells of the line stand where cells of the row before the page break stood. */
static bool is_aligned(const struct segments *segments, size_t row, size_t line)
{
    const struct segment *above = segments_at(segments, row), *cells = segments_at(segments, line);
    size_t above_count = segments_on(segments, row), count = segments_on(segments, line);
    size_t aligned = 0;

    for (size_t i = 0; i < count; i++) {
        bool is_under = false;

        for (size_t k = 0; k < above_count && !is_under; k++)
            is_under = distance(above[k].x0, above[k].x1, &cells[i]) <= ALIGNED_MAX;
        aligned += is_under;
    }
    return count >= 2 && aligned * 2 >= count;
}

/* Where a table goes on at the top of the next page, past the heading of the page; 0 if it does
 * not. */
static size_t continuation(const struct document *document, const struct segments *segments,
                           size_t row)
{
    uint32_t page = document->lines[row].page;
    size_t i = row + 1;

    while (i < document->line_count && document->lines[i].page == page) {
        if (segments_is_header(segments, i))
            return 0; /* another table comes first */
        i++;
    }
    for (size_t top = i; i < document->line_count && i < top + TOP_LINES_MAX
                         && document->lines[i].page == document->lines[top].page;
         i++) {
        if (segments_is_header(segments, i))
            return 0;
        if (!segments_has_label(segments, i) && is_aligned(segments, row, i))
            return i;
    }
    return 0;
}

/* The state of walking down from a header. */
struct walk {
    size_t last; /* line taken last: the header, then rows */
    float pitch; /* 0 until the second row */
    size_t rows;
};

static bool is_next_row(const struct document *document, const struct segments *segments,
                        struct walk *walk, size_t line, float height)
{
    const struct line *last = &document->lines[walk->last], *next = &document->lines[line];
    float gap = next->y - last->y;

    if (next->page != last->page || segments_on(segments, line) == 0
        || segments_has_label(segments, line))
        return false;
    if (gap > FIRST_GAP_MAX * height || (walk->pitch > 0 && gap > PITCH_MAX * walk->pitch))
        return false;
    if (walk->pitch <= 0 && walk->rows > 0 && gap > 0)
        walk->pitch = gap > PITCH_MIN * height ? gap : PITCH_MIN * height;
    return true;
}

static int take_rows(struct blocks *blocks, const struct document *document,
                     const struct segments *segments, size_t header, struct tq_error *err)
{
    struct walk walk = {.last = header};
    float height = document->lines[header].height;
    size_t line = header + 1;

    while (line < document->line_count) {
        bool is_next = is_next_row(document, segments, &walk, line, height);
        int r;

        if (!is_next && walk.rows > 0 && !segments_is_header(segments, line)) {
            line = continuation(document, segments, walk.last);
            is_next = line > 0;
        }
        if (!is_next)
            break;
        r = add_row(blocks, line, err);
        if (r < 0)
            return r;
        walk.last = line++;
        walk.rows++;
    }
    return TQ_OK;
}

static uint64_t block_key(const struct column *columns, size_t count)
{
    uint64_t key = 0;

    for (size_t i = 0; i < count; i++)
        key = hash_mix(key + columns[i].key);
    return key;
}

static bool is_all_labels(const struct segments *segments, size_t line)
{
    const struct segment *items = segments_at(segments, line);

    for (size_t i = 0; i < segments_on(segments, line); i++) {
        if (!items[i].is_label)
            return false;
    }
    return segments_on(segments, line) > 0;
}

static bool has_colon(const struct segments *segments, size_t line)
{
    const struct segment *items = segments_at(segments, line);

    for (size_t i = 0; i < segments_on(segments, line); i++) {
        if (items[i].ends_in_colon)
            return true;
    }
    return false;
}

/* The last of the lines that make one header with this one. */
static size_t header_end(const struct document *document, const struct segments *segments,
                         size_t line)
{
    const struct line *lines = document->lines;
    size_t end = line;

    while (end + 1 < document->line_count && end - line + 1 < HEADER_LINES_MAX
           && lines[end + 1].page == lines[line].page
           && lines[end + 1].y - lines[end].y <= HEADER_PITCH_MAX * lines[end].height
           && is_all_labels(segments, end + 1) && !has_colon(segments, end)
           && !has_colon(segments, end + 1))
        end++;
    return end;
}

/* The one column that a segment overlaps: its number, SIZE_MAX if none, SIZE_MAX - 1 if several. */
static size_t overlapped(const struct column *columns, size_t count, const struct segment *segment)
{
    size_t found = SIZE_MAX;

    for (size_t i = 0; i < count; i++) {
        if (columns[i].x0 >= segment->x1 || segment->x0 >= columns[i].x1)
            continue;
        if (found != SIZE_MAX)
            return SIZE_MAX - 1;
        found = i;
    }
    return found;
}

static int by_left_edge(const void *a, const void *b)
{
    const struct column *x = a, *y = b;

    if (x->x0 < y->x0 || x->x0 > y->x0)
        return x->x0 < y->x0 ? -1 : 1;
    return (x->parts[0] > y->parts[0]) - (x->parts[0] < y->parts[0]);
}

static void widen(struct column *column, const struct segment *segment, uint32_t number)
{
    memmove(column->parts + 1, column->parts,
            (HEADER_LINES_MAX - 1) * sizeof(*column->parts)); /* from the bottom up */
    column->parts[0] = number;
    if (column->part_count < HEADER_LINES_MAX)
        column->part_count++;
    column->x0 = segment->x0 < column->x0 ? segment->x0 : column->x0;
    column->x1 = segment->x1 > column->x1 ? segment->x1 : column->x1;
    column->key = hash_mix(column->key + segment->key);
}

/* Columns of the lines `first` to `last`, from the bottom up. A label over several columns names
 * them together and belongs to none. */
static int make_columns(struct blocks *blocks, const struct segments *segments, size_t first,
                        size_t last, struct tq_error *err)
{
    size_t start = blocks->column_count;

    for (size_t line = last + 1; line-- > first;) {
        for (uint32_t i = segments->first[line]; i < segments->first[line + 1]; i++) {
            const struct segment *segment = &segments->items[i];
            struct column *columns = blocks->columns ? blocks->columns + start : NULL;
            size_t at = overlapped(columns, blocks->column_count - start, segment);
            int r;

            if (at < SIZE_MAX - 1)
                widen(&columns[at], segment, i);
            if (at != SIZE_MAX)
                continue;
            r = alloc_reserve(&blocks->columns, &blocks->column_capacity, blocks->column_count + 1,
                              sizeof(*blocks->columns), err);
            if (r < 0)
                return r;
            blocks->columns[blocks->column_count++] = (struct column){.x0 = segment->x0,
                                                                      .x1 = segment->x1,
                                                                      .is_rtl = segment->is_rtl,
                                                                      .key = segment->key,
                                                                      .part_count = 1,
                                                                      .parts = {i}};
        }
    }
    if (blocks->column_count > start)
        qsort(blocks->columns + start, blocks->column_count - start, sizeof(*blocks->columns),
              by_left_edge);
    return TQ_OK;
}

static bool has_pair_of_cells(const struct blocks *blocks, const struct segments *segments,
                              size_t first)
{
    for (size_t i = first; i < blocks->row_count; i++) {
        if (segments_on(segments, blocks->rows[i]) >= 2)
            return true;
    }
    return false;
}

/* A bit for each of the first 64 columns in which the line has a cell. */
static uint64_t filled_columns(const struct blocks *blocks, const struct block *block,
                               const struct segments *segments, size_t line)
{
    const struct segment *cells = segments_at(segments, line);
    uint64_t filled = 0;

    for (size_t i = 0; i < segments_on(segments, line); i++) {
        size_t column =
            block_column(blocks->columns + block->first_column, block->column_count, &cells[i]);

        if (column < 64)
            filled |= (uint64_t)1 << column;
    }
    return filled;
}

/* Whether some line fills two columns that a line before it has filled. A line that fills one, or
 * only others, may as well be the rest of the values above: a wrapped address. */
static bool has_rows(const struct blocks *blocks, const struct block *block,
                     const struct segments *segments)
{
    uint64_t before = 0;

    for (size_t i = 0; i < block->row_count; i++) {
        uint64_t filled =
            filled_columns(blocks, block, segments, blocks->rows[block->first_row + i]);
        uint64_t again = filled & before;

        if (again & (again - 1))
            return true;
        before |= filled;
    }
    return false;
}

/* The block whose header begins at a line; `*out_next` is the line after what was looked at. */
static int find_block(struct blocks *blocks, const struct document *document,
                      const struct segments *segments, size_t line, size_t *out_next,
                      struct tq_error *err)
{
    struct block block = {.header_first = line,
                          .header_last = header_end(document, segments, line),
                          .first_column = blocks->column_count,
                          .first_row = blocks->row_count};
    int r = make_columns(blocks, segments, line, block.header_last, err);

    if (r < 0)
        return r;
    block.column_count = blocks->column_count - block.first_column;
    *out_next = block.header_last + 1;
    if (block.column_count >= 2) {
        r = take_rows(blocks, document, segments, block.header_last, err);
        if (r < 0)
            return r;
    }
    if (!has_pair_of_cells(blocks, segments, block.first_row)) {
        blocks->row_count = block.first_row;
        blocks->column_count = block.first_column;
        return TQ_OK;
    }
    block.row_count = blocks->row_count - block.first_row;
    block.key = block_key(blocks->columns + block.first_column, block.column_count);
    block.has_rows = has_rows(blocks, &block, segments);
    *out_next = blocks->rows[blocks->row_count - 1] + 1;
    r = alloc_reserve(&blocks->items, &blocks->capacity, blocks->count + 1, sizeof(*blocks->items),
                      err);
    if (r < 0)
        return r;
    blocks->items[blocks->count++] = block;
    return TQ_OK;
}

int blocks_find(struct blocks *blocks, const struct document *document,
                const struct segments *segments, struct tq_error *err)
{
    size_t line = 0;

    blocks->count = 0;
    blocks->row_count = 0;
    blocks->column_count = 0;
    while (line < document->line_count) {
        int r;

        if (!is_all_labels(segments, line)) {
            line++;
            continue;
        }
        r = find_block(blocks, document, segments, line, &line, err);
        if (r < 0)
            return r;
    }
    return TQ_OK;
}
