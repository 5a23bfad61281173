/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef VERDICT_INTERVAL_SET_H
#define VERDICT_INTERVAL_SET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

/* The times at which all agreeing cells of one record were held: one interval, half-open, in
 * minutes. from >= to: the record says nothing about time. */
struct dated_row {
    int32_t from, to;
};

/*
 * The intervals of a table's rows, counted: rows of one interval become one item, time is cut into
 * *pieces* at the distinct ends, and the share of the horizon that an interval covers is rounded
 * to one of WIDTH_CLASSES classes. What a model says of a row then depends on its width class and
 * on which snapshots it contains, so a fit needs tables of a few thousand counts, not the rows.
 */
#define WIDTH_CLASSES           384u /* 24 octaves of 16 steps: a share of 6e-8 to 1 within 2.2 % */
#define WIDTH_CLASSES_PER_POWER 16u

struct counted_interval {
    uint32_t first, last; /* it covers pieces [first, last) */
    uint32_t rows;
    uint16_t width_class;
};

struct interval_set {
    int32_t *ends;                  /* owned; piece i is [ends[i], ends[i + 1]) */
    uint32_t piece_count;           /* ends has one more */
    struct counted_interval *items; /* owned; sorted by (first, last) */
    size_t count;
    uint64_t rows_all;           /* that say something about time */
    uint64_t rows;               /* of them counted: all, or an even sample if there are many */
    double width[WIDTH_CLASSES]; /* share of the horizon, in the middle of a class */
};

/*
 * Count `rows`. The horizon [from, to) is widened to hold all finite ends and a little more on
 * both sides, so that the first and the last piece stand for open time. Rows that are empty or
 * cover the whole horizon say nothing and are left out.
 */
int interval_set_make(const struct dated_row *rows, size_t count, int32_t from, int32_t to,
                      struct interval_set *out_set, struct tq_error *err) MUST_CHECK;
void interval_set_clear(struct interval_set *set);

static inline void interval_set_clear_cleanup(struct interval_set *set)
{
    interval_set_clear(set);
}

/* The piece that holds a moment of the horizon. */
uint32_t interval_set_piece(const struct interval_set *set, int32_t moment);

static inline bool interval_covers(const struct counted_interval *item, uint32_t piece)
{
    return item->first <= piece && piece < item->last;
}

static inline double piece_length(const struct interval_set *set, uint32_t piece)
{
    return (double)set->ends[piece + 1] - (double)set->ends[piece];
}

#endif
