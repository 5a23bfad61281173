/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef NORMALISE_COARSE_DATE_H
#define NORMALISE_COARSE_DATE_H

#include "normalise/normalise.h"

/*
 * Dates that a column shows less precisely than the register holds them: the year, the year and
 * month, or the age on a day that is one for the whole column. Each is a number, of which a date
 * has one.
 */

/* Whether cells under `as` show a part of a value of the form, and not the whole. */
bool coarse_date_is(enum interpretation as, enum form form);

/* The number of a date, in days since 1970-01-01; `age_day` counts for AS_AGE only. */
int64_t coarse_date_of(enum interpretation as, int32_t days, int32_t age_day);

/* normalise(), but that a year alone is no month. */
bool coarse_date_read(const struct normaliser *rules, enum interpretation as, struct slice cell,
                      struct buf *out);

/* Whether two numbers are one step or one digit apart. */
bool coarse_date_near(enum interpretation as, int64_t a, int64_t b);

#endif
