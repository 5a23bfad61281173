/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "assess/misjudged.h"

#include <math.h>

/* Chosen by coverage and width on seeds 1 to 40 of the drills; docs/counting.md. For each spelling
 * that is recognised, so many are not; of each that is recognised, so many are a forger's work. */
#define UNRECOGNISED_SHARE .002
#define UNRECOGNISED_SHAPE .25 /* of its gamma law over tables: most have none, some have many */
#define FORGED_SHARE       .001
#define LEAST_MEAN         .05 /* of what may be unrecognised where no variant occurs */
#define LEAST_SPREAD       .05 /* squared coefficient of variation between columns */
#define LIMIT              .95 /* one-sided */

/* Chances of a count: Poisson with a rate that is gamma distributed. */
struct count_law {
    double mean, shape;
};

/* The natural logarithm of the negative binomial chance of `count`. */
static double law_log(const struct count_law *law, uint64_t count)
{
    double k = (double)count;
    double share = law->mean / (law->shape + law->mean);
    int sign;

    return lgamma_r(k + law->shape, &sign) - lgamma_r(law->shape, &sign) - lgamma_r(k + 1, &sign)
           + law->shape * log1p(-share) + k * log(share);
}

/* How many `name_only` records there should be, if names are altered like other columns. */
static struct count_law altered_names(const struct misjudged_table *table)
{
    double columns = table->columns ? (double)table->columns : 1;
    double mean = ((double)table->altered + .5) / columns;
    double squares = (double)table->altered_squares - columns * mean * mean;
    double spread = table->columns > 1 ? squares / (columns - 1) - mean : mean * mean;
    double names = table->name_columns ? (double)table->name_columns : 1;

    spread = fmax(spread, LEAST_SPREAD * mean * mean);
    return (struct count_law){.mean = mean * names, .shape = mean * mean / spread * names};
}

static struct count_law unrecognised_names(const struct misjudged_table *table)
{
    return (struct count_law){.mean =
                                  UNRECOGNISED_SHARE * (double)table->name_variants + LEAST_MEAN,
                              .shape = UNRECOGNISED_SHAPE};
}

uint64_t misjudged_as_altered(const struct misjudged_table *table)
{
    struct count_law altered = altered_names(table), unrecognised = unrecognised_names(table);
    uint64_t all = table->name_only;
    double most = -HUGE_VAL, sum = 0, so_far = 0;

    for (uint64_t i = 0; i <= all; i++)
        most = fmax(most, law_log(&altered, all - i) + law_log(&unrecognised, i));
    for (uint64_t i = 0; i <= all; i++)
        sum += exp(law_log(&altered, all - i) + law_log(&unrecognised, i) - most);
    for (uint64_t i = 0; i < all; i++) {
        so_far += exp(law_log(&altered, all - i) + law_log(&unrecognised, i) - most);
        if (so_far >= LIMIT * sum)
            return i;
    }
    return all;
}

/* The share of forged ones has a shape of 1, so the law is geometric: its tail is share^(k + 1). */
uint64_t misjudged_as_true(const struct misjudged_table *table)
{
    double mean = FORGED_SHARE * (double)table->name_variants;

    if (mean <= 0)
        return 0;
    return (uint64_t)fmax(0, ceil(log(1 - LIMIT) / log(mean / (1 + mean)) - 1));
}
