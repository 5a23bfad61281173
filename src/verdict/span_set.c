/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "verdict/span_set.h"

#include <string.h>

/* Join span `at` with the one after it. */
static void join(struct span_set *set, unsigned at)
{
    if (set->spans[at + 1].to > set->spans[at].to)
        set->spans[at].to = set->spans[at + 1].to;
    set->count--;
    memmove(&set->spans[at + 1], &set->spans[at + 2],
            (set->count - at - 1) * sizeof(set->spans[0]));
}

/* Close the narrowest gap. */
static void close_gap(struct span_set *set)
{
    unsigned best = 0;

    for (unsigned i = 1; i + 1 < set->count; i++) {
        int64_t gap = (int64_t)set->spans[i + 1].from - set->spans[i].to;

        if (gap < (int64_t)set->spans[best + 1].from - set->spans[best].to)
            best = i;
    }
    join(set, best);
}

void span_set_add(struct span_set *set, int32_t from, int32_t to)
{
    unsigned at = 0;

    if (from >= to)
        return;
    while (at < set->count && set->spans[at].to < from)
        at++;
    if (at < set->count && set->spans[at].from <= to) { /* they meet or touch */
        set->spans[at].from = from < set->spans[at].from ? from : set->spans[at].from;
        set->spans[at].to = to > set->spans[at].to ? to : set->spans[at].to;
        while (at + 1 < set->count && set->spans[at + 1].from <= set->spans[at].to)
            join(set, at);
        return;
    }
    memmove(&set->spans[at + 1], &set->spans[at], (set->count - at) * sizeof(set->spans[0]));
    set->spans[at] = (struct span){from, to};
    if (++set->count > SPANS_MAX)
        close_gap(set);
}

void span_set_intersect(struct span_set *set, const struct span_set *other)
{
    struct span_set both;

    if (set->count == 1 && other->count == 1) { /* as most are */
        struct span *span = &set->spans[0];
        const struct span *by = &other->spans[0];

        span->from = by->from > span->from ? by->from : span->from;
        span->to = by->to < span->to ? by->to : span->to;
        set->count = span->from < span->to;
        return;
    }
    both.count = 0;
    for (unsigned i = 0; i < set->count; i++) {
        for (unsigned j = 0; j < other->count; j++) {
            const struct span *a = &set->spans[i], *b = &other->spans[j];

            span_set_add(&both, a->from > b->from ? a->from : b->from,
                         a->to < b->to ? a->to : b->to);
        }
    }
    *set = both;
}
