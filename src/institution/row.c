/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* A record of the leak and what is true of it. */
#include "institution/row.h"

#include <string.h>

#include "drill/world.h"

void row_init(struct row *row, const struct institution *institution, unsigned leak)
{
    const struct leak *table = &institution->profile->leaks[leak];

    *row = (struct row){.institution = institution, .hand = hand_draw(institution, leak)};
    for (uint32_t i = 0; i < table->column_count; i++) {
        const struct column *column = &table->columns[i];
        const struct trait *first = &institution->profile->traits[column->parts[0]];

        if (!(column->variants >> institution->variant & 1))
            continue;
        row->cells[row->cell_count++] = (struct cell){
            .column = column, .meaning = {.field = column->field, .category = first->category}};
    }
}

const struct trait *row_trait(const struct row *row, const struct cell *cell, unsigned part)
{
    return &row->institution->profile->traits[cell->column->parts[part]];
}

bool row_holds(const struct row *row, const struct cell *cell, int32_t moment)
{
    for (unsigned p = 0; p < cell->column->part_count; p++) {
        TEXT_SCRATCH(held);

        member_add_value(row->institution, &row->member, row_trait(row, cell, p), moment, &held);
        if (!slice_is(buf_slice(&held), cell->parts[p]))
            return false;
    }
    return true;
}

enum cell_verdict row_judge_cell(const struct row *row, const struct cell *cell)
{
    bool later = false;

    if (row_holds(row, cell, row->snapshot))
        return CELL_AGREES;
    for (unsigned p = 0; p < cell->column->part_count; p++) {
        const struct timeline *timeline = &row->member.histories[row_trait(row, cell, p)->history];

        for (uint32_t j = 0; j < timeline->count; j++) {
            int32_t known = timeline->versions[j].known;

            if (!row_holds(row, cell, known))
                continue;
            if (known < row->snapshot)
                return CELL_AGREES_EARLIER;
            later = true;
        }
    }
    return later ? CELL_AGREES_LATER : CELL_CONTRADICTS;
}

static void fill_cell(const struct row *row, struct cell *cell, int32_t moment)
{
    cell->holder = NOBODY;
    cell->failed = TQ_OK;
    cell->reversed = false;
    for (unsigned p = 0; p < cell->column->part_count; p++) {
        TEXT_SCRATCH(value);

        member_add_value(row->institution, &row->member, row_trait(row, cell, p), moment, &value);
        if (value.length >= PART_BYTES_MAX)
            cell->failed = TQ_E_NOMEM;
        else
            memcpy(cell->parts[p], value.data, value.length + 1);
    }
    cell->verdict = row_judge_cell(row, cell);
}

void row_fill(struct row *row, int32_t moment)
{
    for (uint32_t i = 0; i < row->cell_count; i++)
        fill_cell(row, &row->cells[i], moment);
}

static void add_shown_name(const struct row *row, const struct cell *cell, struct buf *out)
{
    struct slice parts[PARTS_MAX];
    unsigned count = cell->column->part_count;
    bool family_first =
        row_trait(row, cell, 0)->type == TYPE_FAMILY_NAME && count > 1 && !cell->reversed;

    for (unsigned p = 0; p < count; p++)
        parts[p] = slice_of(cell->parts[cell->reversed ? (p + 1) % count : p]);
    writing_add_name(out, parts, count, family_first, &row->hand);
}

void row_show(const struct row *row, struct cell *cell)
{
    TEXT_SCRATCH(shown);

    if (cell->column->writing == WRITE_NAME)
        add_shown_name(row, cell, &shown);
    else
        writing_add(&shown, cell->column, row_trait(row, cell, 0), slice_of(cell->parts[0]),
                    &row->hand);
    if (shown.length >= SHOWN_BYTES_MAX || shown.failed)
        cell->failed = TQ_E_NOMEM;
    else
        memcpy(cell->shown, shown.data, shown.length + 1);
}

enum record_verdict row_judge(const struct row *row)
{
    unsigned seen = 0;

    for (uint32_t i = 0; i < row->cell_count; i++)
        seen |= 1u << row->cells[i].verdict;
    if (seen >> CELL_OTHER_SUBJECT & 1)
        return RECORD_MISATTRIBUTED;
    if (seen >> CELL_CONTRADICTS & 1)
        return RECORD_ALTERED;
    if (seen >> CELL_MISSING & 1 || seen >> CELL_TRUNCATED & 1)
        return RECORD_INCOMPLETE;
    return seen >> CELL_AGREES_EARLIER & 1 ? RECORD_STALE : RECORD_AUTHENTIC;
}

struct truth_cell row_truth_cell(const void *cells, size_t number)
{
    const struct cell *cell = (const struct cell *)cells + number;

    return (struct truth_cell){&cell->meaning, 0, cell->verdict, cell->holder, cell->failed, NULL};
}
