/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef REGISTER_STORED_ITEMS_H
#define REGISTER_STORED_ITEMS_H

#include "register/seal_layout.h"

/*
 * The items of one stored array, at any place, of which one piece at a time comes from the file. Of
 * a register in memory all are at hand. What the array is coded against is held until the end.
 */
struct stored_items {
    const struct reg *reg;
    uint16_t number; /* of the field, or of the kind: as in struct stored_array */
    unsigned which;
    uint8_t size; /* bytes of an item */
    bool there;   /* whether the field has such an array */
    bool held;
    const unsigned char *items; /* those from `first` to before `end` */
    uint64_t first, end;
    unsigned char *piece;   /* owned */
    unsigned char *scratch; /* borrowed; NULL of a register in memory */
};

/* `scratch`: SEALED_SCRATCH_BYTES, which items of one thread may share. Start with {0};
 * stored_items_clear() at the end, whatever happened. */
int stored_items_open(struct stored_items *items, const struct reg *reg, uint16_t number,
                      unsigned which, unsigned char *scratch, struct tq_error *err) MUST_CHECK;
void stored_items_clear(struct stored_items *items);

/* Have item `i`, which must be one of the array's, and those around it at hand. */
int stored_items_reach(struct stored_items *items, uint64_t i, struct tq_error *err) MUST_CHECK;

/* Item `i` as a number. */
int stored_items_get(struct stored_items *items, uint64_t i, uint64_t *out_item,
                     struct tq_error *err) MUST_CHECK;

#endif
