/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "verdict/split.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"

#define WINDOW_RESOLUTIONS 10 /* to each side; snapshots further apart are told apart */
#define PRIOR_SPLIT        .1 /* of two against one: coverage against width, tests/trial */
#define LOG_FLOOR          -700

/* Shares of the larger of the two, each as likely as the others beforehand. */
static const double larger_shares[] = {.5, .6, .7, .8, .9};
#define SHARES (sizeof(larger_shares) / sizeof(larger_shares[0]))

/* Log-likelihoods over the window, relative to a row that contains neither. */
struct grid {
    uint32_t size;
    int64_t *one;   /* size + 1: only the larger is contained */
    int64_t *other; /* size + 1: only the smaller */
    int64_t *both;  /* (size + 1)^2: what containing both adds to, or takes from, the sum */
};

static void grid_clear(struct grid *grid)
{
    free(grid->one);
    free(grid->other);
    free(grid->both);
}

static int grid_init(struct grid *grid, uint32_t size, struct tq_error *err)
{
    size_t line = (size_t)size + 1;

    grid->size = size;
    grid->one = alloc_zeroed(line, sizeof(*grid->one));
    grid->other = alloc_zeroed(line, sizeof(*grid->other));
    grid->both = alloc_zeroed(line * line, sizeof(*grid->both));
    return grid->one && grid->other && grid->both ? TQ_OK : tq_no_memory(err);
}

/* Everything that a model says of a row without the snapshot in question. */
static double other_probability(const struct interval_set *set, const struct mixture *mixture,
                                unsigned snapshot, const struct counted_interval *item)
{
    double p = mixture->background * set->width[item->width_class] + mixture->error * ERROR_DENSITY;

    for (unsigned k = 0; k < mixture->count; k++) {
        if (k != snapshot && interval_covers(item, mixture->piece[k]))
            p += mixture->share[k];
    }
    return p;
}

static int64_t fixed_log(double ratio)
{
    return llround(log(ratio) * LOG_ONE);
}

static void grid_add(struct grid *grid, uint32_t from, uint32_t to, int64_t rows, double others,
                     double larger, double smaller)
{
    size_t line = (size_t)grid->size + 1;
    int64_t one = rows * fixed_log((others + larger) / others);
    int64_t other = rows * fixed_log((others + smaller) / others);
    int64_t both = rows * fixed_log((others + larger + smaller) / others) - one - other;

    grid->one[from] += one;
    grid->one[to] -= one;
    grid->other[from] += other;
    grid->other[to] -= other;
    grid->both[from * line + from] += both;
    grid->both[from * line + to] -= both;
    grid->both[to * line + from] -= both;
    grid->both[to * line + to] += both;
}

/* From differences to values. */
static void grid_sum(struct grid *grid)
{
    size_t line = (size_t)grid->size + 1;

    for (size_t i = 1; i < line; i++) {
        grid->one[i] += grid->one[i - 1];
        grid->other[i] += grid->other[i - 1];
    }
    for (size_t i = 0; i < line; i++) {
        for (size_t j = 1; j < line; j++)
            grid->both[i * line + j] += grid->both[i * line + j - 1];
    }
    for (size_t i = 1; i < line; i++) {
        for (size_t j = 0; j < line; j++)
            grid->both[i * line + j] += grid->both[(i - 1) * line + j];
    }
}

static void grid_fill(const struct interval_set *set, const struct mixture *mixture,
                      unsigned snapshot, const struct split *split, double larger_share,
                      struct grid *grid)
{
    size_t line = (size_t)grid->size + 1;
    double share = mixture->share[snapshot];

    memset(grid->one, 0, line * sizeof(*grid->one));
    memset(grid->other, 0, line * sizeof(*grid->other));
    memset(grid->both, 0, line * line * sizeof(*grid->both));
    for (size_t i = 0; i < set->count; i++) {
        const struct counted_interval *item = &set->items[i];
        uint32_t from = item->first < split->first ? split->first : item->first;
        uint32_t to = item->last > split->last ? split->last : item->last;

        if (from >= to || (from == split->first && to == split->last))
            continue; /* contains all of the window or nothing: the same everywhere */
        grid_add(grid, from - split->first, to - split->first, item->rows,
                 other_probability(set, mixture, snapshot, item), share * larger_share,
                 share * (1 - larger_share));
    }
    grid_sum(grid);
}

static int64_t grid_at(const struct grid *grid, uint32_t i, uint32_t j)
{
    return grid->one[i] + grid->other[j] + grid->both[i * ((size_t)grid->size + 1) + j];
}

/* The best place of one snapshot: two at the same place are one. */
static int64_t grid_best(const struct grid *grid)
{
    int64_t best = INT64_MIN;

    for (uint32_t i = 0; i < grid->size; i++) {
        for (uint32_t j = 0; j < grid->size; j++)
            best = grid_at(grid, i, j) > best ? grid_at(grid, i, j) : best;
    }
    return best;
}

static double density(int64_t log, int64_t best)
{
    double value = (double)(log - best) / LOG_ONE;

    return value < LOG_FLOOR ? 0 : exp(value);
}

/* Mass of each piece under one snapshot and under two of these shares, relative to exp(best). */
static void add_masses(const struct interval_set *set, const struct grid *grid, int64_t best,
                       struct split *split)
{
    double window = (double)set->ends[split->last] - (double)set->ends[split->first];

    for (uint32_t i = 0; i < grid->size; i++) {
        double length = piece_length(set, split->first + i) / window;
        double pair = 0;

        for (uint32_t j = 0; j < grid->size; j++)
            pair +=
                piece_length(set, split->first + j) / window * density(grid_at(grid, i, j), best);
        split->mass[i] +=
            length * ((1 - PRIOR_SPLIT) * density(grid_at(grid, i, i), best) + PRIOR_SPLIT * pair)
            / SHARES;
    }
}

/* Pieces within the window around the snapshot, the nearest if there are too many. */
static void find_window(const struct interval_set *set, const struct mixture *mixture,
                        unsigned snapshot, double resolution_minutes, struct split *split)
{
    uint32_t at = mixture->piece[snapshot];
    double reach = WINDOW_RESOLUTIONS * resolution_minutes;

    split->first = at;
    split->last = at + 1;
    while (split->last - split->first < SPLIT_PIECES_MAX) {
        double before = split->first > 0 ? (double)set->ends[at] - set->ends[split->first] : reach;
        double after = split->last < set->piece_count
                           ? (double)set->ends[split->last] - set->ends[at + 1]
                           : reach;

        if (before >= reach && after >= reach)
            break;
        if (before <= after)
            split->first--;
        else
            split->last++;
    }
}

int split_find(const struct interval_set *set, const struct mixture *mixture, unsigned snapshot,
               double resolution_minutes, struct split *out_split, struct tq_error *err)
{
    CLEANUP(split_clear_cleanup) struct split split = {0};
    CLEANUP(grid_clear) struct grid grid = {0};
    int64_t best = 0;
    double total = 0;
    int r;

    find_window(set, mixture, snapshot, resolution_minutes, &split);
    r = grid_init(&grid, split.last - split.first, err);
    if (r < 0)
        return r;
    split.mass = alloc_zeroed(grid.size, sizeof(*split.mass));
    if (!split.mass)
        return tq_no_memory(err);
    for (size_t i = 0; i < SHARES; i++) {
        grid_fill(set, mixture, snapshot, &split, larger_shares[i], &grid);
        if (i == 0)
            best = grid_best(&grid); /* any reference serves, if it is the same for all shares */
        add_masses(set, &grid, best, &split);
    }
    for (uint32_t i = 0; i < grid.size; i++)
        total += split.mass[i];
    for (uint32_t i = 0; i < grid.size && total > 0; i++)
        split.mass[i] /= total;
    *out_split = split;
    split.mass = NULL;
    return TQ_OK;
}

void split_clear(struct split *split)
{
    free(split->mass);
    split->mass = NULL;
}
