/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "register/seal_chunk.h"

#include <endian.h>
#include <sodium.h>
#include <zstd.h>

#include "base/hash.h"

#define VERSION 5u /* also to be raised when canonical forms change: they are stored */
/* Arrays are coded already: level 5 is a thirtieth smaller and takes a tenth of a build's time. */
#define ZSTD_LEVEL 2
#define TAG_BYTES  crypto_aead_xchacha20poly1305_ietf_ABYTES
#define AD_BYTES   (SEAL_HEADER_BYTES + 9)

/* Places in the header; the rest is zero. */
enum {
    AT_MAGIC = 0,
    AT_VERSION = 8,
    AT_FLAGS = 12,
    AT_NONCE = 16,
    AT_ID = 32
};

static const char magic[8] = {'t', 'a', 'h', 'q', 'i', 'q', '\x1a', '\n'};

_Static_assert(AT_ID + SEAL_ID_BYTES <= SEAL_HEADER_BYTES, "the header has room");
_Static_assert(SEAL_NONCE_BYTES + 8 == crypto_aead_xchacha20poly1305_ietf_NPUBBYTES, "nonce");

void seal_header_make(const struct seal_key *key, uint32_t flags, struct seal_header *out)
{
    uint32_t version = htole32(VERSION), stored = htole32(flags);

    *out = (struct seal_header){0};
    memcpy(out->bytes + AT_MAGIC, magic, sizeof(magic));
    memcpy(out->bytes + AT_VERSION, &version, sizeof(version));
    memcpy(out->bytes + AT_FLAGS, &stored, sizeof(stored));
    randombytes_buf(out->bytes + AT_NONCE, SEAL_NONCE_BYTES);
    memcpy(out->bytes + AT_ID, key->id, SEAL_ID_BYTES);
}

bool seal_header_is_ours(const struct seal_header *header)
{
    return memcmp(header->bytes + AT_MAGIC, magic, sizeof(magic)) == 0;
}

static uint32_t number_at(const struct seal_header *header, size_t at)
{
    uint32_t number;

    memcpy(&number, header->bytes + at, sizeof(number));
    return le32toh(number);
}

uint32_t seal_header_flags(const struct seal_header *header)
{
    return number_at(header, AT_FLAGS);
}

int seal_header_check(const struct seal_header *header, const struct seal_key *key,
                      struct tq_error *err)
{
    if (!seal_header_is_ours(header))
        return tq_fail(err, TQ_E_SYNTAX,
                       "not a sealed register; 'tahqiq register build' makes one");
    if (number_at(header, AT_VERSION) != VERSION)
        return tq_fail(err, TQ_E_SYNTAX,
                       "sealed by version %u of the format, not %u: build it again",
                       number_at(header, AT_VERSION), VERSION);
    if (seal_header_flags(header) & ~SEAL_FINGERPRINTS)
        return tq_fail(err, TQ_E_SYNTAX, "sealed in a way that this program does not know");
    if (memcmp(header->bytes + AT_ID, key->id, SEAL_ID_BYTES) != 0)
        return tq_fail(err, TQ_E_KEY, "sealed with another key");
    return TQ_OK;
}

static void nonce_of(const struct seal_header *header, uint64_t number,
                     uint8_t nonce[crypto_aead_xchacha20poly1305_ietf_NPUBBYTES])
{
    uint64_t stored = htole64(number);

    memcpy(nonce, header->bytes + AT_NONCE, SEAL_NONCE_BYTES);
    memcpy(nonce + SEAL_NONCE_BYTES, &stored, sizeof(stored));
}

static void additional_data(const struct seal_header *header, uint64_t number, bool last,
                            uint8_t data[AD_BYTES])
{
    uint64_t stored = htole64(number);

    memcpy(data, header->bytes, SEAL_HEADER_BYTES);
    memcpy(data + SEAL_HEADER_BYTES, &stored, sizeof(stored));
    data[AD_BYTES - 1] = last;
}

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "base/ assumes the same");

/* Encrypt what stands in `out` behind the room for the length, and fill the length in. */
static void encrypt(const struct seal_side *side, uint64_t number, bool last,
                    const unsigned char *packed, size_t length, struct buf *out)
{
    uint8_t nonce[crypto_aead_xchacha20poly1305_ietf_NPUBBYTES], data[AD_BYTES];
    unsigned char *chunk = (unsigned char *)out->data;
    unsigned long long sealed = 0;
    uint32_t stored;

    nonce_of(side->header, number, nonce);
    additional_data(side->header, number, last, data);
    (void)crypto_aead_xchacha20poly1305_ietf_encrypt(chunk + sizeof(stored), &sealed, packed,
                                                     length, data, sizeof(data), NULL, nonce,
                                                     side->key->file);
    stored = htole32((uint32_t)sealed | (last ? SEAL_LAST : 0));
    memcpy(chunk, &stored, sizeof(stored));
    out->length = sizeof(stored) + (size_t)sealed;
}

int seal_chunk_make(const struct seal_header *header, const struct seal_key *key, uint64_t number,
                    bool last, struct slice plain, struct buf *out, struct tq_error *err)
{
    const struct seal_side side = {header, key};
    size_t room = ZSTD_compressBound(plain.length), packed;
    unsigned char *chunk;

    buf_empty(out);
    chunk = buf_extend(out, sizeof(uint32_t) + room + TAG_BYTES);
    if (!chunk)
        return buf_check(out, err);
    chunk += sizeof(uint32_t);
    packed = ZSTD_compress(chunk, room, plain.data, plain.length, ZSTD_LEVEL);
    if (ZSTD_isError(packed))
        return tq_fail(err, TQ_E_NOMEM, "could not compress: %s", ZSTD_getErrorName(packed));
    encrypt(&side, number, last, chunk, packed, out);
    return TQ_OK;
}

/* Authenticate and decrypt into `scratch`. */
static int decrypt(const struct seal_header *header, const struct seal_key *key, uint64_t number,
                   bool last, struct slice sealed, unsigned char *scratch, size_t *out_packed,
                   struct tq_error *err)
{
    uint8_t nonce[crypto_aead_xchacha20poly1305_ietf_NPUBBYTES], data[AD_BYTES];
    unsigned long long packed = 0;

    nonce_of(header, number, nonce);
    additional_data(header, number, last, data);
    if (sealed.length < TAG_BYTES || sealed.length > SEAL_CHUNK_MAX
        || crypto_aead_xchacha20poly1305_ietf_decrypt(
               scratch, &packed, NULL, (const unsigned char *)sealed.data, sealed.length, data,
               sizeof(data), nonce, key->file)
               != 0)
        return tq_fail(err, TQ_E_KEY, "chunk %llu was changed", (unsigned long long)number);
    *out_packed = (size_t)packed;
    return TQ_OK;
}

int seal_chunk_check(const struct seal_header *header, const struct seal_key *key, uint64_t number,
                     bool last, struct slice sealed, struct tq_error *err)
{
    uint8_t nonce[crypto_aead_xchacha20poly1305_ietf_NPUBBYTES], data[AD_BYTES];
    const unsigned char *bytes = (const unsigned char *)sealed.data;

    nonce_of(header, number, nonce);
    additional_data(header, number, last, data);
    /* Without room for the plain text, libsodium only verifies. */
    if (sealed.length < TAG_BYTES || sealed.length > SEAL_CHUNK_MAX
        || crypto_aead_xchacha20poly1305_ietf_decrypt_detached(
               NULL, NULL, bytes, sealed.length - TAG_BYTES, bytes + sealed.length - TAG_BYTES,
               data, sizeof(data), nonce, key->file)
               != 0)
        return tq_fail(err, TQ_E_KEY, "chunk %llu was changed", (unsigned long long)number);
    return TQ_OK;
}

int seal_chunk_reseal(const struct seal_side *from, const struct seal_side *to, uint64_t number,
                      bool last, struct slice sealed, unsigned char *scratch, struct buf *out,
                      struct tq_error *err)
{
    size_t packed = 0;
    int r = decrypt(from->header, from->key, number, last, sealed, scratch, &packed, err);

    if (r < 0)
        return r;
    buf_empty(out);
    if (buf_extend(out, sizeof(uint32_t) + packed + TAG_BYTES))
        encrypt(to, number, last, scratch, packed, out);
    sodium_memzero(scratch, packed);
    return buf_check(out, err);
}

int seal_chunk_open(const struct seal_header *header, const struct seal_key *key, uint64_t number,
                    bool last, struct slice sealed, unsigned char *out, size_t room,
                    size_t *out_length, unsigned char *scratch, struct tq_error *err)
{
    size_t packed = 0, unpacked;
    int r = decrypt(header, key, number, last, sealed, scratch, &packed, err);

    if (r < 0)
        return r;
    unpacked = ZSTD_decompress(out, room, scratch, packed);
    if (ZSTD_isError(unpacked))
        return tq_fail(err, TQ_E_SYNTAX, "chunk %llu cannot be unpacked",
                       (unsigned long long)number);
    *out_length = unpacked;
    return TQ_OK;
}
