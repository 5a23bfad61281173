/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef BASE_SIGNIFICANCE_H
#define BASE_SIGNIFICANCE_H

#include <stddef.h>
#include <stdint.h>

/*
 * How far a share of failures is from another, and whether chance explains it. Facts of one record
 * or subject go together, so shares are of facts and the numbers that certainty goes by are of
 * records and subjects.
 */
struct failures {
    uint64_t facts, failed;
    uint64_t units; /* records, or subjects, that the facts are of */
};

double failures_share(const struct failures *failures); /* 0 if there are none */

/* Cohen's h: the difference of the arcs of both shares. .2 is small, .5 medium, .8 large; positive
 * where `these` fail more often. */
double failures_effect(const struct failures *these, const struct failures *those);

/* Fisher's exact test, two-sided (twice the smaller tail): the chance of a difference like this if
 * both have one share. 1 if one of them has no facts. */
double failures_chance(const struct failures *these, const struct failures *those);

/*
 * Whether counts of `classes` kinds come from one source: the two-sample chi-square test, classes
 * that are too rare for it (fewer than 5 expected) taken together. *out_effect is Cramer's V as it
 * would be were both samples of one size, less its bias: 0 alike, 1 disjoint. Gives the chance; 1
 * if fewer than two classes are left.
 */
double counts_chance(const uint64_t *these, const uint64_t *those, size_t classes,
                     double *out_effect);

/* Of a standard normal variable further from 0 than z. */
double normal_chance(double z);

/* Of chi-square with so many degrees of freedom, at least 1, above x. */
double chi_square_chance(double x, size_t freedom);

/* Holm's correction for that many tests, in place. TQ_E_NOMEM. */
struct tq_error;
int chances_correct(double *chances, size_t count, struct tq_error *err);

#endif
