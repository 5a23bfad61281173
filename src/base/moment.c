/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "base/moment.h"

void civil_from_days(int32_t days, int *out_year, unsigned *out_month, unsigned *out_day)
{
    int64_t z = (int64_t)days + 719468; /* past INT32_MAX for the last of the days */
    int era = (int)((z >= 0 ? z : z - 146096) / 146097);
    int day_of_era = (int)(z - (int64_t)era * 146097);
    int year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int shifted_month = (5 * day_of_year + 2) / 153;

    *out_day = (unsigned)(day_of_year - (153 * shifted_month + 2) / 5 + 1);
    *out_month = (unsigned)(shifted_month < 10 ? shifted_month + 3 : shifted_month - 9);
    *out_year = year_of_era + era * 400 + (*out_month <= 2);
}

bool civil_is_valid(int year, unsigned month, unsigned day)
{
    static const unsigned char length[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

    if (year < 1 || year > 5000 || month < 1 || month > 12 || day < 1)
        return false;
    return day <= length[month - 1] + (month == 2 && leap ? 1u : 0u);
}

void moment_format(struct buf *out, int32_t minutes)
{
    int32_t days, rest;
    unsigned month, day;
    int year;

    if (minutes == MOMENT_MIN || minutes == MOMENT_MAX)
        return;
    days = minutes / 1440 - (minutes % 1440 < 0);
    rest = minutes - days * 1440;
    civil_from_days(days, &year, &month, &day);
    buf_format(out, "%04d-%02u-%02uT%02d:%02d:00Z", year, month, day, rest / 60, rest % 60);
}

void month_format(struct buf *out, uint16_t month)
{
    buf_format(out, "%04u-%02u", month / 12u, month % 12u + 1u);
}
