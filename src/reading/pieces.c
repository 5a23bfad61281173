/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "reading/pieces.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "reading/score.h"

#define FILLED_PERCENT 50u /* of the cells of a column, those that have a piece */
#define WORDS_MIN      2u  /* in so many cells: else there is nothing to take apart */
#define OVERLAP_ROWS   64u

/* What addresses are made of, in the usual orders. */
static const struct cell_piece tried[] = {
    {1, PIECE_ALL},
    {2, PIECE_ALL},
    {PIECE_LAST_PART, PIECE_ALL},
    {1, PIECE_FIRST_WORD},
    {1, PIECE_BUT_FIRST},
    {1, PIECE_LAST_WORD},
    {1, PIECE_BUT_LAST},
    {PIECE_LAST_PART, PIECE_BEFORE_NUMBER},
    {PIECE_LAST_PART, PIECE_NUMBER},
    {PIECE_LAST_PART, PIECE_AFTER_NUMBER},
    {PIECE_WHOLE, PIECE_BEFORE_NUMBER},
    {PIECE_WHOLE, PIECE_NUMBER},
    {PIECE_WHOLE, PIECE_AFTER_NUMBER},
};
#define TRIED_COUNT (sizeof(tried) / sizeof(tried[0]))

/* A piece of a column that enough of its cells have. */
struct column_piece {
    uint32_t source;
    struct cell_piece piece;
    bool taken;
};

struct piece_list {
    struct column_piece *items;
    size_t count, capacity;
};

static void piece_list_clear(struct piece_list *list)
{
    free(list->items);
}

/* A column that nothing explains: it may be a piece of what the register holds, or several. */
static bool is_unexplained(const struct column_reading *column)
{
    return column->status != READING_FULL && column->status != READING_REFERS_TO
           && column->role == ROLE_VALUE;
}

/* Letters and digits in words, as addresses have: names and dates are compared as they are. */
static bool is_like_address(const struct sample *sample, uint32_t column)
{
    uint32_t filled = sample->columns[column].filled, like = 0;

    for (uint32_t row = 0; row < sample->row_count; row++) {
        struct slice cell = row_sample_cell(sample, row, column);
        bool digit = false, letter = false, space = false;

        for (size_t i = 0; i < cell.length; i++) {
            unsigned char c = (unsigned char)cell.data[i];

            digit |= c >= '0' && c <= '9';
            letter |= (c | 0x20) >= 'a' && ((c | 0x20) <= 'z' || c >= 0x80);
            space |= c == ' ';
        }
        like += digit && letter && space;
    }
    return (uint64_t)like * 100 >= (uint64_t)filled * FILLED_PERCENT && like >= WORDS_MIN;
}

static bool has_piece(const struct sample *sample, uint32_t column, struct cell_piece piece)
{
    uint32_t filled = sample->columns[column].filled, found = 0;

    for (uint32_t row = 0; row < sample->row_count; row++)
        found += piece_of(piece, row_sample_cell(sample, row, column)).length > 0;
    return (uint64_t)found * 100 >= (uint64_t)filled * FILLED_PERCENT;
}

/* Whether two pieces of one column share text in any of the first rows. */
static bool overlap(const struct sample *whole, const struct column_piece *a,
                    const struct column_piece *b)
{
    if (a->source != b->source)
        return false;
    for (uint32_t row = 0; row < whole->row_count && row < OVERLAP_ROWS; row++) {
        struct slice cell = row_sample_cell(whole, row, a->source);
        struct slice one = piece_of(a->piece, cell), other = piece_of(b->piece, cell);

        if (one.length > 0 && other.length > 0 && one.data < other.data + other.length
            && other.data < one.data + one.length)
            return true;
    }
    return false;
}

/* Whether a piece that was read before the others, as behind a label, has the same text. */
static bool is_read_already(const struct sample *sample, const struct reading *reading,
                            const struct column_piece *piece)
{
    for (uint32_t c = sample->table->column_count; c < reading->column_count; c++) {
        struct column_piece other = {.source = reading->columns[c].source,
                                     .piece = reading->columns[c].piece};

        if (!piece_is_whole(other.piece) && overlap(sample, &other, piece))
            return true;
    }
    return false;
}

static int list_pieces(const struct sample *sample, const struct reading *reading,
                       struct piece_list *list, struct tq_error *err)
{
    for (uint32_t c = 0; c < sample->table->column_count; c++) {
        const struct column_reading *column = &reading->columns[c];

        if (!is_unexplained(column) || !is_like_address(sample, c))
            continue;
        for (size_t i = 0; i < TRIED_COUNT; i++) {
            struct column_piece piece = {.source = c, .piece = tried[i]};
            int r;

            if (!has_piece(sample, c, tried[i]) || is_read_already(sample, reading, &piece))
                continue;
            r = alloc_reserve(&list->items, &list->capacity, list->count + 1, sizeof(*list->items),
                              err);
            if (r < 0)
                return r;
            list->items[list->count++] = piece;
        }
    }
    return TQ_OK;
}

/* Rows of the pieces alone. */
static int fill_rows(const struct sample *whole, const struct piece_list *list,
                     struct batch_builder *rows, struct tq_error *err)
{
    const struct batch *batch = &whole->rows.batch;

    for (uint32_t row = 0; row < whole->row_count; row++) {
        int r = TQ_OK;

        for (size_t i = 0; i < list->count && r == TQ_OK; i++)
            r = batch_builder_cell(
                rows,
                piece_of(list->items[i].piece, row_sample_cell(whole, row, list->items[i].source)),
                err);
        if (r == TQ_OK)
            r = batch_builder_row(rows, batch->exhibit[row], batch->record[row], batch->place[row],
                                  batch->flags[row], err);
        if (r < 0)
            return r;
    }
    return TQ_OK;
}

static bool is_free(const struct sample *whole, const struct piece_list *list, size_t number)
{
    for (size_t i = 0; i < list->count; i++) {
        if (list->items[i].taken && overlap(whole, &list->items[i], &list->items[number]))
            return false;
    }
    return true;
}

/* The fully read piece that explains most of those that are free; list->count: none. */
static size_t next_best(const struct sample *whole, const struct piece_list *list,
                        const struct candidate_reading *const *found)
{
    size_t best = list->count;

    for (size_t i = 0; i < list->count; i++) {
        if (!found[i] || list->items[i].taken || !is_free(whole, list, i))
            continue;
        if (best == list->count || found[i]->rank > found[best]->rank)
            best = i;
    }
    return best;
}

static int take_pieces(const struct hypothesis *hypothesis, struct piece_list *list,
                       const struct candidate_reading *const *found, const struct sample *pieces,
                       struct reading *reading, struct tq_error *err)
{
    const struct sample *whole = hypothesis->linked.sample;

    for (;;) {
        size_t best = next_best(whole, list, found);
        struct column_reading *column;
        int r;

        if (best == list->count)
            return TQ_OK;
        r = reading_add_piece(reading, list->items[best].source, list->items[best].piece, &column,
                              err);
        if (r < 0)
            return r;
        list->items[best].taken = true;
        candidate_fill(found[best], hypothesis->month_column != UINT16_MAX, column);
        column->filled = (double)pieces->columns[best].filled / whole->row_count;
    }
}

static int read_pieces(const struct hypothesis *hypothesis, struct piece_list *list,
                       const struct sample *pieces, struct candidate_readings *lists,
                       struct reading *reading, struct tq_error *err)
{
    struct linked linked = hypothesis->linked;
    CLEANUP(free_cleanup)
    const struct candidate_reading **found =
        alloc_zeroed(list->count, sizeof(const struct candidate_reading *));
    int r;

    if (!found)
        return tq_no_memory(err);
    linked.sample = pieces;
    r = score_columns(&linked, lists, err);
    if (r < 0)
        return r;
    for (size_t i = 0; i < list->count; i++) {
        found[i] = candidate_readings_decide(pieces->reg, &lists[i], (struct slice){0});
        if (found[i]
            && (found[i]->as >= AS_PLAIN_COUNT || candidate_status(found[i]) != READING_FULL))
            found[i] = NULL;
    }
    return take_pieces(hypothesis, list, found, pieces, reading, err);
}

static int read_as_pieces(const struct hypothesis *hypothesis, struct reading *reading,
                          struct tq_error *err)
{
    const struct sample *sample = hypothesis->linked.sample;
    CLEANUP(free_cleanup)
    bool *wanted = alloc_zeroed(sample->column_count + (size_t)1, sizeof(bool));
    bool any = false;
    int r;

    if (!wanted)
        return tq_no_memory(err);
    for (uint32_t c = 0; c < sample->table->column_count; c++) {
        wanted[c] = sample->columns[c].filled > 0 && is_unexplained(&reading->columns[c]);
        any |= wanted[c];
    }
    if (!any)
        return TQ_OK;
    r = score_value_pieces(&hypothesis->linked, wanted, tried, TRIED_COUNT, hypothesis->lists, err);
    for (uint32_t c = 0; c < sample->table->column_count && r == TQ_OK; c++) {
        const struct candidate_reading *found;

        if (!wanted[c])
            continue;
        found = candidate_readings_decide(sample->reg, &hypothesis->lists[c], (struct slice){0});
        if (found && found->as == AS_PIECE && candidate_status(found) == READING_FULL)
            candidate_fill(found, hypothesis->month_column != UINT16_MAX, &reading->columns[c]);
    }
    return r;
}

int pieces_read(const struct hypothesis *hypothesis, struct reading *reading, struct tq_error *err)
{
    const struct sample *whole = hypothesis->linked.sample;
    CLEANUP(piece_list_clear) struct piece_list list = {0};
    CLEANUP(row_sample_clear) struct sample pieces = {0};
    struct candidate_readings *lists;
    int r;

    if (hypothesis->linked.few || hypothesis->linked.count == 0)
        return TQ_OK;
    r = read_as_pieces(hypothesis, reading, err);
    if (r == TQ_OK)
        r = list_pieces(whole, reading, &list, err);
    if (r < 0 || list.count == 0)
        return r;
    batch_builder_init(&pieces.rows, (uint32_t)list.count);
    r = fill_rows(whole, &list, &pieces.rows, err);
    if (r == TQ_OK)
        r = row_sample_of_rows(whole, (uint32_t)list.count, &pieces, err);
    if (r == TQ_OK) /* pieces may be of types that no whole column is */
        r = row_sample_load_dictionaries(&pieces, err);
    if (r < 0)
        return r;
    lists = alloc_zeroed(list.count, sizeof(*lists));
    if (!lists)
        return tq_no_memory(err);
    r = read_pieces(hypothesis, &list, &pieces, lists, reading, err);
    (void)candidate_readings_free(lists, (uint32_t)list.count);
    return r;
}
