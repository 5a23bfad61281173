/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef REGISTER_SEAL_CHUNK_H
#define REGISTER_SEAL_CHUNK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "register/seal_key.h"

/*
 * The sealed file: a header of 64 bytes, then chunks. A chunk is a length of 4 bytes (little
 * endian, the top bit marks the last chunk) and as many bytes of XChaCha20-Poly1305: nonce = the
 * file's 16 random bytes and the chunk's number, additional data = the header, the number and the
 * mark. So chunks can be neither changed, swapped, dropped nor taken from another file, and a file
 * cut at a chunk's border lacks its last chunk.
 */
#define SEAL_HEADER_BYTES 64
#define SEAL_NONCE_BYTES  16
#define SEAL_PIECE_BYTES  ((size_t)1 << 20)          /* of an array, before it is coded: a chunk */
#define SEAL_CODED_MAX    (3 * SEAL_PIECE_BYTES + 1) /* ARRAY_CODED_MAX of a piece */
#define SEAL_HEAD_BYTES_MAX                                              \
    SEAL_PIECE_BYTES /* 1,024 fields of the longest names fill a quarter \
                      */
#define SEAL_LAST      (1u << 31)
#define SEAL_CHUNK_MAX (SEAL_CODED_MAX + SEAL_PIECE_BYTES / 8) /* packed, with its tag */

struct seal_header {
    uint8_t bytes[SEAL_HEADER_BYTES];
};

/* A fresh header: magic, version, flags, random nonce, id of the key. */
void seal_header_make(const struct seal_key *key, uint32_t flags, struct seal_header *out);

/* Fingerprints stand in place of texts. */
#define SEAL_FINGERPRINTS 1u

uint32_t seal_header_flags(const struct seal_header *header);

/* Whether it begins as a sealed register does, of whatever version and key. */
bool seal_header_is_ours(const struct seal_header *header);

/* TQ_E_SYNTAX: no register, or of another version; TQ_E_KEY: sealed with another key. */
int seal_header_check(const struct seal_header *header, const struct seal_key *key,
                      struct tq_error *err) MUST_CHECK;

/*
 * Compress (zstd) and seal bytes as chunk `number`: at most SEAL_CODED_MAX. Replaces the content of
 * `out` by the whole chunk with its length.
 */
int seal_chunk_make(const struct seal_header *header, const struct seal_key *key, uint64_t number,
                    bool last, struct slice plain, struct buf *out,
                    struct tq_error *err) MUST_CHECK;

/*
 * The reverse: open the sealed bytes of chunk `number` (without the length) into `out`, which has
 * `room`. `scratch` has SEAL_CHUNK_MAX; it may be the sealed bytes' own place. TQ_E_KEY: not
 * authentic; TQ_E_SYNTAX: authentic, but not a chunk of at most `room` bytes.
 */
int seal_chunk_open(const struct seal_header *header, const struct seal_key *key, uint64_t number,
                    bool last, struct slice sealed, unsigned char *out, size_t room,
                    size_t *out_length, unsigned char *scratch, struct tq_error *err) MUST_CHECK;

/* Whether chunk `number` is authentic, without opening it: TQ_E_KEY if not. */
int seal_chunk_check(const struct seal_header *header, const struct seal_key *key, uint64_t number,
                     bool last, struct slice sealed, struct tq_error *err) MUST_CHECK;

/* A file and the key it is sealed with. */
struct seal_side {
    const struct seal_header *header;
    const struct seal_key *key;
};

/*
 * Seal chunk `number` of one file for another, as it is packed; `out` as of seal_chunk_make().
 * `scratch` has SEAL_CHUNK_MAX and is wiped. TQ_E_KEY: not authentic.
 */
int seal_chunk_reseal(const struct seal_side *from, const struct seal_side *to, uint64_t number,
                      bool last, struct slice sealed, unsigned char *scratch, struct buf *out,
                      struct tq_error *err) MUST_CHECK;

#endif
