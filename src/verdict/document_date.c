/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Dates as PDF writes them, ISO 32000-1, 7.9.4, and as XMP does, ISO 8601. */
#include "base/moment.h"
#include "verdict/document_signs.h"

#define OFFSET_MINUTES_MAX 1439

/* Two digits, if they are there; `missing` if nothing is. */
static bool take_pair(struct slice *text, int missing, int *out)
{
    if (text->length == 0 || text->data[0] < '0' || text->data[0] > '9') {
        *out = missing;
        return true;
    }
    if (text->length < 2 || text->data[1] < '0' || text->data[1] > '9')
        return false;
    *out = (text->data[0] - '0') * 10 + (text->data[1] - '0');
    *text = slice_skip(*text, 2);
    return true;
}

/* "Z", "+01'00'", "-03'30", "+01". */
static bool take_offset(struct slice text, struct document_date *date)
{
    bool west;
    int hours, minutes;

    if (text.length == 0)
        return true;
    date->has_offset = true;
    if (text.data[0] == 'Z')
        return true;
    west = text.data[0] == '-';
    if (!west && text.data[0] != '+')
        return false;
    text = slice_skip(text, 1);
    if (!take_pair(&text, -1, &hours) || hours < 0)
        return false;
    if (text.length > 0 && (text.data[0] == '\'' || text.data[0] == ':'))
        text = slice_skip(text, 1);
    if (!take_pair(&text, 0, &minutes) || minutes > 59 || (text.length > 0 && text.data[0] != '\''))
        return false;
    date->offset = (hours * 60 + minutes) * (west ? -1 : 1);
    return date->offset >= -OFFSET_MINUTES_MAX && date->offset <= OFFSET_MINUTES_MAX;
}

/* The parts of a date, of which those behind the year may be missing. */
struct date_parts {
    int century, year, month, day, hour, minute, second;
};

static bool make_date(const struct date_parts *parts, struct document_date *date)
{
    int year = parts->century * 100 + parts->year;

    if (!civil_is_valid(year, (unsigned)parts->month, (unsigned)parts->day) || parts->hour > 23
        || parts->minute > 59 || parts->second > 60)
        return false;
    date->minutes = days_from_civil(year, (unsigned)parts->month, (unsigned)parts->day) * 1440
                    + parts->hour * 60 + parts->minute - date->offset;
    return true;
}

bool document_date_parse(struct slice text, struct document_date *out_date)
{
    struct document_date date = {0};
    struct date_parts parts;

    text = slice_trim(text);
    if (slice_starts(text, SLICE_LITERAL("D:")))
        text = slice_skip(text, 2);
    if (!take_pair(&text, -1, &parts.century) || parts.century < 0
        || !take_pair(&text, -1, &parts.year) || parts.year < 0
        || !take_pair(&text, 1, &parts.month) || !take_pair(&text, 1, &parts.day)
        || !take_pair(&text, 0, &parts.hour) || !take_pair(&text, 0, &parts.minute)
        || !take_pair(&text, 0, &parts.second) || !take_offset(text, &date)
        || !make_date(&parts, &date))
        return false;
    *out_date = date;
    return true;
}

/* The mark and the pair behind it, if the mark is there; else `missing`. */
static bool take_marked(struct slice *text, char mark, int missing, int *out)
{
    if (text->length == 0 || text->data[0] != mark) {
        *out = missing;
        return true;
    }
    *text = slice_skip(*text, 1);
    return take_pair(text, -1, out) && *out >= 0;
}

/* Fractions of a second say nothing here. */
static void skip_fraction(struct slice *text)
{
    if (text->length == 0 || text->data[0] != '.')
        return;
    do
        *text = slice_skip(*text, 1);
    while (text->length > 0 && text->data[0] >= '0' && text->data[0] <= '9');
}

bool document_date_parse_iso(struct slice text, struct document_date *out_date)
{
    struct document_date date = {0};
    struct date_parts parts;

    text = slice_trim(text);
    if (!take_pair(&text, -1, &parts.century) || parts.century < 0
        || !take_pair(&text, -1, &parts.year) || parts.year < 0
        || !take_marked(&text, '-', -1, &parts.month) || parts.month < 0
        || !take_marked(&text, '-', -1, &parts.day) || parts.day < 0
        || !take_marked(&text, 'T', 0, &parts.hour) || !take_marked(&text, ':', 0, &parts.minute)
        || !take_marked(&text, ':', 0, &parts.second))
        return false;
    skip_fraction(&text);
    if (!take_offset(text, &date) || !make_date(&parts, &date))
        return false;
    *out_date = date;
    return true;
}
