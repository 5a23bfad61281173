/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef NORMALISE_COUNTRY_H
#define NORMALISE_COUNTRY_H

#include <stdbool.h>

#include "base/slice.h"

/* What normalising needs to know of a country. */
struct country {
    const char *code;         /* ISO 3166-1 alpha-2, upper case; "" for the neutral rules */
    const char *calling_code; /* "212" */
    const char *trunk;        /* "0": the prefix of a national number, dropped; or "" */
    unsigned char national_digits_min, national_digits_max; /* without trunk */
    bool names_fathers; /* names may say "son of" between a person's and the father's */
};

/* The country of this code (any case); the neutral rules if we have none for it. Never NULL. */
const struct country *country_find(struct slice code);

/* The country whose calling code begins these digits (calling codes are prefix-free; of several
 * countries the first by code); the neutral rules if none. Never NULL. */
const struct country *country_of_number(struct slice digits);

#endif
