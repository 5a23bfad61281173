/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "verdict/density.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/moment.h"

#define SUPPORT     .98 /* of the mass: algorithms.md 5.1 */
#define WHOLE_PIECE .05 /* of the mass, in one piece: the support takes the piece whole */
#define LOG_FLOOR   -60 /* below the mode: less is nothing */

static int allocate(struct density *density, uint32_t piece_count, struct tq_error *err)
{
    density->ends = alloc_zeroed((size_t)piece_count + 1, sizeof(*density->ends));
    density->log = alloc_zeroed((size_t)piece_count + 1, sizeof(*density->log));
    return density->ends && density->log ? TQ_OK : tq_no_memory(err);
}

void density_clear(struct density *density)
{
    free(density->ends);
    free(density->log);
    *density = (struct density){0};
}

static double length_of(const struct density *density, uint32_t piece)
{
    return (double)density->ends[piece + 1] - (double)density->ends[piece];
}

static double mass_of(const struct density *density, uint32_t piece)
{
    return length_of(density, piece) * exp(density->log[piece]);
}

/* `max` is the largest of the logarithms: what exp() can take. */
static void normalise_mass(struct density *density, double max)
{
    double total = 0;

    for (uint32_t i = 0; i < density->piece_count; i++) {
        density->log[i] -= max;
        total += mass_of(density, i);
    }
    for (uint32_t i = 0; i < density->piece_count; i++)
        density->log[i] -= log(total);
}

int density_make(const struct interval_set *set, const double *log, struct density *out_density,
                 struct tq_error *err)
{
    CLEANUP(density_clear_cleanup) struct density density = {0};
    uint32_t first = 0, last = set->piece_count - 1;
    double max = log[0];
    int r;

    for (uint32_t i = 1; i < set->piece_count; i++)
        max = fmax(max, log[i]);
    while (log[first] < max + LOG_FLOOR)
        first++;
    while (log[last] < max + LOG_FLOOR)
        last--;
    r = allocate(&density, last - first + 1, err);
    if (r < 0)
        return r;
    density.piece_count = last - first + 1;
    for (uint32_t i = 0; i < density.piece_count; i++) {
        density.ends[i] = set->ends[first + i];
        density.log[i] = log[first + i];
    }
    density.ends[density.piece_count] = set->ends[last + 1];
    density.open_start = first == 0;
    density.open_end = last == set->piece_count - 1;
    density.horizon = (double)set->ends[set->piece_count] - (double)set->ends[0];
    normalise_mass(&density, max);
    *out_density = density;
    density = (struct density){0};
    return TQ_OK;
}

int density_copy(const struct density *density, struct density *out_density, struct tq_error *err)
{
    CLEANUP(density_clear_cleanup) struct density copy = {0};
    int r = allocate(&copy, density->piece_count, err);

    if (r < 0)
        return r;
    memcpy(copy.ends, density->ends, (density->piece_count + 1) * sizeof(*copy.ends));
    memcpy(copy.log, density->log, density->piece_count * sizeof(*copy.log));
    copy.piece_count = density->piece_count;
    copy.horizon = density->horizon;
    copy.open_start = density->open_start;
    copy.open_end = density->open_end;
    *out_density = copy;
    copy = (struct density){0};
    return TQ_OK;
}

/* ---- two together ---- */

/* Over the time that two densities have in common, piece by piece. */
struct walk {
    const struct density *a, *b;
    uint32_t i, j;    /* the present pieces */
    int32_t from, to; /* what they have in common */
};

static int32_t start_of(const struct density *density, const struct density *other)
{
    bool reaches = density->open_start && other->ends[0] < density->ends[0];

    return reaches ? other->ends[0] : density->ends[0];
}

/* Where a piece ends; open time reaches as far as the other goes. */
static int32_t end_of(const struct density *density, const struct density *other, uint32_t piece)
{
    int32_t end = density->ends[piece + 1], last = other->ends[other->piece_count];

    return piece + 1 == density->piece_count && density->open_end && last > end ? last : end;
}

/* The next piece of common time, not empty; start with from == to == MOMENT_MIN. */
static bool walk_next(struct walk *walk)
{
    if (walk->from == MOMENT_MIN) {
        int32_t a = start_of(walk->a, walk->b), b = start_of(walk->b, walk->a);

        walk->to = a > b ? a : b;
    }
    walk->from = walk->to;
    while (walk->i < walk->a->piece_count && end_of(walk->a, walk->b, walk->i) <= walk->from)
        walk->i++;
    while (walk->j < walk->b->piece_count && end_of(walk->b, walk->a, walk->j) <= walk->from)
        walk->j++;
    if (walk->i == walk->a->piece_count || walk->j == walk->b->piece_count)
        return false;
    int32_t a = end_of(walk->a, walk->b, walk->i), b = end_of(walk->b, walk->a, walk->j);

    walk->to = a < b ? a : b;
    return true;
}

static struct walk walk_start(const struct density *a, const struct density *b)
{
    return (struct walk){.a = a, .b = b, .from = MOMENT_MIN, .to = MOMENT_MIN};
}

double density_log_ratio(const struct density *a, const struct density *b)
{
    struct walk walk = walk_start(a, b);
    double max = -HUGE_VAL, sum = 0;

    while (walk_next(&walk))
        max = fmax(max, a->log[walk.i] + b->log[walk.j]);
    if (max == -HUGE_VAL)
        return max;
    walk = walk_start(a, b);
    while (walk_next(&walk))
        sum += ((double)walk.to - walk.from) * exp(a->log[walk.i] + b->log[walk.j] - max);
    return max + log(sum) + log(fmax(a->horizon, b->horizon));
}

int density_join(const struct density *a, const struct density *b, struct density *out_density,
                 struct tq_error *err)
{
    CLEANUP(density_clear_cleanup) struct density density = {0};
    struct walk walk = walk_start(a, b);
    double max = -HUGE_VAL;
    int r = allocate(&density, a->piece_count + b->piece_count, err);

    if (r < 0)
        return r;
    while (walk_next(&walk)) {
        density.ends[density.piece_count] = walk.from;
        density.ends[density.piece_count + 1] = walk.to;
        density.log[density.piece_count] = a->log[walk.i] + b->log[walk.j];
        max = fmax(max, density.log[density.piece_count++]);
    }
    density.open_start = a->open_start && b->open_start;
    density.open_end = a->open_end && b->open_end;
    density.horizon = fmax(a->horizon, b->horizon);
    normalise_mass(&density, max);
    *out_density = density;
    density = (struct density){0};
    return TQ_OK;
}

/* ---- the support ---- */

/* A part of the mass: whether it falls into a piece of some weight, as a whole. */
struct quantile {
    uint32_t piece;
    double at;   /* within it */
    double mass; /* of the piece */
};

static struct quantile mass_quantile(const struct density *density, double part)
{
    uint32_t last = density->piece_count - 1;
    double sum = 0;

    for (uint32_t i = 0; i <= last; i++) {
        double mass = mass_of(density, i);

        if (mass > 0 && sum + mass >= part)
            return (struct quantile){.piece = i,
                                     .at = density->ends[i]
                                           + length_of(density, i) * ((part - sum) / mass),
                                     .mass = mass};
        sum += mass;
    }
    return (struct quantile){.piece = last, .at = density->ends[last + 1]};
}

/* Ties: the longer piece, then the earlier. */
static uint32_t find_mode(const struct density *density)
{
    uint32_t best = 0;

    for (uint32_t i = 1; i < density->piece_count; i++) {
        if (density->log[i] > density->log[best]
            || (density->log[i] == density->log[best]
                && length_of(density, i) > length_of(density, best)))
            best = i;
    }
    return best;
}

/*
 * A piece that holds a good part of the mass belongs to the support as a whole: within a piece no
 * moment is likelier than another. A quantile in an open piece is no bound: nothing in the
 * register limits the time on that side.
 */
struct support density_support(const struct density *density)
{
    uint32_t last = density->piece_count - 1, mode = find_mode(density);
    struct quantile low = mass_quantile(density, (1 - SUPPORT) / 2);
    struct quantile high = mass_quantile(density, (1 + SUPPORT) / 2);
    const int32_t *ends = density->ends;
    struct support support = {.best = (int32_t)(ends[mode] + length_of(density, mode) / 2)};

    if (mode == last && density->open_end) /* records end soon after the last change they show */
        support.best = ends[last];
    else if (mode == 0 && density->open_start)
        support.best = ends[1] - 1;

    support.from = low.mass >= WHOLE_PIECE ? ends[low.piece] : (int32_t)floor(low.at);
    support.to = high.mass >= WHOLE_PIECE ? ends[high.piece + 1] : (int32_t)ceil(high.at);
    if (low.piece == last && density->open_end)
        support.from = ends[last];
    if (high.piece == 0 && density->open_start)
        support.to = ends[1];
    if (high.piece == last && density->open_end)
        support.to = MOMENT_MAX;
    if (low.piece == 0 && density->open_start)
        support.from = MOMENT_MIN;
    if (support.best < support.from)
        support.best = support.from;
    if (support.best > support.to)
        support.best = support.to;
    return support;
}
