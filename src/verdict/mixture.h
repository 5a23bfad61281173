/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef VERDICT_MIXTURE_H
#define VERDICT_MIXTURE_H

#include "base/limits.h"
#include "verdict/interval_set.h"

/* Log-likelihoods as integers: 2^-20 nats. */
#define LOG_ONE (1 << 20)

/* Density of a row that no snapshot and no time explains. */
#define ERROR_DENSITY 1e-3

/*
 * A model of a table's rows: `count` snapshots, each in a piece, with shares; rows of any time
 * (background) and rows of none (error). algorithms.md 5.1.
 */
struct mixture {
    unsigned count;
    uint32_t piece[SNAPSHOTS_MAX];
    double share[SNAPSHOTS_MAX];
    double background, error;
    double log_likelihood;
};

/* Memory of a fit: one score per piece, and the counts by pattern and width. */
struct mixture_scratch {
    int64_t *score;  /* owned; piece_count + 1 */
    uint64_t *count; /* owned; (1 << SNAPSHOTS_MAX) * WIDTH_CLASSES */
};

int mixture_scratch_init(struct mixture_scratch *scratch, const struct interval_set *set,
                         struct tq_error *err) MUST_CHECK;
void mixture_scratch_clear(struct mixture_scratch *scratch);

static inline void mixture_scratch_clear_cleanup(struct mixture_scratch *scratch)
{
    mixture_scratch_clear(scratch);
}

/* Fit one snapshot more than `smaller` has (NULL: the first). */
void mixture_grow(const struct interval_set *set, const struct mixture *smaller,
                  struct mixture_scratch *scratch, struct mixture *out_mixture);

/* Log-likelihood of snapshot number `snapshot` lying in each piece, the others staying where they
 * are, into scratch->score, up to a constant. */
void mixture_profile(const struct interval_set *set, const struct mixture *mixture,
                     unsigned snapshot, struct mixture_scratch *scratch);

/* Bayesian information criterion; smaller is better. */
double mixture_bic(const struct interval_set *set, const struct mixture *mixture);

#endif
