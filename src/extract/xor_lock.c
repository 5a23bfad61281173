/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "extract/xor_lock.h"

#include <string.h>

#include "extract/little_endian.h"

/* Tables of the specification. */
static const uint16_t first_keys[XOR_PASSWORD_MAX] = {
    0xE1F0, 0x1D0F, 0xCC9C, 0x84C0, 0x110C, 0x0E10, 0xF1CE, 0x313E,
    0x1872, 0xE139, 0xD40F, 0x84F9, 0x280C, 0xA96A, 0x4EC3,
};

static const uint16_t bit_keys[7 * XOR_PASSWORD_MAX] = {
    0xAEFC, 0x4DD9, 0x9BB2, 0x2745, 0x4E8A, 0x9D14, 0x2A09, 0x7B61, 0xF6C2, 0xFDA5, 0xEB6B, 0xC6F7,
    0x9DCF, 0x2BBF, 0x4563, 0x8AC6, 0x05AD, 0x0B5A, 0x16B4, 0x2D68, 0x5AD0, 0x0375, 0x06EA, 0x0DD4,
    0x1BA8, 0x3750, 0x6EA0, 0xDD40, 0xD849, 0xA0B3, 0x5147, 0xA28E, 0x553D, 0xAA7A, 0x44D5, 0x6F45,
    0xDE8A, 0xAD35, 0x4A4B, 0x9496, 0x390D, 0x721A, 0xEB23, 0xC667, 0x9CEF, 0x29FF, 0x53FE, 0xA7FC,
    0x5FD9, 0x47D3, 0x8FA6, 0x0F6D, 0x1EDA, 0x3DB4, 0x7B68, 0xF6D0, 0xB861, 0x60E3, 0xC1C6, 0x93AD,
    0x377B, 0x6EF6, 0xDDEC, 0x45A0, 0x8B40, 0x06A1, 0x0D42, 0x1A84, 0x3508, 0x6A10, 0xAA51, 0x4483,
    0x8906, 0x022D, 0x045A, 0x08B4, 0x1168, 0x76B4, 0xED68, 0xCAF1, 0x85C3, 0x1BA7, 0x374E, 0x6E9C,
    0x3730, 0x6E60, 0xDCC0, 0xA9A1, 0x4363, 0x86C6, 0x1DAD, 0x3331, 0x6662, 0xCCC4, 0x89A9, 0x0373,
    0x06E6, 0x0DCC, 0x1021, 0x2042, 0x4084, 0x8108, 0x1231, 0x2462, 0x48C4,
};

static const uint8_t filler[XOR_MIX_BYTES - 1] = {0xBB, 0xFF, 0xFF, 0xBA, 0xFF, 0xFF, 0xB9, 0x80,
                                                  0x00, 0xBE, 0x0F, 0x00, 0xBF, 0x0F, 0x00};

/* A byte a character: the lower half, or the upper one if that is zero. */
static size_t narrow(struct slice wide, uint8_t out[XOR_PASSWORD_MAX])
{
    size_t length = 0;

    for (size_t i = 0; i + 1 < wide.length && length < XOR_PASSWORD_MAX; i += 2) {
        uint16_t unit = u16_of(wide.data + i);

        out[length++] = (uint8_t)((unit & 0xFF) != 0 ? unit & 0xFF : unit >> 8);
    }
    return length;
}

static uint16_t digest_of(const uint8_t *password, size_t length)
{
    unsigned digest = 0;

    for (size_t i = length + 1; i > 0; i--) {
        unsigned byte = i > 1 ? password[i - 2] : (unsigned)length;

        digest = ((digest << 1 & 0x7FFF) | (digest >> 14 & 1)) ^ byte;
    }
    return (uint16_t)(digest ^ 0xCE4B);
}

static uint16_t key_of(const uint8_t *password, size_t length)
{
    unsigned key = first_keys[length - 1];
    size_t at = sizeof(bit_keys) / sizeof(bit_keys[0]);

    for (size_t i = length; i > 0; i--) {
        for (unsigned bit = 0x40; bit > 0; bit >>= 1) {
            at--;
            key ^= password[i - 1] & bit ? bit_keys[at] : 0u;
        }
    }
    return (uint16_t)key;
}

/* The password and what fills it up, mixed with the halves of the key by turns, and turned. */
static void make_mix(const uint8_t *password, size_t length, uint16_t key,
                     uint8_t out[XOR_MIX_BYTES])
{
    for (size_t i = 0; i < XOR_MIX_BYTES; i++) {
        unsigned byte = i < length ? password[i] : filler[i - length];

        byte ^= i % 2 ? key >> 8 : key & 0xFFu;
        out[i] = (uint8_t)(byte >> 1 | byte << 7);
    }
}

bool xor_lock_try(struct slice wide, uint16_t key, uint16_t digest, uint8_t out_mix[XOR_MIX_BYTES])
{
    uint8_t password[XOR_PASSWORD_MAX];
    size_t length = narrow(wide, password);
    bool opens =
        length > 0 && digest_of(password, length) == digest && key_of(password, length) == key;

    if (opens)
        make_mix(password, length, key, out_mix);
    explicit_bzero(password, sizeof(password));
    return opens;
}

void xor_decipher(const uint8_t mix[XOR_MIX_BYTES], uint64_t offset, size_t record_bytes,
                  size_t from, char *record)
{
    for (size_t i = from; i < record_bytes; i++) {
        unsigned byte = (unsigned char)record[i] ^ mix[(offset + record_bytes + i) % XOR_MIX_BYTES];

        record[i] = (char)(byte >> 5 | byte << 3);
    }
}
