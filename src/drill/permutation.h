/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef DRILL_PERMUTATION_H
#define DRILL_PERMUTATION_H

#include <stdint.h>

/*
 * A keyed bijection of 0 .. size - 1: a four-round Feistel network on the next even number of
 * bits, walked until it lands inside (Black and Rogaway, 2002). Gives numbers that look random, are
 * unique, and can be traced back to whom they were given.
 */
struct permutation {
    uint64_t size;
    uint64_t key;
    unsigned half_bits;
};

struct permutation permutation_make(uint64_t size, uint64_t key);
uint64_t permutation_at(const struct permutation *permutation, uint64_t number);
uint64_t permutation_inverse(const struct permutation *permutation, uint64_t value);

#endif
