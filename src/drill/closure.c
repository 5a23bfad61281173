/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* When employers are active, suspended and closed: whom they employ, and when they declare, goes by
 * it. */
#include "drill/closure.h"

#include "base/alloc.h"
#include "drill/employer.h"

#define STATUS_RATE  0.08 /* yearly: domain.md 3.1 */
#define ACTIVE_SHARE 0.72
#define STATUS_SLOTS 64u
#define STATUS_FIRST 1u
#define STATUS_LATER 63u

static uint32_t next_status(uint32_t status, struct dice *dice)
{
    return status == STATUS_ACTIVE  ? STATUS_SUSPENDED + dice_below(dice, 2)
           : dice_chance(dice, 0.5) ? STATUS_ACTIVE
                                    : STATUS_CLOSED;
}

void closure_statuses(const struct world *world, uint32_t employer, int32_t first,
                      struct timeline *out)
{
    uint64_t slot = (uint64_t)employer * STATUS_SLOTS;
    struct dice draw = dice_for(world->seed, DICE_EMPLOYER_STATUS, slot + STATUS_FIRST);
    struct dice changes = dice_for(world->seed, DICE_EMPLOYER_STATUS, slot + STATUS_LATER);
    uint32_t status = STATUS_ACTIVE;

    timeline_make(out, world->span, first, STATUS_RATE, &changes);
    if (!dice_chance(&draw, ACTIVE_SHARE))
        status = dice_chance(&draw, 0.3) ? STATUS_SUSPENDED : STATUS_CLOSED;
    for (uint32_t i = 0; i < out->count; i++) {
        status = i > 0 ? next_status(status, &draw) : status;
        out->versions[i].value = status;
        if (status == STATUS_CLOSED) {
            out->count = i + 1;
            out->versions[i].until = MOMENT_MAX;
        }
    }
}

int closure_fill(struct world *world, struct tq_error *err)
{
    uint32_t total = world_total_employers(world);

    world->employer_closed = alloc_zeroed(total, sizeof(*world->employer_closed));
    if (!world->employer_closed)
        return tq_no_memory(err);
    for (uint32_t e = 0; e < total; e++) {
        struct employer employer;
        const struct version *last;

        employer_load(world, e, &employer);
        last = &employer.status.versions[employer.status.count - 1];
        world->employer_closed[e] = last->value == STATUS_CLOSED ? last->valid : MOMENT_MAX;
    }
    return TQ_OK;
}
