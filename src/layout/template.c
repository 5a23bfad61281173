/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "layout/template.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/limits.h"
#include "normalise/text.h"

#define SAMPLE_MAX   256u /* documents looked at to learn a template */
#define SAMPLE_WORDS (SAMPLE_MAX / 64)
#define SLOT_SHARE   50u /* a column for slots that one document in so many has: 2 % */
/* One document in so many that have a block must have two rows in it, for it to be a table of
 * lines: values beside one another may both need a second line, but seldom do. */
#define ROWS_SHARE         20u
#define LEARNT_SLOTS_MAX   1024u
#define LEARNT_TABLES_MAX  16u
#define LEARNT_COLUMNS_MAX 64u /* of one table */

/* A slot seen in the sample. */
struct learnt_slot {
    uint64_t key;
    char *text;                  /* of its label, owned */
    char *folded;                /* owned */
    uint64_t seen[SAMPLE_WORDS]; /* a bit for each document of the sample */
    uint32_t count;              /* of them */
    uint32_t merged_into;        /* COLUMN_NONE, or another slot of this list */
};

struct learnt_table {
    uint64_t key;
    uint32_t count;     /* documents */
    uint32_t with_rows; /* of them, those with two rows in it */
    uint32_t columns;
    char **headers; /* owned */
};

struct votes {
    uint64_t key;
    int64_t right; /* documents in which the right label is nearer, less those of the left */
};

struct lesson {
    struct learnt_slot *slots;
    size_t slot_count, slot_capacity;
    struct learnt_table *tables;
    size_t table_count, table_capacity;
    struct votes *votes;
    size_t vote_count, vote_capacity;
    struct extraction extraction;
    struct placements placements; /* of all documents looked at */
    bool has_free_text;
};

static void lesson_clear(struct lesson *lesson)
{
    for (size_t i = 0; i < lesson->slot_count; i++) {
        free(lesson->slots[i].text);
        free(lesson->slots[i].folded);
    }
    for (size_t i = 0; i < lesson->table_count; i++) {
        for (uint32_t c = 0; c < lesson->tables[i].columns; c++)
            free(lesson->tables[i].headers[c]);
        free(lesson->tables[i].headers);
    }
    free(lesson->slots);
    free(lesson->tables);
    free(lesson->votes);
    placements_clear(&lesson->placements);
    extraction_clear(&lesson->extraction);
}

void template_clear(struct template *template)
{
    labels_clear(&template->labels);
    decisions_clear(&template->decisions);
    place_habits_clear(&template->habits);
    free(template->slots);
    free(template->tables);
    for (uint32_t c = 0; template->headers && c < template->column_count; c++)
        free(template->headers[c]);
    free(template->headers);
    free(template->blocks);
    *template = (struct template){0};
}

static char *text_of(const struct lesson *lesson, const struct segment *segment)
{
    struct buf text = {0};
    char *taken;

    segment_text(&lesson->extraction.document, segment, &text);
    taken = buf_take(&text);
    buf_clear(&text);
    return taken;
}

static char *text_of_free(void)
{
    struct buf text = {0};

    buf_add_text(&text, "free");
    return buf_take(&text);
}

static char *fold_of(const char *text)
{
    struct buf folded = {0};
    char *taken;

    text_fold(slice_of(text), &folded);
    taken = buf_take(&folded);
    buf_clear(&folded);
    return taken;
}

/* ---- first look: which blocks are tables, which neighbour owns a value ---- */

static char *header_of(const struct lesson *lesson, const struct column *column)
{
    struct buf text = {0};
    char *taken;

    column_text(column, &lesson->extraction.document, &lesson->extraction.segments, &text);
    taken = buf_take(&text);
    buf_clear(&text);
    return taken;
}

static int learn_headers(struct lesson *lesson, struct learnt_table *table,
                         const struct block *block, struct tq_error *err)
{
    const struct column *columns = lesson->extraction.blocks.columns + block->first_column;

    table->headers = alloc_zeroed(block->column_count + 1, sizeof(*table->headers));
    if (!table->headers)
        return tq_no_memory(err);
    table->columns = (uint32_t)block->column_count;
    for (uint32_t c = 0; c < table->columns; c++) {
        table->headers[c] = header_of(lesson, &columns[c]);
        if (!table->headers[c])
            return tq_no_memory(err);
    }
    return TQ_OK;
}

static int learn_block(struct lesson *lesson, const struct block *block, struct tq_error *err)
{
    struct learnt_table *table;
    size_t i = 0;
    int r;

    while (i < lesson->table_count && lesson->tables[i].key != block->key)
        i++;
    if (i == lesson->table_count) {
        if (i == LEARNT_TABLES_MAX || block->column_count > LEARNT_COLUMNS_MAX)
            return TQ_OK;
        r = alloc_reserve(&lesson->tables, &lesson->table_capacity, i + 1, sizeof(*lesson->tables),
                          err);
        if (r < 0)
            return r;
        lesson->tables[lesson->table_count++] = (struct learnt_table){.key = block->key};
        r = learn_headers(lesson, &lesson->tables[i], block, err);
        if (r < 0)
            return r;
    }
    table = &lesson->tables[i];
    table->count++;
    table->with_rows += block->has_rows;
    return TQ_OK;
}

static int vote(struct lesson *lesson, uint64_t key, int64_t right, struct tq_error *err)
{
    size_t i = 0;
    int r;

    while (i < lesson->vote_count && lesson->votes[i].key != key)
        i++;
    if (i == lesson->vote_count) {
        if (i == LEARNT_SLOTS_MAX)
            return TQ_OK;
        r = alloc_reserve(&lesson->votes, &lesson->vote_capacity, i + 1, sizeof(*lesson->votes),
                          err);
        if (r < 0)
            return r;
        lesson->votes[lesson->vote_count++] = (struct votes){.key = key};
    }
    lesson->votes[i].right += right;
    return TQ_OK;
}

/* Of each value between two labels: which is nearer. */
static int learn_neighbours(struct lesson *lesson, struct tq_error *err)
{
    const struct segments *segments = &lesson->extraction.segments;

    for (size_t line = 0; line < lesson->extraction.document.line_count; line++) {
        for (uint32_t i = segments->first[line] + 1; i + 1 < segments->first[line + 1]; i++) {
            const struct segment *value = &segments->items[i], *left = value - 1,
                                 *right = value + 1;
            int r;

            if (value->is_label || !extraction_is_neighbour(value, left, -1)
                || !extraction_is_neighbour(value, right, 1))
                continue;
            r = vote(lesson, neighbour_key(left, right),
                     right->x0 - value->x1 < value->x0 - left->x1 ? 1 : -1, err);
            if (r < 0)
                return r;
        }
    }
    return TQ_OK;
}

static int first_look(struct lesson *lesson, struct tq_error *err)
{
    const struct blocks *blocks = &lesson->extraction.blocks;

    for (size_t i = 0; i < blocks->count; i++) {
        int r = learn_block(lesson, &blocks->items[i], err);

        if (r < 0)
            return r;
    }
    return learn_neighbours(lesson, err);
}

static bool is_table(const struct learnt_table *table, uint32_t sample)
{
    return table->with_rows > 0 && table->with_rows * ROWS_SHARE >= table->count
           && table->count * SLOT_SHARE >= sample;
}

static int decide(const struct lesson *lesson, uint32_t sample, struct decisions *decisions,
                  struct tq_error *err)
{
    decisions->tables = alloc_zeroed(lesson->table_count + 1, sizeof(uint64_t));
    decisions->rightward = alloc_zeroed(lesson->vote_count + 1, sizeof(uint64_t));
    if (!decisions->tables || !decisions->rightward)
        return tq_no_memory(err);
    for (size_t i = 0; i < lesson->table_count; i++) {
        if (is_table(&lesson->tables[i], sample))
            decisions->tables[decisions->table_count++] = lesson->tables[i].key;
    }
    for (size_t i = 0; i < lesson->vote_count; i++) {
        if (lesson->votes[i].right > 0)
            decisions->rightward[decisions->rightward_count++] = lesson->votes[i].key;
    }
    qsort(decisions->tables, decisions->table_count, sizeof(uint64_t), feature_compare);
    qsort(decisions->rightward, decisions->rightward_count, sizeof(uint64_t), feature_compare);
    return TQ_OK;
}

/* ---- second look: which slots there are ---- */

static int learn_slot(struct lesson *lesson, const struct piece *piece, uint32_t number,
                      struct tq_error *err)
{
    struct learnt_slot *slot;
    size_t i = 0;
    int r;

    while (i < lesson->slot_count && lesson->slots[i].key != piece->slot)
        i++;
    if (i == lesson->slot_count) {
        if (i == LEARNT_SLOTS_MAX) {
            lesson->has_free_text = true;
            return TQ_OK;
        }
        r = alloc_reserve(&lesson->slots, &lesson->slot_capacity, i + 1, sizeof(*lesson->slots),
                          err);
        if (r < 0)
            return r;
        slot = &lesson->slots[lesson->slot_count++];
        *slot = (struct learnt_slot){.key = piece->slot, .merged_into = COLUMN_NONE};
        slot->text = text_of(lesson, &lesson->extraction.segments.items[piece->label]);
        slot->folded = slot->text ? fold_of(slot->text) : NULL;
        if (!slot->folded)
            return tq_no_memory(err);
    }
    slot = &lesson->slots[i];
    if (!(slot->seen[number / 64] >> (number % 64) & 1)) {
        slot->seen[number / 64] |= (uint64_t)1 << (number % 64);
        slot->count++;
    }
    return TQ_OK;
}

static int second_look(struct lesson *lesson, const struct decisions *decisions, uint32_t number,
                       struct tq_error *err)
{
    int r = extraction_read(&lesson->extraction, decisions, err);

    for (size_t i = 0; i < lesson->extraction.slot_count && r == TQ_OK; i++) {
        const struct piece *piece = &lesson->extraction.slots[i];

        if (piece->slot == SLOT_FREE)
            lesson->has_free_text = true;
        else
            r = learn_slot(lesson, piece, number, err);
    }
    return r < 0 ? r : placements_gather(&lesson->placements, &lesson->extraction, number, err);
}

static bool ends_in_words(const char *longer, const char *shorter)
{
    size_t a = strlen(longer), b = strlen(shorter);

    return b > 0 && a > b && strcmp(longer + a - b, shorter) == 0 && longer[a - b - 1] == ' ';
}

static bool seen_together(const struct learnt_slot *a, const struct learnt_slot *b)
{
    for (unsigned i = 0; i < SAMPLE_WORDS; i++) {
        if (a->seen[i] & b->seen[i])
            return true;
    }
    return false;
}

static void merge(struct lesson *lesson, size_t from, size_t to)
{
    struct learnt_slot *into = &lesson->slots[to], *slot = &lesson->slots[from];

    for (unsigned i = 0; i < SAMPLE_WORDS; i++)
        into->seen[i] |= slot->seen[i];
    into->count += slot->count;
    slot->merged_into = (uint32_t)to;
}

/* Running text breaks its lines anywhere: "holder of card no." and "card no." are one label if no
 * document has both. The commoner one stays. */
static void merge_broken_labels(struct lesson *lesson)
{
    for (size_t i = 0; i < lesson->slot_count; i++) {
        for (size_t k = 0; k < lesson->slot_count; k++) {
            struct learnt_slot *a = &lesson->slots[i], *b = &lesson->slots[k];

            if (i == k || a->merged_into != COLUMN_NONE || b->merged_into != COLUMN_NONE
                || !ends_in_words(a->folded, b->folded) || seen_together(a, b))
                continue;
            if (a->count >= b->count)
                merge(lesson, k, i);
            else
                merge(lesson, i, k);
        }
    }
}

/* ---- columns ---- */

static int by_key(const void *a, const void *b)
{
    const struct placing *x = a, *y = b;

    return (x->key > y->key) - (x->key < y->key);
}

/* The header, with a number if slots before it have the same. */
static char *slot_header(const struct lesson *lesson, const uint32_t *column_of, size_t slot)
{
    struct buf header = {0};
    unsigned same = 1;
    char *taken;

    for (size_t i = 0; i < slot; i++)
        same += column_of[i] != COLUMN_NONE && lesson->slots[i].merged_into == COLUMN_NONE
                && strcmp(lesson->slots[i].folded, lesson->slots[slot].folded) == 0;
    buf_add_text(&header, lesson->slots[slot].text);
    if (same > 1)
        buf_format(&header, " %u", same);
    taken = buf_take(&header);
    buf_clear(&header);
    return taken;
}

static uint32_t merged_slot(const struct lesson *lesson, uint32_t slot)
{
    while (lesson->slots[slot].merged_into != COLUMN_NONE)
        slot = lesson->slots[slot].merged_into;
    return slot;
}

static int place_slots(struct template *template, const struct lesson *lesson, uint32_t sample,
                       bool is_whole, struct tq_error *err)
{
    CLEANUP(free_cleanup)
    uint32_t *column_of = alloc_zeroed(lesson->slot_count + 1, sizeof(*column_of));
    bool has_free = lesson->has_free_text || !is_whole;

    template->slots = alloc_zeroed(lesson->slot_count + 1, sizeof(*template->slots));
    if (!column_of || !template->slots)
        return tq_no_memory(err);
    for (uint32_t i = 0; i < lesson->slot_count; i++) {
        const struct learnt_slot *slot = &lesson->slots[i];
        bool is_rare = slot->count * SLOT_SHARE < sample;

        column_of[i] = COLUMN_NONE;
        if (slot->merged_into != COLUMN_NONE)
            continue;
        has_free |= is_rare;
        if (is_rare)
            continue;
        column_of[i] = template->column_count;
        template->headers[template->column_count] = slot_header(lesson, column_of, i);
        if (!template->headers[template->column_count++])
            return tq_no_memory(err);
    }
    for (uint32_t i = 0; i < lesson->slot_count; i++) {
        uint32_t column = column_of[merged_slot(lesson, i)];

        if (column != COLUMN_NONE)
            template->slots[template->slot_place_count++] =
                (struct placing){.key = lesson->slots[i].key, .column = column};
    }
    qsort(template->slots, template->slot_place_count, sizeof(*template->slots), by_key);

    template->free_column = COLUMN_NONE;
    if (has_free) {
        template->free_column = template->column_count;
        template->headers[template->column_count] = text_of_free();
        if (!template->headers[template->column_count++])
            return tq_no_memory(err);
    }
    template->slot_count = template->column_count;
    return TQ_OK;
}

static int place_tables(struct template *template, struct lesson *lesson, uint32_t sample,
                        struct tq_error *err)
{
    template->tables = alloc_zeroed(lesson->table_count + 1, sizeof(*template->tables));
    if (!template->tables)
        return tq_no_memory(err);
    for (size_t i = 0; i < lesson->table_count; i++) {
        struct learnt_table *table = &lesson->tables[i];

        if (!is_table(table, sample))
            continue;
        template->tables[template->table_place_count++] = (struct placing){
            .key = table->key, .column = template->column_count, .count = table->columns};
        for (uint32_t c = 0; c < table->columns; c++) {
            template->blocks[template->column_count] = (uint16_t) template->table_place_count;
            template->headers[template->column_count++] = table->headers[c];
            table->headers[c] = NULL; /* handed over */
        }
    }
    qsort(template->tables, template->table_place_count, sizeof(*template->tables), by_key);
    return TQ_OK;
}

static int make_columns(struct template *template, struct lesson *lesson, uint32_t sample,
                        bool is_whole, struct tq_error *err)
{
    size_t most = lesson->slot_count + 1;
    int r;

    for (size_t i = 0; i < lesson->table_count; i++)
        most += lesson->tables[i].columns;
    template->headers = alloc_zeroed(most, sizeof(*template->headers));
    template->blocks = alloc_zeroed(most, sizeof(*template->blocks));
    if (!template->headers || !template->blocks)
        return tq_no_memory(err);
    r = place_slots(template, lesson, sample, is_whole, err);
    if (r < 0)
        return r;
    return place_tables(template, lesson, sample, err);
}

/* Load each document of the sample and look at it; `decisions` NULL for the first look. */
static int look(struct lesson *lesson, const struct template *template,
                const struct decisions *decisions, const struct page_loader *loader,
                const uint32_t *members, uint32_t member_count, struct tq_error *err)
{
    uint32_t sample = member_count < SAMPLE_MAX ? member_count : SAMPLE_MAX;

    for (uint32_t i = 0; i < sample; i++) {
        uint32_t document = members[(uint64_t)i * member_count / sample];
        const struct page *pages;
        uint32_t page_count;
        int r = loader->load(loader->state, document, &pages, &page_count, err);

        if (r < 0)
            return r;
        r = extraction_survey(&lesson->extraction, &template->labels, pages, page_count, err);
        if (r < 0)
            return r;
        r = decisions ? second_look(lesson, decisions, i, err) : first_look(lesson, err);
        if (r < 0)
            return r;
    }
    return TQ_OK;
}

int template_learn(struct template *template, const struct page_loader *loader,
                   const uint32_t *members, uint32_t member_count, struct tq_error *err)
{
    CLEANUP(lesson_clear) struct lesson lesson = {0};
    uint32_t sample = member_count < SAMPLE_MAX ? member_count : SAMPLE_MAX;
    int r = look(&lesson, template, NULL, loader, members, member_count, err);

    if (r < 0)
        return r;
    r = decide(&lesson, sample, &template->decisions, err);
    if (r < 0)
        return r;
    r = look(&lesson, template, &template->decisions, loader, members, member_count, err);
    if (r < 0)
        return r;
    r = place_habits_learn(&lesson.placements, &template->habits, err);
    if (r < 0)
        return r;
    merge_broken_labels(&lesson);
    return make_columns(template, &lesson, sample, sample == member_count, err);
}

static const struct placing *find(const struct placing *items, size_t count, uint64_t key)
{
    struct placing wanted = {.key = key};

    return count ? bsearch(&wanted, items, count, sizeof(wanted), by_key) : NULL;
}

uint32_t template_slot(const struct template *template, uint64_t slot)
{
    const struct placing *placing = find(template->slots, template->slot_place_count, slot);

    return placing ? placing->column : template->free_column;
}

uint32_t template_table(const struct template *template, uint64_t block, uint32_t *out_count)
{
    const struct placing *placing = find(template->tables, template->table_place_count, block);

    *out_count = placing ? placing->count : 0;
    return placing ? placing->column : COLUMN_NONE;
}
