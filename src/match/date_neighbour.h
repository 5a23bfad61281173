/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef MATCH_DATE_NEIGHBOUR_H
#define MATCH_DATE_NEIGHBOUR_H

#include <stdint.h>

/* Another digit in each of eight places, two that stand the other way round, day for month. */
#define DATE_NEIGHBOURS_MAX (8u * 9u + 7u + 1u)

/*
 * The days, since 1970, whose date is one slip away from these digits of year, month and day: one
 * digit is another, two have changed places, or day and month have. No calendar need have the date
 * that the digits show. How many.
 */
uint32_t date_neighbours(const char digits[8], int32_t out_days[DATE_NEIGHBOURS_MAX]);

#endif
