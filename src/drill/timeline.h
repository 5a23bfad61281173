/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef DRILL_TIMELINE_H
#define DRILL_TIMELINE_H

#include <stdint.h>

#include "drill/dice.h"

#define VERSIONS_MAX 24u

/*
 * The history of one attribute: version j was true from `valid` and held by the system in
 * [known, until); the last `until` is MOMENT_MAX. Minutes. Known time lags behind valid time by
 * days, and nightly loads give many subjects the same minutes.
 */
struct version {
    int32_t valid, known, until;
    uint32_t value; /* what the attribute makes of it; the number of the version by default */
};

struct timeline {
    uint32_t count; /* >= 1 */
    struct version versions[VERSIONS_MAX];
};

/* Span of the register's history, minutes. */
struct span {
    int32_t start, end;
};

/* When the system learns of a change at `valid`: the dice decide lag and load. At least a day
 * later. */
int32_t timeline_known(int32_t valid, struct dice *dice);

/* Changes at a yearly rate from `first` on (the first version is true and known from there);
 * changes known after span.end, or before `first`, do not show. */
void timeline_make(struct timeline *timeline, struct span span, int32_t first, double per_year,
                   struct dice *dice);

/* Number of the version held at a moment, or UINT32_MAX if none is. */
uint32_t timeline_at(const struct timeline *timeline, int32_t moment);

#endif
