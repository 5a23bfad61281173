/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef CANARY_PATTERN_H
#define CANARY_PATTERN_H

#include "base/buf.h"
#include "canary/keyed_dice.h"
#include "normalise/scheme.h"

#define PATTERN_BYTES_MAX 64u /* the longest identifier has 34 characters, an address some more */

/*
 * A block of values: '#' stands for a digit, '?' for a capital letter, all else for itself; of
 * those only the values that pass the scheme, if there is one. A *code* is a value as it is
 * searched for: its letters and digits, folded, without zeros in front.
 */
struct pattern {
    const char *text; /* borrowed */
    const struct scheme *scheme;
    double size; /* of the block; where check digits decide about a value, about so many */
};

/* Why no pattern can be made of a text. */
enum pattern_fault {
    PATTERN_GOOD,
    PATTERN_TOO_LONG,
    PATTERN_NOT_ASCII,
    PATTERN_NOT_FREE,  /* no '#' and no '?' */
    PATTERN_UNCHECKED, /* the scheme is about more than letters and digits */
    PATTERN_NEVER_PASSES
};

/* *out_pattern is set if the result is PATTERN_GOOD. libsodium has been started. */
enum pattern_fault pattern_init(const char *text, const struct scheme *scheme,
                                struct pattern *out_pattern);

/* Append a value of the block; false if none came up that passes the scheme. */
bool pattern_draw(const struct pattern *pattern, struct keyed_dice *dice, struct buf *out);

/* Append the code of a value. */
void pattern_code(struct slice value, struct buf *out);

/* Whether a code is that of a value of the block. */
bool pattern_holds(const struct pattern *pattern, struct slice code);

#endif
