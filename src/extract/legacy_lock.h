/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef EXTRACT_LEGACY_LOCK_H
#define EXTRACT_LEGACY_LOCK_H

#include "extract/extract.h"

/*
 * How old office files (XLS, DOC, PPT) are encrypted, and the way in with a password: RC4 with keys
 * of 40 bits, and RC4 by way of CryptoAPI ([MS-OFFCRYPTO] 2.3.5 and 2.3.6). Each block of a stream
 * has a key of its own, by its number. A digest that is kept beside tells a wrong password.
 */
enum legacy_lock_kind {
    LEGACY_LOCK_UNKNOWN,
    LEGACY_LOCK_RC4,
    LEGACY_LOCK_CRYPTOAPI,
    LEGACY_LOCK_XOR, /* of workbooks; see xor_lock.h */
};

#define LEGACY_SECRET_BYTES 20u

struct legacy_lock {
    enum legacy_lock_kind kind;
    uint32_t key_bytes, digest_bytes;
    uint8_t salt[16];
    uint8_t verifier[16 + 20]; /* and its digest, encrypted one after the other */
    uint16_t xor_key, xor_digest;
};

/* Understand what is said of the encryption, from its version on; LEGACY_LOCK_UNKNOWN if it is
 * damaged, or of another kind. */
struct legacy_lock legacy_lock_read(struct slice info);

/* Likewise of a workbook that is obfuscated; `info`: a key and a digest. */
struct legacy_lock legacy_lock_read_xor(struct slice info);

/*
 * Look for the password of a list that opens it, Excel's own first, and say in a note which one
 * did, or why it stays shut; *out_opens, and then *out_secret, of which the keys are made (for XOR:
 * what bytes are mixed with).
 */
int legacy_lock_find(const struct legacy_lock *lock, const struct extract_input *input,
                     const struct sink *sink, bool *out_opens,
                     uint8_t out_secret[LEGACY_SECRET_BYTES], struct tq_error *err) MUST_CHECK;

/* A stream being deciphered. Wipe with legacy_cipher_clear(). */
struct legacy_cipher {
    const struct legacy_lock *lock; /* borrowed */
    uint8_t secret[LEGACY_SECRET_BYTES];
    struct legacy_keystream *keys; /* owned: of the block that was used last */
    uint32_t block;                /* its number */
    uint64_t used;                 /* bytes of it that are gone */
};
void legacy_cipher_clear(struct legacy_cipher *cipher);

/* Decipher, where they lie, bytes that stand at `offset` of a stream of blocks of `block_bytes`. */
int legacy_decipher(struct legacy_cipher *cipher, uint64_t offset, uint32_t block_bytes, char *data,
                    size_t length, struct tq_error *err) MUST_CHECK;

/* Likewise, from byte `from` of the one block number `block`. */
int legacy_decipher_block(struct legacy_cipher *cipher, uint32_t block, uint64_t from, char *data,
                          size_t length, struct tq_error *err) MUST_CHECK;

#endif
