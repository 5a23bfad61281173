/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef EXTRACT_ACCESS_VALUE_H
#define EXTRACT_ACCESS_VALUE_H

#include "base/buf.h"

/* Values of Microsoft Access as text. */

/*
 * A moment: days since 1899-12-30, and the part of the day, which is behind the day before that as
 * well ("-1.25" is 1899-12-29 06:00). As ISO 8601: a day alone at midnight, a time alone on day
 * zero. What is none between the years 100 and 9999 is added as a number.
 */
void access_moment(struct buf *out, double moment);

/* A fraction with as many digits as its type holds for sure, no more: 0.15, not 0.15000001. */
void access_fraction(struct buf *out, double value, int digits);

#endif
