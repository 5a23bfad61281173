/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef RULES_DEVIATION_H
#define RULES_DEVIATION_H

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

/* Holm's correction for that many tests, in place. TQ_E_NOMEM. */
struct tq_error;
int chances_correct(double *chances, size_t count, struct tq_error *err);

#endif
