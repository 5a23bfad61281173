/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Two sides paired by key. */
#include "drill/pairing.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/hash.h"

#define CAPACITY_MIN 1024u

/* The place of a key, or the free one where it would go. */
static size_t place_of(const struct pairing *pairing, uint64_t key)
{
    size_t at = (size_t)hash_mix(key) & (pairing->capacity - 1);

    while (pairing->keys[at] && pairing->keys[at] != key)
        at = (at + 1) & (pairing->capacity - 1);
    return at;
}

static int grow(struct pairing *pairing, struct tq_error *err)
{
    struct pairing larger = {.item_bytes = pairing->item_bytes, .count = pairing->count};

    larger.capacity = pairing->capacity ? pairing->capacity * 2 : CAPACITY_MIN;
    larger.keys = alloc_zeroed(larger.capacity, sizeof(*larger.keys));
    larger.taken = alloc_zeroed(larger.capacity, 1);
    larger.items = alloc_zeroed(larger.capacity, pairing->item_bytes);
    if (!larger.keys || !larger.taken || !larger.items) {
        pairing_clear(&larger);
        return tq_no_memory(err);
    }
    for (size_t i = 0; i < pairing->capacity; i++) {
        if (!pairing->keys[i])
            continue;
        size_t at = place_of(&larger, pairing->keys[i]);

        larger.keys[at] = pairing->keys[i];
        larger.taken[at] = pairing->taken[i];
        memcpy(larger.items + at * larger.item_bytes, pairing->items + i * pairing->item_bytes,
               pairing->item_bytes);
    }
    pairing_clear(pairing);
    *pairing = larger;
    return TQ_OK;
}

int pairing_put(struct pairing *pairing, uint64_t key, void **out_item, struct tq_error *err)
{
    if (pairing->count * 3 >= pairing->capacity * 2) {
        int r = grow(pairing, err);

        if (r < 0)
            return r;
    }
    size_t at = place_of(pairing, key);

    pairing->count += pairing->keys[at] == 0;
    pairing->keys[at] = key;
    *out_item = pairing->items + at * pairing->item_bytes;
    return TQ_OK;
}

void *pairing_take(struct pairing *pairing, uint64_t key)
{
    if (pairing->capacity == 0)
        return NULL;
    size_t at = place_of(pairing, key);

    if (!pairing->keys[at] || pairing->taken[at])
        return NULL;
    pairing->taken[at] = 1;
    return pairing->items + at * pairing->item_bytes;
}

void *pairing_next_left(struct pairing *pairing, size_t *at)
{
    for (; *at < pairing->capacity; (*at)++)
        if (pairing->keys[*at] && !pairing->taken[*at])
            return pairing->items + (*at)++ * pairing->item_bytes;
    return NULL;
}

void pairing_clear(struct pairing *pairing)
{
    free(pairing->keys);
    free(pairing->taken);
    free(pairing->items);
    *pairing = (struct pairing){.item_bytes = pairing->item_bytes};
}
