/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef VERDICT_DENSITY_H
#define VERDICT_DENSITY_H

#include "verdict/interval_set.h"

/*
 * Where in time a snapshot lies, as far as the rows of one table tell, or those of several
 * together: a density over time, constant within each piece. Only the stretch that holds all but
 * nothing of it is kept, so that the density of a large table is as small as that of a small one.
 */
struct density {
    uint32_t piece_count;
    int32_t *ends;  /* owned; piece i is [ends[i], ends[i + 1]) */
    double *log;    /* owned; by piece, natural logarithm of the density a minute; sums up to 1 */
    double horizon; /* minutes in which the snapshot could have been before anything was known */
    bool open_start, open_end; /* the first or the last piece stands for open time */
};

/* A stretch of time, its ends open where nothing bounds it, and the likeliest moment in it. */
struct support {
    int32_t from, to, best;
};

/* `log`: of each piece of the set, the logarithm of its density up to a constant. */
int density_make(const struct interval_set *set, const double *log, struct density *out_density,
                 struct tq_error *err) MUST_CHECK;
int density_copy(const struct density *density, struct density *out_density,
                 struct tq_error *err) MUST_CHECK;
void density_clear(struct density *density);

static inline void density_clear_cleanup(struct density *density)
{
    density_clear(density);
}

/*
 * How much better "both are of one snapshot" explains the two than "each is of its own", as the
 * logarithm of the ratio of the likelihoods: of its own a snapshot may lie anywhere in the horizon.
 * -HUGE_VAL if they nowhere overlap.
 */
double density_log_ratio(const struct density *a, const struct density *b);

/* What two that are of one snapshot, and overlap, say together. */
int density_join(const struct density *a, const struct density *b, struct density *out_density,
                 struct tq_error *err) MUST_CHECK;

/* The middle of the density (98 % of it), and its mode. */
struct support density_support(const struct density *density);

#endif
