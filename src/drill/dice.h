/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef DRILL_DICE_H
#define DRILL_DICE_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Counter-based random numbers: a stream is a pure function of (seed, what, number), so everything
 * about person i can be made again at any time and nothing need be kept. The generator is
 * SplitMix64 (Steele, Lea and Flood, 2014).
 */
struct dice {
    uint64_t state;
};

/* What a stream decides. Never renumber: the bytes of every drill depend on it. */
enum dice_topic {
    DICE_WORLD = 1,
    DICE_MIXTURE,
    DICE_PERMUTATION,
    DICE_EMPLOYER,
    DICE_EMPLOYER_HOME,
    DICE_EMPLOYER_PHONE,
    DICE_EMPLOYER_STATUS,
    DICE_FILING,
    DICE_PAIR,
    DICE_OUTSIDER,
    DICE_NUMBER,
    DICE_BASICS,
    DICE_FAMILY,
    DICE_GIVEN,
    DICE_BIRTH,
    DICE_RENAMING,
    DICE_CARD,
    DICE_MARITAL,
    DICE_HOME,
    DICE_PHONE,
    DICE_EMAIL,
    DICE_ACCOUNT,
    DICE_EMPLOYMENT,
    DICE_SALARY,
    DICE_MONTH,
    DICE_PENSION,
    DICE_CHILDREN,
    DICE_HEALTH,
    DICE_ROW,
    DICE_COMPANY_ROW,
    DICE_FILE,
    DICE_FILE_LINE,
    DICE_DOCUMENT,
    DICE_COLUMNS,
    DICE_CHANNEL,
    DICE_NAMES,
    /* of the institutions */
    DICE_INSTITUTION,
    DICE_MEMBER,
    DICE_HOUSEHOLD,
    DICE_HOUSEHOLD_NAMES,
    DICE_HOUSEHOLD_GIVEN,
    DICE_HOUSEHOLD_BIRTH,
    DICE_HOMONYM,
    DICE_OUTSIDER_KIN,
    DICE_JOINED,
    DICE_LINE,
    DICE_HISTORY,
    DICE_VALUE,
    DICE_ADDRESS,
    DICE_RENAMED,
    DICE_LEAK,
    DICE_LEAK_ROW,
    DICE_LEAK_SPELLING,
    /* of edited documents */
    DICE_EDITING
};

static inline uint64_t dice_mix(uint64_t x)
{
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9ull;
    x = (x ^ x >> 27) * 0x94d049bb133111ebull;
    return x ^ x >> 31;
}

static inline struct dice dice_for(uint64_t seed, enum dice_topic what, uint64_t number)
{
    uint64_t state = dice_mix(seed + (uint64_t)what * 0x9e3779b97f4a7c15ull);

    return (struct dice){dice_mix(state + number * 0xd1342543de82ef95ull)};
}

static inline uint64_t dice_next(struct dice *dice)
{
    dice->state += 0x9e3779b97f4a7c15ull;
    return dice_mix(dice->state);
}

/* 0 .. count - 1; count > 0. */
static inline uint32_t dice_below(struct dice *dice, uint32_t count)
{
    return (uint32_t)((dice_next(dice) >> 32) * count >> 32);
}

/* from .. to, both included. */
static inline int32_t dice_between(struct dice *dice, int32_t from, int32_t to)
{
    return from + (int32_t)dice_below(dice, (uint32_t)(to - from) + 1);
}

/* [0, 1) */
static inline double dice_unit(struct dice *dice)
{
    return (double)(dice_next(dice) >> 11) * 0x1p-53;
}

static inline bool dice_chance(struct dice *dice, double probability)
{
    return dice_unit(dice) < probability;
}

double dice_exponential(struct dice *dice, double mean);
double dice_normal(struct dice *dice);
double dice_gamma(struct dice *dice, double shape); /* scale 1 */
double dice_beta(struct dice *dice, double a, double b);

#endif
