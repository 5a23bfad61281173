/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef EXTRACT_DIALECT_H
#define EXTRACT_DIALECT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/slice.h"

#define DELIMITER_BYTES_MAX 4
#define FIXED_COLUMNS_MAX   256

/* How delimited text is written. */
struct dialect {
    char delimiter[DELIMITER_BYTES_MAX]; /* one character, or one doubled */
    uint8_t delimiter_length;            /* 0: one cell a line */
    char quote;                          /* 0: none */
    char escape;                         /* '\\' or 0: quotes are doubled */
    bool undoubled;   /* a quote before the closing one is a character: "12"" x 8""," */
    uint32_t columns; /* of most rows; 0: not known */
    bool multiline;   /* the sample has quoted cells over several lines */

    /* Columns aligned by spaces: where each starts, counted in characters. */
    uint32_t fixed_count; /* 0: not such a dialect */
    uint32_t fixed_start[FIXED_COLUMNS_MAX];
};

/* How sure the sample makes us. */
enum dialect_certainty {
    DIALECT_NONE,   /* no table */
    DIALECT_WEAK,   /* could be a table, if the name says so */
    DIALECT_LIKELY, /* rows of the same number of cells, with values in them */
};

/*
 * Find the dialect of decoded text. `final`: the sample is the whole text, else its last line is
 * left out. Method: consistency of row patterns times the share of cells whose type is known, as
 * in van den Burg, Nazabal and Sutton, "Wrangling messy CSV files by detecting row and type
 * patterns" (2019), with rows of one cell (titles, blank lines) left out of the pattern count, so
 * that they cost little.
 */
int dialect_find(struct slice sample, bool final, struct dialect *out_dialect,
                 enum dialect_certainty *out_certainty, struct tq_error *err) MUST_CHECK;

/* What a value looks like; coarse, for scoring dialects and headers. */
enum value_shape {
    VALUE_EMPTY,
    VALUE_NUMBER,  /* digits with signs and marks */
    VALUE_DATE,    /* a date, a time or both */
    VALUE_EMAIL,   /* or a URL */
    VALUE_CODE,    /* letters and digits without spaces: identifiers, phones, hashes */
    VALUE_WORDS,   /* letters, spaces and usual punctuation */
    VALUE_UNKNOWN, /* anything else */
};
enum value_shape value_shape(struct slice value);

#endif
