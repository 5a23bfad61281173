/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef EXTRACT_ODF_LOCK_H
#define EXTRACT_ODF_LOCK_H

#include "extract/office_lock.h"
#include "extract/package.h"

/*
 * OpenDocument behind a password (ISO/IEC 26300-3, 3.4): each part is compressed and then encrypted
 * by itself, with a key of its own that is made of the password by PBKDF2. AES in blocks, and
 * Blowfish as before OpenDocument 1.2; by PBKDF2, SHA and AES of libcrypto. A digest of the first
 * KiB of each part tells a wrong password.
 */
enum odf_cipher {
    ODF_CIPHER_UNKNOWN,
    ODF_CIPHER_AES,
    ODF_CIPHER_BLOWFISH,
};

/* How one part is encrypted. */
struct odf_terms {
    size_t part; /* of the package */
    enum odf_cipher cipher;
    bool starts_sha256, sums_sha256; /* else SHA-1 */
    bool has_sum, has_derivation;    /* of a kind that is known */
    uint32_t key_bytes, rounds;
    struct lock_bytes salt, start, sum;
};

struct odf_lock {
    struct package *package; /* borrowed */
    struct odf_terms *items; /* owned, count: the parts that are encrypted */
    size_t count, capacity;
    bool in_part;          /* while the manifest is read: the last of `items` is meant */
    size_t part;           /* likewise: of the entry that is open */
    struct slice password; /* borrowed: what opened it */
    uint64_t rounds;       /* of hashing, that were spent */
    uint64_t rounds_told;  /* when it was last said that there is work */
    struct package_lock hooks;
};

/* Read the manifest; count is 0 if nothing is encrypted. Clear with odf_lock_clear(), also on
 * failure, when the package is no longer read. */
int odf_lock_read(struct odf_lock *lock, struct package *package, struct tq_error *err) MUST_CHECK;
void odf_lock_clear(struct odf_lock *lock);

/*
 * Look for the password of the input's list that opens it and say in a note which one did, or why
 * it stays shut. If *out_opens the package gives what its parts held before they were encrypted.
 */
int odf_lock_find(struct odf_lock *lock, bool *out_opens, struct tq_error *err) MUST_CHECK;

#endif
