/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef MATCH_NEIGHBOUR_H
#define MATCH_NEIGHBOUR_H

#include "match/column.h"

/*
 * Register values one error away from a value that the register does not hold: all its variants
 * are made and looked up at once. An index of deletions would find the same and cost memory for
 * every value of the register; this costs some 200 look-ups for each misspelt number, some 1,500
 * for an address of mail. Memory of one thread; start with {0}.
 */
struct neighbours {
    uint64_t *fingerprints;
    uint32_t *keys;
    size_t fingerprint_capacity, key_capacity;
    size_t count;
};

/* Longer values are neither identifiers nor addresses that are typed, and their variants too many.
 */
#define NEIGHBOUR_LENGTH_MAX 48u

/*
 * Append to out_keys, which has room for `room`, the keys of `field` that are one substitution,
 * deletion, insertion or adjacent swap from `canonical` (of FORM_ID, FORM_PHONE, or FORM_TEXT of an
 * address of mail), in a fixed order without repetition. *out_count may be room + 1: there are
 * more.
 */
int neighbours_find(struct neighbours *neighbours, const struct normaliser *rules,
                    const struct field *field, struct slice canonical, uint32_t *out_keys,
                    uint32_t room, uint32_t *out_count, struct tq_error *err) MUST_CHECK;
void neighbours_clear(struct neighbours *neighbours);

#endif
