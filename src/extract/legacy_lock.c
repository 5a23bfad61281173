/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* libcrypto has RC4 in a module that it would load from a file, which the jail has not; the old
 * calls need none. */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "extract/legacy_lock.h"

#include <openssl/evp.h>
#include <openssl/rc4.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/limits.h"
#include "extract/emit.h"
#include "extract/little_endian.h"
#include "extract/locked.h"
#include "extract/office_lock.h"
#include "extract/xor_lock.h"

#define RC4_BYTES      5u /* of a digest that count: 40 bits */
#define RC4_REPEATS    16u
#define KEY_BYTES      16u
#define SALT_BYTES     16u
#define VERIFIER_BYTES 16u
#define TRIES_A_WORD   1024u

struct legacy_keystream {
    RC4_KEY state;
};

/* ---- what is said of the encryption ---- */

static void read_rc4(struct slice info, struct legacy_lock *lock)
{
    if (info.length < SALT_BYTES + VERIFIER_BYTES + 16)
        return;
    memcpy(lock->salt, info.data, SALT_BYTES);
    memcpy(lock->verifier, info.data + SALT_BYTES, VERIFIER_BYTES + 16);
    lock->digest_bytes = 16;
    lock->key_bytes = KEY_BYTES;
    lock->kind = LEGACY_LOCK_RC4;
}

/* Behind the version: flags, and a header that says its own length, before the verifier. */
static void read_cryptoapi(struct slice info, struct legacy_lock *lock)
{
    enum {
        HEADER_AT = 8,
        CIPHER_AT = HEADER_AT + 8,
        KEY_BITS_AT = HEADER_AT + 16,
        CIPHER_RC4 = 0x6801,
        TAIL_BYTES = 4 + SALT_BYTES + VERIFIER_BYTES + 4 + 20
    };
    uint32_t header_bytes, bits;
    const char *verifier;

    if (info.length < HEADER_AT + 32u)
        return;
    header_bytes = u32_of(info.data + 4);
    if (header_bytes > info.length - HEADER_AT
        || info.length - HEADER_AT - header_bytes < TAIL_BYTES
        || u32_of(info.data + CIPHER_AT) != CIPHER_RC4)
        return;
    bits = u32_of(info.data + KEY_BITS_AT);
    if (bits == 0)
        bits = 40;
    verifier = info.data + HEADER_AT + header_bytes;
    if (bits < 40 || bits > 128 || bits % 8 != 0 || u32_of(verifier) != SALT_BYTES)
        return;
    memcpy(lock->salt, verifier + 4, SALT_BYTES);
    memcpy(lock->verifier, verifier + 20, VERIFIER_BYTES);
    memcpy(lock->verifier + VERIFIER_BYTES, verifier + 40, 20);
    lock->digest_bytes = 20;
    lock->key_bytes = bits / 8;
    lock->kind = LEGACY_LOCK_CRYPTOAPI;
}

struct legacy_lock legacy_lock_read(struct slice info)
{
    struct legacy_lock lock = {0};
    unsigned major, minor;

    if (info.length < 4)
        return lock;
    major = u16_of(info.data);
    minor = u16_of(info.data + 2);
    if (major == 1 && minor == 1)
        read_rc4(slice_skip(info, 4), &lock);
    else if (major >= 2 && major <= 4 && minor == 2)
        read_cryptoapi(slice_skip(info, 4), &lock);
    return lock;
}

struct legacy_lock legacy_lock_read_xor(struct slice info)
{
    struct legacy_lock lock = {0};

    if (info.length < 4)
        return lock;
    lock.kind = LEGACY_LOCK_XOR;
    lock.xor_key = u16_of(info.data);
    lock.xor_digest = u16_of(info.data + 2);
    return lock;
}

/* ---- keys ---- */

/* The digest of a few bytes; it fails for want of memory alone. */
static int digest_of(const struct legacy_lock *lock, const void *bytes, size_t length,
                     uint8_t out[LEGACY_SECRET_BYTES], struct tq_error *err)
{
    const EVP_MD *kind = lock->kind == LEGACY_LOCK_RC4 ? EVP_md5() : EVP_sha1();

    if (EVP_Digest(bytes, length, out, NULL, kind, NULL) != 1)
        return tq_no_memory(err);
    return TQ_OK;
}

/* Of a password in UTF-16 the secret that all keys are made of. */
static int make_secret(const struct legacy_lock *lock, struct slice wide,
                       uint8_t out[LEGACY_SECRET_BYTES], struct tq_error *err)
{
    uint8_t mixed[SALT_BYTES + OFFICE_PASSWORD_BYTES];
    uint8_t repeated[RC4_REPEATS * (RC4_BYTES + SALT_BYTES)];
    int r;

    if (lock->kind == LEGACY_LOCK_CRYPTOAPI) {
        memcpy(mixed, lock->salt, SALT_BYTES);
        if (wide.length > 0)
            memcpy(mixed + SALT_BYTES, wide.data, wide.length);
        r = digest_of(lock, mixed, SALT_BYTES + wide.length, out, err);
        explicit_bzero(mixed, sizeof(mixed));
        return r;
    }
    r = digest_of(lock, wide.data, wide.length, out, err);
    for (size_t i = 0; i < RC4_REPEATS; i++) {
        uint8_t *at = repeated + i * (RC4_BYTES + SALT_BYTES);

        memcpy(at, out, RC4_BYTES);
        memcpy(at + RC4_BYTES, lock->salt, SALT_BYTES);
    }
    return r < 0 ? r : digest_of(lock, repeated, sizeof(repeated), out, err);
}

static int make_keys(const struct legacy_lock *lock, const uint8_t secret[LEGACY_SECRET_BYTES],
                     uint32_t block, struct legacy_keystream *keys, struct tq_error *err)
{
    size_t counted = lock->kind == LEGACY_LOCK_RC4 ? RC4_BYTES : LEGACY_SECRET_BYTES;
    uint8_t mixed[LEGACY_SECRET_BYTES + 4], key[LEGACY_SECRET_BYTES];
    int r;

    memcpy(mixed, secret, counted);
    for (size_t i = 0; i < 4; i++)
        mixed[counted + i] = (uint8_t)(block >> (8 * i));
    r = digest_of(lock, mixed, counted + 4, key, err);
    if (r < 0)
        return r;
    /* A key of 40 bits is filled up with zeros, a longer one stands alone. */
    if (lock->kind == LEGACY_LOCK_CRYPTOAPI && lock->key_bytes == RC4_BYTES)
        memset(key + RC4_BYTES, 0, KEY_BYTES - RC4_BYTES);
    RC4_set_key(&keys->state, lock->key_bytes == RC4_BYTES ? (int)KEY_BYTES : (int)lock->key_bytes,
                key);
    explicit_bzero(key, sizeof(key));
    return TQ_OK;
}

static int try_rc4(const struct legacy_lock *lock, struct slice wide, bool *out_opens,
                   uint8_t secret[LEGACY_SECRET_BYTES], struct tq_error *err)
{
    uint8_t plain[sizeof(lock->verifier)], digest[LEGACY_SECRET_BYTES];
    struct legacy_keystream keys;
    int r = make_secret(lock, wide, secret, err);

    if (r == TQ_OK)
        r = make_keys(lock, secret, 0, &keys, err);
    if (r < 0)
        return r;
    RC4(&keys.state, VERIFIER_BYTES + lock->digest_bytes, lock->verifier, plain);
    r = digest_of(lock, plain, VERIFIER_BYTES, digest, err);
    if (r == TQ_OK)
        *out_opens = memcmp(digest, plain + VERIFIER_BYTES, lock->digest_bytes) == 0;
    return r;
}

static int try_password(const struct legacy_lock *lock, struct slice password, bool *out_opens,
                        uint8_t secret[LEGACY_SECRET_BYTES], struct tq_error *err)
{
    char bytes[OFFICE_PASSWORD_BYTES];
    struct slice wide = slice_make(bytes, office_password_widen(password, bytes));
    int r = TQ_OK;

    if (lock->kind == LEGACY_LOCK_XOR)
        *out_opens = xor_lock_try(wide, lock->xor_key, lock->xor_digest, secret);
    else
        r = try_rc4(lock, wide, out_opens, secret, err);
    explicit_bzero(bytes, sizeof(bytes));
    return r;
}

/* ---- passwords ---- */

int legacy_lock_find(const struct legacy_lock *lock, const struct extract_input *input,
                     const struct sink *sink, bool *out_opens,
                     uint8_t out_secret[LEGACY_SECRET_BYTES], struct tq_error *err)
{
    const struct password_list *list = input->passwords;
    bool opens = false;
    int r;

    (void)OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL); /* the jail has no files */
    *out_opens = false;
    if (lock->kind == LEGACY_LOCK_UNKNOWN)
        return unknown_lock_note(sink, err);
    r = try_password(lock, SLICE_LITERAL(OFFICE_OWN_PASSWORD), &opens, out_secret, err);
    if (r == TQ_OK && opens)
        r = own_password_note(sink, err);
    for (uint32_t i = 0; r == TQ_OK && list && !opens && i < list->count; i++) {
        r = try_password(lock, list->items[i].text, &opens, out_secret, err);
        if (r == TQ_OK && opens)
            r = unlocked_note(sink, list->items[i].line, err);
        else if (r == TQ_OK && i % TRIES_A_WORD == TRIES_A_WORD - 1)
            r = emit_working(sink, err);
    }
    if (r == TQ_OK && !opens)
        r = locked_note(input, sink, err);
    *out_opens = opens;
    return r;
}

/* ---- deciphering ---- */

void legacy_cipher_clear(struct legacy_cipher *cipher)
{
    if (cipher->keys)
        explicit_bzero(cipher->keys, sizeof(*cipher->keys));
    free(cipher->keys);
    explicit_bzero(cipher, sizeof(*cipher));
}

/* Have the keys of a block ready, `from` bytes of them used. */
static int go_to(struct legacy_cipher *cipher, uint32_t block, uint64_t from, struct tq_error *err)
{
    bool is_ahead = cipher->keys && cipher->block == block && cipher->used <= from;
    uint8_t rest[512] = {0};
    int r = TQ_OK;

    if (!cipher->keys) {
        cipher->keys = alloc_zeroed(1, sizeof(*cipher->keys));
        if (!cipher->keys)
            return tq_no_memory(err);
    }
    if (!is_ahead) {
        r = make_keys(cipher->lock, cipher->secret, block, cipher->keys, err);
        cipher->block = block;
        cipher->used = 0;
    }
    while (r == TQ_OK && cipher->used < from) {
        size_t length =
            from - cipher->used < sizeof(rest) ? (size_t)(from - cipher->used) : sizeof(rest);

        RC4(&cipher->keys->state, length, rest, rest);
        cipher->used += length;
    }
    return r;
}

int legacy_decipher_block(struct legacy_cipher *cipher, uint32_t block, uint64_t from, char *data,
                          size_t length, struct tq_error *err)
{
    int r = go_to(cipher, block, from, err);

    if (r < 0 || length == 0)
        return r;
    RC4(&cipher->keys->state, length, (const uint8_t *)data, (uint8_t *)data);
    cipher->used += length;
    return TQ_OK;
}

int legacy_decipher(struct legacy_cipher *cipher, uint64_t offset, uint32_t block_bytes, char *data,
                    size_t length, struct tq_error *err)
{
    int r = TQ_OK;

    while (length > 0 && r == TQ_OK) {
        uint64_t from = offset % block_bytes;
        size_t part = length < block_bytes - from ? length : (size_t)(block_bytes - from);

        r = legacy_decipher_block(cipher, (uint32_t)(offset / block_bytes), from, data, part, err);
        offset += part;
        data += part;
        length -= part;
    }
    return r;
}
