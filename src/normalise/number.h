/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef NORMALISE_NUMBER_H
#define NORMALISE_NUMBER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/slice.h"

/* At most this many digits before the decimal mark: its hundredths fit a double exactly. */
#define NUMBER_DIGITS_MAX 15

/*
 * Hundredths of an amount whose decimal mark is `mark` ('.' or ','); the other mark, spaces and
 * apostrophes may group the digits by threes (or in the Indian way). A sign, brackets for a
 * negative and a currency before or after are allowed; further decimals are rounded half up.
 */
bool number_parse(struct slice cell, char mark, int64_t *out_hundredths);

/* A plain integer that counts hundredths. */
bool number_parse_cents(struct slice cell, int64_t *out_hundredths);

#endif
