/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "assess/unseen.h"

#include <math.h>

#define LIMIT  1.6449 /* standard deviations: one-sided, 1 in 20 */
#define NOBODY 1e-3   /* an expectation below it */

/* Each unread document names as many as one that was read, and nobody that is known. */
static double most_of(const struct incidence *incidence)
{
    double each = incidence->read ? (double)incidence->records / (double)incidence->read : 1;

    return ceil((double)incidence->unread * fmax(1, each));
}

struct unseen unseen_estimate(const struct incidence *incidence)
{
    double more = incidence->read ? (double)incidence->unread / (double)incidence->read : 0;
    double share = fmin(1, more), power = -1, value = 0, variance = 0, most = most_of(incidence);
    double spread;

    if (incidence->read && incidence->records == 0)
        return (struct unseen){0};
    for (unsigned i = 1; i < UNSEEN_CLASSES; i++) {
        double count = (double)incidence->subjects[i];

        power *= -share;
        value += power * count;
        variance += power * power * count;
    }
    /* Subjects of one document come together, at worst all of them. */
    if (incidence->records > incidence->read && incidence->read)
        variance *= (double)incidence->records / (double)incidence->read;
    value = fmin(fmax(0, value), most);
    spread = LIMIT * sqrt(variance + value);
    return (struct unseen){.value = value,
                           .low = (uint64_t)floor(fmax(0, value - spread)),
                           .high = (uint64_t)(more > 1 || !incidence->read
                                                  ? most
                                                  : fmin(most, ceil(value + spread - NOBODY)))};
}
