/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef VERDICT_SPLIT_H
#define VERDICT_SPLIT_H

#include "verdict/mixture.h"

/*
 * What looks like one snapshot may be two that lie too near each other to be told apart; its place
 * is then a compromise, and the profile likelihood is too sure of it. A *split* weighs, around one
 * snapshot of a model, "one" against "two at any two places in any shares", and gives the density
 * of the larger one's place under both together.
 */
#define SPLIT_PIECES_MAX 160u

struct split {
    uint32_t first, last; /* the window: pieces [first, last) */
    double *mass;         /* last - first entries, summing up to 1; owned */
};

/* `resolution_minutes` is 1/(n h); the window is some of these to both sides. */
int split_find(const struct interval_set *set, const struct mixture *mixture, unsigned snapshot,
               double resolution_minutes, struct split *out_split, struct tq_error *err) MUST_CHECK;
void split_clear(struct split *split);

static inline void split_clear_cleanup(struct split *split)
{
    split_clear(split);
}

#endif
