/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "canary/likelihood.h"

#include <math.h>

#define Z_95        1.959963984540054 /* of the normal distribution */
#define TERM_IGNORE 1e-17             /* beside the sum so far */

void share_interval(uint64_t hits, uint64_t count, double *out_low, double *out_high)
{
    double n = (double)count, p = (double)hits / n, z2 = Z_95 * Z_95;
    double middle = p + z2 / (2 * n);
    double half = Z_95 * sqrt(p * (1 - p) / n + z2 / (4 * n * n));

    *out_low = hits == 0 ? 0 : (middle - half) / (1 + z2 / n);
    *out_high = hits == count ? 1 : (middle + half) / (1 + z2 / n);
}

double chance_to_be_seen(double share, uint64_t count)
{
    return -expm1((double)count * log1p(-share));
}

/* log of (n over i) p^i (1 - p)^(n - i) */
static double log_term(double n, double i, double p)
{
    return lgamma(n + 1) - lgamma(i + 1) - lgamma(n - i + 1) + i * log(p) + (n - i) * log1p(-p);
}

double chance_of_accident(uint64_t hits, uint64_t values, uint64_t count, double block_size)
{
    double n = (double)values, p = (double)count / block_size;
    double sum = 0;

    if (hits == 0 || p >= 1)
        return 1;
    if (hits > values)
        return 0;
    for (uint64_t i = hits; i <= values; i++) {
        double term = exp(log_term(n, (double)i, p));

        sum += term;
        if ((double)i > n * p && term <= sum * TERM_IGNORE)
            break; /* from here on they only fall */
    }
    return sum < 1 ? sum : 1;
}
