/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "reading/linked.h"

#define SCORED_ROWS_MAX 600u /* from 100 rows up nothing changed: algorithms.md 1.5 */

#define FEW_ROWS_MAX 64u /* about few subjects: each is compared with those before it */

#define STURDY_MIN   10u
#define STURDY_SHARE 3u /* one in so many of the linked rows; two-column tables have none */
#define LINKED_MANY  4u /* one row in so many: then false links cannot matter */

/*
 * Where few rows link, relatives of registered subjects, who share a phone, an address and a family
 * name, may be among them in numbers. Rows that hold without their best column are then better
 * witnesses, if the table has enough of them.
 */
static bool prefers_sturdy(const struct sample *sample, const struct anchor *anchor)
{
    uint32_t sturdy = 0;

    if (!anchor || anchor->linked * (uint64_t)LINKED_MANY >= sample->row_count)
        return false;
    for (uint32_t row = 0; row < sample->row_count; row++)
        sturdy += anchor->subject[row] != SUBJECT_NONE && anchor->sturdy[row];
    return sturdy >= STURDY_MIN && (uint64_t)sturdy * STURDY_SHARE >= anchor->linked;
}

static bool is_witness(const struct anchor *anchor, const uint32_t *subject_of_row, uint32_t row,
                       bool sturdy)
{
    return subject_of_row[row] != SUBJECT_NONE && (!sturdy || anchor->sturdy[row]);
}

/* Whether the rows name fewer than LINKED_FEW different subjects. */
static bool are_few(const uint32_t *subject_of_row, uint32_t row_count)
{
    uint32_t seen[LINKED_FEW];
    uint32_t count = 0;

    for (uint32_t row = 0; row < row_count; row++) {
        uint32_t k = 0;

        if (subject_of_row[row] == SUBJECT_NONE)
            continue;
        while (k < count && seen[k] != subject_of_row[row])
            k++;
        if (k < count)
            continue;
        if (count + 1 == LINKED_FEW)
            return false;
        seen[count++] = subject_of_row[row];
    }
    return true;
}

int linked_make(const struct sample *sample, const struct anchor *anchor, uint8_t kind,
                const uint32_t *subject_of_row, struct arena *arena, struct linked *out_linked,
                struct tq_error *err)
{
    struct linked linked = {.sample = sample, .anchor = anchor, .kind = kind, .arena = arena};
    bool sturdy = prefers_sturdy(sample, anchor);
    uint32_t found = 0, number = 0, wanted;

    for (uint32_t row = 0; row < sample->row_count; row++)
        found += is_witness(anchor, subject_of_row, row, sturdy);
    linked.few = are_few(subject_of_row, sample->row_count);
    wanted = linked.few ? FEW_ROWS_MAX : SCORED_ROWS_MAX;
    wanted = found < wanted ? found : wanted;
    linked.row = arena_alloc(arena, wanted + 1, sizeof(*linked.row));
    linked.subject = arena_alloc(arena, wanted + 1, sizeof(*linked.subject));
    if (!linked.row || !linked.subject)
        return tq_no_memory(err);

    for (uint32_t row = 0; row < sample->row_count && linked.count < wanted; row++) {
        if (!is_witness(anchor, subject_of_row, row, sturdy))
            continue;
        if (number++ < (uint64_t)linked.count * found / wanted)
            continue;
        linked.row[linked.count] = row;
        linked.subject[linked.count] = subject_of_row[row];
        linked.count++;
    }
    *out_linked = linked;
    return TQ_OK;
}

int linked_set_months(struct linked *linked, const uint16_t *month_of_row, struct tq_error *err)
{
    uint16_t *month = arena_alloc(linked->arena, linked->count + 1, sizeof(*month));

    if (!month)
        return tq_no_memory(err);
    for (uint32_t i = 0; i < linked->count; i++)
        month[i] = month_of_row[linked->row[i]];
    linked->month = month;
    return TQ_OK;
}

/* Whether a row before number i said the same of the same subject. */
static bool is_repeated(const struct linked *linked, uint32_t i, uint32_t column)
{
    struct slice cell = row_sample_cell(linked->sample, linked->row[i], column);

    for (uint32_t k = 0; k < i; k++) {
        if (linked->subject[k] == linked->subject[i]
            && slice_equal(row_sample_cell(linked->sample, linked->row[k], column), cell))
            return true;
    }
    return false;
}

bool linked_uses(const struct linked *linked, uint32_t i, uint32_t column)
{
    const struct sample *sample = linked->sample;
    uint32_t row = linked->row[i];

    if (row_sample_cell(sample, row, column).length == 0)
        return false;
    if (column < sample->table->slot_count && i > 0
        && sample->document[linked->row[i - 1]] == sample->document[row]
        && linked->subject[i - 1] == linked->subject[i])
        return false;
    if (!linked->few)
        return true;
    return !is_repeated(linked, i, column)
           && (!linked->anchor || anchor_names_without(linked->anchor, row, column));
}
