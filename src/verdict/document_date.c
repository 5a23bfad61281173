/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Dates as PDF writes them: ISO 32000-1, 7.9.4. */
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

bool document_date_parse(struct slice text, struct document_date *out_date)
{
    struct document_date date = {0};
    int century, year, month, day, hour, minute, second;

    text = slice_trim(text);
    if (slice_starts(text, SLICE_LITERAL("D:")))
        text = slice_skip(text, 2);
    if (!take_pair(&text, -1, &century) || century < 0 || !take_pair(&text, -1, &year) || year < 0
        || !take_pair(&text, 1, &month) || !take_pair(&text, 1, &day) || !take_pair(&text, 0, &hour)
        || !take_pair(&text, 0, &minute) || !take_pair(&text, 0, &second)
        || !take_offset(text, &date))
        return false;
    year += century * 100;
    if (!civil_is_valid(year, (unsigned)month, (unsigned)day) || hour > 23 || minute > 59
        || second > 60)
        return false;
    date.minutes = days_from_civil(year, (unsigned)month, (unsigned)day) * 1440 + hour * 60 + minute
                   - date.offset;
    *out_date = date;
    return true;
}
