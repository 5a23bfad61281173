/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Which employers' declarations are in the leak. */
#include "drill/filing.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "drill/closure.h"

#define FILES_A_ROW 0.003
#define FILES_MIN   4u
#define FILES_MAX   2000u
#define LINES_MIN   4u
#define LINES_MAX   60u
#define RECENT      10u /* months before the last one */

static bool is_wanted(const struct world *world, uint32_t employer, uint32_t month)
{
    uint32_t number = world->month_first + month + 1u;
    int32_t end = days_from_civil((int)(number / 12), number % 12 + 1, 1) * DAY_MINUTES;
    uint32_t size = world->employer_size[employer];

    return closure_of(world, employer) >= end && size >= LINES_MIN && size <= LINES_MAX
           && world_filing(world, employer, month) < world->snapshot;
}

int filing_plan_make(const struct world *world, struct filing_plan *out_plan, struct tq_error *err)
{
    struct filing_plan plan = {0};
    uint32_t wanted = (uint32_t)(world->request.rows * FILES_A_ROW);
    uint32_t last = (uint32_t)(world_last_month(world->snapshot) - world->month_first);
    uint32_t recent = last < RECENT ? last : RECENT;
    struct dice dice = dice_for(world->seed, DICE_FILE, 0);

    wanted = wanted < FILES_MIN ? FILES_MIN : wanted > FILES_MAX ? FILES_MAX : wanted;
    plan.filings = alloc_zeroed(wanted, sizeof(*plan.filings));
    plan.of_employer = alloc_zeroed(world->employers, sizeof(*plan.of_employer));
    if (!plan.filings || !plan.of_employer) {
        filing_plan_clear(&plan);
        return tq_no_memory(err);
    }
    /* Selection sampling (Knuth, algorithm S) keeps them in order; some are then unsuitable. */
    double share = 4.0 * wanted / world->employers;

    for (uint32_t e = 0; e < world->employers && plan.count < wanted; e++) {
        uint32_t month = last - dice_below(&dice, recent + 1);

        if (!dice_chance(&dice, share) || !is_wanted(world, e, month))
            continue;
        plan.filings[plan.count] = (struct filing){.employer = e, .month = month};
        plan.of_employer[e] = (uint16_t)++plan.count;
    }
    *out_plan = plan;
    return TQ_OK;
}

void filing_plan_clear(struct filing_plan *plan)
{
    for (uint32_t i = 0; i < plan->count; i++)
        free(plan->filings[i].persons);
    free(plan->filings);
    free(plan->of_employer);
    *plan = (struct filing_plan){0};
}

int filing_add_person(struct filing *filing, uint32_t person, struct tq_error *err)
{
    int r = alloc_reserve(&filing->persons, &filing->person_capacity, filing->person_count + 1,
                          sizeof(*filing->persons), err);

    if (r < 0)
        return r;
    filing->persons[filing->person_count++] = person;
    return TQ_OK;
}
