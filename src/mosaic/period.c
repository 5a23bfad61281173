/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "mosaic/period.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/cleanup.h"
#include "base/significance.h"
#include "mosaic/held_at.h"
#include "normalise/date.h"

#define LEAST_CELLS 10u
#define END_SHARE   100u /* one cell of so many is left out at either end: it may be altered */

int period_tally_init(struct period_tally *tally, struct tq_error *err)
{
    *tally = (struct period_tally){0};
    tally->shown = alloc_zeroed(PERIOD_MONTHS, sizeof(*tally->shown));
    return tally->shown ? TQ_OK : tq_no_memory(err);
}

void period_tally_clear(struct period_tally *tally)
{
    free(tally->shown);
    *tally = (struct period_tally){0};
}

void period_tally_add(struct period_tally *tally, const struct finding_batch *findings,
                      uint16_t column)
{
    for (size_t i = 0; i < findings->record_count; i++) {
        const struct record_finding *record = &findings->records[i];
        uint64_t before = tally->cells;

        for (uint32_t k = 0; record->subject != SUBJECT_NONE && k < record->cell_count; k++) {
            const struct cell_finding *cell = &findings->cells[record->cell_first + k];

            if (cell->column != column || cell->period == MONTH_NONE)
                continue;
            tally->shown[cell->period]++;
            tally->cells++;
        }
        tally->records += tally->cells > before;
    }
}

/* The month before which so many cells lie, and not one more month. */
static uint16_t month_after(const struct period_tally *tally, uint64_t cells)
{
    uint64_t seen = 0;
    uint32_t month = 0;

    while (month + 1 < PERIOD_MONTHS && seen + tally->shown[month] <= cells)
        seen += tally->shown[month++];
    return (uint16_t)month;
}

static int count_held(const struct reg *reg, const struct target *target,
                      const struct subject_sample *all, int32_t at, const uint16_t range[2],
                      struct failures *held, struct tq_error *err)
{
    struct held_list list = {0};
    int r = TQ_OK;

    for (size_t i = 0; i < all->count && r == TQ_OK; i++) {
        r = held_at(reg, target, all->subjects[i], at, &list, err);
        for (size_t k = 0; r == TQ_OK && k < list.count; k++) {
            uint16_t month = list.items[k].period;

            held->facts++;
            held->failed += month >= range[0] && month <= range[1];
        }
        held->units += list.count > 0;
    }
    held_list_clear(&list);
    return r;
}

static int keep(const struct reg *reg, const struct target *target, const uint16_t range[2],
                struct mosaic_row *row, struct mosaic_list *list, struct tq_error *err)
{
    CLEANUP(buf_clear_cleanup) struct buf name = {0};
    CLEANUP(buf_clear_cleanup) struct buf months = {0};
    struct target timeless = *target;

    timeless.period_mode = PERIOD_NONE;
    target_format(reg, &timeless, &name);
    month_format(&months, range[0]);
    buf_add_text(&months, "..");
    month_format(&months, range[1]);
    if (buf_check(&name, err) < 0 || buf_check(&months, err) < 0)
        return TQ_E_NOMEM;
    row->name = buf_slice(&name);
    row->detail = buf_slice(&months);
    return mosaic_list_add(list, row, err);
}

int period_tell(const struct period_tally *tally, const struct reg *reg,
                const struct target *target, const struct subject_sample *all, int32_t at,
                uint32_t table, struct mosaic_list *list, struct tq_error *err)
{
    uint64_t out = tally->cells / END_SHARE;
    struct failures shown = {.facts = tally->cells, .units = tally->records}, held = {0};
    struct target asked = held_at_target(target->field, target->through);
    struct mosaic_row row = {.table = table, .part = MOSAIC_COVERAGE};
    uint16_t range[2];
    int r;

    if (tally->cells < LEAST_CELLS)
        return TQ_OK;
    range[0] = month_after(tally, out);
    range[1] = month_after(tally, tally->cells - out - 1);
    for (uint32_t i = range[0]; i <= range[1]; i++)
        shown.failed += tally->shown[i];
    r = count_held(reg, &asked, all, at, range, &held, err);
    if (r < 0 || held.units < LEAST_CELLS)
        return r;
    row.rows = shown.failed;
    row.of = shown.facts;
    row.share = failures_share(&shown);
    row.held_share = failures_share(&held);
    row.effect = failures_effect(&shown, &held);
    row.chance = failures_chance(&shown, &held);
    return keep(reg, target, range, &row, list, err);
}
