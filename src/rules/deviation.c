/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "rules/deviation.h"

#include <math.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/error.h"

double failures_share(const struct failures *failures)
{
    return failures->facts ? (double)failures->failed / (double)failures->facts : 0;
}

double failures_effect(const struct failures *these, const struct failures *those)
{
    return 2 * asin(sqrt(failures_share(these))) - 2 * asin(sqrt(failures_share(those)));
}

/* ---- Fisher's exact test ---- */

static double log_choose(double n, double k)
{
    return lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1);
}

/* Units that fail, were each all or nothing. */
static double failing_units(const struct failures *failures)
{
    return round(failures_share(failures) * (double)failures->units);
}

/* Of `drawn` out of n + m, of which n are these: the chance that from..to of them are. */
static double tail(double n, double m, double drawn, double from, double to)
{
    double whole = log_choose(n + m, drawn), sum = 0;

    for (double k = from; k <= to; k++)
        sum += exp(log_choose(n, k) + log_choose(m, drawn - k) - whole);
    return sum;
}

double failures_chance(const struct failures *these, const struct failures *those)
{
    double n = (double)these->units, m = (double)those->units;
    double k = failing_units(these), drawn = k + failing_units(those);
    double least = drawn > m ? drawn - m : 0, most = drawn < n ? drawn : n;
    double chance;

    if (these->facts == 0 || those->facts == 0)
        return 1;
    chance = 2 * fmin(tail(n, m, drawn, least, k), tail(n, m, drawn, k, most));
    return chance < 1 ? chance : 1;
}

/* ---- Holm ---- */

struct ranked {
    double chance;
    size_t number;
};

static int compare_ranked(const void *a, const void *b)
{
    const struct ranked *first = a, *second = b;

    if (first->chance != second->chance)
        return first->chance < second->chance ? -1 : 1;
    return (first->number > second->number) - (first->number < second->number);
}

int chances_correct(double *chances, size_t count, struct tq_error *err)
{
    CLEANUP(free_cleanup) struct ranked *ranked = alloc_zeroed(count + 1, sizeof(*ranked));
    double before = 0;

    if (!ranked)
        return tq_no_memory(err);
    for (size_t i = 0; i < count; i++)
        ranked[i] = (struct ranked){chances[i], i};
    if (count > 0)
        qsort(ranked, count, sizeof(*ranked), compare_ranked);
    for (size_t i = 0; i < count; i++) {
        double chance = fmin(1, ranked[i].chance * (double)(count - i));

        before = fmax(before, chance);
        chances[ranked[i].number] = before;
    }
    return TQ_OK;
}
