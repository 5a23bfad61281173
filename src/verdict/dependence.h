/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef VERDICT_DEPENDENCE_H
#define VERDICT_DEPENDENCE_H

#include "verdict/shown_rows.h"

/*
 * How much two columns tell of each other: who invents rows gets each column right by itself, and
 * what goes with what wrong. Within this module only.
 */

#define DEPENDENT_PAIRS_MAX 8u   /* the strongest of the register */
#define DEPENDENCE_LEAST    200u /* rows: less are mostly the bias of 25 classes */

/* Mutual information of the classes of two columns, in nats, less its bias (Miller 1955); its
 * variance by the delta method. */
struct dependence {
    uint64_t rows;
    double nats, variance;
};

struct dependent_pair {
    uint16_t first, second; /* positions among the columns of the rows */
    struct dependence found[SHOWN_GROUP_COUNT];
};

/* The pairs that depend most in the register, strongest first, with what is found of each group.
 * `out_pairs` has room for DEPENDENT_PAIRS_MAX. */
int dependence_find_pairs(const struct shown_rows *rows, struct dependent_pair *out_pairs,
                          size_t *out_count, struct tq_error *err) MUST_CHECK;

#endif
