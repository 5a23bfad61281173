/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef CANARY_KEYED_DICE_H
#define CANARY_KEYED_DICE_H

#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"

#define CANARY_KEY_BYTES    32
#define CANARY_KEY_ID_BYTES 4u
#define KEYED_DICE_BYTES    32

/*
 * Choices that only the key can repeat: the seed is HMAC-SHA256(key, recipient || number ||
 * column), each part with its length before it, and block i of the stream HMAC-SHA256(seed, i).
 * Whoever has some canaries, but not the key, learns nothing about the others.
 */
struct keyed_dice {
    uint8_t seed[KEYED_DICE_BYTES];
    uint8_t block[KEYED_DICE_BYTES];
    uint64_t blocks; /* made so far */
    size_t used;     /* bytes of `block` */
};

void keyed_dice_start(struct keyed_dice *dice, const uint8_t key[CANARY_KEY_BYTES],
                      struct slice recipient, uint32_t number, struct slice column);

/* Even in [0, limit); limit > 0. */
uint32_t keyed_dice_below(struct keyed_dice *dice, uint32_t limit);

void keyed_dice_clear(struct keyed_dice *dice);

/* What may be shown of a key, so that another one is noticed. */
void canary_key_id(const uint8_t key[CANARY_KEY_BYTES], uint8_t out_id[CANARY_KEY_ID_BYTES]);

#endif
