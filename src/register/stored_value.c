/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "register/stored_value.h"

#include <stdio.h>

#include "base/cleanup.h"
#include "base/limits.h"
#include "base/moment.h"
#include "base/utf8.h"
#include "normalise/date.h"
#include "normalise/text.h"

#define DATE_LENGTH      10u
#define MONTH_LENGTH     7u
#define TIME_BYTES_MAX   40u
#define DAY_MINUTES      1440
#define NUMBER_BYTES_MAX 64u   /* longer is no number */
#define YEAR_MIN         1800u /* before that it is a system's way of saying nothing: 0001-01-01 */

const char *stored_status_text(enum stored_status status)
{
    static const char *const texts[] = {[STORED_OK] = "right",
                                        [STORED_NOT_UTF8] = "not valid UTF-8",
                                        [STORED_NUL] = "a NUL byte in it",
                                        [STORED_TOO_LONG] = "longer than 65536 bytes",
                                        [STORED_NOT_A_DATE] = "not a date",
                                        [STORED_TOO_EARLY] = "a date before the year 1800",
                                        [STORED_NOT_A_MONTH] = "not a month",
                                        [STORED_NOT_A_NUMBER] = "not a number",
                                        [STORED_NO_FORM] = "nothing that could be compared",
                                        [STORED_NO_MEMORY] = "out of memory"};

    return texts[status];
}

#define EACH_LOWEST  0x0101010101010101ull
#define EACH_HIGHEST 0x8080808080808080ull

/* Eight bytes at a time: the highest bits in `zeros` tell whether one of them is zero. */
static enum stored_status check_text(struct slice text)
{
    uint64_t all = 0, zeros = 0, word;
    size_t i = 0;

    for (; i + sizeof(word) <= text.length; i += sizeof(word)) {
        memcpy(&word, text.data + i, sizeof(word));
        all |= word;
        zeros |= (word - EACH_LOWEST) & ~word;
    }
    for (; i < text.length; i++) {
        all |= (unsigned char)text.data[i];
        zeros |= text.data[i] == '\0' ? EACH_HIGHEST : 0;
    }
    if (zeros & EACH_HIGHEST)
        return STORED_NUL;
    return !(all & EACH_HIGHEST) || utf8_is_valid(text) ? STORED_OK : STORED_NOT_UTF8;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

struct stored_dates stored_dates_of(const struct country *country)
{
    return (struct stored_dates){strcmp(country->code, "US") == 0 ? DATE_MDY : DATE_DMY, false};
}

static bool is_too_early(int64_t days)
{
    return days < days_from_civil(YEAR_MIN, 1, 1);
}

/* YYYY-MM-DD is what it is, unless its year is one of the Hijri calendar; else year first where
 * that can be, unless the order is given. */
static bool parse_date(struct slice cell, struct stored_dates dates, int64_t *out_days)
{
    int32_t days;

    if (cell.length == DATE_LENGTH && local_time_parse_date(cell, &days)) {
        if (!is_too_early(days) || !date_parse(cell, DATE_YMD, out_days))
            *out_days = days;
        return true;
    }
    if (!dates.is_given && date_parse(cell, DATE_YMD, out_days))
        return true;
    return date_parse(cell, dates.order, out_days);
}

/* A year that no moment can have, as of 12345-01-01: whoever writes it means never. */
static bool is_far_ahead(struct slice date)
{
    size_t digits = 0;

    while (digits < date.length && is_digit(date.data[digits]))
        digits++;
    if (digits < 4 || digits == date.length || date.data[digits] != '-')
        return false;
    return digits > 4 || (date.data[0] >= '5' && !slice_starts(date, SLICE_LITERAL("5000")));
}

bool stored_is_never(struct slice cell)
{
    return slice_is(cell, "infinity") || slice_starts(cell, SLICE_LITERAL("9999"))
           || is_far_ahead(cell);
}

/* What systems write for "since ever" and "until further notice". */
static bool is_open_end(struct slice date)
{
    static const char *const words[] = {"NULL", "null", "\\N", "infinity", "-infinity"};
    bool is_zero = true;

    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (slice_is(date, words[i]))
            return true;
    }
    if (is_far_ahead(date))
        return true;
    for (size_t i = 0; i < date.length; i++) {
        if (!is_digit(date.data[i]) && !strchr("-/.", date.data[i]))
            return false;
        is_zero &= !is_digit(date.data[i]) || date.data[i] == '0';
    }
    return date.length >= 8
           && (is_zero || slice_starts(date, SLICE_LITERAL("9999"))
               || slice_starts(slice_skip(date, date.length - 4), SLICE_LITERAL("9999")));
}

static bool keep_time(int32_t minutes, int32_t *out_minutes)
{
    if (minutes < days_from_civil(YEAR_MIN, 1, 1) * DAY_MINUTES)
        return false;
    *out_minutes = minutes;
    return true;
}

bool stored_time(struct local_time *time, struct slice cell, struct stored_dates dates,
                 int32_t *out_minutes)
{
    size_t length = 0;
    int64_t days;
    int32_t minutes;

    if (local_time_parse(time, cell, &minutes))
        return keep_time(minutes, out_minutes);
    if (cell.length > TIME_BYTES_MAX)
        return false;
    while (length < cell.length && cell.data[length] != ' ' && cell.data[length] != 'T')
        length++;
    if (is_open_end(slice_make(cell.data, length)))
        return true;
    return parse_date(slice_make(cell.data, length), dates, &days)
           && local_time_on_day(time, (int32_t)days, slice_skip(cell, length), &minutes)
           && keep_time(minutes, out_minutes);
}

static enum stored_status keep(const char *text, struct arena *arena, struct slice *out_value)
{
    char *copy = arena_text(arena, slice_of(text));

    if (!copy)
        return STORED_NO_MEMORY;
    *out_value = slice_of(copy);
    return STORED_OK;
}

static enum stored_status store_date(struct slice cell, struct stored_dates dates,
                                     struct arena *arena, struct slice *out_value)
{
    char text[32];
    int64_t days;
    int32_t plain;
    int year;
    unsigned month, day;

    if (cell.length == DATE_LENGTH && local_time_parse_date(cell, &plain) && !is_too_early(plain)) {
        *out_value = cell;
        return STORED_OK;
    }
    if (!parse_date(cell, dates, &days))
        return STORED_NOT_A_DATE;
    if (is_too_early(days))
        return STORED_TOO_EARLY;
    civil_from_days((int32_t)days, &year, &month, &day);
    (void)snprintf(text, sizeof(text), "%04d-%02u-%02u", year, month, day);
    return keep(text, arena, out_value);
}

/* "2024-03" and "202403" without further ado. */
static bool plain_month(struct slice cell, uint16_t *out_month)
{
    const char *t = cell.data;
    size_t month_at = cell.length == MONTH_LENGTH && t[4] == '-' ? 5 : 4;
    unsigned month;

    if (cell.length != 6 && month_at != 5)
        return false;
    if (cell.length != month_at + 2)
        return false;
    for (size_t i = 0; i < cell.length; i++) {
        if (!is_digit(t[i]) && !(i == 4 && month_at == 5))
            return false;
    }
    month = (unsigned)(t[month_at] - '0') * 10 + (unsigned)(t[month_at + 1] - '0');
    if (month < 1 || month > 12)
        return false;
    *out_month = month_number(
        (t[0] - '0') * 1000 + (t[1] - '0') * 100 + (t[2] - '0') * 10 + (t[3] - '0'), month);
    return *out_month >= month_number(YEAR_MIN, 1) && *out_month <= month_number(2200, 12);
}

/* "2024-03-01", as a database has it, without going by days. */
static bool plain_date_month(struct slice cell, uint16_t *out_month)
{
    const char *t = cell.data;
    int32_t days;

    return cell.length == DATE_LENGTH && local_time_parse_date(cell, &days)
           && plain_month(slice_make(t, MONTH_LENGTH), out_month);
}

bool stored_period(struct slice cell, struct stored_dates dates, uint16_t *out_month)
{
    int64_t number;
    int year;
    unsigned month, day;

    if (plain_month(cell, out_month) || plain_date_month(cell, out_month))
        return true;
    if (parse_date(cell, dates, &number)) {
        civil_from_days((int32_t)number, &year, &month, &day);
        *out_month = month_number(year, month);
        return true;
    }
    if (!date_parse_month(cell, true, &number) && !date_parse_month(cell, false, &number))
        return false;
    *out_month = (uint16_t)number;
    return true;
}

/* 1 to 12, or the name of a month; 0: neither. */
static unsigned month_of(struct slice cell)
{
    CLEANUP(buf_clear_cleanup) struct buf folded = {0};
    unsigned month = 0;

    for (size_t i = 0; i < cell.length && i < 2 && is_digit(cell.data[i]); i++)
        month = month * 10 + (unsigned)(cell.data[i] - '0');
    if (cell.length > 0 && cell.length <= 2 && is_digit(cell.data[cell.length - 1]))
        return month <= 12 ? month : 0;
    text_fold(cell, &folded);
    return date_month_of(buf_slice(&folded));
}

bool stored_year_month(struct slice year, struct slice month, uint16_t *out_month)
{
    int64_t number;
    unsigned which = month_of(month);

    if (which == 0 || !date_parse_year(year, &number))
        return false;
    *out_month = month_number((int)number, which);
    return true;
}

static enum stored_status store_month(struct slice cell, struct stored_dates dates,
                                      struct arena *arena, struct slice *out_value)
{
    char text[16];
    uint16_t month;

    if (!stored_period(cell, dates, &month))
        return STORED_NOT_A_MONTH;
    if (cell.length == MONTH_LENGTH && cell.data[4] == '-') {
        *out_value = cell;
        return STORED_OK;
    }
    (void)snprintf(text, sizeof(text), "%04u-%02u", month / 12u, month % 12u + 1);
    return keep(text, arena, out_value);
}

/* -12, 12.50: as the register stores it already. */
static bool is_plain_number(struct slice cell)
{
    size_t i = cell.length > 0 && cell.data[0] == '-' ? 1 : 0, marks = 0, count = 0;

    for (; i < cell.length; i++) {
        if (is_digit(cell.data[i]))
            count++;
        else if (cell.data[i] != '.' || count == 0 || marks++ > 0)
            return false;
    }
    return count > 0 && is_digit(cell.data[cell.length - 1]);
}

/*
 * Where the decimal mark stands, or cell.length. Of two different marks the last is decimal; one
 * that occurs twice groups; a lone comma before exactly three digits groups ("1,234"), a lone point
 * does not: programs write decimals with a point, and some currencies have three.
 */
static size_t decimal_mark(struct slice cell)
{
    size_t points = 0, commas = 0, last_point = cell.length, last_comma = cell.length;

    for (size_t i = 0; i < cell.length; i++) {
        if (cell.data[i] == '.') {
            points++;
            last_point = i;
        } else if (cell.data[i] == ',') {
            commas++;
            last_comma = i;
        }
    }
    if (points && commas)
        return last_point > last_comma ? last_point : last_comma;
    if (points == 1)
        return last_point;
    if (commas == 1 && cell.length - last_comma - 1 != 3)
        return last_comma;
    return cell.length;
}

/* Bytes of a blank that groups digits at the front of text: space, no-break spaces, apostrophes. */
static size_t grouping_blank(struct slice text)
{
    static const char *const blanks[] = {" ", "'", "\xc2\xa0", "\xe2\x80\xaf", "\xe2\x80\x99"};

    for (size_t i = 0; i < sizeof(blanks) / sizeof(blanks[0]); i++) {
        if (slice_starts(text, slice_of(blanks[i])))
            return strlen(blanks[i]);
    }
    return 0;
}

static enum stored_status store_number(struct slice cell, struct arena *arena,
                                       struct slice *out_value)
{
    char text[NUMBER_BYTES_MAX + 1];
    size_t length = 0, count = 0, mark;

    if (is_plain_number(cell)) {
        *out_value = cell;
        return STORED_OK;
    }
    if (cell.length > NUMBER_BYTES_MAX)
        return STORED_NOT_A_NUMBER;
    mark = decimal_mark(cell);
    for (size_t i = 0; i < cell.length;) {
        size_t blank = grouping_blank(slice_skip(cell, i));

        if (is_digit(cell.data[i])) {
            text[length++] = cell.data[i++];
            count++;
        } else if (i == mark) {
            text[length++] = '.';
            i++;
        } else if (i == 0 && (cell.data[i] == '-' || cell.data[i] == '+')) {
            if (cell.data[i++] == '-')
                text[length++] = '-';
        } else if (blank > 0 && i < mark && count > 0) {
            i += blank;
        } else if ((cell.data[i] == ',' || cell.data[i] == '.') && i < mark && count > 0) {
            i++;
        } else {
            return STORED_NOT_A_NUMBER;
        }
    }
    if (count == 0)
        return STORED_NOT_A_NUMBER;
    text[length] = '\0';
    return keep(text, arena, out_value);
}

/* A national number of another country than the register's gets its country's code. */
static enum stored_status store_phone(const struct country *foreign_country, struct slice cell,
                                      struct arena *arena, struct slice *out_value)
{
    struct slice trunk = slice_of(foreign_country->trunk), rest = cell;
    size_t code_length = strlen(foreign_country->calling_code);
    char *text;

    if (code_length == 0 || cell.data[0] == '+' || slice_starts(cell, SLICE_LITERAL("00"))) {
        *out_value = cell;
        return STORED_OK;
    }
    if (trunk.length > 0 && slice_starts(rest, trunk))
        rest = slice_skip(rest, trunk.length);
    text = arena_alloc(arena, 1 + code_length + rest.length, 1);
    if (!text)
        return STORED_NO_MEMORY;
    text[0] = '+';
    memcpy(text + 1, foreign_country->calling_code, code_length);
    if (rest.length)
        memcpy(text + 1 + code_length, rest.data, rest.length);
    *out_value = slice_make(text, 1 + code_length + rest.length);
    return STORED_OK;
}

enum stored_status stored_value(enum value_type type, struct stored_dates dates,
                                const struct country *foreign_country, struct slice cell,
                                struct arena *arena, struct slice *out_value)
{
    enum stored_status status;

    cell = slice_trim(cell);
    if (cell.length > CELL_BYTES_MAX)
        return STORED_TOO_LONG;
    status = check_text(cell);
    if (status != STORED_OK)
        return status;
    *out_value = cell;
    if (cell.length == 0)
        return STORED_OK;
    switch (type) {
    case TYPE_DATE:
        return store_date(cell, dates, arena, out_value);
    case TYPE_MONTH:
        return store_month(cell, dates, arena, out_value);
    case TYPE_AMOUNT:
    case TYPE_NUMBER:
        return store_number(cell, arena, out_value);
    case TYPE_PHONE:
        if (foreign_country)
            return store_phone(foreign_country, cell, arena, out_value);
        return STORED_OK;
    default:
        return STORED_OK;
    }
}
