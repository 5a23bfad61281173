/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "base/significance.h"

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

/* ---- chi-square ---- */

double normal_chance(double z)
{
    return erfc(fabs(z) / sqrt(2));
}

/* By recurrence over the degrees of freedom: Abramowitz and Stegun 26.4.8. */
double chi_square_chance(double x, size_t freedom)
{
    double half = x / 2, chance = freedom % 2 ? erfc(sqrt(half)) : exp(-half);

    if (x <= 0)
        return 1;
    for (size_t k = freedom % 2 ? 1 : 2; k < freedom; k += 2)
        chance += exp((double)k / 2 * log(half) - half - lgamma((double)k / 2 + 1));
    return chance < 1 ? chance : 1;
}

/* What one class adds to chi-square, and to its size-free form. */
static void add_class(double a, double b, double n, double m, double *square, double *apart)
{
    double share = (a + b) / (n + m), p = a / n, q = b / m;

    *square += (a - n * share) * (a - n * share) / (n * share)
               + (b - m * share) * (b - m * share) / (m * share);
    *apart += (p - q) * (p - q) / (p + q) / 2;
}

double counts_chance(const uint64_t *these, const uint64_t *those, size_t classes,
                     double *out_effect)
{
    double n = 0, m = 0, square = 0, apart = 0, rare_a = 0, rare_b = 0;
    size_t kept = 0;

    for (size_t i = 0; i < classes; i++) {
        n += (double)these[i];
        m += (double)those[i];
    }
    for (size_t i = 0; i < classes && n > 0 && m > 0; i++) {
        double a = (double)these[i], b = (double)those[i];

        if ((a + b) / (n + m) * fmin(n, m) < 5) {
            rare_a += a;
            rare_b += b;
            continue;
        }
        add_class(a, b, n, m, &square, &apart);
        kept++;
    }
    if (rare_a + rare_b > 0) {
        add_class(rare_a, rare_b, n, m, &square, &apart);
        kept++;
    }
    *out_effect = 0;
    if (kept < 2)
        return 1;
    apart -= (double)(kept - 1) / 4 * (1 / n + 1 / m);
    *out_effect = apart > 0 ? sqrt(apart) : 0;
    return chi_square_chance(square, kept - 1);
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
