/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "canary/keyed_dice.h"

#include <assert.h>
#include <sodium.h>
#include <string.h>

_Static_assert(CANARY_KEY_BYTES == crypto_auth_hmacsha256_KEYBYTES, "key of HMAC-SHA256");
_Static_assert(KEYED_DICE_BYTES == crypto_auth_hmacsha256_BYTES, "bytes of HMAC-SHA256");

/* Part of the contract: another text, and no canary made before is found again. */
static const char context[] = "tahqiq canary 1";
static const char id_context[] = "tahqiq canary key id 1";

static void put_u64(uint64_t number, uint8_t out[8])
{
    for (unsigned i = 0; i < 8; i++)
        out[i] = (uint8_t)(number >> (8 * i));
}

static void add_part(crypto_auth_hmacsha256_state *state, struct slice part)
{
    uint8_t length[8];

    put_u64(part.length, length);
    (void)crypto_auth_hmacsha256_update(state, length, sizeof(length));
    (void)crypto_auth_hmacsha256_update(state, (const unsigned char *)part.data, part.length);
}

void keyed_dice_start(struct keyed_dice *dice, const uint8_t key[CANARY_KEY_BYTES],
                      struct slice recipient, uint32_t number, struct slice column)
{
    crypto_auth_hmacsha256_state state;
    uint8_t digits[8];

    put_u64(number, digits);
    (void)crypto_auth_hmacsha256_init(&state, key, CANARY_KEY_BYTES);
    add_part(&state, slice_of(context));
    add_part(&state, recipient);
    add_part(&state, slice_make((const char *)digits, sizeof(digits)));
    add_part(&state, column);
    (void)crypto_auth_hmacsha256_final(&state, dice->seed);
    sodium_memzero(&state, sizeof(state));
    dice->blocks = 0;
    dice->used = sizeof(dice->block);
}

static uint8_t next_byte(struct keyed_dice *dice)
{
    if (dice->used == sizeof(dice->block)) {
        uint8_t number[8];

        put_u64(dice->blocks++, number);
        (void)crypto_auth_hmacsha256(dice->block, number, sizeof(number), dice->seed);
        dice->used = 0;
    }
    return dice->block[dice->used++];
}

uint32_t keyed_dice_below(struct keyed_dice *dice, uint32_t limit)
{
    unsigned bytes = limit <= 1u << 8 ? 1 : limit <= 1u << 16 ? 2 : 4;
    uint64_t range = (uint64_t)1 << (8 * bytes);

    assert(limit > 0);
    for (;;) {
        uint64_t number = 0;

        for (unsigned i = 0; i < bytes; i++)
            number = number << 8 | next_byte(dice);
        if (number < range - range % limit) /* else the first numbers would come more often */
            return (uint32_t)(number % limit);
    }
}

void keyed_dice_clear(struct keyed_dice *dice)
{
    sodium_memzero(dice, sizeof(*dice));
}

void canary_key_id(const uint8_t key[CANARY_KEY_BYTES], uint8_t out_id[CANARY_KEY_ID_BYTES])
{
    uint8_t digest[crypto_auth_hmacsha256_BYTES];

    (void)crypto_auth_hmacsha256(digest, (const unsigned char *)id_context, sizeof(id_context) - 1,
                                 key);
    memcpy(out_id, digest, CANARY_KEY_ID_BYTES);
    sodium_memzero(digest, sizeof(digest));
}
