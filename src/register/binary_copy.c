/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "register/binary_copy.h"

#include <endian.h>
#include <stdio.h>
#include <string.h>

#include "base/moment.h"

#define SIGNATURE      "PGCOPY\n\377\r\n" /* and the zero that ends it */
#define FLAGS_CRITICAL 0xffff0000u
#define EPOCH_DAYS     10957 /* 2000-01-01 */
#define DAY_SECONDS    86400
#define MINUTE_MICROS  60000000
#define MOMENT_BYTES   8u
#define DAY_BYTES      4u
#define DIGIT_GROUP    4u /* decimal digits in one of a numeric */
#define NUMERIC_HEAD   8u
#define NUMERIC_MORE   (3 * DIGIT_GROUP) /* of its text: a sign, a point, half groups */
#define DATE_TEXT_MAX  32u

enum numeric_sign {
    NUMERIC_POSITIVE = 0x0000,
    NUMERIC_NEGATIVE = 0x4000,
    NUMERIC_NAN = 0xc000,
    NUMERIC_INFINITE = 0xd000,
    NUMERIC_MINUS_INFINITE = 0xf000
};

static uint16_t get_2(const char *at)
{
    uint16_t number;

    memcpy(&number, at, sizeof(number));
    return be16toh(number);
}

static uint32_t get_4(const char *at)
{
    uint32_t number;

    memcpy(&number, at, sizeof(number));
    return be32toh(number);
}

static uint64_t get_8(const char *at)
{
    uint64_t number;

    memcpy(&number, at, sizeof(number));
    return be64toh(number);
}

enum binary_type binary_type_of(uint32_t oid)
{
    static const struct {
        uint32_t oid;
        enum binary_type type;
    } types[] = {{16, BINARY_BOOL},     {20, BINARY_INTEGER}, {21, BINARY_INTEGER},
                 {23, BINARY_INTEGER},  {25, BINARY_TEXT},    {1042, BINARY_TEXT},
                 {1043, BINARY_TEXT},   {1082, BINARY_DATE},  {1184, BINARY_MOMENT},
                 {1700, BINARY_NUMERIC}};

    for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
        if (types[i].oid == oid)
            return types[i].type;
    }
    return BINARY_UNKNOWN;
}

/* ---- rows ---- */

enum binary_status binary_header_take(struct slice bytes, size_t *out_length)
{
    const size_t fixed = sizeof(SIGNATURE) + 2 * sizeof(uint32_t);
    uint32_t more;

    if (bytes.length < fixed)
        return BINARY_MORE;
    more = get_4(bytes.data + fixed - sizeof(more));
    if (memcmp(bytes.data, SIGNATURE, sizeof(SIGNATURE)) != 0
        || get_4(bytes.data + sizeof(SIGNATURE)) & FLAGS_CRITICAL || more > UINT16_MAX)
        return BINARY_DAMAGED;
    if (bytes.length - fixed < more)
        return BINARY_MORE;
    *out_length = fixed + more;
    return BINARY_OK;
}

enum binary_status binary_row_take(struct slice bytes, uint32_t column_count, struct slice *out_row)
{
    size_t at = sizeof(uint16_t);
    uint16_t count;

    if (bytes.length < at)
        return BINARY_MORE;
    count = get_2(bytes.data);
    if (count == UINT16_MAX)
        return BINARY_END;
    if (count != column_count)
        return BINARY_DAMAGED;
    for (uint32_t i = 0; i < column_count; i++) {
        uint32_t length;

        if (bytes.length - at < sizeof(length))
            return BINARY_MORE;
        length = get_4(bytes.data + at);
        at += sizeof(length);
        if (length == UINT32_MAX)
            continue; /* NULL */
        if (length > INT32_MAX)
            return BINARY_DAMAGED;
        if (bytes.length - at < length)
            return BINARY_MORE;
        at += length;
    }
    *out_row = slice_make(bytes.data + sizeof(count), at - sizeof(count));
    return BINARY_OK;
}

/* ---- cells ---- */

static enum binary_status keep(const char *text, size_t length, struct arena *arena,
                               struct slice *out)
{
    char *copy = arena_text(arena, slice_make(text, length));

    if (!copy)
        return BINARY_NO_MEMORY;
    *out = slice_make(copy, length);
    return BINARY_OK;
}

/* Decimal digits of `number` before `end`; where they begin. */
static char *put_digits(char *end, uint64_t number)
{
    do {
        *--end = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    return end;
}

static enum binary_status read_integer(struct slice cell, struct arena *arena, struct slice *out)
{
    char text[24], *end = text + sizeof(text), *begin;
    int64_t number;

    switch (cell.length) {
    case sizeof(int16_t):
        number = (int16_t)get_2(cell.data);
        break;
    case sizeof(int32_t):
        number = (int32_t)get_4(cell.data);
        break;
    case sizeof(int64_t):
        number = (int64_t)get_8(cell.data);
        break;
    default:
        return BINARY_DAMAGED;
    }
    begin = put_digits(end, number < 0 ? 0 - (uint64_t)number : (uint64_t)number);
    if (number < 0)
        *--begin = '-';
    return keep(begin, (size_t)(end - begin), arena, out);
}

static enum binary_status read_bool(struct slice cell, struct slice *out)
{
    if (cell.length != 1)
        return BINARY_DAMAGED;
    *out = cell.data[0] ? SLICE_LITERAL("t") : SLICE_LITERAL("f");
    return BINARY_OK;
}

/* A number in groups of four digits, the first of which counts 10000^weight. */
struct numeric {
    int weight;
    uint16_t count, scale; /* groups; digits behind the point */
    const char *groups;
};

/* The group that counts 10000^power. */
static unsigned group_of(const struct numeric *numeric, int power)
{
    int i = numeric->weight - power;

    return i < 0 || i >= numeric->count ? 0 : get_2(numeric->groups + 2 * (size_t)i);
}

static char *put_group(char *at, unsigned group)
{
    at[0] = (char)('0' + group / 1000 % 10);
    at[1] = (char)('0' + group / 100 % 10);
    at[2] = (char)('0' + group / 10 % 10);
    at[3] = (char)('0' + group % 10);
    return at + DIGIT_GROUP;
}

/* The text is in `at`, which has room. */
static char *put_numeric(const struct numeric *numeric, char *at)
{
    char *begin = at;
    size_t zeros = 0;
    int power = numeric->weight > 0 ? numeric->weight : 0;

    for (; power >= 0; power--)
        at = put_group(at, group_of(numeric, power));
    while (zeros + 1 < (size_t)(at - begin) && begin[zeros] == '0')
        zeros++;
    memmove(begin, begin + zeros, (size_t)(at - begin) - zeros);
    at -= zeros;
    if (numeric->scale == 0)
        return at;
    *at++ = '.';
    begin = at;
    for (; (size_t)(at - begin) < numeric->scale; power--)
        at = put_group(at, group_of(numeric, power));
    return begin + numeric->scale;
}

static enum binary_status read_special(unsigned sign, struct slice *out)
{
    switch (sign) {
    case NUMERIC_NAN:
        *out = SLICE_LITERAL("NaN");
        return BINARY_OK;
    case NUMERIC_INFINITE:
        *out = SLICE_LITERAL("Infinity");
        return BINARY_OK;
    case NUMERIC_MINUS_INFINITE:
        *out = SLICE_LITERAL("-Infinity");
        return BINARY_OK;
    default:
        return BINARY_DAMAGED;
    }
}

static enum binary_status read_numeric(struct slice cell, struct arena *arena, struct slice *out)
{
    struct numeric numeric;
    unsigned sign;
    char *text, *end;

    if (cell.length < NUMERIC_HEAD)
        return BINARY_DAMAGED;
    numeric = (struct numeric){.count = get_2(cell.data),
                               .weight = (int16_t)get_2(cell.data + 2),
                               .scale = get_2(cell.data + 6),
                               .groups = cell.data + NUMERIC_HEAD};
    sign = get_2(cell.data + 4);
    if (cell.length != NUMERIC_HEAD + 2 * (size_t)numeric.count)
        return BINARY_DAMAGED;
    if (sign != NUMERIC_POSITIVE && sign != NUMERIC_NEGATIVE)
        return read_special(sign, out);
    text = arena_alloc(arena,
                       (numeric.weight > 0 ? (size_t)numeric.weight : 0) * DIGIT_GROUP
                           + numeric.scale + NUMERIC_MORE,
                       1);
    if (!text)
        return BINARY_NO_MEMORY;
    end = text;
    if (sign == NUMERIC_NEGATIVE)
        *end++ = '-';
    end = put_numeric(&numeric, end);
    *out = slice_make(text, (size_t)(end - text));
    return BINARY_OK;
}

static char *put_pair(char *at, unsigned number)
{
    at[0] = (char)('0' + number / 10);
    at[1] = (char)('0' + number % 10);
    return at + 2;
}

/* As the server writes it: the year before the first is 0001 BC. The length; no zero ends it. */
static size_t put_date(char text[DATE_TEXT_MAX], int32_t days, const char **out_era)
{
    unsigned month, day;
    char *at = text;
    int year;

    civil_from_days(days, &year, &month, &day);
    *out_era = year < 1 ? " BC" : "";
    if (year < 1 || year > 9999)
        return (size_t)snprintf(text, DATE_TEXT_MAX, "%04d-%02u-%02u", year < 1 ? 1 - year : year,
                                month, day);
    at = put_group(at, (unsigned)year); /* dates come by the million: snprintf() takes long */
    *at++ = '-';
    at = put_pair(at, month);
    *at++ = '-';
    return (size_t)(put_pair(at, day) - text);
}

static bool is_infinite(int32_t days)
{
    return days == INT32_MAX || days == INT32_MIN;
}

static bool is_date(struct slice cell)
{
    int32_t days = cell.length == DAY_BYTES ? (int32_t)get_4(cell.data) : 0;

    return cell.length == DAY_BYTES && (is_infinite(days) || days <= INT32_MAX - EPOCH_DAYS);
}

static enum binary_status read_date(struct slice cell, struct arena *arena, struct slice *out)
{
    char text[DATE_TEXT_MAX];
    const char *era;
    int32_t days;
    size_t length;

    if (!is_date(cell))
        return BINARY_DAMAGED;
    days = (int32_t)get_4(cell.data);
    if (is_infinite(days)) {
        *out = days < 0 ? SLICE_LITERAL("-infinity") : SLICE_LITERAL("infinity");
        return BINARY_OK;
    }
    length = put_date(text, days + EPOCH_DAYS, &era);
    memcpy(text + length, era, strlen(era));
    return keep(text, length + strlen(era), arena, out);
}

static enum binary_status read_cell(struct slice cell, enum binary_type type, struct arena *arena,
                                    struct slice *out)
{
    switch (type) {
    case BINARY_BOOL:
        return read_bool(cell, out);
    case BINARY_INTEGER:
        return read_integer(cell, arena, out);
    case BINARY_NUMERIC:
        return read_numeric(cell, arena, out);
    case BINARY_DATE:
        return read_date(cell, arena, out);
    case BINARY_DAY:
        *out = cell;
        return is_date(cell) ? BINARY_OK : BINARY_DAMAGED;
    case BINARY_MOMENT:
        *out = cell;
        return cell.length == MOMENT_BYTES ? BINARY_OK : BINARY_DAMAGED;
    default:
        *out = cell;
        return BINARY_OK;
    }
}

enum binary_status binary_cells(struct slice row, const struct binary_column *columns,
                                uint32_t column_count, struct arena *arena, struct slice *cells)
{
    for (uint32_t i = 0; i < column_count; i++) {
        uint32_t length = get_4(row.data);
        enum binary_status status;

        row = slice_skip(row, sizeof(length));
        if (length == UINT32_MAX) {
            cells[i] = slice_make(NULL, 0);
            continue;
        }
        status = read_cell(slice_make(row.data, length), columns[i].type, arena, &cells[i]);
        if (status != BINARY_OK)
            return status;
        row = slice_skip(row, length);
    }
    return BINARY_OK;
}

/* ---- times ---- */

static int64_t floor_divide(int64_t number, int64_t by)
{
    return number / by - (number % by < 0);
}

/* Of the years for which minutes need no further thought. */
bool binary_moment(struct slice cell, int32_t *out_minutes)
{
    const int64_t epoch = (int64_t)EPOCH_DAYS * 1440;
    int64_t minutes = floor_divide((int64_t)get_8(cell.data), MINUTE_MICROS) + epoch;

    if (minutes < days_from_civil(1800, 1, 1) * (int64_t)1440
        || minutes >= days_from_civil(3000, 1, 1) * (int64_t)1440)
        return false;
    *out_minutes = (int32_t)minutes;
    return true;
}

bool binary_moment_text(struct slice cell, struct arena *arena, struct slice *out_text)
{
    int64_t micros = (int64_t)get_8(cell.data), seconds = floor_divide(micros, 1000000);
    int64_t days = floor_divide(seconds, DAY_SECONDS), rest = seconds - days * DAY_SECONDS;
    char date[DATE_TEXT_MAX], text[2 * DATE_TEXT_MAX];
    const char *era;
    size_t length;

    if (micros == INT64_MAX || micros == INT64_MIN) {
        *out_text = micros < 0 ? SLICE_LITERAL("-infinity") : SLICE_LITERAL("infinity");
        return true;
    }
    length = put_date(date, (int32_t)(days + EPOCH_DAYS), &era);
    (void)snprintf(text, sizeof(text), "%.*s %02d:%02d:%02d+00%s", (int)length, date,
                   (int)(rest / 3600), (int)(rest / 60 % 60), (int)(rest % 60), era);
    return keep(text, strlen(text), arena, out_text) == BINARY_OK;
}

/* Of the years in which a midnight anywhere needs no further thought. */
bool binary_day(struct slice cell, int32_t *out_days)
{
    int64_t days = (int64_t)(int32_t)get_4(cell.data) + EPOCH_DAYS;

    if (days < days_from_civil(1801, 1, 1) || days >= days_from_civil(3000, 1, 1))
        return false;
    *out_days = (int32_t)days;
    return true;
}

bool binary_day_text(struct slice cell, struct arena *arena, struct slice *out_text)
{
    return read_date(cell, arena, out_text) == BINARY_OK;
}
