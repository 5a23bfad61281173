/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef MATCH_CANDIDATES_H
#define MATCH_CANDIDATES_H

#include "match/composite.h"
#include "match/evidence.h"
#include "match/nearness.h"
#include "match/neighbour.h"

/* More candidates than all keys of a wide record can bring are not looked at. */
#define CANDIDATES_MAX 2048u

/*
 * The subjects that a record may be about, without repetition, in the order found; dearer keys
 * are asked only for records that the cheaper ones leave open. Memory of one thread; start with
 * candidates_init().
 */
struct candidates {
    uint32_t *subjects; /* CANDIDATES_MAX; owned */
    uint32_t count;
    uint64_t *slots; /* a hash set: generation << 32 | subject; owned */
    uint32_t generation;
    struct neighbours neighbours;
};

int candidates_init(struct candidates *candidates, struct tq_error *err) MUST_CHECK;
void candidates_clear(struct candidates *candidates);
void candidates_begin(struct candidates *candidates);
void candidates_add(struct candidates *candidates, uint32_t subject);

/* The holders of an item's value, unless there are too many. */
void candidates_of_item(struct candidates *candidates, const struct match_columns *columns,
                        const struct item *item);

/*
 * Those of the pair keys of `composites` number first .. end - 1. *out_complete is false if a key
 * had too many subjects: then an unseen subject may agree on more than one of the paired columns.
 */
void candidates_of_pairs(struct candidates *candidates, const struct composites *composites,
                         uint32_t first, uint32_t end, const struct match_columns *columns,
                         const struct item *items, size_t count, bool *out_complete);

/* Those of a date with initials, and of a year with a name. */
void candidates_of_dates(struct candidates *candidates, const struct composites *composites,
                         const struct match_columns *columns, struct nearness *nearness,
                         const struct item *items, size_t count);

/* Those of whom the record shows family and given name in each other's column. */
void candidates_of_exchanged(struct candidates *candidates, const struct composites *composites,
                             const struct match_columns *columns, struct nearness *nearness,
                             const struct item *items, size_t count);

/* Of a record that shows nothing which few share: those whose dates are one slip away from its
 * own. */
void candidates_of_near_dates(struct candidates *candidates, const struct match_columns *columns,
                              struct nearness *nearness, const struct item *items, size_t count);

/* Holders of values one error away from identifiers, accounts and phones that nobody holds. */
int candidates_of_neighbours(struct candidates *candidates, const struct match_columns *columns,
                             struct nearness *nearness, const struct item *items, size_t count,
                             struct tq_error *err) MUST_CHECK;

#endif
