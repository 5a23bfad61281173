/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "extract/sql_time.h"

#include <string.h>
#include <strings.h>
#include <time.h>

#define HEX_DIGITS_MAX   16u
#define DAYS_BEFORE_1900 25567  /* from there to 1970 */
#define DAYS_BEFORE_1970 719162 /* from 0001-01-01 */
#define DAY_SECONDS      86400
#define DAYS_MAX         3652059 /* to 9999-12-31, from 0001-01-01 */

static bool is_type(struct slice type, const char *name)
{
    return type.length == strlen(name) && strncasecmp(type.data, name, type.length) == 0;
}

static bool parse_hex(struct slice digits, uint64_t *out_value)
{
    uint64_t value = 0;

    if (digits.length == 0 || digits.length > HEX_DIGITS_MAX)
        return false;
    for (size_t i = 0; i < digits.length; i++) {
        const char *at = memchr("0123456789abcdef", digits.data[i] | 0x20, 16);

        if (!at)
            return false;
        value = value << 4 | (uint64_t)(at - "0123456789abcdef");
    }
    *out_value = value;
    return true;
}

static void put_time(struct buf *text, size_t start, int64_t days_since_1970, int64_t seconds,
                     bool has_time)
{
    time_t moment = (time_t)(days_since_1970 * DAY_SECONDS + seconds);
    struct tm parts;

    if (days_since_1970 < -DAYS_BEFORE_1970 || days_since_1970 > DAYS_MAX - DAYS_BEFORE_1970
        || seconds < 0 || seconds >= DAY_SECONDS || !gmtime_r(&moment, &parts))
        return;
    text->length = start;
    buf_format(text, "%04d-%02d-%02d", parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday);
    if (has_time)
        buf_format(text, " %02d:%02d:%02d", parts.tm_hour, parts.tm_min, parts.tm_sec);
}

void sql_time_of_hex(struct buf *text, size_t start, struct slice type)
{
    struct slice digits = slice_skip(buf_slice(text), start);
    uint64_t value;

    if (text->failed || digits.length < 3 || digits.data[0] != '0' || digits.data[1] != 'x')
        return;
    digits = slice_skip(digits, 2);
    if (!parse_hex(digits, &value))
        return;
    if (is_type(type, "DateTime") && digits.length == 16)
        put_time(text, start, (int64_t)(int32_t)(value >> 32) - DAYS_BEFORE_1900,
                 (int64_t)(value & UINT32_MAX) / 300, true);
    else if (is_type(type, "SmallDateTime") && digits.length == 8)
        put_time(text, start, (int64_t)(value >> 16) - DAYS_BEFORE_1900,
                 (int64_t)(value & 0xFFFF) * 60, true);
    else if (is_type(type, "Date") && digits.length == 8)
        put_time(text, start,
                 (int64_t)((value >> 24 & 0xFF) | (value >> 8 & 0xFF00) | (value << 8 & 0xFF0000))
                     - DAYS_BEFORE_1970,
                 0, false);
}
