/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "base/escape.h"

#include <string.h>

#include "base/utf8.h"

static bool is_unsafe(uint32_t c)
{
    return c < 0x20 || (c >= 0x7F && c <= 0x9F) || c == 0x061C || c == 0x200E || c == 0x200F
           || (c >= 0x2028 && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069) || c == 0xFEFF;
}

/* Add one code point, or its escape. `at` is where it starts: an invalid byte is shown as it is. */
static void add_safe(struct buf *out, uint32_t c, const char *at)
{
    if (c == UTF8_INVALID)
        buf_format(out, "\\x%02X", (unsigned)(unsigned char)*at);
    else if (is_unsafe(c))
        buf_format(out, "\\u{%04X}", c);
    else
        buf_add_code_point(out, c);
}

void escape_text(struct buf *out, struct slice text)
{
    while (text.length > 0) {
        const char *at = text.data;

        add_safe(out, utf8_next(&text), at);
    }
}

void escape_html(struct buf *out, struct slice text)
{
    while (text.length > 0) {
        const char *at = text.data;
        uint32_t c = utf8_next(&text);

        switch (c) {
        case '&':
            buf_add_text(out, "&amp;");
            break;
        case '<':
            buf_add_text(out, "&lt;");
            break;
        case '>':
            buf_add_text(out, "&gt;");
            break;
        case '"':
            buf_add_text(out, "&quot;");
            break;
        case '\'':
            buf_add_text(out, "&#39;");
            break;
        default:
            add_safe(out, c, at);
        }
    }
}

void escape_json(struct buf *out, struct slice text)
{
    buf_add_byte(out, '"');
    while (text.length > 0) {
        const char *at = text.data;
        uint32_t c = utf8_next(&text);

        if (c == '"' || c == '\\')
            buf_format(out, "\\%c", (int)c);
        else if (c == UTF8_INVALID)
            buf_format(out, "\\\\x%02X", (unsigned)(unsigned char)*at);
        else if (is_unsafe(c))
            buf_format(out, "\\u%04x", c);
        else
            buf_add_code_point(out, c);
    }
    buf_add_byte(out, '"');
}

void escape_csv(struct buf *out, struct slice text)
{
    size_t start = out->length;
    bool quote = false;

    while (text.length > 0) {
        const char *at = text.data;
        uint32_t c = utf8_next(&text);

        if (c == '"')
            buf_add_byte(out, '"');
        if (c == '"' || c == ',')
            quote = true;
        add_safe(out, c, at);
    }
    if (!quote || out->failed)
        return;
    buf_add_text(out, "\"\"");
    if (out->failed)
        return;
    memmove(out->data + start + 1, out->data + start, out->length - start - 2);
    out->data[start] = '"';
    out->data[out->length - 1] = '"';
}
