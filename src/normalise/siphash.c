/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "normalise/siphash.h"

struct sip {
    uint64_t v0, v1, v2, v3;
};

static inline uint64_t rotate(uint64_t x, unsigned bits)
{
    return x << bits | x >> (64 - bits);
}

static inline void sip_round(struct sip *s)
{
    s->v0 += s->v1;
    s->v2 += s->v3;
    s->v1 = rotate(s->v1, 13) ^ s->v0;
    s->v3 = rotate(s->v3, 16) ^ s->v2;
    s->v0 = rotate(s->v0, 32);
    s->v2 += s->v1;
    s->v0 += s->v3;
    s->v1 = rotate(s->v1, 17) ^ s->v2;
    s->v3 = rotate(s->v3, 21) ^ s->v0;
    s->v2 = rotate(s->v2, 32);
}

static inline void sip_add(struct sip *s, uint64_t word)
{
    s->v3 ^= word;
    sip_round(s);
    sip_round(s);
    s->v0 ^= word;
}

static inline uint64_t load(const void *bytes)
{
    uint64_t word;

    memcpy(&word, bytes, sizeof(word));
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    word = __builtin_bswap64(word);
#endif
    return word;
}

uint64_t siphash_prefixed(const uint8_t key[16], uint8_t first, struct slice rest)
{
    uint64_t k0 = load(key), k1 = load(key + 8);
    struct sip s = {k0 ^ 0x736f6d6570736575u, k1 ^ 0x646f72616e646f6du, k0 ^ 0x6c7967656e657261u,
                    k1 ^ 0x7465646279746573u};
    uint64_t last = ((uint64_t)rest.length + 1) << 56, carry = first, tail = 0;

    for (; rest.length >= 8; rest = slice_skip(rest, 8)) {
        uint64_t word = load(rest.data);

        sip_add(&s, carry | word << 8);
        carry = word >> 56;
    }
    for (size_t i = 0; i < rest.length; i++)
        tail |= (uint64_t)(unsigned char)rest.data[i] << (8 * i);
    carry |= tail << 8;
    if (rest.length == 7) {
        sip_add(&s, carry);
        carry = 0; /* seven bytes and the carried one fill a word */
    }
    sip_add(&s, last | carry);
    s.v2 ^= 0xff;
    for (unsigned i = 0; i < 4; i++)
        sip_round(&s);
    return s.v0 ^ s.v1 ^ s.v2 ^ s.v3;
}
