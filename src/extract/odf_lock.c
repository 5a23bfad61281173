/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* libcrypto has Blowfish in a module that it would load from a file, which the jail has not; the
 * old calls need none. */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "extract/odf_lock.h"

#include <inttypes.h>
#include <openssl/blowfish.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/limits.h"
#include "extract/emit.h"
#include "extract/locked.h"
#include "extract/part.h"

#define ROUNDS_MAX    10000000u
#define SUM_BYTES     1024u /* of a part that its digest is made of */
#define TRY_BYTES     (SUM_BYTES + LOCK_BLOCK)
#define ROUNDS_A_WORD 4000000u
#define MANIFEST      "META-INF/manifest.xml"

DEFINE_CLEANUP(EVP_CIPHER_CTX *, EVP_CIPHER_CTX_free)
DEFINE_CLEANUP(EVP_CIPHER *, EVP_CIPHER_free)

void odf_lock_clear(struct odf_lock *lock)
{
    free(lock->items);
    *lock = (struct odf_lock){0};
}

/* ---- the manifest ---- */

static bool says(const char *text, const char *word)
{
    return text && strcasestr(text, word) != NULL;
}

static int begin_encryption(struct odf_lock *lock, const char **attributes, struct tq_error *err)
{
    const char *kind = xml_attribute(attributes, "checksum-type");
    struct odf_terms terms = {.part = lock->part, .key_bytes = 16};
    int r =
        alloc_reserve(&lock->items, &lock->capacity, lock->count + 1, sizeof(*lock->items), err);

    if (r == TQ_OK)
        r = lock_bytes_set(&terms.sum, xml_attribute(attributes, "checksum"), err);
    if (r < 0)
        return r;
    terms.sums_sha256 = says(kind, "sha256");
    terms.has_sum = (says(kind, "1k") || says(kind, "/1K"))
                    && (terms.sums_sha256 || says(kind, "sha1"))
                    && terms.sum.length == (terms.sums_sha256 ? 32 : 20);
    lock->items[lock->count++] = terms;
    lock->in_part = true;
    return TQ_OK;
}

static int take_algorithm(struct odf_terms *terms, const char **attributes, struct tq_error *err)
{
    const char *name = xml_attribute(attributes, "algorithm-name");

    if (says(name, "aes") && says(name, "-cbc"))
        terms->cipher = ODF_CIPHER_AES;
    else if (says(name, "blowfish"))
        terms->cipher = ODF_CIPHER_BLOWFISH;
    return lock_bytes_set(&terms->start, xml_attribute(attributes, "initialisation-vector"), err);
}

static int take_derivation(struct odf_terms *terms, const char **attributes, struct tq_error *err)
{
    terms->has_derivation = says(xml_attribute(attributes, "key-derivation-name"), "pbkdf2");
    terms->rounds = (uint32_t)xml_number(attributes, "iteration-count", 0);
    terms->key_bytes = (uint32_t)xml_number(attributes, "key-size", terms->key_bytes);
    return lock_bytes_set(&terms->salt, xml_attribute(attributes, "salt"), err);
}

static int manifest_begin(void *state, const char *name, const char **attributes,
                          struct tq_error *err)
{
    struct odf_lock *lock = state;
    const char *path;

    if (strcmp(name, "file-entry") == 0) {
        path = xml_attribute(attributes, "full-path");
        lock->part = path ? package_find(lock->package, slice_of(path)) : PART_NONE;
        lock->in_part = false;
        return TQ_OK;
    }
    if (strcmp(name, "encryption-data") == 0 && lock->count < lock->package->count)
        return begin_encryption(lock, attributes, err);
    if (!lock->in_part)
        return TQ_OK;
    if (strcmp(name, "algorithm") == 0)
        return take_algorithm(&lock->items[lock->count - 1], attributes, err);
    if (strcmp(name, "start-key-generation") == 0)
        lock->items[lock->count - 1].starts_sha256 =
            says(xml_attribute(attributes, "start-key-generation-name"), "sha256");
    if (strcmp(name, "key-derivation") == 0)
        return take_derivation(&lock->items[lock->count - 1], attributes, err);
    return TQ_OK;
}

static bool is_sound(const struct odf_terms *terms)
{
    bool fits = terms->part != PART_NONE && terms->has_sum && terms->has_derivation
                && terms->rounds > 0 && terms->rounds <= ROUNDS_MAX && terms->salt.length > 0;

    if (terms->cipher == ODF_CIPHER_AES)
        return fits && terms->start.length == LOCK_BLOCK
               && (terms->key_bytes == 16 || terms->key_bytes == 24 || terms->key_bytes == 32);
    return fits && terms->cipher == ODF_CIPHER_BLOWFISH && terms->start.length == BF_BLOCK
           && terms->key_bytes >= 5 && terms->key_bytes <= LOCK_KEY_MAX;
}

int odf_lock_read(struct odf_lock *lock, struct package *package, struct tq_error *err)
{
    const struct xml_visitor visitor = {.state = lock, .begin = manifest_begin};
    size_t part = package_find(package, SLICE_LITERAL(MANIFEST));

    *lock = (struct odf_lock){.package = package, .part = PART_NONE};
    return part == PART_NONE ? TQ_OK : part_read_xml(package, part, &visitor, err);
}

/* ---- deciphering ---- */

static int make_key(const struct odf_terms *terms, struct slice password, uint8_t out[LOCK_KEY_MAX],
                    struct tq_error *err)
{
    uint8_t first[EVP_MAX_MD_SIZE];
    unsigned length;
    bool made = EVP_Digest(password.data, password.length, first, &length,
                           terms->starts_sha256 ? EVP_sha256() : EVP_sha1(), NULL)
                    == 1
                && PKCS5_PBKDF2_HMAC((const char *)first, (int)length, terms->salt.data,
                                     (int)terms->salt.length, (int)terms->rounds, EVP_sha1(),
                                     (int)terms->key_bytes, out)
                       == 1;

    explicit_bzero(first, sizeof(first));
    return made ? TQ_OK : tq_no_memory(err);
}

static int decipher_aes(const struct odf_terms *terms, const uint8_t *key, uint8_t *data,
                        size_t length, struct tq_error *err)
{
    char name[16];
    int got;

    (void)snprintf(name, sizeof(name), "AES-%u-CBC", terms->key_bytes * 8);
    CLEANUP(EVP_CIPHER_free_cleanup) EVP_CIPHER *cipher = EVP_CIPHER_fetch(NULL, name, NULL);
    CLEANUP(EVP_CIPHER_CTX_free_cleanup) EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();

    if (!cipher || !context
        || EVP_DecryptInit_ex2(context, cipher, key, terms->start.data, NULL) != 1
        || EVP_CIPHER_CTX_set_padding(context, 0) != 1
        || EVP_DecryptUpdate(context, data, &got, data, (int)length) != 1)
        return tq_no_memory(err);
    return TQ_OK;
}

static void decipher_blowfish(const struct odf_terms *terms, const uint8_t *key, uint8_t *data,
                              size_t length)
{
    uint8_t start[BF_BLOCK];
    BF_KEY schedule;
    int used = 0;

    memcpy(start, terms->start.data, sizeof(start));
    BF_set_key(&schedule, (int)terms->key_bytes, key);
    BF_cfb64_encrypt(data, data, (long)length, &schedule, start, &used, BF_DECRYPT);
    explicit_bzero(&schedule, sizeof(schedule));
}

/* Whether these are the first bytes of the part, `length` of them, as they were compressed. */
static int fits_sum(const struct odf_terms *terms, const uint8_t *data, size_t length,
                    bool *out_fits, struct tq_error *err)
{
    uint8_t digest[EVP_MAX_MD_SIZE];

    if (EVP_Digest(data, length < SUM_BYTES ? length : SUM_BYTES, digest, NULL,
                   terms->sums_sha256 ? EVP_sha256() : EVP_sha1(), NULL)
        != 1)
        return tq_no_memory(err);
    *out_fits = memcmp(digest, terms->sum.data, terms->sum.length) == 0;
    return TQ_OK;
}

/* Decipher `bytes` where they lie, the whole part or more than its digest is made of; *out_sound:
 * it is what it was. */
static int decipher(const struct odf_terms *terms, struct slice password, bool is_whole,
                    struct buf *bytes, bool *out_sound, struct tq_error *err)
{
    uint8_t key[LOCK_KEY_MAX], *data = (uint8_t *)bytes->data;
    size_t filler;
    int r = make_key(terms, password, key, err);

    *out_sound = false;
    if (terms->cipher == ODF_CIPHER_AES)
        bytes->length -= bytes->length % LOCK_BLOCK; /* a block that is cut */
    if (r == TQ_OK && bytes->length > 0 && terms->cipher == ODF_CIPHER_AES)
        r = decipher_aes(terms, key, data, bytes->length, err);
    else if (r == TQ_OK && bytes->length > 0)
        decipher_blowfish(terms, key, data, bytes->length);
    explicit_bzero(key, sizeof(key));
    if (r < 0 || bytes->length == 0)
        return r;
    filler = data[bytes->length - 1];
    if (is_whole && terms->cipher == ODF_CIPHER_AES && filler > 0 && filler <= LOCK_BLOCK)
        bytes->length -= filler;
    return fits_sum(terms, data, bytes->length, out_sound, err);
}

/* ---- passwords ---- */

static const struct odf_terms *terms_of(const struct odf_lock *lock, size_t part)
{
    for (size_t i = 0; i < lock->count; i++) {
        if (lock->items[i].part == part)
            return &lock->items[i];
    }
    return NULL;
}

/* PBKDF2 hashes anew for every 20 bytes of a key. */
static uint64_t rounds_of(const struct odf_terms *terms)
{
    return (uint64_t)terms->rounds * ((terms->key_bytes + 19) / 20);
}

static int collect_start(void *state, struct slice bytes, bool *out_enough, struct tq_error *err)
{
    struct buf *out = state;

    buf_add_slice(out, bytes);
    *out_enough = out->length > TRY_BYTES;
    return buf_check(out, err);
}

/* Say now and then that there is work: a part may take seconds. */
static int tell(struct odf_lock *lock, struct tq_error *err)
{
    if (lock->rounds - lock->rounds_told < ROUNDS_A_WORD)
        return TQ_OK;
    lock->rounds_told = lock->rounds;
    return emit_working(lock->package->sink, err);
}

static int try_password(struct odf_lock *lock, const struct odf_terms *terms, struct slice start,
                        struct slice password, bool *out_opens, struct tq_error *err)
{
    CLEANUP(buf_clear_cleanup) struct buf copy = {0};
    bool is_whole = start.length <= TRY_BYTES;
    int r;

    start.length = is_whole ? start.length : TRY_BYTES;
    buf_add_slice(&copy, start);
    r = buf_check(&copy, err);
    lock->rounds += rounds_of(terms);
    return r < 0 ? r : decipher(terms, password, is_whole, &copy, out_opens, err);
}

/* Try the list on one part; *out_line is that of the password that opens it, 0: none does. */
static int try_list(struct odf_lock *lock, const struct odf_terms *terms, struct slice start,
                    bool *out_tried_all, uint32_t *out_line, struct tq_error *err)
{
    const struct password_list *list = lock->package->input->passwords;
    int r = TQ_OK;

    *out_line = 0;
    *out_tried_all = true;
    for (uint32_t i = 0; list && r == TQ_OK && i < list->count; i++) {
        bool opens;

        *out_tried_all = lock->rounds + rounds_of(terms) <= OFFICE_ROUNDS_MAX;
        if (!*out_tried_all)
            return TQ_OK;
        r = try_password(lock, terms, start, list->items[i].text, &opens, err);
        if (r == TQ_OK && opens) {
            lock->password = list->items[i].text;
            *out_line = list->items[i].line;
            return TQ_OK;
        }
        if (r == TQ_OK)
            r = tell(lock, err);
    }
    return r;
}

/* ---- parts ---- */

static bool part_is_locked(void *state, size_t part)
{
    return terms_of(state, part) != NULL;
}

static int part_open(void *state, size_t part, struct buf *bytes, bool *out_sound,
                     struct tq_error *err)
{
    struct odf_lock *lock = state;
    const struct odf_terms *terms = terms_of(lock, part);
    int r;

    *out_sound = false;
    if (!is_sound(terms) || lock->rounds + rounds_of(terms) > 2 * OFFICE_ROUNDS_MAX)
        return TQ_OK;
    lock->rounds += rounds_of(terms);
    r = tell(lock, err);
    return r < 0 ? r : decipher(terms, lock->password, true, bytes, out_sound, err);
}

/* The part that passwords are tried on: the first whose encryption is understood. */
static const struct odf_terms *choose(const struct odf_lock *lock)
{
    for (size_t i = 0; i < lock->count; i++) {
        if (is_sound(&lock->items[i]))
            return &lock->items[i];
    }
    return NULL;
}

static int note_shut(struct odf_lock *lock, bool tried_all, struct tq_error *err)
{
    struct package *package = lock->package;
    int r;

    if (tried_all)
        return locked_note(package->input, package->sink, err);
    r = locked_fact(package->sink, err);
    return r < 0 ? r : untried_note(package->input, package->sink, err);
}

int odf_lock_find(struct odf_lock *lock, bool *out_opens, struct tq_error *err)
{
    CLEANUP(buf_clear_cleanup) struct buf start = {0};
    const struct odf_terms *terms = choose(lock);
    struct package *package = lock->package;
    bool ignored, tried_all;
    uint32_t line;
    int r;

    *out_opens = false;
    (void)OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL); /* the jail has no files */
    if (!terms)
        return unknown_lock_note(package->sink, err);
    r = package_read(package, terms->part, collect_start, &start, &ignored, err);
    if (r == TQ_OK)
        r = try_list(lock, terms, buf_slice(&start), &tried_all, &line, err);
    if (r < 0)
        return r;
    if (line == 0)
        return note_shut(lock, tried_all, err);
    package->taken[terms->part] = false;
    lock->hooks = (struct package_lock){lock, part_is_locked, part_open};
    package->lock = &lock->hooks;
    *out_opens = true;
    return unlocked_note(package->sink, line, err);
}
