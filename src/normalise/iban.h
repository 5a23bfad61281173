/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef NORMALISE_IBAN_H
#define NORMALISE_IBAN_H

#include <stdbool.h>

#include "base/slice.h"

/* Remainder of an upper-case alphanumeric text by ISO 7064 (A = 10 ... Z = 35), mod 97. */
unsigned iban_remainder(struct slice text, unsigned remainder);

/* Upper case, without spaces: length of its country, check digits. */
bool iban_is_valid(struct slice iban);

/* The national account number within a valid IBAN, also one that lacks the letters of `country` (""
 * for none), so that all forms of one account agree; else the text itself. */
struct slice iban_account(struct slice text, const char *country);

#endif
