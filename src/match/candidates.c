/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "match/candidates.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "match/date_neighbour.h"
#include "normalise/similarity.h"

#define SLOTS (CANDIDATES_MAX * 2)

/* Keys one error away that are followed, and holders of each: algorithms.md 3.1. */
#define NEIGHBOURS_MAX        16u
#define NEIGHBOUR_HOLDERS_MAX 8u

/* Values of one record whose neighbours are looked up, the shortest: a record of which two have
 * none is not found by a third either, and each costs some hundreds of look-ups. */
#define NEIGHBOUR_ITEMS_MAX 2u

/* Items of one column of one record that are used for pairs. */
#define PAIR_ITEMS_MAX 4u

int candidates_init(struct candidates *candidates, struct tq_error *err)
{
    *candidates = (struct candidates){0};
    candidates->subjects = alloc_zeroed(CANDIDATES_MAX, sizeof(*candidates->subjects));
    candidates->slots = alloc_zeroed(SLOTS, sizeof(*candidates->slots));
    return candidates->subjects && candidates->slots ? 0 : tq_no_memory(err);
}

void candidates_clear(struct candidates *candidates)
{
    free(candidates->subjects);
    free(candidates->slots);
    neighbours_clear(&candidates->neighbours);
    *candidates = (struct candidates){0};
}

void candidates_begin(struct candidates *candidates)
{
    candidates->count = 0;
    candidates->generation++;
    if (candidates->generation == 0) {
        for (size_t i = 0; i < SLOTS; i++)
            candidates->slots[i] = 0;
        candidates->generation = 1;
    }
}

void candidates_add(struct candidates *candidates, uint32_t subject)
{
    uint64_t entry = (uint64_t)candidates->generation << 32 | subject;
    size_t slot = hash_mix(subject) & (SLOTS - 1);

    while (candidates->slots[slot] >> 32 == candidates->generation) {
        if (candidates->slots[slot] == entry)
            return;
        slot = (slot + 1) & (SLOTS - 1);
    }
    if (candidates->count == CANDIDATES_MAX)
        return;
    candidates->slots[slot] = entry;
    candidates->subjects[candidates->count++] = subject;
}

void candidates_of_item(struct candidates *candidates, const struct match_columns *columns,
                        const struct item *item)
{
    const uint32_t *holders;
    uint32_t count;

    if (item->key == KEY_NONE)
        return;
    holders = column_holders(&columns->items[item->column], item->key, &count);
    for (uint32_t i = 0; i < count && count <= POSTING_MAX; i++)
        candidates_add(candidates, holders[i]);
}

static void add_found(struct candidates *candidates, const struct composite *composite,
                      uint64_t hash, bool *out_complete)
{
    uint32_t subjects[POSTING_MAX];
    uint32_t count = composite_find(composite, hash, subjects);

    if (count > POSTING_MAX) {
        *out_complete = false;
        return;
    }
    for (uint32_t i = 0; i < count; i++)
        candidates_add(candidates, subjects[i]);
}

/* The items that this side of a composite is about. */
static uint32_t side_items(const struct match_columns *columns, uint16_t side,
                           const struct item *items, size_t count, const struct item **out,
                           uint32_t room)
{
    uint32_t found = 0;

    for (size_t i = 0; i < count && found < room; i++) {
        if (columns->items[items[i].column].twin == side)
            out[found++] = &items[i];
    }
    return found;
}

/* A key to look up: at most all pairs of items of all composites. */
struct pair_key {
    const struct composite *composite;
    uint64_t hash;
};

#define PAIR_KEYS_MAX (COMPOSITES_MAX * PAIR_ITEMS_MAX * PAIR_ITEMS_MAX)

/* Append the keys of the record's items for one composite; how many there are now. */
static uint32_t add_pair_keys(const struct composite *composite,
                              const struct match_columns *columns, const struct item *items,
                              size_t count, struct pair_key *keys, uint32_t key_count)
{
    const struct item *a[PAIR_ITEMS_MAX], *b[PAIR_ITEMS_MAX];
    uint32_t count_a = side_items(columns, composite->a, items, count, a, PAIR_ITEMS_MAX);
    uint32_t count_b = side_items(columns, composite->b, items, count, b, PAIR_ITEMS_MAX);

    for (uint32_t i = 0; i < count_a; i++) {
        for (uint32_t k = 0; k < count_b; k++) {
            if (!a[i]->held || !b[k]->held)
                continue;
            keys[key_count++] =
                (struct pair_key){composite, composite_hash(COMPOSITE_PAIR, a[i]->key, b[k]->key)};
        }
    }
    return key_count;
}

/* The buckets are spread over memory: all of them are asked for before the first is read. */
void candidates_of_pairs(struct candidates *candidates, const struct composites *composites,
                         uint32_t first, uint32_t end, const struct match_columns *columns,
                         const struct item *items, size_t count, bool *out_complete)
{
    struct pair_key keys[PAIR_KEYS_MAX];
    uint32_t key_count = 0;

    *out_complete = true;
    for (uint32_t i = first; i < end; i++)
        key_count = add_pair_keys(&composites->items[i], columns, items, count, keys, key_count);
    for (uint32_t i = 0; i < key_count; i++)
        composite_prefetch_start(keys[i].composite, keys[i].hash);
    for (uint32_t i = 0; i < key_count; i++)
        composite_prefetch(keys[i].composite, keys[i].hash);
    for (uint32_t i = 0; i < key_count; i++)
        add_found(candidates, keys[i].composite, keys[i].hash, out_complete);
}

static void dates_of_initials(struct candidates *candidates, const struct composite *composite,
                              const struct item *date, struct slice name)
{
    bool complete;

    if (!date->held)
        return;
    for (size_t i = 0; i < name.length; i++) {
        if (name.data[i] != ' ' && (i == 0 || name.data[i - 1] == ' '))
            add_found(candidates, composite,
                      composite_hash(COMPOSITE_INITIAL, date->key, (unsigned char)name.data[i]),
                      &complete);
    }
}

static void dates_of_year(struct candidates *candidates, const struct composite *composite,
                          const struct match_columns *columns, const struct item *date,
                          struct slice canonical_date, const struct item *name)
{
    const struct match_column *column = &columns->items[date->column];
    uint64_t year;
    bool complete;

    if (!name->held)
        return;
    if (!column->plain)
        year = date->held ? date->key : 0;
    else
        year = canonical_date.length > 0 ? composite_year(column, canonical_date) : 0;
    if (year == 0 && column->plain)
        return;
    if (!column->plain && !date->held)
        return;
    add_found(candidates, composite, composite_hash(COMPOSITE_YEAR, year, name->key), &complete);
}

void candidates_of_dates(struct candidates *candidates, const struct composites *composites,
                         const struct match_columns *columns, struct nearness *nearness,
                         const struct item *items, size_t count)
{
    for (uint32_t c = 0; c < composites->count; c++) {
        const struct composite *composite = &composites->items[c];
        const struct item *a[PAIR_ITEMS_MAX], *b[PAIR_ITEMS_MAX];
        uint32_t count_a, count_b;

        if (composite->kind == COMPOSITE_PAIR)
            continue;
        count_a = side_items(columns, composite->a, items, count, a, PAIR_ITEMS_MAX);
        count_b = side_items(columns, composite->b, items, count, b, PAIR_ITEMS_MAX);
        for (uint32_t i = 0; i < count_a; i++) {
            for (uint32_t k = 0; k < count_b; k++) {
                if (composite->kind == COMPOSITE_INITIAL)
                    dates_of_initials(
                        candidates, composite, a[i],
                        nearness_canonical(nearness, columns, (size_t)(b[k] - items)));
                else
                    dates_of_year(candidates, composite, columns, a[i],
                                  nearness_canonical(nearness, columns, (size_t)(a[i] - items)),
                                  b[k]);
            }
        }
    }
}

/* The key that the value of item number `number` has among those of another column. */
static uint32_t key_among(const struct match_columns *columns, struct nearness *nearness,
                          size_t number, const struct match_column *other)
{
    struct slice canonical = nearness_canonical(nearness, columns, number);
    enum form form = other->field->form;

    if (canonical.length == 0)
        return KEY_NONE;
    return field_find_key(other->field, fingerprint(&columns->reg->normaliser, form, canonical));
}

static bool may_exchange(const struct match_column *a, const struct match_column *b)
{
    return a->plain && b->plain && type_is_name(a->type) && type_is_name(b->type)
           && a->field != b->field && a->field->form == b->field->form;
}

void candidates_of_exchanged(struct candidates *candidates, const struct composites *composites,
                             const struct match_columns *columns, struct nearness *nearness,
                             const struct item *items, size_t count)
{
    for (uint32_t c = 0; c < composites->pairs; c++) {
        const struct composite *composite = &composites->items[c];
        const struct match_column *first = &columns->items[composite->a];
        const struct match_column *second = &columns->items[composite->b];
        const struct item *a[1], *b[1];
        uint32_t key_a, key_b;
        bool complete;

        if (!may_exchange(first, second)
            || side_items(columns, composite->a, items, count, a, 1) == 0
            || side_items(columns, composite->b, items, count, b, 1) == 0)
            continue;
        key_a = key_among(columns, nearness, (size_t)(b[0] - items), first);
        key_b = key_among(columns, nearness, (size_t)(a[0] - items), second);
        if (key_a != KEY_NONE && key_b != KEY_NONE)
            add_found(candidates, composite, composite_hash(COMPOSITE_PAIR, key_a, key_b),
                      &complete);
    }
}

/* The digits of item number `number`, a date that need not be one of the calendar. */
static bool digits_of(const struct match_columns *columns, struct nearness *nearness,
                      const struct item *items, size_t number, char out[8])
{
    const struct column_reading *reading = columns->items[items[number].column].reading;
    struct slice canonical = nearness_canonical(nearness, columns, number);
    struct slice cell = nearness_cell(nearness, columns, number);

    if (canonical.length == 0)
        return similarity_cell_digits(reading->interpretation, cell, out);
    similarity_date_digits(canonical_number(canonical), out);
    return true;
}

static void follow_dates(struct candidates *candidates, const struct match_columns *columns,
                         const struct match_column *column, const char digits[8])
{
    int32_t days[DATE_NEIGHBOURS_MAX];
    uint32_t count = date_neighbours(digits, days);

    for (uint32_t i = 0; i < count; i++) {
        uint64_t number = (uint64_t)(int64_t)days[i];
        struct item item = {.column = (uint16_t)(column - columns->items)};
        char canonical[sizeof(number)];

        for (size_t k = 0; k < sizeof(number); k++)
            canonical[k] = (char)(number >> (8 * k) & 0xff);
        item.key =
            field_find_key(column->field, fingerprint(&columns->reg->normaliser, FORM_DATE,
                                                      slice_make(canonical, sizeof(canonical))));
        candidates_of_item(candidates, columns, &item);
    }
}

void candidates_of_near_dates(struct candidates *candidates, const struct match_columns *columns,
                              struct nearness *nearness, const struct item *items, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (columns->items[items[i].column].sparse && items[i].held)
            return;
    }
    for (size_t i = 0; i < count; i++) {
        const struct match_column *column = &columns->items[items[i].column];
        char digits[8];

        if (column->direct && column->plain && column->identity && column->field->form == FORM_DATE
            && digits_of(columns, nearness, items, i, digits))
            follow_dates(candidates, columns, column, digits);
    }
}

static bool has_neighbours(const struct match_column *column)
{
    return column->direct && column->plain
           && (column->type == TYPE_ID || column->type == TYPE_ACCOUNT || column->type == TYPE_PHONE
               || column->type == TYPE_EMAIL);
}

/* Follow the values one error away from one item. */
static int follow_neighbours(struct candidates *candidates, const struct match_columns *columns,
                             const struct match_column *column, struct slice canonical,
                             struct tq_error *err)
{
    uint32_t keys[NEIGHBOURS_MAX];
    uint32_t found;
    int r = neighbours_find(&candidates->neighbours, &columns->reg->normaliser, column->field,
                            canonical, keys, NEIGHBOURS_MAX, &found, err);

    if (r < 0)
        return r;
    for (uint32_t k = 0; k < found && found <= NEIGHBOURS_MAX; k++) {
        uint32_t holders;
        const uint32_t *subjects = column_holders(column, keys[k], &holders);

        for (uint32_t h = 0; h < holders && h < NEIGHBOUR_HOLDERS_MAX; h++)
            candidates_add(candidates, subjects[h]);
    }
    return 0;
}

int candidates_of_neighbours(struct candidates *candidates, const struct match_columns *columns,
                             struct nearness *nearness, const struct item *items, size_t count,
                             struct tq_error *err)
{
    size_t shortest[NEIGHBOUR_ITEMS_MAX], lengths[NEIGHBOUR_ITEMS_MAX];
    size_t chosen = 0;

    for (size_t i = 0; i < count; i++) {
        size_t length, k;

        if (items[i].held || !has_neighbours(&columns->items[items[i].column]))
            continue;
        length = nearness_canonical(nearness, columns, i).length;
        if (length == 0)
            continue;
        if (chosen < NEIGHBOUR_ITEMS_MAX)
            k = chosen++;
        else if (length < lengths[chosen - 1])
            k = chosen - 1;
        else
            continue;
        for (; k > 0 && lengths[k - 1] > length; k--) {
            shortest[k] = shortest[k - 1];
            lengths[k] = lengths[k - 1];
        }
        shortest[k] = i;
        lengths[k] = length;
    }
    for (size_t k = 0; k < chosen; k++) {
        int r = follow_neighbours(candidates, columns, &columns->items[items[shortest[k]].column],
                                  nearness_canonical(nearness, columns, shortest[k]), err);

        if (r < 0)
            return r;
    }
    return 0;
}
