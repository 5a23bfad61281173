/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "assess/recapture.h"

#include <math.h>
#include <stdbool.h>

#include "base/significance.h"

#define LIMIT          1.6449 /* standard deviations: one-sided, 1 in 20 */
#define NOBODY         1e-3   /* an expectation below it */
#define EXPECTED_LEAST 5.0    /* in a class of the chi-square test */

static uint64_t seen_by_two(const struct overlap *overlap)
{
    return overlap->first + overlap->second - overlap->both;
}

/* The limits of what was not seen are those of a log-normal variable. */
static struct recapture with_limits(double seen, double unseen, double variance)
{
    struct recapture made = {seen + unseen, (uint64_t)seen, (uint64_t)seen};
    double spread;

    if (unseen < NOBODY)
        return made;
    spread = exp(LIMIT * sqrt(log(1 + variance / (unseen * unseen))));
    made.low = (uint64_t)floor(seen + unseen / spread);
    made.high = (uint64_t)ceil(seen + unseen * spread - NOBODY);
    return made;
}

/* How many are in neither, and the variance of that. */
static void estimate_neither(const struct overlap *overlap, double *out_unseen,
                             double *out_variance)
{
    double first = (double)overlap->first, second = (double)overlap->second;
    double both = (double)overlap->both;

    *out_unseen = fmax(0, (first - both) * (second - both) / (both + 1));
    *out_variance = (first + 1) * (second + 1) * (first - both) * (second - both)
                    / ((both + 1) * (both + 1) * (both + 2));
}

struct recapture recapture_chapman(const struct overlap *overlap)
{
    double unseen, variance;

    estimate_neither(overlap, &unseen, &variance);
    return with_limits((double)seen_by_two(overlap), unseen, variance);
}

struct recapture recapture_by_parts(const struct overlap *parts, size_t count)
{
    double seen = 0, unseen = 0, variance = 0;

    for (size_t i = 0; i < count; i++) {
        double part_unseen, part_variance;

        estimate_neither(&parts[i], &part_unseen, &part_variance);
        seen += (double)seen_by_two(&parts[i]);
        unseen += part_unseen;
        variance += part_variance;
    }
    return with_limits(seen, unseen, variance);
}

struct recapture recapture_chao(unsigned finders, uint64_t seen, uint64_t once, uint64_t twice)
{
    double share = finders > 0 ? (finders - 1.0) / finders : 0;
    double one = (double)once, two = (double)twice;
    double ratio = share * one / (2 * (two + 1));
    double unseen = ratio * (one - 1);
    double slope = share * (2 * one - 1) / (2 * (two + 1));
    double variance = unseen + slope * slope * one
                      + ratio * ratio * two * (one - 1) * (one - 1) / ((two + 1) * (two + 1));

    return with_limits((double)seen, fmax(0, unseen), fmax(0, variance));
}

/* ---- are all parts alike? ---- */

/* Whether of those in one finder's hands the other has the same share in all parts. */
static double share_chance(const struct overlap *parts, size_t count, bool of_first)
{
    double held = 0, both = 0, square = 0;
    size_t classes = 0;

    for (size_t i = 0; i < count; i++) {
        held += (double)(of_first ? parts[i].first : parts[i].second);
        both += (double)parts[i].both;
    }
    if (held <= 0 || both <= 0 || both >= held)
        return 1;
    for (size_t i = 0; i < count; i++) {
        double here = (double)(of_first ? parts[i].first : parts[i].second);
        double wanted = here * both / held;
        double apart = (double)parts[i].both - wanted;

        if (wanted < EXPECTED_LEAST || here - wanted < EXPECTED_LEAST)
            continue;
        square += apart * apart / wanted + apart * apart / (here - wanted);
        classes++;
    }
    return classes < 2 ? 1 : chi_square_chance(square, classes - 1);
}

double recapture_evenness(const struct overlap *parts, size_t count)
{
    return fmax(share_chance(parts, count, true), share_chance(parts, count, false));
}
