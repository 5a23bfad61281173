/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef MODEL_INTERPRETATION_H
#define MODEL_INTERPRETATION_H

#include "model/type.h"

/*
 * A *form* is a canonical shape of a value, the thing that is fingerprinted and compared: two
 * values agree when their canonical bytes of the same form are equal. An *interpretation* is a way
 * to bring the text of a cell into a form; several interpretations lead to one form (a date may be
 * written day first or month first). reference: algorithms.md 1.1.
 */
enum form {
    FORM_ID,     /* ASCII letters and digits, upper case, leading zeros dropped */
    FORM_PHONE,  /* national number, country code and trunk zero dropped */
    FORM_NAME,   /* name key of the whole, words joined */
    FORM_TOKENS, /* name keys of the words, sorted, joined by a space */
    FORM_TEXT,   /* folded words joined by a space, those of addresses abbreviated */
    FORM_CODE,   /* folded, no spaces, leading zeros of an all-digit value dropped */
    FORM_NUMBER, /* hundredths, a signed 64-bit number */
    FORM_DATE,   /* days since 1970-01-01, a signed 64-bit number */
    FORM_MONTH,  /* month_number(), as a 64-bit number */
    FORM_YEAR,   /* the year, or a number of years, as a 64-bit number */
    FORM_COUNT
};

enum interpretation {
    AS_ID,
    AS_PHONE,
    AS_DOT,   /* number with a decimal point: 1,234.56 */
    AS_COMMA, /* number with a decimal comma: 1.234,56 */
    AS_CENTS, /* an integer that counts hundredths */
    AS_DMY,   /* dates by the order of their parts; two-digit years: register/short_years.h */
    AS_MDY,
    AS_YMD,
    AS_SERIAL, /* spreadsheet day number, 1899-12-30 = 0, or seconds since 1970 */
    AS_YEAR,
    AS_AGE, /* whole years, on a day that is one for the column */
    AS_YM,  /* months */
    AS_MY,
    AS_TEXT,
    AS_CODE,
    AS_NAME,
    AS_TOKENS,
    AS_PLAIN_COUNT, /* those above need nothing but the cell */

    AS_CUT = AS_PLAIN_COUNT, /* text cut to the column's width: register values are cut alike */
    AS_MASKED,               /* what the column's mask shows: register values are masked alike */
    AS_CODEBOOK,             /* a learnt map from cell text to register value */
    AS_PIECE,                /* text of which register values show more: they are taken apart */
    INTERPRETATION_COUNT
};

const char *interpretation_name(enum interpretation interpretation);
enum form interpretation_form(enum interpretation interpretation); /* plain ones only */

/* The form in which the register keys values of a type. */
enum form type_form(enum value_type type);

/* Whether a column under this (plain) interpretation can be compared with a field of this type. */
bool interpretation_serves(enum interpretation interpretation, enum value_type type);

#endif
