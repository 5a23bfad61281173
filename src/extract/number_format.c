/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "extract/number_format.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define NUMBER_BYTES_MAX 400       /* of a number as text: DBL_MAX has 309 digits */
#define PRECISE_DIGITS   15        /* what a spreadsheet keeps of a number */
#define DAY_MAX          2958465.0 /* 9999-12-31 */
#define DAY_MS           86400000LL
#define EPOCH_1900       25569 /* days from 1899-12-30 to 1970-01-01 */
#define EPOCH_1904       24107 /* days from 1904-01-01 */
#define FALSE_LEAP_DAY   60    /* 1900-02-29 never was; days before count from 1899-12-31 */

/* ---- reading a code ---- */

/* What the first section of a code holds. */
struct code_facts {
    bool has_year_or_day, has_month, has_clock, is_elapsed, has_percent, has_exponent, has_mark;
    bool has_text, has_slash;
    unsigned zeros, decimals, length;
    char places[NUMBER_PLACES_MAX];
};

static void add_place(struct code_facts *facts, char c)
{
    if (facts->length + 1 < sizeof(facts->places))
        facts->places[facts->length++] = c;
}

/* A part in brackets: a colour, a condition, a language, or hours that go on. */
static size_t read_brackets(struct code_facts *facts, struct slice code, size_t at)
{
    size_t end = at + 1;

    while (end < code.length && code.data[end] != ']')
        end++;
    if (end - at >= 2 && end - at <= 3 && strchr("hHmMsS", code.data[at + 1])
        && (code.data[end - 1] | 32) == (code.data[at + 1] | 32))
        facts->is_elapsed = true;
    return end;
}

static size_t read_quoted(struct code_facts *facts, struct slice code, size_t at)
{
    for (at++; at < code.length && code.data[at] != '"'; at++)
        add_place(facts, code.data[at]);
    return at;
}

static void read_letter(struct code_facts *facts, char c)
{
    switch (c | 32) {
    case 'y':
    case 'd':
        facts->has_year_or_day = true;
        break;
    case 'm':
        facts->has_month = true;
        break;
    case 'h':
    case 's':
        facts->has_clock = true;
        break;
    case 'e':
        facts->has_exponent = true;
        break;
    default:
        break; /* AM/PM and the like */
    }
}

static void read_sign(struct code_facts *facts, char c)
{
    if (c == '0' || c == '#' || c == '?') {
        facts->zeros += c == '0';
        facts->decimals += facts->has_mark && c != '#' && facts->decimals < 30;
        add_place(facts, c == '0' ? '\1' : '\2');
    } else if (c == '.') {
        facts->has_mark = true;
    } else if (c == '%') {
        facts->has_percent = true;
    } else if (c == ',' || c == '@') {
        facts->has_text = true;
    } else if (((c | 32) >= 'a' && (c | 32) <= 'z')) {
        read_letter(facts, c);
    } else {
        facts->has_slash |= c == '/';
        add_place(facts, c);
    }
}

static struct code_facts read_code(struct slice code)
{
    struct code_facts facts = {0};

    for (size_t i = 0; i < code.length && code.data[i] != ';'; i++) {
        char c = code.data[i];

        if (c == '"')
            i = read_quoted(&facts, code, i);
        else if (c == '[')
            i = read_brackets(&facts, code, i);
        else if (c == '\\' && i + 1 < code.length)
            add_place(&facts, code.data[++i]);
        else if ((c == '_' || c == '*') && i + 1 < code.length)
            i++; /* space as wide as a character, or filled with it */
        else
            read_sign(&facts, c);
    }
    return facts;
}

/* Places for each digit, as of a phone: "00000", "0# ## ## ## ##"; not the groups of "# ##0". */
static bool is_code(const struct code_facts *facts)
{
    if (facts->has_text || facts->length + 1 >= sizeof(facts->places))
        return false;
    return facts->zeros >= 2
           || (facts->zeros == 1 && facts->places[0] == '\1' && facts->length > 2);
}

struct number_style number_style_of_code(struct slice code)
{
    struct number_style style = {.kind = NUMBER_GENERAL};
    struct code_facts facts;

    code = slice_trim(code);
    if (code.length >= 7 && strncasecmp(code.data, "general", 7) == 0)
        return style;
    facts = read_code(code);
    style.decimals = (uint8_t)facts.decimals;
    if (facts.is_elapsed)
        style.kind = NUMBER_ELAPSED;
    else if (facts.has_year_or_day || (facts.has_month && !facts.has_clock))
        style.kind = NUMBER_DATE;
    else if (facts.has_clock)
        style.kind = NUMBER_TIME;
    else if (facts.has_percent)
        style.kind = NUMBER_PERCENT;
    else if (facts.has_exponent || facts.has_slash)
        style.kind = NUMBER_GENERAL;
    else if (facts.has_mark)
        style.kind = NUMBER_FIXED;
    else if (is_code(&facts)) {
        style.kind = NUMBER_DIGITS;
        memcpy(style.places, facts.places, sizeof(style.places));
    }
    return style;
}

struct number_style number_style_of_id(uint32_t id)
{
    static const struct {
        uint8_t first, last;
        const char *code;
    } known[] = {
        {2, 2, "0.00"},   {4, 4, "#,##0.00"}, {9, 9, "0%"},        {10, 10, "0.00%"},
        {14, 17, "d/m"},  {18, 21, "h:mm"},   {22, 22, "d/m h:m"}, {27, 31, "d/m"},
        {32, 33, "h:mm"}, {34, 36, "d/m"},    {45, 45, "mm:ss"},   {46, 46, "[h]:mm"},
        {47, 47, "mm:s"}, {50, 58, "d/m"},
    };

    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        if (id >= known[i].first && id <= known[i].last)
            return number_style_of_code(slice_of(known[i].code));
    }
    return (struct number_style){.kind = NUMBER_GENERAL};
}

/* ---- writing a number ---- */

/* A whole number of more digits than are kept: the others are zero, as a spreadsheet shows them. */
static void write_large(char *text, size_t size, double value)
{
    size_t length;
    int exponent;

    (void)snprintf(text, size, "%.*e", PRECISE_DIGITS - 1, value);
    exponent = atoi(strchr(text, 'e') + 1);
    length = strcspn(text, ".");
    memmove(text + length, text + length + 1, PRECISE_DIGITS - 1);
    length += PRECISE_DIGITS - 1;
    for (int i = PRECISE_DIGITS - 1; i < exponent && length + 1 < size; i++)
        text[length++] = '0';
    text[length] = '\0';
}

/* The fewest digits that are the number, at most those that a spreadsheet keeps; no exponent for
 * whole numbers. */
static void add_general(struct buf *out, double value)
{
    char text[NUMBER_BYTES_MAX];

    (void)snprintf(text, sizeof(text), "%.*g", PRECISE_DIGITS, value);
    if (strchr(text, 'e') && fabs(value) >= 1 && fabs(value) < 1e21)
        write_large(text, sizeof(text), value);
    else if (strchr(text, 'e') && fabs(value) < 1 && fabs(value) > 1e-9)
        (void)snprintf(text, sizeof(text), "%.*f", PRECISE_DIGITS + 5, value);
    if (strchr(text, '.') && !strchr(text, 'e')) {
        size_t length = strlen(text);

        while (text[length - 1] == '0')
            text[--length] = '\0';
        if (text[length - 1] == '.')
            text[--length] = '\0';
    }
    buf_add_text(out, text);
}

/* With zeros behind, until it has as many decimals. */
static void add_fixed(struct buf *out, double value, unsigned decimals)
{
    size_t start = out->length, mark;
    const char *dot;

    add_general(out, value);
    if (out->failed || memchr(out->data + start, 'e', out->length - start))
        return;
    dot = memchr(out->data + start, '.', out->length - start);
    if (!dot && decimals == 0)
        return;
    mark = dot ? (size_t)(dot - out->data) + 1 : out->length + 1;
    if (!dot)
        buf_add_byte(out, '.');
    while (!out->failed && out->length < mark + decimals)
        buf_add_byte(out, '0');
}

/* The digits of a whole number in their places, from the right. */
static void add_digits(struct buf *out, double value, const char *places)
{
    char digits[32], reversed[NUMBER_PLACES_MAX + 32];
    size_t left, at = 0, first = strcspn(places, "\1\2");

    (void)snprintf(digits, sizeof(digits), "%.0f", value);
    left = strlen(digits);
    for (size_t i = strlen(places); i > 0; i--) {
        char place = places[i - 1];

        if (place != '\1' && place != '\2')
            reversed[at++] = place;
        else if (left > 0)
            reversed[at++] = digits[--left];
        else if (place == '\1')
            reversed[at++] = '0';
        while (i - 1 == first && left > 0)
            reversed[at++] = digits[--left];
    }
    while (at > 0)
        buf_add_byte(out, reversed[--at]);
}

/* Gregorian date of a day counted from 1970-01-01 (H. Hinnant, "chrono-compatible low-level date
 * algorithms", 2013). */
static void add_day(struct buf *out, int64_t days)
{
    int64_t shifted = days + 719468, era = (shifted >= 0 ? shifted : shifted - 146096) / 146097;
    int64_t of_era = shifted - era * 146097;
    int64_t year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int64_t of_year = of_era - (365 * year + year / 4 - year / 100);
    int64_t month = (5 * of_year + 2) / 153, day = of_year - (153 * month + 2) / 5 + 1;

    month += month < 10 ? 3 : -9;
    buf_format(out, "%04d-%02d-%02d", (int)(year + era * 400 + (month <= 2)), (int)month, (int)day);
}

static void add_clock(struct buf *out, int64_t ms)
{
    buf_format(out, "%02d:%02d:%02d", (int)(ms / 3600000), (int)(ms / 60000 % 60),
               (int)(ms / 1000 % 60));
    if (ms % 1000 != 0)
        buf_format(out, ".%03d", (int)(ms % 1000));
}

/* Milliseconds of the number of days; a whole second if that is all but reached. */
static int64_t milliseconds(double days)
{
    int64_t ms = (int64_t)llround(days * (double)DAY_MS);
    int64_t rest = ms % 1000;

    return rest <= 2 ? ms - rest : rest >= 998 ? ms + 1000 - rest : ms;
}

static void add_date(struct buf *out, double value, const struct number_style *style, bool is_1904)
{
    int64_t ms = milliseconds(value), day = ms / DAY_MS;

    if (style->kind == NUMBER_ELAPSED || (style->kind == NUMBER_TIME && day == 0)) {
        add_clock(out, ms);
        return;
    }
    if (!is_1904 && day == FALSE_LEAP_DAY)
        buf_add_text(out, "1900-02-29");
    else if (is_1904)
        add_day(out, day - EPOCH_1904);
    else
        add_day(out, day - EPOCH_1900 + (day < FALSE_LEAP_DAY));
    if (ms % DAY_MS != 0) {
        buf_add_byte(out, ' ');
        add_clock(out, ms % DAY_MS);
    }
}

/* A number of few digits without an exponent is as short as it can be. */
static bool is_plain(struct slice raw)
{
    for (size_t i = 0; i < raw.length; i++) {
        if ((raw.data[i] < '0' || raw.data[i] > '9') && raw.data[i] != '.' && raw.data[i] != '-')
            return false;
    }
    return raw.length <= PRECISE_DIGITS;
}

static bool read_number(struct slice raw, double *out_value)
{
    char text[NUMBER_BYTES_MAX], *end;

    if (raw.length == 0 || raw.length >= sizeof(text) || memchr(raw.data, 'x', raw.length)
        || memchr(raw.data, 'X', raw.length))
        return false;
    memcpy(text, raw.data, raw.length);
    text[raw.length] = '\0';
    *out_value = strtod(text, &end);
    return *end == '\0' && end != text && isfinite(*out_value);
}

void number_show(struct buf *out, struct slice raw, const struct number_style *style, bool is_1904)
{
    bool is_date =
        style->kind == NUMBER_DATE || style->kind == NUMBER_TIME || style->kind == NUMBER_ELAPSED;
    double value;

    raw = slice_trim(raw);
    if (!read_number(raw, &value) || style->kind == NUMBER_TEXT)
        buf_add_slice(out, raw);
    else if (is_date && value >= 0 && value <= DAY_MAX)
        add_date(out, value, style, is_1904);
    else if (style->kind == NUMBER_PERCENT) {
        add_fixed(out, value * 100, style->decimals);
        buf_add_byte(out, '%');
    } else if (style->kind == NUMBER_FIXED)
        add_fixed(out, value, style->decimals);
    else if (style->kind == NUMBER_DIGITS && value >= 0 && value < 1e15 && floor(value) == value)
        add_digits(out, value, style->places);
    else if (is_plain(raw))
        buf_add_slice(out, raw);
    else
        add_general(out, value);
}
