/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "verdict/row_lag.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "verdict/record_verdict.h"
#include "verdict/swap.h"

#define LAG_MAX   64 /* rows; a slip is of one or a few */
#define BLOCK_MIN 5u /* records that lag alike, nearly in a row */
#define GAP_MAX   3u /* records without a lag, as where the other row's subject is unknown */

static int by_number(const void *a, const void *b)
{
    const uint64_t *left = a, *right = b;

    return (*left > *right) - (*left < *right);
}

static int index_records(struct judge_scratch *scratch, struct tq_error *err)
{
    int r = alloc_reserve(&scratch->subject_records, &scratch->subject_record_capacity,
                          (size_t)scratch->record_count + 1, sizeof(uint64_t), err);

    if (r == TQ_OK)
        r = alloc_reserve(&scratch->lags, &scratch->lag_capacity, (size_t)scratch->record_count + 1,
                          sizeof(*scratch->lags), err);
    if (r < 0)
        return r;
    for (uint32_t i = 0; i < scratch->record_count; i++)
        scratch->subject_records[i] = (uint64_t)scratch->record_subjects[i] << 32 | i;
    qsort(scratch->subject_records, scratch->record_count, sizeof(uint64_t), by_number);
    memset(scratch->lags, 0, scratch->record_count * sizeof(*scratch->lags));
    return TQ_OK;
}

/* How far the nearest record about `subject` is, 0 if none is near. */
static int lag_to(const struct judge_scratch *scratch, uint32_t record, uint32_t subject)
{
    uint64_t wanted = (uint64_t)subject << 32;
    uint32_t low = 0, high = scratch->record_count;
    int64_t best = 0;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;

        if (scratch->subject_records[middle] < wanted)
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < scratch->record_count && scratch->subject_records[low] >> 32 == subject; low++) {
        int64_t lag = (int64_t)(uint32_t)scratch->subject_records[low] - record;

        if (lag != 0 && (best == 0 || llabs(lag) < llabs(best)))
            best = lag;
    }
    return llabs(best) <= LAG_MAX ? (int)best : 0;
}

/* The subject of the record `lag` away, or SUBJECT_NONE. */
static uint32_t subject_at(const struct judge_scratch *scratch, uint32_t record, int lag)
{
    int64_t at = (int64_t)record + lag;

    return at < 0 || at >= scratch->record_count ? SUBJECT_NONE : scratch->record_subjects[at];
}

/* Rare values name their holder; of the others only the neighbours are asked. */
static int find_lag(const struct judge *judge, struct judge_scratch *scratch,
                    const struct open_cell *cell, struct tq_error *err)
{
    static const int neighbours[] = {-1, 1};

    for (unsigned i = 0; i < cell->holder_count && scratch->lags[cell->record] == 0; i++)
        scratch->lags[cell->record] = (int8_t)lag_to(scratch, cell->record, cell->holders[i]);
    if (cell->holder_count > 0 || !swap_is_telling(judge, cell))
        return TQ_OK;
    for (unsigned i = 0; i < 2 && scratch->lags[cell->record] == 0; i++) {
        uint32_t subject = subject_at(scratch, cell->record, neighbours[i]);
        bool held = false;
        int r = subject == SUBJECT_NONE
                    ? TQ_OK
                    : swap_is_held_by(judge, scratch, cell, subject, &held, err);

        if (r < 0)
            return r;
        if (held)
            scratch->lags[cell->record] = (int8_t)neighbours[i];
    }
    return TQ_OK;
}

/* The last record of the block that begins at `first` with its lag; *out_count lag alike. */
static uint32_t block_end(const struct judge_scratch *scratch, uint32_t first, uint32_t *out_count)
{
    uint32_t last = first, count = 1;

    for (uint32_t i = first + 1; i < scratch->record_count && i - last <= GAP_MAX + 1; i++) {
        if (scratch->lags[i] != scratch->lags[first])
            continue;
        last = i;
        count++;
    }
    *out_count = count;
    return last;
}

/* Keep only lags that make a block. */
static bool keep_blocks(struct judge_scratch *scratch)
{
    bool any = false;

    for (uint32_t first = 0; first < scratch->record_count;) {
        uint32_t count, last;
        int8_t lag = scratch->lags[first];

        if (lag == 0) {
            first++;
            continue;
        }
        last = block_end(scratch, first, &count);
        if (count < BLOCK_MIN) {
            scratch->lags[first++] = 0;
            continue;
        }
        any = true;
        for (uint32_t i = first; i <= last; i++)
            scratch->lags[i] = lag; /* also those of the block that showed none */
        first = last + 1;
    }
    return any;
}

static int mark_cell(const struct judge *judge, struct judge_scratch *scratch,
                     const struct open_cell *cell, struct finding_batch *findings,
                     struct tq_error *err)
{
    int lag = scratch->lags[cell->record];
    uint32_t subject = lag == 0 ? SUBJECT_NONE : subject_at(scratch, cell->record, lag);
    bool held = false;
    int r;

    if (subject == SUBJECT_NONE)
        return TQ_OK;
    r = swap_is_held_by(judge, scratch, cell, subject, &held, err);
    if (r == TQ_OK && held)
        swap_mark(findings, cell, GROUND_ROW_LAG, subject);
    return r;
}

int row_lag_resolve(const struct judge *judge, struct judge_scratch *scratch, size_t first_record,
                    struct finding_batch *findings, struct tq_error *err)
{
    int r;

    if (scratch->open_count < BLOCK_MIN)
        return TQ_OK;
    r = index_records(scratch, err);
    for (size_t i = 0; i < scratch->open_count && r == TQ_OK; i++)
        r = find_lag(judge, scratch, &scratch->open_cells[i], err);
    if (r < 0 || !keep_blocks(scratch))
        return r;
    for (size_t i = 0; i < scratch->open_count && r == TQ_OK; i++) {
        const struct open_cell *cell = &scratch->open_cells[i];

        r = mark_cell(judge, scratch, cell, findings, err);
        if (r == TQ_OK)
            record_verdict_update(findings, &findings->records[first_record + cell->record]);
    }
    return r;
}
