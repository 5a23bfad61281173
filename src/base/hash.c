/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "base/hash.h"

#include <openssl/evp.h>
#include <sodium.h>

_Static_assert(crypto_shorthash_siphash24_KEYBYTES == SIPHASH_KEY_BYTES, "SipHash-2-4 key");

uint64_t siphash(const uint8_t key[SIPHASH_KEY_BYTES], const void *data, size_t length)
{
    unsigned char out[crypto_shorthash_siphash24_BYTES];
    uint64_t value = 0;

    (void)crypto_shorthash_siphash24(out, data, length, key); /* cannot fail */
    for (unsigned i = 0; i < sizeof(out); i++)
        value |= (uint64_t)out[i] << (8 * i);
    return value;
}

/* struct sha256 is an EVP context under a name of our own. */
static EVP_MD_CTX *context(struct sha256 *state)
{
    return (EVP_MD_CTX *)state;
}

int sha256_new(struct sha256 **out_state, struct tq_error *err)
{
    EVP_MD_CTX *fresh = EVP_MD_CTX_new();

    if (!fresh)
        return tq_no_memory(err);
    if (EVP_DigestInit_ex(fresh, EVP_sha256(), NULL) != 1) {
        EVP_MD_CTX_free(fresh);
        return tq_fail(err, TQ_E_IO, "could not start SHA-256");
    }
    *out_state = (struct sha256 *)fresh;
    return TQ_OK;
}

int sha256_add(struct sha256 *state, const void *data, size_t length, struct tq_error *err)
{
    if (EVP_DigestUpdate(context(state), data, length) != 1)
        return tq_fail(err, TQ_E_IO, "could not compute SHA-256");
    return TQ_OK;
}

int sha256_finish(struct sha256 *state, uint8_t out_digest[SHA256_BYTES], struct tq_error *err)
{
    if (EVP_DigestFinal_ex(context(state), out_digest, NULL) != 1)
        return tq_fail(err, TQ_E_IO, "could not finish SHA-256");
    return TQ_OK;
}

struct sha256 *sha256_free(struct sha256 *state)
{
    EVP_MD_CTX_free(context(state));
    return NULL;
}

int sha256_of(struct slice data, uint8_t out_digest[SHA256_BYTES], struct tq_error *err)
{
    if (EVP_Digest(data.data ? data.data : "", data.length, out_digest, NULL, EVP_sha256(), NULL)
        != 1)
        return tq_fail(err, TQ_E_IO, "could not compute SHA-256");
    return TQ_OK;
}

void hex_of(const uint8_t *bytes, size_t count, char *out)
{
    static const char digits[] = "0123456789abcdef";

    for (size_t i = 0; i < count; i++) {
        out[2 * i] = digits[bytes[i] >> 4];
        out[2 * i + 1] = digits[bytes[i] & 15];
    }
    out[2 * count] = '\0';
}

static int digit_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

int hex_parse(struct slice text, uint8_t *out_bytes, size_t count, struct tq_error *err)
{
    if (text.length != 2 * count)
        return tq_fail(err, TQ_E_SYNTAX, "expected %zu hexadecimal digits", 2 * count);

    for (size_t i = 0; i < count; i++) {
        int high = digit_value(text.data[2 * i]);
        int low = digit_value(text.data[2 * i + 1]);

        if (high < 0 || low < 0)
            return tq_fail(err, TQ_E_SYNTAX, "not hexadecimal digits");
        out_bytes[i] = (uint8_t)(high << 4 | low);
    }
    return TQ_OK;
}
