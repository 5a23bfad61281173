/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef NORMALISE_PLAIN_H
#define NORMALISE_PLAIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"

/* Longer cells are no dates, amounts or phone numbers. */
#define PLAIN_BYTES_MAX 96

/*
 * A short cell in ASCII: digits of any script as 0-9, all kinds of space as ' ', of dash as '-',
 * of apostrophe as '\'', the Arabic decimal mark as PLAIN_DECIMAL, its group mark as '\'', marks of
 * direction dropped. Letters other than ASCII become PLAIN_LETTER, currency signs PLAIN_CURRENCY,
 * everything else PLAIN_OTHER.
 */
#define PLAIN_DECIMAL  '\001'
#define PLAIN_LETTER   '\002'
#define PLAIN_CURRENCY '\003'
#define PLAIN_OTHER    '\004'

struct plain {
    size_t length;
    bool has_letters; /* ASCII or not */
    bool has_digits;
    char text[PLAIN_BYTES_MAX + 1];
};

/* What one code point becomes; PLAIN_NOTHING if it is dropped. */
#define PLAIN_NOTHING '\0'
char plain_of(uint32_t code_point);

/* False if the cell is empty (but for spaces) or too long. */
bool plain_make(struct slice cell, struct plain *out);

static inline bool plain_is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static inline bool plain_is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == PLAIN_LETTER;
}

#endif
