/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef DRILL_PAIRING_H
#define DRILL_PAIRING_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

/*
 * Items by 64-bit key, each to be taken once: what one side has is put in, what the other has is
 * taken out, and what is left over is missing. Start with {.item_bytes = n}.
 */
struct pairing {
    size_t item_bytes;
    size_t count, capacity; /* capacity: a power of two */
    uint64_t *keys;         /* 0: free; owned */
    unsigned char *taken;   /* owned */
    unsigned char *items;   /* owned */
};

/* The item of a key, made (zeroed) if there is none; borrowed until the next put. key != 0. */
int pairing_put(struct pairing *pairing, uint64_t key, void **out_item,
                struct tq_error *err) MUST_CHECK;

/* The item of a key, or NULL if there is none or it was taken before. */
void *pairing_take(struct pairing *pairing, uint64_t key);

/* The items not taken, in no particular order; NULL at the end. *at starts at 0. */
void *pairing_next_left(struct pairing *pairing, size_t *at);

void pairing_clear(struct pairing *pairing);

#endif
