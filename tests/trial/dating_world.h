/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef TRIAL_DATING_WORLD_H
#define TRIAL_DATING_WORLD_H

/*
 * Rows of a synthetic table with a known time: five fields that change at constant rates over five
 * years (1.17 changes a year in all), 5 % of the cells bad, and a mixture of times by scenario.
 * algorithms.md 5.2.
 */
#include <math.h>
#include <stdint.h>

#include "base/moment.h"
#include "verdict/dating.h"

#define WORLD_DAYS   1826
#define WORLD_FIELDS 5
#define DAY          1440

struct trial_random {
    uint64_t state;
};

/* splitmix64 (Steele, Lea, Flood 2014; public domain) */
static inline uint64_t trial_next(struct trial_random *random)
{
    uint64_t z = random->state += 0x9e3779b97f4a7c15ull;

    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ull;
    z = (z ^ z >> 27) * 0x94d049bb133111ebull;
    return z ^ z >> 31;
}

static inline double trial_uniform(struct trial_random *random)
{
    return (double)(trial_next(random) >> 11) / 9007199254740992.0;
}

static inline double trial_exponential(struct trial_random *random, double mean)
{
    return -mean * log(1 - trial_uniform(random));
}

struct dating_scenario {
    const char *name;
    double stale;    /* share of rows of uniform earlier times */
    double older[3]; /* shares of rows from T - older_days[i] */
    double older_days[3];
    double lag_share, lag_days; /* rows late by an exponential time */
    double field_lag_days;      /* ... in one field only */
    bool nightly;               /* changes become known at the next night */
};

static const struct dating_scenario dating_scenarios[] = {
    {.name = "10 % stale, uniform", .stale = .1},
    {.name = "same, nightly batch loads", .stale = .1, .nightly = true},
    {.name = "30 % one year older", .older = {.3}, .older_days = {365}},
    {.name = "30 % 60 days older", .older = {.3}, .older_days = {60}},
    {.name = "30 % 3 days older", .older = {.3}, .older_days = {3}},
    {.name = "two glued 55/45", .older = {.45}, .older_days = {200}},
    {.name = "three 40/35/25", .older = {.35, .25}, .older_days = {200, 400}},
    {.name = "30 % lag by ~5 days", .lag_share = .3, .lag_days = 5},
    {.name = "30 % one field lags ~60 days", .lag_share = .3, .field_lag_days = 60},
};
#define DATING_SCENARIOS (sizeof(dating_scenarios) / sizeof(dating_scenarios[0]))

static inline int32_t trial_minutes(double days, bool nightly)
{
    return (int32_t)floor((nightly ? ceil(days) + .1 : days) * DAY);
}

/* The interval in which one field keeps the value it has at `at`. */
static inline struct dated_row trial_field(struct trial_random *random, double at, double rate,
                                           bool nightly)
{
    double left = at - trial_exponential(random, 1 / rate);
    double right = at + trial_exponential(random, 1 / rate);
    struct dated_row row = {MOMENT_MIN, MOMENT_MAX};

    /* With nightly loads the row shows what was loaded by `at`. */
    if (nightly) {
        double night = floor(at - .1);

        left += night - at;
        right += night - at;
    }
    if (left > 0)
        row.from = trial_minutes(left, nightly);
    if (right < WORLD_DAYS)
        row.to = trial_minutes(right, nightly);
    return row;
}

static inline double trial_row_time(struct trial_random *random,
                                    const struct dating_scenario *scenario, double snapshot)
{
    double luck = trial_uniform(random);

    if (luck < scenario->stale)
        return 400 + trial_uniform(random) * (snapshot - 440);
    for (unsigned i = 0; i < 3; i++) {
        if (luck < scenario->older[i])
            return snapshot - scenario->older_days[i];
        luck -= scenario->older[i];
    }
    if (scenario->lag_days > 0 && luck < scenario->lag_share)
        return snapshot - trial_exponential(random, scenario->lag_days);
    return snapshot;
}

/* One row of a table taken at day `snapshot`. */
static inline struct dated_row trial_row(struct trial_random *random,
                                         const struct dating_scenario *scenario, double snapshot)
{
    static const double per_year[WORLD_FIELDS] = {.35, .25, .25, .2, .12};
    double at = trial_row_time(random, scenario, snapshot);
    bool field_lags = scenario->field_lag_days > 0 && trial_uniform(random) < scenario->lag_share;
    struct dated_row row = {MOMENT_MIN, MOMENT_MAX};

    for (unsigned i = 0; i < WORLD_FIELDS; i++) {
        double late =
            field_lags && i == 0 ? trial_exponential(random, scenario->field_lag_days) : 0;
        struct dated_row field =
            trial_field(random, at - late, per_year[i] / 365.25, scenario->nightly);

        if (trial_uniform(random) < .05)
            continue; /* a bad cell agrees at no time */
        row.from = field.from > row.from ? field.from : row.from;
        row.to = field.to < row.to ? field.to : row.to;
    }
    return row;
}

/* Fill `rows`; the snapshot's day is drawn from the seed. */
static inline double trial_table(uint64_t seed, const struct dating_scenario *scenario,
                                 struct dated_row *rows, size_t count)
{
    struct trial_random random = {seed * 0x2545f4914f6cdd1dull + 1};
    double snapshot = 1200 + 500 * trial_uniform(&random);

    for (size_t i = 0; i < count; i++)
        rows[i] = trial_row(&random, scenario, snapshot);
    return snapshot;
}

/* Whether some snapshot's support holds the moment. */
static inline bool trial_covers(const struct dating *dating, double day)
{
    for (uint32_t i = 0; i < dating->count; i++) {
        if (dating->snapshots[i].from <= day * DAY && day * DAY <= dating->snapshots[i].to)
            return true;
    }
    return false;
}

#endif
