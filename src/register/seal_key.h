/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef REGISTER_SEAL_KEY_H
#define REGISTER_SEAL_KEY_H

#include <stdint.h>

#include "base/error.h"
#include "base/hash.h"

#define SEAL_MASTER_BYTES 32 /* of the key file */
#define SEAL_FILE_BYTES   32 /* XChaCha20-Poly1305 */
#define SEAL_ID_BYTES     16

/* What is derived from a key file (libsodium crypto_kdf: BLAKE2b): no use learns another's key. */
struct seal_key {
    uint8_t file[SEAL_FILE_BYTES];          /* encrypts the sealed file */
    uint8_t fingerprint[SIPHASH_KEY_BYTES]; /* of normaliser.key */
    uint8_t id[SEAL_ID_BYTES]; /* stands in the file, so that a wrong key is told from damage */
};

/* TQ_E_IO: cannot be read; TQ_E_KEY: not 32 bytes. Clear with seal_key_clear(). */
int seal_key_load(const char *path, struct seal_key *out_key, struct tq_error *err) MUST_CHECK;

/* The same; if there is no such file, make it of 32 random bytes, mode 0600. */
int seal_key_load_or_make(const char *path, struct seal_key *out_key,
                          struct tq_error *err) MUST_CHECK;

void seal_key_clear(struct seal_key *key);

#endif
