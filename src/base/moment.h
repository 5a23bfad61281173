/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef BASE_MOMENT_H
#define BASE_MOMENT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/slice.h"

/*
 * Time in Tahqiq: whole minutes since 1970-01-01T00:00Z in an int32_t (the years -2113 to 6053).
 * An interval is half-open, [from, to); an open end is one of these.
 */
#define MOMENT_MIN INT32_MIN /* since ever */
#define MOMENT_MAX INT32_MAX /* until further notice */

/* Days since 1970-01-01 of a date of the proleptic Gregorian calendar, and back. Both follow Howard
 * Hinnant, "chrono-Compatible Low-Level Date Algorithms". Of a constant it is one. */
static inline int32_t days_from_civil(int year, unsigned month, unsigned day)
{
    int y = year - (month <= 2);
    int era = (y >= 0 ? y : y - 399) / 400;
    int year_of_era = y - era * 400;
    int day_of_year = (153 * ((int)month + (month > 2 ? -3 : 9)) + 2) / 5 + (int)day - 1;
    int day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;

    return era * 146097 + day_of_era - 719468;
}

void civil_from_days(int32_t days, int *out_year, unsigned *out_month, unsigned *out_day);
bool civil_is_valid(int year, unsigned month, unsigned day);

/* Months count from January of year 0: 2024-03 is 2024 * 12 + 2. Fits 16 bits to the year 5461. */
#define MONTH_NONE 0u
static inline uint16_t month_number(int year, unsigned month)
{
    return (uint16_t)(year * 12 + (int)month - 1);
}

/* RFC 3339 in UTC with minutes: 2024-10-31T23:00:00Z; open ends add nothing. */
void moment_format(struct buf *out, int32_t minutes);

/* YYYY-MM */
void month_format(struct buf *out, uint16_t month);

#endif
