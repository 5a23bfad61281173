/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef LAYOUT_TALLY_H
#define LAYOUT_TALLY_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

/* A feature (without its repeat bit), in how many documents it is, and in how many of them it
 * repeats. */
struct tally {
    uint64_t feature;
    size_t count, repeats;
};

/* Sort numbers; `room` is memory for as many. */
void tally_sort(uint64_t *items, size_t count, uint64_t *room);

/* Tallies of sorted features, one of each document that has it. *out is owned. */
int tally_make(const uint64_t *sorted, size_t count, struct tally **out, size_t *out_count,
               struct tq_error *err) MUST_CHECK;

/*
 * The features that at least `wanted` documents have, with what neighbouring places add, but not
 * those that repeat on a page in more than 20 % of them: names, places and company forms in lists.
 * Source: algorithms.md 2.1, step 5.
 */
size_t tally_common(const struct tally *tallies, size_t count, size_t wanted, uint64_t *out);

#endif
