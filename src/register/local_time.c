/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "register/local_time.h"

#include <stdlib.h>
#include <unicode/ucal.h>
#include <unicode/ustring.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/moment.h"

#define DATE_LENGTH    10 /* 2024-01-31 */
#define DAY_MINUTES    1440
#define CACHED_DAYS    4096u /* a power of two; eleven years */
#define NAME_MAX_UTF16 128

struct local_day {
    int32_t day; /* INT32_MIN: empty */
    int32_t midnight;
};

struct local_time {
    UCalendar *calendar;
    struct local_day cache[CACHED_DAYS];
};

DEFINE_CLEANUP(struct local_time *, local_time_free)

struct local_time *local_time_free(struct local_time *time)
{
    if (!time)
        return NULL;
    if (time->calendar)
        ucal_close(time->calendar);
    free(time);
    return NULL;
}

int local_time_new(const char *timezone, struct local_time **out_time, struct tq_error *err)
{
    CLEANUP(local_time_free_cleanup) struct local_time *time = alloc_zeroed(1, sizeof(*time));
    UChar name[NAME_MAX_UTF16], canonical[NAME_MAX_UTF16];
    UErrorCode status = U_ZERO_ERROR;
    int32_t length = 0;

    if (!time)
        return tq_no_memory(err);
    for (size_t i = 0; i < CACHED_DAYS; i++)
        time->cache[i].day = INT32_MIN;
    (void)u_strFromUTF8(name, NAME_MAX_UTF16, &length, timezone, -1, &status);
    /* ucal_open() takes an unknown name for GMT; this does not. */
    (void)ucal_getCanonicalTimeZoneID(name, length, canonical, NAME_MAX_UTF16, NULL, &status);
    if (U_SUCCESS(status))
        time->calendar = ucal_open(name, length, "root", UCAL_GREGORIAN, &status);
    if (U_SUCCESS(status)) /* proleptic, as the rest of Tahqiq */
        ucal_setGregorianChange(time->calendar, -8.64e15, &status);
    if (U_FAILURE(status))
        return tq_fail(err, TQ_E_USAGE, "unknown timezone '%s'", timezone);
    *out_time = TAKE(time);
    return TQ_OK;
}

static bool digits(const char *text, size_t count, int *out)
{
    int value = 0;

    for (size_t i = 0; i < count; i++) {
        if (text[i] < '0' || text[i] > '9')
            return false;
        value = value * 10 + (text[i] - '0');
    }
    *out = value;
    return true;
}

bool local_time_parse_date(struct slice text, int32_t *out_days)
{
    const char *t = text.data;
    int year, month, day;

    if (!digits(t, 4, &year) || t[4] != '-' || !digits(t + 5, 2, &month) || t[7] != '-'
        || !digits(t + 8, 2, &day) || !civil_is_valid(year, (unsigned)month, (unsigned)day))
        return false;
    *out_days = days_from_civil(year, (unsigned)month, (unsigned)day);
    return true;
}

/* Minutes UTC of a local time that ICU works out; a time that the clock skipped moves on. */
static int32_t ask_calendar(const struct local_time *time, int32_t days, int minutes)
{
    UErrorCode status = U_ZERO_ERROR;
    int year;
    unsigned month, day;
    UDate millis;

    civil_from_days(days, &year, &month, &day);
    ucal_clear(time->calendar);
    ucal_setDateTime(time->calendar, year, (int32_t)month - 1, (int32_t)day, minutes / 60,
                     minutes % 60, 0, &status);
    millis = ucal_getMillis(time->calendar, &status);
    if (U_FAILURE(status))
        return days * DAY_MINUTES + minutes; /* cannot happen: all fields are in range */
    return (int32_t)(millis / 60000 - (millis < 0 && (int64_t)millis % 60000 != 0));
}

static int32_t midnight(struct local_time *time, int32_t days)
{
    struct local_day *cached = &time->cache[(uint32_t)days & (CACHED_DAYS - 1)];

    if (cached->day != days)
        *cached = (struct local_day){days, ask_calendar(time, days, 0)};
    return cached->midnight;
}

static int32_t local_minutes(struct local_time *time, int32_t days, int minutes)
{
    int32_t start = midnight(time, days);

    if (minutes == 0 || midnight(time, days + 1) - start == DAY_MINUTES)
        return start + minutes;
    return ask_calendar(time, days, minutes); /* the clocks change on this day */
}

/* ":59", ":59.25": seconds, which are dropped. */
static bool skip_seconds(struct slice *text)
{
    int second;

    if (text->length < 3 || text->data[0] != ':')
        return true;
    if (!digits(text->data + 1, 2, &second) || second > 60)
        return false;
    *text = slice_skip(*text, 3);
    if (text->length > 1 && (text->data[0] == '.' || text->data[0] == ',')) {
        do
            *text = slice_skip(*text, 1);
        while (text->length && text->data[0] >= '0' && text->data[0] <= '9');
    }
    return true;
}

/* " PM": the hour on a dial of 24; false if there is no such hour on one of 12. */
static bool take_half(struct slice *text, int *hour)
{
    struct slice rest = slice_trim(*text);
    bool is_afternoon = rest.length == 2 && (rest.data[0] | 32) == 'p';

    if (rest.length != 2 || (rest.data[1] | 32) != 'm'
        || ((rest.data[0] | 32) != 'a' && !is_afternoon))
        return true;
    if (*hour < 1 || *hour > 12)
        return false;
    *hour = *hour % 12 + (is_afternoon ? 12 : 0);
    *text = slice_make(rest.data + 2, 0);
    return true;
}

/* "10:30", "9:05 PM", "10:30:59.25": minutes of the day; what is left of text is the offset. */
static bool parse_clock(struct slice *text, int *out_minutes)
{
    size_t width = text->length > 1 && text->data[1] == ':' ? 1 : 2;
    int hour, minute;

    if (text->length < width + 3 || !digits(text->data, width, &hour) || text->data[width] != ':'
        || !digits(text->data + width + 1, 2, &minute))
        return false;
    *text = slice_skip(*text, width + 3);
    if (!skip_seconds(text) || !take_half(text, &hour))
        return false;
    *out_minutes = hour * 60 + minute;
    return hour < 24 && minute < 60;
}

/* "Z", "+01:00", "+0100", "+01": minutes east. Before there was standard time, "-00:30:20": the
 * seconds are dropped. */
static bool parse_offset(struct slice text, int *out_minutes)
{
    int hour, minute = 0, second;
    bool has_minute;

    if (text.length == 9 && text.data[6] == ':' && digits(text.data + 7, 2, &second))
        text.length = 6;
    has_minute = text.length > 3;

    if (slice_is(text, "Z") || slice_is(text, "z")) {
        *out_minutes = 0;
        return true;
    }
    if (text.length < 3 || (text.data[0] != '+' && text.data[0] != '-')
        || !digits(text.data + 1, 2, &hour))
        return false;
    if (has_minute && text.data[3] == ':' && text.length == 6) {
        if (!digits(text.data + 4, 2, &minute))
            return false;
    } else if (has_minute && (text.length != 5 || !digits(text.data + 3, 2, &minute))) {
        return false;
    }
    if (hour > 23 || minute > 59)
        return false;
    *out_minutes = (text.data[0] == '-' ? -1 : 1) * (hour * 60 + minute);
    return true;
}

bool local_time_on_day(struct local_time *time, int32_t days, struct slice clock,
                       int32_t *out_minutes)
{
    int minutes, offset;

    if (clock.length == 0) {
        *out_minutes = midnight(time, days);
        return true;
    }
    if (clock.data[0] != 'T' && clock.data[0] != 't' && clock.data[0] != ' ')
        return false;
    clock = slice_skip(clock, 1);
    if (!parse_clock(&clock, &minutes))
        return false;
    if (clock.length == 0) {
        *out_minutes = local_minutes(time, days, minutes);
        return true;
    }
    if (!parse_offset(clock, &offset))
        return false;
    *out_minutes = days * DAY_MINUTES + minutes - offset;
    return true;
}

bool local_time_parse(struct local_time *time, struct slice text, int32_t *out_minutes)
{
    int32_t days;

    return text.length >= DATE_LENGTH && local_time_parse_date(text, &days)
           && local_time_on_day(time, days, slice_skip(text, DATE_LENGTH), out_minutes);
}

bool local_time_offset(struct local_time *time, int32_t minutes, int32_t *out_offset)
{
    UErrorCode status = U_ZERO_ERROR;
    int32_t millis;

    ucal_setMillis(time->calendar, (UDate)minutes * 60000, &status);
    millis = ucal_get(time->calendar, UCAL_ZONE_OFFSET, &status)
             + ucal_get(time->calendar, UCAL_DST_OFFSET, &status);
    if (U_FAILURE(status))
        return false;
    *out_offset = millis / 60000;
    return true;
}
