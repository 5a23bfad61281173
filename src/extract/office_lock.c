/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "extract/office_lock.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/cleanup.h"
#include "base/utf8.h"
#include "extract/base64.h"
#include "extract/little_endian.h"
#include "extract/xml.h"

#define VERSION_BYTES   8u
#define SEGMENT_BYTES   4096u
#define SIZE_BYTES      8u /* of the package, before it */
#define STANDARD_ROUNDS 50000u
#define ROUNDS_MAX      10000000u /* that the specification allows */
#define FILLER          0x36      /* where a digest is shorter than what is made of it */

DEFINE_CLEANUP(EVP_CIPHER_CTX *, EVP_CIPHER_CTX_free)
DEFINE_CLEANUP(EVP_CIPHER *, EVP_CIPHER_free)

/* ---- what is said of the encryption ---- */

static const struct {
    const char *name, *digest;
    uint32_t bytes;
} digests[] = {
    {"SHA512", "SHA2-512", 64}, {"SHA1", "SHA1", 20},       {"SHA-1", "SHA1", 20},
    {"SHA256", "SHA2-256", 32}, {"SHA384", "SHA2-384", 48},
};

static void set_digest(struct lock_terms *terms, const char *name)
{
    for (size_t i = 0; name && i < sizeof(digests) / sizeof(digests[0]); i++) {
        if (strcasecmp(name, digests[i].name) == 0) {
            terms->digest = digests[i].digest;
            terms->digest_bytes = digests[i].bytes;
        }
    }
}

int lock_bytes_set(struct lock_bytes *bytes, const char *text, struct tq_error *err)
{
    CLEANUP(buf_clear_cleanup) struct buf plain = {0};
    int r;

    if (!text)
        return TQ_OK;
    base64_add(&plain, slice_of(text));
    r = buf_check(&plain, err);
    if (r < 0 || plain.length > sizeof(bytes->data))
        return r;
    if (plain.length > 0)
        memcpy(bytes->data, plain.data, plain.length);
    bytes->length = (uint32_t)plain.length;
    return TQ_OK;
}

static int take_terms(struct lock_terms *terms, const char **attributes, struct tq_error *err)
{
    const char *cipher = xml_attribute(attributes, "cipherAlgorithm");
    const char *chaining = xml_attribute(attributes, "cipherChaining");

    if (!cipher || strcmp(cipher, "AES") != 0 || !chaining
        || strcmp(chaining, "ChainingModeCBC") != 0)
        return TQ_OK;
    set_digest(terms, xml_attribute(attributes, "hashAlgorithm"));
    terms->key_bytes = (uint32_t)xml_number(attributes, "keyBits", 0) / 8;
    return lock_bytes_set(&terms->salt, xml_attribute(attributes, "saltValue"), err);
}

static int take_seal(struct office_lock *lock, const char **attributes, struct tq_error *err)
{
    int r = lock_bytes_set(&lock->seal_key, xml_attribute(attributes, "encryptedHmacKey"), err);

    return r < 0
               ? r
               : lock_bytes_set(&lock->seal, xml_attribute(attributes, "encryptedHmacValue"), err);
}

static int agile_begin(void *state, const char *name, const char **attributes, struct tq_error *err)
{
    struct office_lock *lock = state;
    int r;

    if (strcmp(name, "keyData") == 0)
        return take_terms(&lock->package, attributes, err);
    if (strcmp(name, "dataIntegrity") == 0)
        return take_seal(lock, attributes, err);
    if (strcmp(name, "encryptedKey") != 0 || lock->password.digest)
        return TQ_OK;
    lock->rounds = (uint32_t)xml_number(attributes, "spinCount", UINT32_MAX);
    r = take_terms(&lock->password, attributes, err);
    if (r == TQ_OK)
        r = lock_bytes_set(&lock->verifier, xml_attribute(attributes, "encryptedVerifierHashInput"),
                           err);
    if (r == TQ_OK)
        r = lock_bytes_set(&lock->verifier_digest,
                           xml_attribute(attributes, "encryptedVerifierHashValue"), err);
    return r < 0 ? r
                 : lock_bytes_set(&lock->key, xml_attribute(attributes, "encryptedKeyValue"), err);
}

static bool is_sound(const struct lock_terms *terms)
{
    return terms->digest && terms->salt.length > 0
           && (terms->key_bytes == 16 || terms->key_bytes == 24 || terms->key_bytes == 32);
}

/* Whole blocks, as many as are needed at least. */
static bool has_blocks(const struct lock_bytes *bytes, uint32_t wanted)
{
    return bytes->length >= wanted && bytes->length > 0 && bytes->length % LOCK_BLOCK == 0;
}

static int read_agile(struct slice text, struct office_lock *lock, struct tq_error *err)
{
    const struct xml_visitor visitor = {.state = lock, .begin = agile_begin};
    struct xml xml;
    int r = xml_open(&xml, &visitor, NULL, err);

    if (r == TQ_OK)
        r = xml_feed(&xml, text, true, err);
    xml_clear(&xml);
    if (r == TQ_OK && is_sound(&lock->package) && is_sound(&lock->password)
        && lock->rounds <= ROUNDS_MAX && has_blocks(&lock->verifier, 1)
        && has_blocks(&lock->verifier_digest, lock->password.digest_bytes)
        && has_blocks(&lock->key, lock->package.key_bytes))
        lock->kind = OFFICE_LOCK_AGILE;
    return r;
}

/* Where the verifier of a password starts: behind a header that says its own length. */
static void read_standard(struct slice info, struct office_lock *lock)
{
    enum {
        HEADER_AT = 12,
        CIPHER_AT = HEADER_AT + 8,
        KEY_BITS_AT = HEADER_AT + 16,
        VERIFIER_BYTES = 4 + 16 + 16 + 4 + 32
    };
    uint32_t header_bytes, cipher;
    const char *verifier;

    if (info.length < HEADER_AT + 32u)
        return;
    header_bytes = u32_of(info.data + VERSION_BYTES);
    cipher = u32_of(info.data + CIPHER_AT);
    if (header_bytes > info.length - HEADER_AT
        || info.length - HEADER_AT - header_bytes < VERIFIER_BYTES || cipher < 0x660E
        || cipher > 0x6610) /* AES of 128, 192 and 256 bits */
        return;
    verifier = info.data + HEADER_AT + header_bytes;
    if (u32_of(verifier) != 16)
        return;
    lock->password.key_bytes = u32_of(info.data + KEY_BITS_AT) / 8;
    set_digest(&lock->password, "SHA1");
    lock->rounds = STANDARD_ROUNDS;
    lock->password.salt.length = lock->verifier.length = 16;
    lock->verifier_digest.length = 32;
    memcpy(lock->password.salt.data, verifier + 4, 16);
    memcpy(lock->verifier.data, verifier + 20, 16);
    memcpy(lock->verifier_digest.data, verifier + 40, 32);
    if (is_sound(&lock->password))
        lock->kind = OFFICE_LOCK_STANDARD;
}

int office_lock_read(struct slice info, struct office_lock *out_lock, struct tq_error *err)
{
    struct office_lock lock = {0};
    unsigned major, minor;
    int r = TQ_OK;

    if (info.length >= VERSION_BYTES) {
        major = u16_of(info.data);
        minor = u16_of(info.data + 2);
        if (major == 4 && minor == 4)
            r = read_agile(slice_skip(info, VERSION_BYTES), &lock, err);
        else if (major >= 2 && major <= 4 && minor == 2)
            read_standard(info, &lock);
    }
    if (r == TQ_OK)
        *out_lock = lock;
    return r;
}

/* ---- hashing and deciphering ---- */

/* Nothing that can fail but for memory: all names and lengths are ours. */
static int crypto_failed(struct tq_error *err)
{
    return tq_no_memory(err);
}

/* A hash that is used over and over. */
struct hasher {
    EVP_MD *digest;
    EVP_MD_CTX *context;
};

static void hasher_clear(struct hasher *hasher)
{
    EVP_MD_free(hasher->digest);
    EVP_MD_CTX_free(hasher->context);
}

static int hasher_init(struct hasher *hasher, const char *name, struct tq_error *err)
{
    /* The jail has no files: the configuration is not looked for. */
    (void)OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL);
    hasher->digest = EVP_MD_fetch(NULL, name, NULL);
    hasher->context = EVP_MD_CTX_new();
    return hasher->digest && hasher->context ? TQ_OK : crypto_failed(err);
}

/* out = H(a, b); `out` may be one of them. */
static int hash_two(struct hasher *hasher, struct slice a, struct slice b,
                    uint8_t out[LOCK_DIGEST_MAX], struct tq_error *err)
{
    if (EVP_DigestInit_ex2(hasher->context, hasher->digest, NULL) != 1
        || EVP_DigestUpdate(hasher->context, a.data, a.length) != 1
        || EVP_DigestUpdate(hasher->context, b.data, b.length) != 1
        || EVP_DigestFinal_ex(hasher->context, out, NULL) != 1)
        return crypto_failed(err);
    return TQ_OK;
}

static struct slice bytes_slice(const uint8_t *bytes, size_t length)
{
    return slice_make((const char *)bytes, length);
}

/* A little-endian number. */
static void put_u32(char out[4], uint32_t value)
{
    for (size_t i = 0; i < 4; i++)
        out[i] = (char)(value >> (8 * i));
}

/* `length` bytes of a digest, filled up where it has fewer. */
static void fit(const uint8_t *digest, size_t digest_bytes, uint8_t *out, size_t length)
{
    memset(out, FILLER, length);
    memcpy(out, digest, digest_bytes < length ? digest_bytes : length);
}

/* Decipher whole blocks where they lie. `start` is NULL for blocks of their own (ECB). */
static int decipher(EVP_CIPHER_CTX *context, const EVP_CIPHER *cipher, const uint8_t *key,
                    const uint8_t *start, uint8_t *data, size_t length, struct tq_error *err)
{
    int got;

    if (EVP_DecryptInit_ex2(context, cipher, key, start, NULL) != 1
        || EVP_CIPHER_CTX_set_padding(context, 0) != 1
        || EVP_DecryptUpdate(context, data, &got, data, (int)length) != 1)
        return crypto_failed(err);
    return TQ_OK;
}

static EVP_CIPHER *fetch_cipher(uint32_t key_bytes, bool is_chained)
{
    char name[16];

    (void)snprintf(name, sizeof(name), "AES-%u-%s", key_bytes * 8, is_chained ? "CBC" : "ECB");
    return EVP_CIPHER_fetch(NULL, name, NULL);
}

/* Decipher a copy of a few blocks with the key and the start that belong to them. */
static int decipher_bytes(const struct lock_terms *terms, const uint8_t *key, const uint8_t *start,
                          struct lock_bytes *bytes, struct tq_error *err)
{
    CLEANUP(EVP_CIPHER_free_cleanup) EVP_CIPHER *cipher = fetch_cipher(terms->key_bytes, start);
    CLEANUP(EVP_CIPHER_CTX_free_cleanup) EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();

    if (!cipher || !context)
        return crypto_failed(err);
    return decipher(context, cipher, key, start, bytes->data, bytes->length, err);
}

/* ---- passwords ---- */

size_t office_password_widen(struct slice password, char out[OFFICE_PASSWORD_BYTES])
{
    size_t length = 0;

    while (password.length > 0 && length < OFFICE_PASSWORD_BYTES - 2) {
        unsigned char first = (unsigned char)password.data[0];
        uint32_t c = utf8_next(&password);

        if (c == UTF8_INVALID)
            c = first;
        if (c >= 0x10000) {
            c -= 0x10000;
            out[length++] = (char)(c >> 10);
            out[length++] = (char)(0xD8 | c >> 18);
            c = 0xDC00 | (c & 0x3FF);
        }
        out[length++] = (char)c;
        out[length++] = (char)(c >> 8);
    }
    return length;
}

/* The digest of a password, from which keys are made. */
static int hash_password(struct hasher *hasher, const struct office_lock *lock,
                         struct slice password, uint8_t out[LOCK_DIGEST_MAX], struct tq_error *err)
{
    const struct lock_terms *terms = &lock->password;
    char wide[OFFICE_PASSWORD_BYTES], number[4];
    int r = hash_two(hasher, bytes_slice(terms->salt.data, terms->salt.length),
                     slice_make(wide, office_password_widen(password, wide)), out, err);

    for (uint32_t round = 0; r == TQ_OK && round < lock->rounds; round++) {
        put_u32(number, round);
        r = hash_two(hasher, slice_make(number, sizeof(number)),
                     bytes_slice(out, terms->digest_bytes), out, err);
    }
    explicit_bzero(wide, sizeof(wide));
    return r;
}

/* Whether the verifier's digest is the one that was kept. */
static int compare(struct hasher *hasher, const struct lock_terms *terms, struct slice verifier,
                   const struct lock_bytes *kept, bool *out_same, struct tq_error *err)
{
    uint8_t digest[LOCK_DIGEST_MAX];
    int r = hash_two(hasher, verifier, SLICE_LITERAL(""), digest, err);

    if (r == TQ_OK)
        *out_same = memcmp(digest, kept->data, terms->digest_bytes) == 0;
    return r;
}

/* One of the three keys of agile encryption, told apart by eight bytes. */
static int decipher_with(struct hasher *hasher, const struct lock_terms *terms,
                         const uint8_t *password, const char *which, struct lock_bytes *bytes,
                         struct tq_error *err)
{
    uint8_t digest[LOCK_DIGEST_MAX], key[LOCK_KEY_MAX], start[LOCK_BLOCK];
    int r = hash_two(hasher, bytes_slice(password, terms->digest_bytes), slice_make(which, 8),
                     digest, err);

    if (r < 0)
        return r;
    fit(digest, terms->digest_bytes, key, terms->key_bytes);
    fit(terms->salt.data, terms->salt.length, start, sizeof(start));
    return decipher_bytes(terms, key, start, bytes, err);
}

static int try_agile(struct hasher *hasher, const struct office_lock *lock, const uint8_t *password,
                     bool *out_opens, uint8_t *out_key, struct tq_error *err)
{
    static const char verifier_key[] = "\xFE\xA7\xD2\x76\x3B\x4B\x9E\x79",
                      digest_key[] = "\xD7\xAA\x0F\x6D\x30\x61\x34\x4E",
                      package_key[] = "\x14\x6E\x0B\xE7\xAB\xAC\xD0\xD6";
    const struct lock_terms *terms = &lock->password;
    struct lock_bytes verifier = lock->verifier, kept = lock->verifier_digest, key = lock->key;
    uint32_t length = terms->salt.length;
    int r = decipher_with(hasher, terms, password, verifier_key, &verifier, err);

    if (length > verifier.length)
        length = verifier.length;
    if (r == TQ_OK)
        r = decipher_with(hasher, terms, password, digest_key, &kept, err);
    if (r == TQ_OK)
        r = compare(hasher, terms, bytes_slice(verifier.data, length), &kept, out_opens, err);
    if (r == TQ_OK && *out_opens)
        r = decipher_with(hasher, terms, password, package_key, &key, err);
    if (r == TQ_OK && *out_opens)
        memcpy(out_key, key.data, lock->package.key_bytes);
    return r;
}

/* The key of standard encryption: of a digest, and of the digests of two fillers with it. */
static int make_standard_key(struct hasher *hasher, const struct lock_terms *terms,
                             const uint8_t *password, uint8_t out_key[LOCK_KEY_MAX],
                             struct tq_error *err)
{
    static const uint8_t fillers[] = {0x36, 0x5C};
    uint8_t last[LOCK_DIGEST_MAX], mixed[64], both[2 * LOCK_DIGEST_MAX];
    int r = hash_two(hasher, bytes_slice(password, terms->digest_bytes), slice_make("\0\0\0", 4),
                     last, err);

    for (size_t i = 0; r == TQ_OK && i < 2; i++) {
        memset(mixed, fillers[i], sizeof(mixed));
        for (size_t j = 0; j < terms->digest_bytes; j++)
            mixed[j] ^= last[j];
        r = hash_two(hasher, bytes_slice(mixed, sizeof(mixed)), SLICE_LITERAL(""),
                     both + i * terms->digest_bytes, err);
    }
    if (r == TQ_OK)
        memcpy(out_key, both, terms->key_bytes);
    return r;
}

static int try_standard(struct hasher *hasher, const struct office_lock *lock,
                        const uint8_t *password, bool *out_opens, uint8_t *out_key,
                        struct tq_error *err)
{
    const struct lock_terms *terms = &lock->password;
    struct lock_bytes verifier = lock->verifier, kept = lock->verifier_digest;
    uint8_t key[LOCK_KEY_MAX] = {0};
    int r = make_standard_key(hasher, terms, password, key, err);

    if (r == TQ_OK)
        r = decipher_bytes(terms, key, NULL, &verifier, err);
    if (r == TQ_OK)
        r = decipher_bytes(terms, key, NULL, &kept, err);
    if (r == TQ_OK)
        r = compare(hasher, terms, bytes_slice(verifier.data, verifier.length), &kept, out_opens,
                    err);
    if (r == TQ_OK && *out_opens)
        memcpy(out_key, key, sizeof(key));
    return r;
}

int office_lock_try(const struct office_lock *lock, struct slice password, bool *out_opens,
                    uint8_t out_key[LOCK_KEY_MAX], struct tq_error *err)
{
    CLEANUP(hasher_clear) struct hasher hasher = {0};
    uint8_t digest[LOCK_DIGEST_MAX];
    bool opens = false;
    int r = hasher_init(&hasher, lock->password.digest, err);

    if (r == TQ_OK)
        r = hash_password(&hasher, lock, password, digest, err);
    if (r == TQ_OK)
        r = lock->kind == OFFICE_LOCK_AGILE
                ? try_agile(&hasher, lock, digest, &opens, out_key, err)
                : try_standard(&hasher, lock, digest, &opens, out_key, err);
    if (r == TQ_OK)
        *out_opens = opens;
    return r;
}

/* ---- the package ---- */

/* Decipher what belongs to the package and is told apart by eight bytes. */
static int decipher_beside(struct hasher *hasher, const struct lock_terms *terms,
                           const uint8_t *key, const char *which, struct lock_bytes *bytes,
                           struct tq_error *err)
{
    uint8_t digest[LOCK_DIGEST_MAX], start[LOCK_BLOCK];
    int r = hash_two(hasher, bytes_slice(terms->salt.data, terms->salt.length),
                     slice_make(which, 8), digest, err);

    if (r < 0)
        return r;
    fit(digest, terms->digest_bytes, start, sizeof(start));
    return decipher_bytes(terms, key, start, bytes, err);
}

int office_lock_check(const struct office_lock *lock, const uint8_t key[LOCK_KEY_MAX],
                      struct slice package, bool *out_holds, struct tq_error *err)
{
    static const char key_mark[] = "\x5F\xB2\xAD\x01\x0C\xB9\xE1\xF6",
                      seal_mark[] = "\xA0\x67\x7F\x02\xB2\x2C\x84\x33";
    const struct lock_terms *terms = &lock->package;
    struct lock_bytes seal_key = lock->seal_key, seal = lock->seal;
    CLEANUP(hasher_clear) struct hasher hasher = {0};
    uint8_t made[EVP_MAX_MD_SIZE];
    int r;

    *out_holds = true;
    if (lock->kind != OFFICE_LOCK_AGILE || !has_blocks(&seal_key, terms->digest_bytes)
        || !has_blocks(&seal, terms->digest_bytes))
        return TQ_OK;
    r = hasher_init(&hasher, terms->digest, err);
    if (r == TQ_OK)
        r = decipher_beside(&hasher, terms, key, key_mark, &seal_key, err);
    if (r == TQ_OK)
        r = decipher_beside(&hasher, terms, key, seal_mark, &seal, err);
    if (r < 0)
        return r;
    if (!HMAC(hasher.digest, seal_key.data, (int)terms->digest_bytes,
              (const unsigned char *)package.data, package.length, made, NULL))
        return crypto_failed(err);
    *out_holds = memcmp(made, seal.data, terms->digest_bytes) == 0;
    return TQ_OK;
}

/* Segments that each start anew. */
static int open_agile(const struct lock_terms *terms, EVP_CIPHER_CTX *context,
                      const EVP_CIPHER *cipher, const uint8_t *key, struct buf *package,
                      struct tq_error *err)
{
    CLEANUP(hasher_clear) struct hasher hasher = {0};
    struct slice salt = bytes_slice(terms->salt.data, terms->salt.length);
    int r = hasher_init(&hasher, terms->digest, err);
    uint32_t segment = 0;

    for (size_t at = SIZE_BYTES; r == TQ_OK && at < package->length; at += SEGMENT_BYTES) {
        uint8_t digest[LOCK_DIGEST_MAX], start[LOCK_BLOCK];
        size_t length = package->length - at < SEGMENT_BYTES ? package->length - at : SEGMENT_BYTES;
        char number[4];

        put_u32(number, segment++);
        r = hash_two(&hasher, salt, slice_make(number, sizeof(number)), digest, err);
        fit(digest, terms->digest_bytes, start, sizeof(start));
        if (r == TQ_OK)
            r = decipher(context, cipher, key, start, (uint8_t *)package->data + at, length, err);
    }
    return r;
}

static int open_standard(EVP_CIPHER_CTX *context, const EVP_CIPHER *cipher, const uint8_t *key,
                         struct buf *package, struct tq_error *err)
{
    int r = TQ_OK;

    for (size_t at = SIZE_BYTES; r == TQ_OK && at < package->length; at += SEGMENT_BYTES) {
        size_t length = package->length - at < SEGMENT_BYTES ? package->length - at : SEGMENT_BYTES;

        r = decipher(context, cipher, key, NULL, (uint8_t *)package->data + at, length, err);
    }
    return r;
}

int office_lock_open(const struct office_lock *lock, const uint8_t key[LOCK_KEY_MAX],
                     struct buf *package, struct tq_error *err)
{
    bool is_agile = lock->kind == OFFICE_LOCK_AGILE;
    const struct lock_terms *terms = is_agile ? &lock->package : &lock->password;
    CLEANUP(EVP_CIPHER_free_cleanup) EVP_CIPHER *cipher = fetch_cipher(terms->key_bytes, is_agile);
    CLEANUP(EVP_CIPHER_CTX_free_cleanup) EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    uint64_t said;
    int r;

    if (!cipher || !context)
        return crypto_failed(err);
    if (package->length < SIZE_BYTES) {
        package->length = 0;
        return TQ_OK;
    }
    said = u32_of(package->data) | (uint64_t)u32_of(package->data + 4) << 32;
    package->length -= (package->length - SIZE_BYTES) % LOCK_BLOCK; /* a block that is cut */
    r = is_agile ? open_agile(terms, context, cipher, key, package, err)
                 : open_standard(context, cipher, key, package, err);
    if (r < 0)
        return r;
    package->length -= SIZE_BYTES;
    memmove(package->data, package->data + SIZE_BYTES, package->length);
    if (said < package->length)
        package->length = (size_t)said;
    return TQ_OK;
}
