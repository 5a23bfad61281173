/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef NORMALISE_PHONE_H
#define NORMALISE_PHONE_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/slice.h"
#include "normalise/country.h"

/*
 * Append the national number (no trunk prefix, no leading zeros) of a phone of `country`, or
 * "+", calling code and national number of a foreign one. Written with +, 00, or neither; a lost
 * trunk zero and a lost + or 00 are recovered. Calling code 999, which is assigned to nobody and
 * stands for synthetic numbers, counts as the country's own. False if it is no phone number.
 */
bool phone_parse(const struct country *country, struct slice cell, struct buf *out);

#endif
