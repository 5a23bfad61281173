/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef NORMALISE_HIJRI_H
#define NORMALISE_HIJRI_H

#include <stdbool.h>
#include <stdint.h>

#define HIJRI_YEAR_MIN 1300
#define HIJRI_YEAR_MAX 1500

/*
 * Days since 1970-01-01 of a date of the Umm al-Qura calendar, which Saudi institutions use; other
 * reckonings of the Hijri calendar differ from it by a day. False: there is no such date.
 */
bool hijri_days(int year, unsigned month, unsigned day, int64_t *out_days);

#endif
