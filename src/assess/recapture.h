/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef ASSESS_RECAPTURE_H
#define ASSESS_RECAPTURE_H

#include <stddef.h>
#include <stdint.h>

/*
 * How large a closed population is, by how much those overlap who found a part of it each.
 * docs/counting.md has the assumptions, the formulas and the measured coverage.
 */

/* What two finders hold. */
struct overlap {
    uint64_t first, second, both;
};

/* Those seen included. Each limit is exceeded with a chance of 1 in 20. */
struct recapture {
    double value;
    uint64_t low, high;
};

/* Fewer than this in both, and the estimate is biased: Robson, Regier, Trans. Am. Fisheries Soc. 93
 * (1964). */
#define RECAPTURE_BOTH_LEAST 7u

/* Lincoln and Petersen in the form of Chapman, Univ. Calif. Publ. Stat. 1 (1951); its variance by
 * Seber, Biometrics 26 (1970); limits by Chao, Biometrics 43 (1987): never below those seen. */
struct recapture recapture_chapman(const struct overlap *overlap);

/* Chao's lower bound, in the form without bias, Biometrics 43 (1987), from at least two finders:
 * holds however unequally subjects are found, as long as finders are independent. */
struct recapture recapture_chao(unsigned finders, uint64_t seen, uint64_t once, uint64_t twice);

/* Whether both finders were more likely to find subjects of one part than of another: the larger
 * chance of both chi-square tests (Seber 1982, 4.1.5); 1 where too little is there to test. If one
 * of them found all parts alike the estimate holds. */
double recapture_evenness(const struct overlap *parts, size_t count);

/* The sum of the estimates of all parts, of which each is Chapman's (Darroch, Biometrika 48). */
struct recapture recapture_by_parts(const struct overlap *parts, size_t count);

#endif
