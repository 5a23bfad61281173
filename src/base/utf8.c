/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "base/utf8.h"

#include <assert.h>

/* Length of the sequence a lead byte announces, and the smallest value it may encode. */
static unsigned announced_length(unsigned char lead, uint32_t *out_smallest)
{
    if (lead >= 0xC2 && lead <= 0xDF) {
        *out_smallest = 0x80;
        return 2;
    }
    if (lead >= 0xE0 && lead <= 0xEF) {
        *out_smallest = 0x800;
        return 3;
    }
    if (lead >= 0xF0 && lead <= 0xF4) {
        *out_smallest = 0x10000;
        return 4;
    }
    return 0;
}

uint32_t utf8_next(struct slice *text)
{
    const unsigned char *bytes = (const unsigned char *)text->data;
    uint32_t smallest, value;
    unsigned length;

    assert(text->length > 0);

    if (bytes[0] < 0x80) {
        *text = slice_skip(*text, 1);
        return bytes[0];
    }
    length = announced_length(bytes[0], &smallest);
    if (length == 0 || length > text->length) {
        *text = slice_skip(*text, 1);
        return UTF8_INVALID;
    }
    value = bytes[0] & (0x7Fu >> length);
    for (unsigned i = 1; i < length; i++) {
        if ((bytes[i] & 0xC0) != 0x80) {
            *text = slice_skip(*text, 1);
            return UTF8_INVALID;
        }
        value = value << 6 | (bytes[i] & 0x3F);
    }
    if (value < smallest || value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF)) {
        *text = slice_skip(*text, 1);
        return UTF8_INVALID;
    }
    *text = slice_skip(*text, length);
    return value;
}

size_t utf8_put(char *out, uint32_t code_point)
{
    if (code_point > 0x10FFFF || (code_point >= 0xD800 && code_point <= 0xDFFF))
        code_point = UTF8_REPLACEMENT;
    if (code_point < 0x80) {
        out[0] = (char)code_point;
        return 1;
    }
    if (code_point < 0x800) {
        out[0] = (char)(0xC0 | code_point >> 6);
        out[1] = (char)(0x80 | (code_point & 0x3F));
        return 2;
    }
    if (code_point < 0x10000) {
        out[0] = (char)(0xE0 | code_point >> 12);
        out[1] = (char)(0x80 | (code_point >> 6 & 0x3F));
        out[2] = (char)(0x80 | (code_point & 0x3F));
        return 3;
    }
    out[0] = (char)(0xF0 | code_point >> 18);
    out[1] = (char)(0x80 | (code_point >> 12 & 0x3F));
    out[2] = (char)(0x80 | (code_point >> 6 & 0x3F));
    out[3] = (char)(0x80 | (code_point & 0x3F));
    return 4;
}

bool utf8_is_valid(struct slice text)
{
    while (text.length > 0) {
        if (utf8_next(&text) == UTF8_INVALID)
            return false;
    }
    return true;
}
