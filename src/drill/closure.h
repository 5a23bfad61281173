/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef DRILL_CLOSURE_H
#define DRILL_CLOSURE_H

#include "drill/world.h"

/* Status codes of an employer: active, suspended, closed. */
enum employer_status {
    STATUS_ACTIVE,
    STATUS_SUSPENDED,
    STATUS_CLOSED
};

/* The statuses of an employer affiliated at `first` (minutes); who is closed stays so. */
void closure_statuses(const struct world *world, uint32_t employer, int32_t first,
                      struct timeline *out);

/* Since when an employer is closed: minutes; MOMENT_MAX if it is open to the end. */
static inline int32_t closure_of(const struct world *world, uint32_t employer)
{
    return world->employer_closed[employer];
}

/* Fill world->employer_closed; the span must be set. */
int closure_fill(struct world *world, struct tq_error *err) MUST_CHECK;

#endif
