/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Identifiers of the safe ranges, with right keys. */
#include "drill/identifier.h"

#include <assert.h>
#include <string.h>

static const char card_prefixes[CARD_PREFIXES][3] = {"ZZ", "QZ", "ZQ", "QQ", "ZX", "QX", "ZY",
                                                     "QY", "ZV", "QV", "ZW", "QW", "ZU", "QU"};

static char *digits(uint64_t value, int width, char *out)
{
    for (int i = width; i-- > 0; value /= 10)
        out[i] = (char)('0' + (int)(value % 10));
    out[width] = 0;
    return out + width;
}

unsigned identifier_person_key(const char *eight_digits)
{
    unsigned sum = 0;

    for (unsigned i = 1; i < 8; i++)
        sum += (unsigned)(eight_digits[i] - '0') * (i % 2 ? 2 : 1);
    return (10 - sum % 10) % 10;
}

unsigned identifier_employer_key(const char *six_digits)
{
    unsigned sum = 0;

    for (unsigned i = 0; i < 6; i++)
        sum += (unsigned)(six_digits[i] - '0') * (i % 2 ? 2 : 1);
    return (10 - sum % 10) % 10;
}

unsigned identifier_mod97(const char *text, int count)
{
    unsigned rest = 0;

    for (int i = 0; i < count; i++)
        rest = (rest * 10 + (unsigned)(text[i] - '0')) % 97;
    return rest;
}

char *identifier_immat(uint32_t body, char *out)
{
    assert(body < IMMAT_BODIES);
    out[0] = '8';
    digits(body, 7, out + 1);
    return digits(identifier_person_key(out), 1, out + 8);
}

char *identifier_affil(uint32_t body, char *out)
{
    assert(body < AFFIL_BODIES);
    digits(body, 6, out);
    return digits(identifier_employer_key(out), 1, out + 6);
}

char *identifier_card(uint32_t body, char *out)
{
    assert(body < CARD_PREFIXES * CARD_BODIES);
    memcpy(out, card_prefixes[body / CARD_BODIES], 2);
    return digits(body % CARD_BODIES, 6, out + 2);
}

char *identifier_account(uint32_t locality, uint64_t account, char *out)
{
    memcpy(out, "999", 3);
    digits(locality % 1000, 3, out + 3);
    digits(account, 16, out + 6);
    return digits(97 - identifier_mod97(out, 22) * 100 % 97, 2, out + 22);
}

char *identifier_ice(uint32_t body, uint32_t establishment, char *out)
{
    assert(body < ICE_BODIES);
    digits(999000000u + body, 9, out);
    digits(establishment, 4, out + 9);
    return digits((97 - identifier_mod97(out, 13) * 100 % 97) % 97, 2, out + 13);
}

char *identifier_phone(uint32_t body, char *out)
{
    memcpy(out, "+999", 4);
    return digits(body, 9, out + 4);
}
