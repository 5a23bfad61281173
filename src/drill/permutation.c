/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* A keyed bijection of a range of numbers. */
#include "drill/permutation.h"

#include <assert.h>

#include "drill/dice.h"

#define ROUNDS 4u

struct permutation permutation_make(uint64_t size, uint64_t key)
{
    unsigned bits = 1;

    assert(size > 0);
    while (bits < 62 && size > (uint64_t)1 << 2 * bits)
        bits++;
    return (struct permutation){size, key, bits};
}

static uint64_t round_of(const struct permutation *p, unsigned number, uint64_t half)
{
    uint64_t mask = ((uint64_t)1 << p->half_bits) - 1;

    return dice_mix(p->key + number * 0x9e3779b97f4a7c15ull + half * 0xd1342543de82ef95ull) & mask;
}

static uint64_t step_forward(const struct permutation *p, uint64_t x)
{
    uint64_t mask = ((uint64_t)1 << p->half_bits) - 1;
    uint64_t left = x >> p->half_bits, right = x & mask;

    for (unsigned i = 0; i < ROUNDS; i++) {
        uint64_t next = left ^ round_of(p, i, right);

        left = right;
        right = next;
    }
    return left << p->half_bits | right;
}

static uint64_t step_back(const struct permutation *p, uint64_t x)
{
    uint64_t mask = ((uint64_t)1 << p->half_bits) - 1;
    uint64_t left = x >> p->half_bits, right = x & mask;

    for (unsigned i = ROUNDS; i-- > 0;) {
        uint64_t before = right ^ round_of(p, i, left);

        right = left;
        left = before;
    }
    return left << p->half_bits | right;
}

uint64_t permutation_at(const struct permutation *permutation, uint64_t number)
{
    assert(number < permutation->size);
    do
        number = step_forward(permutation, number);
    while (number >= permutation->size);
    return number;
}

uint64_t permutation_inverse(const struct permutation *permutation, uint64_t value)
{
    assert(value < permutation->size);
    do
        value = step_back(permutation, value);
    while (value >= permutation->size);
    return value;
}
