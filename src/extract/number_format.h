/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef EXTRACT_NUMBER_FORMAT_H
#define EXTRACT_NUMBER_FORMAT_H

#include "base/buf.h"

/*
 * What a number format of a spreadsheet makes of a number (ECMA-376 part 1, 18.8.30 and 18.8.31),
 * without losing any of it: dates are written as ISO 8601 whatever their order in the sheet,
 * nothing is rounded, thousands are not set apart.
 */
enum number_kind {
    NUMBER_GENERAL,
    NUMBER_FIXED,   /* at least `decimals` of them */
    NUMBER_PERCENT, /* likewise */
    NUMBER_DIGITS,  /* digits in places: "00000", "00 00 00 00 00" */
    NUMBER_DATE,    /* a day, perhaps with a time */
    NUMBER_TIME,    /* of a day */
    NUMBER_ELAPSED, /* hours that go past 24 */
    NUMBER_TEXT     /* the number as it is */
};

#define NUMBER_PLACES_MAX 64

struct number_style {
    enum number_kind kind;
    uint8_t decimals;
    char places[NUMBER_PLACES_MAX]; /* of NUMBER_DIGITS: '\1' a digit or zero, '\2' a digit or
                                       nothing, else the character itself; NUL-terminated */
};

/* By the code of the format, or by the number of a built-in one. */
struct number_style number_style_of_code(struct slice code);
struct number_style number_style_of_id(uint32_t id);

/*
 * Add the number `raw` as `style` has it. `is_1904`: days count from 1904-01-01, not from 1900.
 * What is no number is added as it is.
 */
void number_show(struct buf *out, struct slice raw, const struct number_style *style, bool is_1904);

#endif
