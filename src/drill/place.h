/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef DRILL_PLACE_H
#define DRILL_PLACE_H

#include <stdint.h>

#include "base/buf.h"
#include "drill/dice.h"

/* A town, with the share of employers and people that live there (domain.md 3.4). */
struct city {
    const char *name;
    uint32_t weight;
    uint32_t postal_code;
};

extern const struct city cities[];
extern const uint32_t city_count;

/* Append a street address that some subject of the drill may have. */
void place_add_address(struct buf *out, struct dice *dice);

/* Append one that nobody has: its house numbers are out of the range of the others. */
void place_add_unused_address(struct buf *out, struct dice *dice);

#endif
