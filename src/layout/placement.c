/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "layout/placement.h"

#include <math.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/hash.h"

#define DOCUMENTS_LEAST 8u  /* fewer are no measure for one of them */
#define USUAL_TENTHS    9u  /* of the values of one place */
#define EDGE_SLACK      .3f /* points: edges that are alike */
#define ACROSS_LEAST    .7f /* points off an edge: a hand on a mouse, */
#define ACROSS_MAX      8.f /* and no more: else it is another design */
#define DOWN_LEAST      .4f /* points off a line, */
#define DOWN_MAX        5.f /* and no more: else it is another line */
#define LINE_SLACK      1.f /* points: parts of one value on one line */
#define ABSENT          UINT32_MAX

void placements_clear(struct placements *placements)
{
    free(placements->items);
    *placements = (struct placements){0};
}

void place_habits_clear(struct place_habits *habits)
{
    free(habits->items);
    *habits = (struct place_habits){0};
}

/* ---- gathering ---- */

/* The first word of the segment whose style is known; ABSENT if none is. */
static uint32_t styled_word(const struct extraction *extraction, const struct segment *segment)
{
    for (uint32_t i = 0; i < segment->word_count; i++) {
        if (extraction->document.words[segment->first_word + i].style != WORD_STYLE_NONE)
            return segment->first_word + i;
    }
    return ABSENT;
}

/* Another part of the value before it: that becomes longer. A part on another line says nothing. */
static bool continues(const struct placements *placements, size_t first,
                      const struct placement *placement)
{
    struct placement *last =
        placements->count > first ? &placements->items[placements->count - 1] : NULL;

    if (!last || last->place != placement->place || last->page != placement->page)
        return false;
    if (placement->is_cell && last->label != placement->label)
        return false;
    if (fabsf(last->low - placement->low) < LINE_SLACK) {
        last->left = fminf(last->left, placement->left);
        last->right = fmaxf(last->right, placement->right);
    }
    return true;
}

static int add_placement(struct placements *placements, size_t first,
                         const struct placement *placement, struct tq_error *err)
{
    int r;

    if (continues(placements, first, placement))
        return TQ_OK;
    r = alloc_reserve(&placements->items, &placements->capacity, placements->count + 1,
                      sizeof(*placements->items), err);
    if (r == TQ_OK)
        placements->items[placements->count++] = *placement;
    return r;
}

static int gather_slot(struct placements *placements, size_t first,
                       const struct extraction *extraction, const struct piece *piece,
                       uint32_t document, struct tq_error *err)
{
    const struct segment *value = &extraction->segments.items[piece->segment], *label;
    uint32_t styled = styled_word(extraction, value);
    const struct word *word, *beside;

    if (piece->label == ABSENT || styled == ABSENT)
        return TQ_OK;
    label = &extraction->segments.items[piece->label];
    word = &extraction->document.words[styled];
    beside = &extraction->document.words[label->first_word];
    if (word->page != beside->page)
        return TQ_OK;
    return add_placement(placements, first,
                         &(struct placement){.place = piece->slot,
                                             .left = value->x0 - label->x0,
                                             .right = value->x1 - label->x0,
                                             .low = word->y1 - beside->y1,
                                             .style = word->style,
                                             .page = word->page,
                                             .document = document,
                                             .at = piece->at,
                                             .length = piece->length,
                                             .label = piece->label},
                         err);
}

static const struct block *find_block(const struct extraction *extraction, uint64_t key)
{
    for (size_t i = 0; i < extraction->blocks.count; i++) {
        if (extraction->blocks.items[i].key == key)
            return &extraction->blocks.items[i];
    }
    return NULL;
}

/* Cells of one row differ by their column, those of one column by their row. */
static int gather_row(struct placements *placements, size_t first,
                      const struct extraction *extraction, const struct row *row, uint32_t document,
                      struct tq_error *err)
{
    const struct block *block = find_block(extraction, row->block);
    int r = TQ_OK;

    for (size_t i = 0; block && i < row->piece_count && r == TQ_OK; i++) {
        const struct piece *piece = &extraction->cells[row->first_piece + i];
        const struct segment *cell = &extraction->segments.items[piece->segment];
        float edge = extraction->blocks.columns[block->first_column].x0;
        uint32_t styled = styled_word(extraction, cell);

        if (styled == ABSENT)
            continue;
        r = add_placement(placements, first,
                          &(struct placement){.place = hash_mix(row->block + piece->column + 1),
                                              .left = cell->x0 - edge,
                                              .right = cell->x1 - edge,
                                              .style = extraction->document.words[styled].style,
                                              .page = extraction->document.words[styled].page,
                                              .document = document,
                                              .is_cell = true,
                                              .at = piece->at,
                                              .length = piece->length,
                                              .label = (uint32_t)row->line},
                          err);
    }
    return r;
}

int placements_gather(struct placements *placements, const struct extraction *extraction,
                      uint32_t document, struct tq_error *err)
{
    size_t first = placements->count;
    int r = TQ_OK;

    for (size_t i = 0; i < extraction->slot_count && r == TQ_OK; i++)
        r = gather_slot(placements, first, extraction, &extraction->slots[i], document, err);
    first = placements->count;
    for (size_t i = 0; i < extraction->row_count && r == TQ_OK; i++)
        r = gather_row(placements, first, extraction, &extraction->rows[i], document, err);
    return r;
}

/* ---- learning ---- */

static int by_place(const void *a, const void *b)
{
    const struct placement *first = a, *second = b;

    if (first->place != second->place)
        return first->place < second->place ? -1 : 1;
    return (first->document > second->document) - (first->document < second->document);
}

static int by_size(const void *a, const void *b)
{
    const float *first = a, *second = b;

    return (*first > *second) - (*first < *second);
}

static int by_number(const void *a, const void *b)
{
    const uint32_t *first = a, *second = b;

    return (*first > *second) - (*first < *second);
}

static float coordinate(const struct placement *placement, enum placement_edge edge)
{
    switch (edge) {
    case EDGE_LEFT:
        return placement->left;
    case EDGE_RIGHT:
        return placement->right;
    case EDGE_CENTRE:
        return (placement->left + placement->right) / 2;
    default:
        return placement->low;
    }
}

/* The middle of the stretch of twice the slack that most of them are in, and how many are. */
static uint32_t find_usual(float *room, size_t count, float *out_usual)
{
    size_t most = 0, from = 0;

    qsort(room, count, sizeof(*room), by_size);
    for (size_t to = 0; to < count; to++) {
        while (room[to] - room[from] > 2 * EDGE_SLACK)
            from++;
        if (to - from + 1 <= most)
            continue;
        most = to - from + 1;
        *out_usual = room[from + most / 2];
    }
    return (uint32_t)most;
}

static bool is_usual(size_t alike, size_t of)
{
    return of > 0 && alike * 10 >= of * USUAL_TENTHS;
}

static uint32_t learn_edge(const struct placement *items, size_t count, enum placement_edge edge,
                           float *room, float *out_usual)
{
    for (size_t i = 0; i < count; i++)
        room[i] = coordinate(&items[i], edge);
    return find_usual(room, count, out_usual);
}

static void learn_across(const struct placement *items, size_t count, float *room,
                         struct place_habit *habit)
{
    for (unsigned edge = EDGE_LEFT; edge <= EDGE_CENTRE; edge++) {
        float usual = 0;
        uint32_t alike = learn_edge(items, count, (enum placement_edge)edge, room, &usual);

        if (!is_usual(alike, count) || alike <= habit->across_alike)
            continue;
        habit->edge = (enum placement_edge)edge;
        habit->across = usual;
        habit->across_alike = alike;
    }
}

/* `room` has place for a number of each. */
static void learn_style(const struct placement *items, size_t count, uint32_t *room,
                        struct place_habit *habit)
{
    size_t from = 0;

    for (size_t i = 0; i < count; i++)
        room[i] = items[i].style;
    qsort(room, count, sizeof(*room), by_number);
    for (size_t to = 0; to < count; to++) {
        from = room[to] == room[from] ? from : to;
        if (to - from + 1 <= habit->style_alike)
            continue;
        habit->style_alike = (uint32_t)(to - from + 1);
        habit->style = room[to];
    }
    if (!is_usual(habit->style_alike, count) || habit->style == WORD_STYLE_MIXED)
        habit->style = WORD_STYLE_NONE;
}

static size_t count_documents(const struct placement *items, size_t count)
{
    size_t documents = count > 0;

    for (size_t i = 1; i < count; i++)
        documents += items[i].document != items[i - 1].document;
    return documents;
}

/* `room`: as many floats. */
static struct place_habit learn_place(const struct placement *items, size_t count, float *room,
                                      uint32_t *numbers)
{
    struct place_habit habit = {.place = items[0].place, .values = (uint32_t)count};

    learn_across(items, count, room, &habit);
    learn_style(items, count, numbers, &habit);
    if (items[0].is_cell)
        return habit;
    habit.low_alike = learn_edge(items, count, EDGE_NONE, room, &habit.low);
    habit.has_low = is_usual(habit.low_alike, count);
    return habit;
}

int place_habits_learn(struct placements *placements, struct place_habits *out_habits,
                       struct tq_error *err)
{
    CLEANUP(free_cleanup) float *room = alloc_zeroed(placements->count + 1, sizeof(*room));
    CLEANUP(free_cleanup)
    uint32_t *numbers = alloc_zeroed(placements->count + 1, sizeof(*numbers));
    struct place_habits habits = {
        .items = alloc_zeroed(placements->count / DOCUMENTS_LEAST + 1, sizeof(*habits.items))};

    if (!room || !numbers || !habits.items) {
        place_habits_clear(&habits);
        return tq_no_memory(err);
    }
    if (placements->count > 0)
        qsort(placements->items, placements->count, sizeof(*placements->items), by_place);
    for (size_t i = 0, end; i < placements->count; i = end) {
        const struct placement *items = &placements->items[i];

        for (end = i + 1; end < placements->count && placements->items[end].place == items->place;)
            end++;
        if (count_documents(items, end - i) >= DOCUMENTS_LEAST)
            habits.items[habits.count++] = learn_place(items, end - i, room, numbers);
    }
    *out_habits = habits;
    return TQ_OK;
}

/* ---- comparing ---- */

static int compare_habits(const void *a, const void *b)
{
    const struct place_habit *first = a, *second = b;

    return (first->place > second->place) - (first->place < second->place);
}

static const struct place_habit *find_habit(const struct place_habits *habits, uint64_t place)
{
    struct place_habit wanted = {.place = place};

    return habits->count
               ? bsearch(&wanted, habits->items, habits->count, sizeof(wanted), compare_habits)
               : NULL;
}

static bool is_between(float value, float least, float most)
{
    return fabsf(value) >= least && fabsf(value) <= most;
}

/* Other letters move the edges as well, so they are told alone. */
static bool compare(const struct placement *placement, const struct place_habit *habit,
                    struct departure *out)
{
    float across = coordinate(placement, habit->edge) - habit->across;
    float down = placement->low - habit->low;

    *out = (struct departure){.page = placement->page, .of = habit->values};
    if (habit->style != WORD_STYLE_NONE && placement->style != habit->style) {
        out->kind = DEPARTURE_STYLE;
        out->style = placement->style;
        out->usual = habit->style;
        out->alike = habit->style_alike;
        return true;
    }
    if (habit->has_low && is_between(down, DOWN_LEAST, DOWN_MAX)) {
        out->kind = DEPARTURE_DOWN;
        out->points = down;
        out->alike = habit->low_alike;
        return true;
    }
    out->kind = DEPARTURE_ACROSS;
    out->points = across;
    out->alike = habit->across_alike;
    return habit->edge != EDGE_NONE && is_between(across, ACROSS_LEAST, ACROSS_MAX);
}

/* Where the texts of a departure are in the buffer, until that is complete. */
struct text_places {
    size_t text, text_end, label_end;
};

static struct text_places add_texts(const struct placement *placement,
                                    const struct extraction *extraction, struct buf *text)
{
    struct text_places places = {.text = text->length};

    buf_add(text, extraction->text.data + placement->at, placement->length);
    places.text_end = text->length;
    if (!placement->is_cell)
        segment_text(&extraction->document, &extraction->segments.items[placement->label], text);
    places.label_end = text->length;
    return places;
}

int placements_compare(const struct placements *placements, const struct place_habits *habits,
                       const struct extraction *extraction, struct buf *text,
                       struct departures *out_departures, struct tq_error *err)
{
    struct text_places places[DEPARTURES_MAX];
    struct departures found = {.count = 0};
    size_t compared = 0, departing = 0;
    int r;

    buf_empty(text);
    for (size_t i = 0; i < placements->count; i++) {
        const struct placement *placement = &placements->items[i];
        const struct place_habit *habit = find_habit(habits, placement->place);
        struct departure departure;

        compared += habit != NULL;
        if (!habit || !compare(placement, habit, &departure))
            continue;
        departing++;
        if (found.count == DEPARTURES_MAX)
            continue;
        places[found.count] = add_texts(placement, extraction, text);
        found.items[found.count++] = departure;
    }
    r = buf_check(text, err);
    if (r < 0)
        return r;
    if (departing * 2 > compared)
        found.count = 0;
    for (uint32_t i = 0; i < found.count; i++) {
        found.items[i].text =
            slice_make(text->data + places[i].text, places[i].text_end - places[i].text);
        found.items[i].label =
            slice_make(text->data + places[i].text_end, places[i].label_end - places[i].text_end);
    }
    *out_departures = found;
    return TQ_OK;
}
