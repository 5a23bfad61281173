/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef VERDICT_SPAN_SET_H
#define VERDICT_SPAN_SET_H

#include <stdbool.h>
#include <stdint.h>

/* A value is held in one span of time, rarely in two (a person moves back), never in many. */
#define SPANS_MAX 8u

struct span {
    int32_t from, to; /* half-open, not empty */
};

/* Rising, disjoint, not touching. What does not fit closes gaps: the set then says less. */
struct span_set {
    unsigned count;
    struct span spans[SPANS_MAX + 1]; /* the last is used while adding only */
};

void span_set_add(struct span_set *set, int32_t from, int32_t to); /* nothing if empty */
void span_set_intersect(struct span_set *set, const struct span_set *other);

#endif
