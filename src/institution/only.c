/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Leaks of one town. */
#include "institution/only.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "drill/world.h"
#include "institution/value.h"

#define LEAST_MEMBERS 20u

static const struct trait *town_trait(const struct profile *profile)
{
    for (uint32_t i = 0; i < profile->trait_count; i++) {
        if (profile->traits[i].make == value_town)
            return &profile->traits[i];
    }
    return NULL;
}

const char *only_field(const struct institution *institution)
{
    const struct trait *trait = town_trait(institution->profile);

    return trait ? trait->field : "";
}

static uint32_t town_of(const struct institution *institution, const struct member *member,
                        struct buf *text)
{
    const struct words *towns = &institution->profile->towns;
    uint32_t count = words_count(towns);

    buf_empty(text);
    member_add_value(institution, member, town_trait(institution->profile), institution->snapshot,
                     text);
    for (uint32_t i = 0; i < count; i++) {
        if (slice_equal(words_at(towns, i, SCRIPT_LATIN), buf_slice(text)))
            return i;
    }
    return count;
}

static void count_members(const struct institution *institution, uint32_t *counts, struct buf *text)
{
    struct member member;

    for (uint32_t i = 0; i < institution->persons; i++) {
        member_load(institution, i, &member);
        if (member.joined < institution->older - DAY_MINUTES)
            counts[town_of(institution, &member, text)]++;
    }
}

static uint32_t largest(const struct institution *institution, const uint32_t *counts,
                        uint32_t towns)
{
    uint32_t best = towns;

    for (uint32_t i = 0; i < towns; i++) {
        if (counts[i] >= LEAST_MEMBERS && counts[i] <= institution->persons / 2
            && (best == towns || counts[i] > counts[best]))
            best = i;
    }
    return best;
}

int only_town_find(struct institution *institution, struct tq_error *err)
{
    const struct words *words = &institution->profile->towns;
    uint32_t towns = words_count(words), town;
    uint32_t *counts CLEANUP(free_cleanup) = alloc_zeroed(towns + (size_t)1, sizeof(*counts));
    struct buf text CLEANUP(buf_clear_cleanup) = {0};

    if (!counts)
        return tq_no_memory(err);
    count_members(institution, counts, &text);
    town = largest(institution, counts, towns);
    if (town == towns)
        return tq_fail(err, TQ_E_USAGE,
                       "a drill of %u persons is too small for a leak of one town only: give more "
                       "--persons",
                       institution->persons);
    buf_add_slice(&institution->town, words_at(words, town, SCRIPT_LATIN));
    institution->town_members = counts[town];
    institution->one_town = true;
    return buf_check(&institution->town, err);
}

bool only_has(const struct institution *institution, const struct member *member)
{
    struct buf text CLEANUP(buf_clear_cleanup) = {0};

    if (!institution->one_town)
        return true;
    member_add_value(institution, member, town_trait(institution->profile), institution->snapshot,
                     &text);
    return slice_equal(buf_slice(&text), buf_slice(&institution->town));
}
