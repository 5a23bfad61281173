/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef DRILL_LOTTERY_H
#define DRILL_LOTTERY_H

#include <stdint.h>

#include "base/error.h"
#include "drill/dice.h"

/* Draws a number with given weights in constant time: the alias method (Walker 1977, Vose 1991) in
 * integers, so that it comes out the same everywhere. */
struct lottery {
    uint32_t count;
    uint32_t *threshold; /* owned; of 2^32 */
    uint32_t *alias;     /* owned */
};

/* Weights must not all be 0; their sum times count must fit 64 bits. */
int lottery_init(struct lottery *lottery, const uint32_t *weights, uint32_t count,
                 struct tq_error *err) MUST_CHECK;
void lottery_clear(struct lottery *lottery);

static inline uint32_t lottery_draw(const struct lottery *lottery, struct dice *dice)
{
    uint32_t i = dice_below(dice, lottery->count);
    uint32_t u = (uint32_t)(dice_next(dice) >> 32);

    return u < lottery->threshold[i] ? i : lottery->alias[i];
}

#endif
