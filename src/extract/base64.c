/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "extract/base64.h"

static int digit64(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

void base64_add(struct buf *out, struct slice text)
{
    uint32_t bits = 0;
    unsigned count = 0;

    for (size_t i = 0; i < text.length && text.data[i] != '='; i++) {
        int digit = digit64(text.data[i]);

        if (digit < 0)
            continue;
        bits = (bits << 6 | (uint32_t)digit) & 0xFFFFFF;
        count += 6;
        if (count >= 8) {
            count -= 8;
            buf_add_byte(out, (char)(bits >> count));
        }
    }
}

static int digit16(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

void quoted_printable_add(struct buf *out, struct slice text)
{
    for (size_t i = 0; i < text.length; i++) {
        int high = i + 2 < text.length ? digit16(text.data[i + 1]) : -1;
        int low = i + 2 < text.length ? digit16(text.data[i + 2]) : -1;

        if (text.data[i] == '=' && high >= 0 && low >= 0) {
            buf_add_byte(out, (char)(high << 4 | low));
            i += 2;
        } else {
            buf_add_byte(out, text.data[i]);
        }
    }
}
