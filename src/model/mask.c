/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "model/mask.h"

#include "base/escape.h"
#include "base/utf8.h"

#define SHOWN       2u
#define SHORT_VALUE 3u
#define MIDDLE_DOT  0xB7u

static bool is_separator(uint32_t c)
{
    return c < 0x80 && !(c >= '0' && c <= '9') && !(c >= 'a' && c <= 'z')
           && !(c >= 'A' && c <= 'Z');
}

static size_t count_marks(struct slice value)
{
    size_t count = 0;

    while (value.length > 0)
        count += !is_separator(utf8_next(&value));
    return count;
}

void mask_value(struct buf *out, struct slice value)
{
    size_t left = count_marks(value) > SHORT_VALUE ? SHOWN : 0;

    while (value.length > 0) {
        struct slice rest = value;
        uint32_t c = utf8_next(&rest);

        if (is_separator(c) || left > 0)
            escape_text(out, slice_make(value.data, value.length - rest.length));
        else
            buf_add_code_point(out, MIDDLE_DOT);
        if (!is_separator(c) && left > 0)
            left--;
        value = rest;
    }
}
