/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "extract/access_value.h"

#include <inttypes.h>
#include <math.h>

#define DAY_SECONDS   86400
#define DAY_MIN       (-657434.0) /* 0100-01-01 */
#define DAY_MAX       2958466.0   /* 10000-01-01 */
#define DAYS_OF_400   146097      /* years */
#define DAY_ZERO_DAYS 693899      /* from 0000-03-01 to 1899-12-30 */

/* The day of the Gregorian calendar that is `days` after 0000-03-01, from where leap days are the
 * last of their years. */
static void add_day(struct buf *out, int64_t days)
{
    int64_t era = days / DAYS_OF_400, in_era = days % DAYS_OF_400;
    int64_t year = (in_era - in_era / 1460 + in_era / 36524 - in_era / 146096) / 365;
    int64_t in_year = in_era - (365 * year + year / 4 - year / 100);
    int64_t month = (5 * in_year + 2) / 153;

    buf_format(out, "%04" PRId64 "-%02" PRId64 "-%02" PRId64,
               era * 400 + year + (month >= 10 ? 1 : 0), month < 10 ? month + 3 : month - 9,
               in_year - (153 * month + 2) / 5 + 1);
}

void access_moment(struct buf *out, double moment)
{
    double day = trunc(moment);
    int64_t days, seconds;

    if (!(moment > DAY_MIN - 1 && moment < DAY_MAX)) {
        access_fraction(out, moment, 15);
        return;
    }
    days = (int64_t)day;
    seconds = llround(fabs(moment - day) * DAY_SECONDS);
    if (seconds == DAY_SECONDS) {
        days++;
        seconds = 0;
    }
    if (days != 0 || seconds == 0)
        add_day(out, days + DAY_ZERO_DAYS);
    if (seconds > 0)
        buf_format(out, "%s%02" PRId64 ":%02" PRId64 ":%02" PRId64, days != 0 ? " " : "",
                   seconds / 3600, seconds / 60 % 60, seconds % 60);
}

void access_fraction(struct buf *out, double value, int digits)
{
    buf_format(out, "%.*g", digits, value);
}
