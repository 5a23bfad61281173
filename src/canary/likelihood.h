/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef CANARY_LIKELIHOOD_H
#define CANARY_LIKELIHOOD_H

#include <stdint.h>

/* The 95 % interval of Wilson (1927) for a share of which `hits` of `count` were seen. */
void share_interval(uint64_t hits, uint64_t count, double *out_low, double *out_high);

/* The chance that at least one of `count` is seen where a share was published: 1 - (1 - s)^k. */
double chance_to_be_seen(double share, uint64_t count);

/*
 * The chance that of `values` drawn evenly from a block of `block_size` at least `hits` are among
 * `count` canaries: the upper tail of the binomial distribution with p = count / block_size. What
 * is drawn without repetition (hypergeometric) has less in its tail.
 */
double chance_of_accident(uint64_t hits, uint64_t values, uint64_t count, double block_size);

#endif
