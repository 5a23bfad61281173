/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef EXTRACT_OFFICE_LOCK_H
#define EXTRACT_OFFICE_LOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/slice.h"

/*
 * How a document of Office Open XML is encrypted, and the way in with a password: agile and
 * standard encryption ([MS-OFFCRYPTO] 2.3.4.5 to 2.3.4.15), by AES and SHA of libcrypto. No random
 * numbers, no files, no configuration of libcrypto are needed, so it works within the jail.
 */
#define LOCK_SALT_MAX   64u
#define LOCK_DIGEST_MAX 64u
#define LOCK_KEY_MAX    32u
#define LOCK_BLOCK      16u /* of AES */

/* Excel encrypts what is only protected against changes with this, and asks nobody for it. */
#define OFFICE_OWN_PASSWORD "VelvetSweatshop"

/* UTF-16 of a password (UTF-8), as all office files hash it; how many bytes. Bytes that are not
 * UTF-8 stand for themselves, and of a longer one the rest does not count. */
#define OFFICE_PASSWORD_BYTES 510u
size_t office_password_widen(struct slice password, char out[OFFICE_PASSWORD_BYTES]);

enum office_lock_kind {
    OFFICE_LOCK_UNKNOWN,
    OFFICE_LOCK_AGILE,
    OFFICE_LOCK_STANDARD,
};

/* Bytes of at most LOCK_SALT_MAX. */
struct lock_bytes {
    uint8_t data[LOCK_SALT_MAX];
    uint32_t length;
};

/* Those of a text in base64; without a text (NULL), or with one too long, they stay as they are. */
int lock_bytes_set(struct lock_bytes *bytes, const char *text, struct tq_error *err) MUST_CHECK;

/* The cipher and the hash of one use, with its salt. */
struct lock_terms {
    const char *digest; /* a name of libcrypto */
    uint32_t digest_bytes, key_bytes;
    struct lock_bytes salt;
};

struct office_lock {
    enum office_lock_kind kind;
    struct lock_terms password, package;              /* one of them, if standard */
    uint32_t rounds;                                  /* of hashing a password: what a try costs */
    struct lock_bytes verifier, verifier_digest, key; /* encrypted; no key, if standard */
    struct lock_bytes seal_key, seal; /* encrypted: of the HMAC of the package; none: not known */
};

/* Understand the stream EncryptionInfo; OFFICE_LOCK_UNKNOWN if it is damaged, or of another kind.
 */
int office_lock_read(struct slice info, struct office_lock *out_lock,
                     struct tq_error *err) MUST_CHECK;

/* Whether `password` (UTF-8) opens it; then *out_key. */
int office_lock_try(const struct office_lock *lock, struct slice password, bool *out_opens,
                    uint8_t out_key[LOCK_KEY_MAX], struct tq_error *err) MUST_CHECK;

/* Whether the stream EncryptedPackage is as it was when it was encrypted, by the HMAC that agile
 * encryption keeps of it; true if there is none. */
int office_lock_check(const struct office_lock *lock, const uint8_t key[LOCK_KEY_MAX],
                      struct slice package, bool *out_holds, struct tq_error *err) MUST_CHECK;

/* Decipher the stream EncryptedPackage where it lies; what is left in `package` is the file. */
int office_lock_open(const struct office_lock *lock, const uint8_t key[LOCK_KEY_MAX],
                     struct buf *package, struct tq_error *err) MUST_CHECK;

#endif
