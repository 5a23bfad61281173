/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef BASE_HASH_H
#define BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/slice.h"

#define SIPHASH_KEY_BYTES 16
#define SHA256_BYTES      32
#define SHA256_HEX        64

/* SipHash-2-4 (Aumasson and Bernstein, 2012): a keyed 64-bit fingerprint. */
uint64_t siphash(const uint8_t key[SIPHASH_KEY_BYTES], const void *data, size_t length);

/* A fast unkeyed mixer (the finaliser of MurmurHash3, public domain) for hash tables over numbers
 * that no attacker chooses. */
static inline uint64_t hash_mix(uint64_t x)
{
    x ^= x >> 33;
    x *= 0xff51afd7ed558ccdull;
    x ^= x >> 33;
    x *= 0xc4ceb9fe1a85ec53ull;
    return x ^ x >> 33;
}

/* SHA-256 in pieces. `state` is owned; release it with sha256_free(), which allows NULL. */
struct sha256;
int sha256_new(struct sha256 **out_state, struct tq_error *err) MUST_CHECK;
int sha256_add(struct sha256 *state, const void *data, size_t length,
               struct tq_error *err) MUST_CHECK;
int sha256_finish(struct sha256 *state, uint8_t out_digest[SHA256_BYTES],
                  struct tq_error *err) MUST_CHECK;
struct sha256 *sha256_free(struct sha256 *state);

int sha256_of(struct slice data, uint8_t out_digest[SHA256_BYTES], struct tq_error *err) MUST_CHECK;

/* `count` bytes as lower-case hexadecimal, NUL-terminated: `out` has room for 2 * count + 1. */
void hex_of(const uint8_t *bytes, size_t count, char *out);

/* The reverse; TQ_E_SYNTAX unless `text` is exactly 2 * count hexadecimal digits. */
int hex_parse(struct slice text, uint8_t *out_bytes, size_t count, struct tq_error *err) MUST_CHECK;

#endif
