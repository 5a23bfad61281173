/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef EXTRACT_XOR_LOCK_H
#define EXTRACT_XOR_LOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"

/*
 * How Excel hid workbooks until 95, and some later ones: bytes are turned and mixed with 16 that
 * are made of the password ([MS-OFFCRYPTO] 2.3.7, method 1). Of a password 15 characters count.
 */
#define XOR_PASSWORD_MAX 15u
#define XOR_MIX_BYTES    16u

/* Whether a password, in UTF-16, has this key and this digest of 15 bits; then *out_mix. */
bool xor_lock_try(struct slice wide, uint16_t key, uint16_t digest, uint8_t out_mix[XOR_MIX_BYTES]);

/* Make plain, where they lie, bytes of a record of `record_bytes` whose body is at `offset` of the
 * stream: those from `from` on. */
void xor_decipher(const uint8_t mix[XOR_MIX_BYTES], uint64_t offset, size_t record_bytes,
                  size_t from, char *record);

#endif
