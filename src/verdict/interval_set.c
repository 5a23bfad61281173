/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "verdict/interval_set.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/moment.h"

#define MINUTES_A_DAY      1440
#define HORIZON_MARGIN     64         /* the open ends get 1/64 of the horizon, at least a day */
#define ROWS_MAX           (1u << 18) /* that are fitted: they date to a few minutes */
#define RADIX_BITS         11
#define RADIX_SIZE         (1u << RADIX_BITS)
#define MOMENT_BIAS        0x80000000u /* makes the order of signed moments that of unsigned ones */
#define MOMENT_LIMIT_MIN   (MOMENT_MIN + 2 * MINUTES_A_DAY)
#define MOMENT_LIMIT_MAX   (MOMENT_MAX - 2 * MINUTES_A_DAY)
#define moment_bits(value) ((uint64_t)((uint32_t)(value) ^ MOMENT_BIAS))

static uint64_t pack(int32_t from, int32_t to)
{
    return moment_bits(from) << 32 | moment_bits(to);
}

static int32_t unpack(uint64_t bits)
{
    return (int32_t)((uint32_t)bits ^ MOMENT_BIAS);
}

/* Least significant digit first; *values and *spare may change places. */
static void radix_sort(uint64_t **values, uint64_t **spare, size_t count)
{
    for (unsigned shift = 0; shift < 64; shift += RADIX_BITS) {
        size_t start[RADIX_SIZE] = {0};
        size_t sum = 0;
        uint64_t *swap;

        for (size_t i = 0; i < count; i++)
            start[(*values)[i] >> shift & (RADIX_SIZE - 1)]++;
        if (count > 0 && start[**values >> shift & (RADIX_SIZE - 1)] == count)
            continue; /* all the same digit */
        for (size_t digit = 0; digit < RADIX_SIZE; digit++) {
            size_t here = start[digit];

            start[digit] = sum;
            sum += here;
        }
        for (size_t i = 0; i < count; i++)
            (*spare)[start[(*values)[i] >> shift & (RADIX_SIZE - 1)]++] = (*values)[i];
        swap = *values;
        *values = *spare;
        *spare = swap;
    }
}

static int64_t clamp(int64_t value, int64_t low, int64_t high)
{
    return value < low ? low : value > high ? high : value;
}

/* All finite ends lie inside the horizon, and a margin beyond them stands for open time. */
static void widen_horizon(const struct dated_row *rows, size_t count, int32_t *from, int32_t *to)
{
    int64_t low = *from, high = *to, margin;
    bool known = low < high;

    for (size_t i = 0; i < count; i++) {
        const int32_t ends[2] = {rows[i].from, rows[i].to};

        if (rows[i].from >= rows[i].to)
            continue;
        for (unsigned j = 0; j < 2; j++) {
            if (ends[j] == MOMENT_MIN || ends[j] == MOMENT_MAX)
                continue;
            low = !known || ends[j] < low ? ends[j] : low;
            high = !known || ends[j] > high ? ends[j] : high;
            known = true;
        }
    }
    margin = (high - low) / HORIZON_MARGIN;
    if (margin < MINUTES_A_DAY)
        margin = MINUTES_A_DAY;
    *from = (int32_t)clamp(low - margin, MOMENT_LIMIT_MIN, MOMENT_LIMIT_MAX - 1);
    *to = (int32_t)clamp(high + margin, (int64_t)*from + 1, MOMENT_LIMIT_MAX);
}

static size_t clip_rows(const struct dated_row *rows, size_t count, int32_t from, int32_t to,
                        uint64_t *packed)
{
    size_t kept = 0;

    for (size_t i = 0; i < count; i++) {
        int32_t first = rows[i].from < from ? from : rows[i].from;
        int32_t last = rows[i].to > to ? to : rows[i].to;

        if (first < last && (first > from || last < to))
            packed[kept++] = pack(first, last);
    }
    return kept;
}

/* Every nth of the sorted rows: a sample that does not depend on their order in the table. */
static size_t thin_rows(uint64_t *packed, size_t count)
{
    size_t stride = (count + ROWS_MAX - 1) / ROWS_MAX, kept = 0;

    for (size_t i = stride / 2; i < count; i += stride)
        packed[kept++] = packed[i];
    return kept;
}

static void keep_end(int32_t *ends, uint32_t *count, int32_t end)
{
    if (*count == 0 || ends[*count - 1] != end)
        ends[(*count)++] = end;
}

/* The distinct ends, among them those of the horizon. */
static int find_ends(struct interval_set *set, const uint64_t *packed, size_t count, int32_t from,
                     int32_t to, struct tq_error *err)
{
    size_t all = 2 * count + 2;
    CLEANUP(free_cleanup) uint64_t *values = alloc_zeroed(all, sizeof(*values));
    CLEANUP(free_cleanup) uint64_t *spare = alloc_zeroed(all, sizeof(*spare));
    uint32_t distinct = 0;

    set->ends = alloc_zeroed(all, sizeof(*set->ends));
    if (!values || !spare || !set->ends)
        return tq_no_memory(err);
    for (size_t i = 0; i < count; i++) {
        values[2 * i] = packed[i] >> 32;
        values[2 * i + 1] = packed[i] & UINT32_MAX;
    }
    values[2 * count] = moment_bits(from);
    values[2 * count + 1] = moment_bits(to);
    radix_sort(&values, &spare, all);
    for (size_t i = 0; i < all; i++)
        keep_end(set->ends, &distinct, unpack(values[i]));
    set->piece_count = distinct - 1;
    return TQ_OK;
}

static uint16_t width_class(double share)
{
    double class = -log2(share) * WIDTH_CLASSES_PER_POWER;

    return (uint16_t)(class < 0 ? 0 : class >= WIDTH_CLASSES - 1 ? WIDTH_CLASSES - 1 : class);
}

static void count_items(struct interval_set *set, const uint64_t *packed, size_t count)
{
    double horizon = (double)set->ends[set->piece_count] - (double)set->ends[0];

    for (size_t i = 0; i < count; i++) {
        struct counted_interval *item;
        int32_t from = unpack(packed[i] >> 32), to = unpack(packed[i]);

        if (i > 0 && packed[i] == packed[i - 1]) {
            set->items[set->count - 1].rows++;
            continue;
        }
        item = &set->items[set->count++];
        item->first = interval_set_piece(set, from);
        item->last = interval_set_piece(set, to - 1) + 1;
        item->rows = 1;
        item->width_class = width_class(((double)to - from) / horizon);
    }
}

uint32_t interval_set_piece(const struct interval_set *set, int32_t moment)
{
    uint32_t low = 0, high = set->piece_count;

    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;

        if (set->ends[middle] <= moment)
            low = middle;
        else
            high = middle;
    }
    return low;
}

int interval_set_make(const struct dated_row *rows, size_t count, int32_t from, int32_t to,
                      struct interval_set *out_set, struct tq_error *err)
{
    CLEANUP(interval_set_clear_cleanup) struct interval_set set = {0};
    CLEANUP(free_cleanup) uint64_t *packed = alloc_zeroed(count + 1, sizeof(*packed));
    CLEANUP(free_cleanup) uint64_t *spare = alloc_zeroed(count + 1, sizeof(*spare));
    size_t kept;
    int r;

    assert(count < UINT32_MAX / 2);
    if (!packed || !spare)
        return tq_no_memory(err);
    widen_horizon(rows, count, &from, &to);
    kept = clip_rows(rows, count, from, to, packed);
    radix_sort(&packed, &spare, kept);
    set.rows_all = kept;
    if (kept > ROWS_MAX)
        kept = thin_rows(packed, kept);
    r = find_ends(&set, packed, kept, from, to, err);
    if (r < 0)
        return r;
    set.items = alloc_zeroed(kept + 1, sizeof(*set.items));
    if (!set.items)
        return tq_no_memory(err);
    count_items(&set, packed, kept);
    set.rows = kept;
    for (unsigned i = 0; i < WIDTH_CLASSES; i++)
        set.width[i] = exp2(-((double)i + .5) / WIDTH_CLASSES_PER_POWER);
    *out_set = set;
    set = (struct interval_set){0};
    return TQ_OK;
}

void interval_set_clear(struct interval_set *set)
{
    free(set->ends);
    free(set->items);
    set->ends = NULL;
    set->items = NULL;
}
