/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Leaks of a part of the register. */
#include "drill/chosen.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "drill/employer.h"
#include "drill/place.h"

#define CITIES_MAX 256u

/* The city or employer of a person at the snapshot; NOBODY: none. */
static uint32_t value_of(const struct world *world, enum drill_only only,
                         const struct person *person)
{
    const struct timeline *timeline = only == ONLY_REGION ? &person->home : &person->jobs;
    uint32_t version = timeline_at(timeline, world->snapshot);

    if (version == UINT32_MAX)
        return NOBODY;
    return only == ONLY_REGION ? person->home_city[version] : timeline->versions[version].value;
}

static void choose(const struct world *world, const uint32_t *counts, uint32_t values,
                   struct chosen *chosen)
{
    for (uint32_t i = 0; i < values; i++) {
        if (counts[i] > chosen->count && counts[i] <= world->persons / 2) {
            chosen->value = i;
            chosen->count = counts[i];
        }
    }
}

int chosen_find(const struct world *world, struct chosen *out_chosen, struct tq_error *err)
{
    struct chosen chosen = {.only = world->request.only, .count = world->persons};
    uint32_t values = chosen.only == ONLY_REGION ? CITIES_MAX : world->employers;
    uint32_t *counts CLEANUP(free_cleanup) = NULL;
    struct person person;

    if (chosen.only == ONLY_NOTHING) {
        *out_chosen = chosen;
        return TQ_OK;
    }
    counts = alloc_zeroed(values + (size_t)1, sizeof(*counts));
    if (!counts)
        return tq_no_memory(err);
    chosen.count = 0;
    for (uint32_t i = 0; i < world->persons; i++) {
        uint32_t value;

        person_load(world, i, &person);
        value = value_of(world, chosen.only, &person);
        if (value < values && person.registered < world->snapshot - DAY_MINUTES)
            counts[value]++;
    }
    choose(world, counts, values, &chosen);
    *out_chosen = chosen;
    return TQ_OK;
}

bool chosen_has(const struct chosen *chosen, const struct world *world, const struct person *person)
{
    return chosen->only == ONLY_NOTHING || value_of(world, chosen->only, person) == chosen->value;
}

const char *chosen_field(const struct chosen *chosen)
{
    return chosen->only == ONLY_REGION ? "city" : "employer";
}

void chosen_add_value(const struct chosen *chosen, const struct world *world, struct buf *out)
{
    if (chosen->only == ONLY_REGION)
        buf_add_text(out, cities[chosen->value].name);
    else
        employer_add_affil(world, chosen->value, out);
}
