/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <string.h>

#include "extract/dialect.h"

#define CODE_BYTES_MAX 80 /* longer runs without a space are no identifiers */

/* How many bytes of each class a value has. */
struct byte_count {
    size_t digits, letters, wide, spaces, dots, commas, colons, dashes, slashes, ats, others;
};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return ((c | 32) >= 'a' && (c | 32) <= 'z') || (unsigned char)c >= 0x80;
}

static struct byte_count count_bytes(struct slice value)
{
    struct byte_count count = {0};

    for (size_t i = 0; i < value.length; i++) {
        char c = value.data[i];

        if (is_digit(c))
            count.digits++;
        else if (is_letter(c)) {
            count.letters++;
            count.wide += (unsigned char)c >= 0x80;
        } else if (c == ' ')
            count.spaces++;
        else if (c == '.')
            count.dots++;
        else if (c == ',')
            count.commas++;
        else if (c == ':')
            count.colons++;
        else if (c == '-')
            count.dashes++;
        else if (c == '/')
            count.slashes++;
        else if (c == '@')
            count.ats++;
        else
            count.others++;
    }
    return count;
}

static bool is_mark(char c)
{
    return c == '.' || c == ',';
}

/* Digits with a sign, thousands in groups of three and at most one decimal mark. */
static bool is_number(struct slice value)
{
    size_t i = 0, digits = 0, since_mark = 0, marks = 0, ungrouped = 0;
    char last_mark = 0;

    if (value.length > 0 && (value.data[0] == '-' || value.data[0] == '+'))
        i++;
    for (; i < value.length; i++) {
        char c = value.data[i];

        if (is_digit(c)) {
            digits++;
            since_mark++;
        } else if (is_mark(c) || (c == ' ' && i + 1 < value.length)) {
            if (marks > 0 && since_mark != 3)
                ungrouped++;
            marks++;
            last_mark = c;
            since_mark = 0;
        } else if (c != '%' || i + 1 != value.length) {
            break;
        }
    }
    if (i < value.length && (value.data[i] | 32) == 'e' && digits > 0) { /* 2.1E+14 */
        for (i++; i < value.length; i++) {
            if (!is_digit(value.data[i]) && value.data[i] != '+' && value.data[i] != '-')
                return false;
        }
    }
    if (last_mark == ' ' && since_mark != 3)
        ungrouped++;
    return i == value.length && digits > 0 && ungrouped == 0;
}

/* An amount without the sign of its currency, which stands before or behind it. */
static struct slice without_currency(struct slice value)
{
    static const char *const signs[] = {"$", "\xE2\x82\xAC", "\xC2\xA3", "\xC2\xA5"}; /* $ € £ ¥ */

    for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++) {
        struct slice sign = slice_of(signs[i]);

        if (slice_starts(value, sign))
            return slice_trim(slice_skip(value, sign.length));
        if (value.length > sign.length
            && memcmp(value.data + value.length - sign.length, sign.data, sign.length) == 0)
            return slice_trim(slice_make(value.data, value.length - sign.length));
    }
    return value;
}

/* Two to four groups of digits between date or time marks, possibly with a "T", "Z" or AM/PM. */
static bool is_date(struct slice value, const struct byte_count *count)
{
    size_t marks = count->dashes + count->slashes + count->colons + count->dots;

    if (value.length < 5 || value.length > 35 || !is_digit(value.data[0]))
        return false;
    if (count->digits < 3 || count->others > 1 || count->commas > 1 || count->ats > 0)
        return false;
    if (marks < 1 || marks > 7 || count->letters > 4 || count->spaces > 2)
        return false;
    if (count->colons > 0)
        return count->letters <= 3 && count->colons <= 3 && count->digits <= 20;
    return (count->dashes == 2 || count->slashes == 2 || count->dots == 2
            || (count->digits == 6 && marks == 1))
           && count->digits <= 8 && count->commas == 0;
}

static bool is_address_byte(char c)
{
    return is_digit(c) || ((c | 32) >= 'a' && (c | 32) <= 'z') || (c && strchr("@._+-'%=", c));
}

static bool is_email_or_url(struct slice value, const struct byte_count *count)
{
    const char *at;

    if (count->spaces > 0 || count->dots == 0)
        return false;
    if (slice_starts(value, SLICE_LITERAL("http://"))
        || slice_starts(value, SLICE_LITERAL("https://"))
        || slice_starts(value, SLICE_LITERAL("www.")))
        return true;
    if (count->ats != 1 || count->colons + count->slashes + count->commas > 0)
        return false;
    for (size_t i = 0; i < value.length; i++) {
        if (!is_address_byte(value.data[i]))
            return false;
    }
    at = memchr(value.data, '@', value.length);
    return at > value.data && memchr(at, '.', value.length - (size_t)(at - value.data));
}

/* Usual in names and addresses; delimiters are not, unless a space follows. */
static bool is_words(struct slice value)
{
    for (size_t i = 0; i < value.length; i++) {
        char c = value.data[i], next = i + 1 < value.length ? value.data[i + 1] : ' ';

        if (is_digit(c) || is_letter(c) || (c && strchr(" -._/&()+?!*%", c)))
            continue;
        if (c == '\'' && i > 0 && i + 1 < value.length)
            continue;
        if ((c == ',' || c == ':' || c == '#') && (next == ' ' || c == '#'))
            continue;
        if (c == '@' && i > 0)
            continue;
        return false;
    }
    return true;
}

enum value_shape value_shape(struct slice value)
{
    struct byte_count count;

    value = slice_trim(value);
    if (value.length == 0)
        return VALUE_EMPTY;
    count = count_bytes(value);
    if (count.digits > 0 && count.letters <= 3 && is_number(without_currency(value)))
        return VALUE_NUMBER;
    if (count.digits > 0 && is_date(value, &count))
        return VALUE_DATE;
    if (is_email_or_url(value, &count))
        return VALUE_EMAIL;
    if (count.digits > 0 && count.wide == 0
        && count.digits + count.letters + count.dashes + count.dots + count.slashes
                   + (value.data[0] == '+')
               == value.length
        && value.length <= CODE_BYTES_MAX)
        return VALUE_CODE;
    return is_words(value) ? VALUE_WORDS : VALUE_UNKNOWN;
}
