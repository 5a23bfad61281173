/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "verdict/mixture.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

#define PATTERNS      (1u << SNAPSHOTS_MAX)
#define ROUNDS_MAX    25
#define ROUNDS_MIN    3
#define EM_STEPS      16
#define SHARE_SETTLED 1e-4

/* Where a fit starts (prototype). */
#define START_SNAPSHOTS  .9
#define START_BACKGROUND .08
#define START_ERROR      .02
#define START_NEW_SHARE  .1 /* weight with which a further snapshot looks for its place */

/* What a snapshot's weights add where it is contained, by pattern of the others and width. */
struct weights {
    int64_t of[PATTERNS][WIDTH_CLASSES];
};

static unsigned pattern_of(const struct mixture *mixture, const struct counted_interval *item)
{
    unsigned pattern = 0;

    for (unsigned k = 0; k < mixture->count; k++)
        pattern |= (unsigned)interval_covers(item, mixture->piece[k]) << k;
    return pattern;
}

/* Probability of a row without the snapshots outside `pattern`. */
static double row_probability(const struct interval_set *set, const struct mixture *mixture,
                              unsigned pattern, unsigned class)
{
    double p = mixture->background * set->width[class] + mixture->error * ERROR_DENSITY;

    for (unsigned k = 0; k < mixture->count; k++)
        p += (double)(pattern >> k & 1) * mixture->share[k];
    return p;
}

/* Difference array over the pieces, summed up: score[i] = weight of all rows that contain i. */
static void sweep(const struct interval_set *set, const struct mixture *mixture, unsigned mask,
                  const struct weights *weights, int64_t *score)
{
    int64_t sum = 0;

    memset(score, 0, ((size_t)set->piece_count + 1) * sizeof(*score));
    for (size_t i = 0; i < set->count; i++) {
        const struct counted_interval *item = &set->items[i];
        unsigned pattern = pattern_of(mixture, item) & mask;
        int64_t weight = weights->of[pattern][item->width_class] * item->rows;

        score[item->first] += weight;
        score[item->last] -= weight;
    }
    for (uint32_t i = 0; i < set->piece_count; i++) {
        sum += score[i];
        score[i] = sum;
    }
}

/* Ties: the longer piece, then the earlier. */
static uint32_t best_piece(const struct interval_set *set, const int64_t *score)
{
    uint32_t best = 0;

    for (uint32_t i = 1; i < set->piece_count; i++) {
        if (score[i] > score[best]
            || (score[i] == score[best] && piece_length(set, i) > piece_length(set, best)))
            best = i;
    }
    return best;
}

static void snapshot_weights(const struct interval_set *set, const struct mixture *mixture,
                             unsigned mask, double share, struct weights *weights)
{
    for (unsigned pattern = 0; pattern < 1u << mixture->count; pattern++) {
        for (unsigned class = 0; class < WIDTH_CLASSES; class ++) {
            double others = row_probability(set, mixture, pattern & mask, class);

            weights->of[pattern][class] = llround(log((share + others) / others) * LOG_ONE);
        }
    }
}

static void profile(const struct interval_set *set, const struct mixture *mixture, unsigned k,
                    int64_t *score)
{
    unsigned mask = ((1u << mixture->count) - 1) & ~(1u << k);
    struct weights weights;

    snapshot_weights(set, mixture, mask, mixture->share[k], &weights);
    sweep(set, mixture, mask, &weights, score);
}

/* Where the next snapshot would explain most of what the present ones do not: rows count for it by
 * the share of them that is left to background and error. */
static uint32_t place_new(const struct interval_set *set, const struct mixture *mixture,
                          int64_t *score)
{
    unsigned mask = (1u << mixture->count) - 1;
    struct weights weights;

    for (unsigned pattern = 0; pattern <= mask; pattern++) {
        for (unsigned class = 0; class < WIDTH_CLASSES; class ++) {
            double all = row_probability(set, mixture, pattern, class);
            double left = row_probability(set, mixture, 0, class) / all;
            double gain = left * log((START_NEW_SHARE + all) / all);

            weights.of[pattern][class] =
                llround((mixture->count > 0 ? gain : 1 - set->width[class]) * LOG_ONE);
        }
    }
    sweep(set, mixture, mask, &weights, score);
    return best_piece(set, score);
}

static void count_patterns(const struct interval_set *set, const struct mixture *mixture,
                           uint64_t *count)
{
    memset(count, 0, (size_t)PATTERNS * WIDTH_CLASSES * sizeof(*count));
    for (size_t i = 0; i < set->count; i++) {
        const struct counted_interval *item = &set->items[i];

        count[pattern_of(mixture, item) * WIDTH_CLASSES + item->width_class] += item->rows;
    }
}

/* Totals of one EM step. */
struct em_totals {
    double share[SNAPSHOTS_MAX], background, error, log_likelihood;
};

static void em_add(const struct interval_set *set, const struct mixture *mixture, unsigned pattern,
                   unsigned class, double rows, struct em_totals *totals)
{
    double p = row_probability(set, mixture, pattern, class);

    totals->log_likelihood += rows * log(p);
    for (unsigned k = 0; k < mixture->count; k++)
        totals->share[k] += rows * (double)(pattern >> k & 1) * mixture->share[k] / p;
    totals->background += rows * mixture->background * set->width[class] / p;
    totals->error += rows * mixture->error * ERROR_DENSITY / p;
}

/* One step of EM over the counts, in a fixed order; returns the largest change of a share. */
static double em_step(const struct interval_set *set, struct mixture *mixture,
                      const uint64_t *count)
{
    struct em_totals totals = {0};
    double n = (double)set->rows + 1, sum = 0, change = 0;

    for (unsigned pattern = 0; pattern < 1u << mixture->count; pattern++) {
        for (unsigned class = 0; class < WIDTH_CLASSES; class ++) {
            uint64_t rows = count[pattern * WIDTH_CLASSES + class];

            if (rows > 0)
                em_add(set, mixture, pattern, class, (double)rows, &totals);
        }
    }
    mixture->log_likelihood = totals.log_likelihood;
    mixture->background = (totals.background + .5) / n;
    mixture->error = (totals.error + .1) / n;
    sum = mixture->background + mixture->error;
    for (unsigned k = 0; k < mixture->count; k++)
        sum += (totals.share[k] + .5) / n;
    mixture->background /= sum;
    mixture->error /= sum;
    for (unsigned k = 0; k < mixture->count; k++) {
        double share = (totals.share[k] + .5) / n / sum;

        change = fmax(change, fabs(share - mixture->share[k]));
        mixture->share[k] = share;
    }
    return change;
}

int mixture_scratch_init(struct mixture_scratch *scratch, const struct interval_set *set,
                         struct tq_error *err)
{
    *scratch = (struct mixture_scratch){
        .score = alloc_zeroed((size_t)set->piece_count + 1, sizeof(*scratch->score)),
        .count = alloc_zeroed((size_t)PATTERNS * WIDTH_CLASSES, sizeof(*scratch->count))};
    if (scratch->score && scratch->count)
        return TQ_OK;
    mixture_scratch_clear(scratch);
    return tq_no_memory(err);
}

void mixture_scratch_clear(struct mixture_scratch *scratch)
{
    free(scratch->score);
    free(scratch->count);
    *scratch = (struct mixture_scratch){0};
}

void mixture_profile(const struct interval_set *set, const struct mixture *mixture,
                     unsigned snapshot, struct mixture_scratch *scratch)
{
    profile(set, mixture, snapshot, scratch->score);
}

/* A further snapshot takes its first share from all that was there; EM settles the shares before
 * anything moves, else a small snapshot would be drawn onto the main one. */
static struct mixture start(const struct interval_set *set, const struct mixture *smaller,
                            int64_t *score)
{
    struct mixture mixture = smaller ? *smaller : (struct mixture){0};
    uint32_t place = place_new(set, &mixture, score);

    for (unsigned k = 0; k < mixture.count; k++)
        mixture.share[k] *= 1 - START_NEW_SHARE;
    mixture.share[mixture.count] = smaller ? START_NEW_SHARE : START_SNAPSHOTS;
    mixture.background = smaller ? mixture.background * (1 - START_NEW_SHARE) : START_BACKGROUND;
    mixture.error = smaller ? mixture.error * (1 - START_NEW_SHARE) : START_ERROR;
    mixture.piece[mixture.count++] = place;
    return mixture;
}

/* Move each snapshot to its best place, the others staying; whether any moved. */
static bool move(const struct interval_set *set, struct mixture *mixture, int64_t *score)
{
    bool moved = false;

    for (unsigned k = 0; k < mixture->count; k++) {
        uint32_t piece;

        profile(set, mixture, k, score);
        piece = best_piece(set, score);
        moved |= piece != mixture->piece[k];
        mixture->piece[k] = piece;
    }
    return moved;
}

static double settle(const struct interval_set *set, struct mixture *mixture, uint64_t *count)
{
    double change = 0;

    count_patterns(set, mixture, count);
    for (unsigned step = 0; step < EM_STEPS; step++)
        change = em_step(set, mixture, count);
    return change;
}

void mixture_grow(const struct interval_set *set, const struct mixture *smaller,
                  struct mixture_scratch *scratch, struct mixture *out_mixture)
{
    struct mixture mixture = start(set, smaller, scratch->score);

    (void)settle(set, &mixture, scratch->count);
    for (unsigned round = 1; round <= ROUNDS_MAX; round++) {
        bool moved = move(set, &mixture, scratch->score);
        double change = settle(set, &mixture, scratch->count);

        if (round >= ROUNDS_MIN && !moved && change < SHARE_SETTLED)
            break;
    }
    *out_mixture = mixture;
}

double mixture_bic(const struct interval_set *set, const struct mixture *mixture)
{
    return -2 * mixture->log_likelihood + 2 * (double)mixture->count * log((double)set->rows);
}
