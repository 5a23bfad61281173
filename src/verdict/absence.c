/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "verdict/absence.h"

/* Before the support: "lately". A column of one month stays empty in whatever is older than that
 * month's value; any other, with the month in the row or none at all, only shortly before. */
#define RECENT_MINUTES (90 * 1440)

#define EXCESS 2 /* times as many as are missing otherwise */

static bool covers(const struct held *held, int32_t from, int32_t to)
{
    int32_t start, end;

    return held_span(held, &start, &end) && start <= from && end >= to;
}

static bool covers_time(const struct record_time *time, const struct held *held)
{
    /* `to` of a support is inside it: the fact must last longer. */
    int32_t after = time->to == MOMENT_MAX ? MOMENT_MAX : time->to + 1;

    return covers(held, time->from, after)
           && (!time->has_own || covers(held, time->own_from, time->own_to));
}

static int is_not_yet(const struct judge *judge, struct judge_scratch *scratch,
                      const struct record_rows *rows, const struct record_time *time,
                      const struct judge_column *column, bool *out_not_yet, struct tq_error *err)
{
    const struct held_list *list = &scratch->list;
    int32_t first = MOMENT_MAX, start = 0;
    bool any = false;
    int r;

    *out_not_yet = false;
    for (size_t i = 0; i < list->count; i++) {
        if (list->items[i].known_from < first)
            first = list->items[i].known_from;
    }
    if (first == MOMENT_MIN || time->from == MOMENT_MIN)
        return TQ_OK;
    if (column->reading->target.period_mode != PERIOD_FIXED
        && (int64_t)first < (int64_t)time->from - RECENT_MINUTES)
        return TQ_OK;
    r = record_common_start(judge, scratch, rows, &start, &any, err);
    *out_not_yet = any && start < first && start < time->from;
    return r;
}

int absence_find(const struct judge *judge, struct judge_scratch *scratch,
                 const struct record_rows *rows, const struct record_time *time,
                 const struct judge_column *column, const struct claim *claim,
                 enum absence *out_absence, struct tq_error *err)
{
    bool held = false, not_yet = false;
    int r;

    *out_absence = ABSENCE_NOTHING;
    if (column->is_periodic && claim->period == MONTH_NONE)
        return TQ_OK; /* of no period in particular */
    r = claim_find_held(judge, column, rows->subject, claim->period, &scratch->list, err);
    if (r < 0)
        return r;
    for (size_t i = 0; i < scratch->list.count && !held; i++)
        held = covers_time(time, &scratch->list.items[i]);
    if (!held)
        return TQ_OK;
    r = is_not_yet(judge, scratch, rows, time, column, &not_yet, err);
    if (r < 0)
        return r;
    *out_absence = not_yet ? ABSENCE_NOT_YET : ABSENCE_MISSING;
    return TQ_OK;
}

bool absence_is_early(const struct judge *judge, const struct judge_column *column)
{
    double missing = 0, held = 0;

    for (unsigned i = 0; i < judge->column_count; i++) {
        const struct column_counts *counts = &judge->columns[i].counts;

        missing += (double)counts->missing;
        held += (double)counts->held;
    }
    return (double)column->counts.not_yet * held > EXCESS * missing * (double)column->counts.held;
}
