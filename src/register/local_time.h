/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef REGISTER_LOCAL_TIME_H
#define REGISTER_LOCAL_TIME_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/slice.h"

/*
 * Turns the times of an institution's tables into minutes UTC. For one thread at a time.
 */
struct local_time;

/* `timezone`: an IANA name. TQ_E_USAGE if ICU does not know it. */
int local_time_new(const char *timezone, struct local_time **out_time,
                   struct tq_error *err) MUST_CHECK;
struct local_time *local_time_free(struct local_time *time);

/*
 * RFC 3339 ("2024-01-31T10:30:00Z", "+01:00"; a space for T; seconds and fractions are dropped),
 * the same without offset (then in the time zone), or a date (its midnight in the time zone).
 * False if `text` is none of these.
 */
bool local_time_parse(struct local_time *time, struct slice text, int32_t *out_minutes);

/*
 * The same of a day and what stands behind it: "", " 10:30", "T10:30:00Z", " 9:05:00 PM".
 */
bool local_time_on_day(struct local_time *time, int32_t days, struct slice clock,
                       int32_t *out_minutes);

/* Days since 1970-01-01 of "2024-01-31" at the front of text, whose length is at least 10. */
bool local_time_parse_date(struct slice text, int32_t *out_days);

/* Minutes east of UTC that the zone had at a moment (minutes UTC); false if ICU cannot tell. */
bool local_time_offset(struct local_time *time, int32_t minutes, int32_t *out_offset);

#endif
