/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef NORMALISE_DATE_H
#define NORMALISE_DATE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/slice.h"

/* In what order the parts of a date stand. */
enum date_order {
    DATE_DMY,
    DATE_MDY,
    DATE_YMD
};

/*
 * Days since 1970-01-01 of a date: parts with any separator or none (8 or 6 digits, 5 if a leading
 * zero was lost), a month may be a name (French, English, Spanish, Arabic), a time of day after it
 * is ignored. Two-digit years are of the hundred from SHORT_YEARS_FROM. Years 1800 to 2200.
 */
bool date_parse(struct slice cell, enum date_order order, int64_t *out_days);

/* The first of the hundred years that two digits mean where nothing tells better. */
#define SHORT_YEARS_FROM 1931

/* The same, with two-digit years of the hundred from `first` on. */
bool date_parse_from(struct slice cell, enum date_order order, int first, int64_t *out_days);

/* The month of "2024-03", "202403", "03/2024", "mars 2024", or of a full date that is the first or
 * last day of its month; `year_first` gives the order, and takes a year alone, "2024", for its
 * January. month_number(). */
bool date_parse_month(struct slice cell, bool year_first, int64_t *out_month);

/* The same, with two-digit years of the hundred from `first` on. */
bool date_parse_month_from(struct slice cell, bool year_first, int first, int64_t *out_month);

/* A month and nothing else: no year alone, and no date but one whose day is zero, "1984-03-00". */
bool date_parse_month_alone(struct slice cell, bool year_first, int first, int64_t *out_month);

/*
 * A number that counts time: a spreadsheet's days (1899-12-30 is 0), a fraction ignored; or, of
 * eight digits and more, seconds since 1970 or thousandths of them, as programs write dates. These
 * go to the nearest midnight UTC: they are midnight somewhere.
 */
bool date_parse_serial(struct slice cell, int64_t *out_days);

/* Four digits, 1800 to 2200. */
bool date_parse_year(struct slice cell, int64_t *out_year);

/* The month a folded word names, 1 to 12; 0 if none. Abbreviations of three letters and more. */
unsigned date_month_of(struct slice folded_word);

#endif
