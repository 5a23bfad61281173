/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "reading/linked.h"

#define SCORED_ROWS_MAX 600u /* from 100 rows up nothing changed: algorithms.md 1.5 */

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

int linked_make(const struct sample *sample, const struct anchor *anchor, uint8_t kind,
                const uint32_t *subject_of_row, struct arena *arena, struct linked *out_linked,
                struct tq_error *err)
{
    struct linked linked = {.sample = sample, .anchor = anchor, .kind = kind, .arena = arena};
    bool sturdy = prefers_sturdy(sample, anchor);
    uint32_t found = 0, number = 0, wanted;

    for (uint32_t row = 0; row < sample->row_count; row++)
        found += is_witness(anchor, subject_of_row, row, sturdy);
    wanted = found < SCORED_ROWS_MAX ? found : SCORED_ROWS_MAX;
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
    linked.few = found < LINKED_FEW;
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
    return !(linked->few && linked->anchor) || anchor_holds_without(linked->anchor, row, column);
}
