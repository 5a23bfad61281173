/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <stdlib.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "match/match.h"
#include "normalise/normalise.h"

/* A group is settled when this many of its records linked, and four fifths name one subject. */
#define GROUP_LINKED_MIN 2u

struct member {
    uint64_t anchor;
    size_t record;
};

static int order_members(const void *a, const void *b)
{
    const struct member *x = a, *y = b;

    if (x->anchor != y->anchor)
        return x->anchor < y->anchor ? -1 : 1;
    return (x->record > y->record) - (x->record < y->record);
}

/* The subject that more than half of the linked members name, if any does (Boyer and Moore, 1981);
 * the caller counts. */
static uint32_t majority(const struct member *members, size_t count, const struct link *links)
{
    uint32_t subject = SUBJECT_NONE;
    size_t lead = 0;

    for (size_t i = 0; i < count; i++) {
        uint32_t one = links[members[i].record].subject;

        if (one == SUBJECT_NONE)
            continue;
        if (lead == 0)
            subject = one;
        lead = one == subject ? lead + 1 : lead - 1;
    }
    return subject;
}

static void link_group(const struct member *members, size_t count, struct link *links)
{
    uint32_t subject = majority(members, count, links);
    uint64_t linked = 0, named = 0, sum = 0;
    uint32_t posterior;

    for (size_t i = 0; i < count; i++) {
        const struct link *link = &links[members[i].record];

        linked += link->subject != SUBJECT_NONE;
        if (link->subject != SUBJECT_NONE && link->subject == subject) {
            named++;
            sum += link->posterior;
        }
    }
    if (linked < GROUP_LINKED_MIN || named * 5 < linked * 4)
        return;
    /* Mean posterior of those that name the subject, times their share among the linked. */
    posterior = (uint32_t)(sum / linked);
    if (posterior < LINK_MIN)
        posterior = LINK_MIN;
    for (size_t i = 0; i < count; i++) {
        struct link *link = &links[members[i].record];

        if (link->subject != SUBJECT_NONE)
            continue;
        link->subject = subject;
        link->posterior = posterior;
        link->nobody = PROBABILITY_ONE - posterior;
        link->other = SUBJECT_NONE;
        link->vetoed = false;
    }
}

int match_groups(const uint64_t *anchor, struct link *links, size_t count, struct tq_error *err)
{
    CLEANUP(free_cleanup) struct member *members = alloc_zeroed(count + 1, sizeof(*members));
    size_t known = 0, end;

    if (!members)
        return tq_no_memory(err);
    for (size_t i = 0; i < count; i++) {
        if (anchor[i] != FINGERPRINT_NONE)
            members[known++] = (struct member){anchor[i], i};
    }
    if (known > 1)
        qsort(members, known, sizeof(*members), order_members);
    for (size_t first = 0; first < known; first = end) {
        end = first + 1;
        while (end < known && members[end].anchor == members[first].anchor)
            end++;
        if (end - first > 1)
            link_group(members + first, end - first, links);
    }
    return 0;
}
