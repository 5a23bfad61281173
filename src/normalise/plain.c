/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "normalise/plain.h"

#include "base/utf8.h"
#include "normalise/folding.h"

static char plain_mark(uint32_t c)
{
    if (c == 0xA0 || (c >= 0x2000 && c <= 0x200A) || c == 0x202F || c == 0x205F || c == 0x3000)
        return ' ';
    if ((c >= 0x2010 && c <= 0x2015) || c == 0x2212 || c == 0xFE63 || c == 0xFF0D)
        return '-';
    if (c == 0x2018 || c == 0x2019 || c == 0x2BC || c == 0x2032 || c == 0x66C || c == 0xB4)
        return '\'';
    if (c == 0x66B)
        return PLAIN_DECIMAL;
    if ((c >= 0x20A0 && c <= 0x20C0) || c == 0xA3 || c == 0xA5 || c == 0xA2)
        return PLAIN_CURRENCY;
    if (c == 0x060C)
        return ',';
    return PLAIN_OTHER;
}

char plain_of(uint32_t c)
{
    char mark;
    unsigned entry;

    if (c < 0x80)
        return c < ' ' ? ' ' : (char)c;
    if (c >= FOLDING_CODE_POINTS)
        return PLAIN_OTHER;
    mark = plain_mark(c);
    if (mark != PLAIN_OTHER)
        return mark;
    entry = folding_entry[folding_block[c / FOLDING_BLOCK] * FOLDING_BLOCK + c % FOLDING_BLOCK];
    if (entry == FOLDING_SPACE)
        return PLAIN_OTHER;
    if (entry == FOLDING_DROP)
        return PLAIN_NOTHING;
    return entry >= '0' && entry <= '9' ? (char)entry : PLAIN_LETTER;
}

static bool is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

#define LETTER 1
#define DIGIT  2

static inline unsigned kind_of(char c)
{
    return plain_is_digit(c) ? DIGIT : plain_is_letter(c) ? LETTER : 0;
}

bool plain_make(struct slice cell, struct plain *out)
{
    const char *p = cell.data, *end = cell.data + cell.length;
    unsigned kinds = 0;
    char *to = out->text;

    while (p < end && is_space(*p))
        p++;
    while (end > p && is_space(end[-1]))
        end--;
    if (p == end || end - p > PLAIN_BYTES_MAX)
        return false;

    while (p < end) {
        if ((unsigned char)*p < 0x80) {
            *to = *p < ' ' ? ' ' : *p;
            p++;
            kinds |= kind_of(*to++);
        } else {
            struct slice rest = slice_make(p, (size_t)(end - p));
            uint32_t code_point = utf8_next(&rest);
            char c = code_point == UTF8_INVALID ? PLAIN_OTHER : plain_of(code_point);

            p = rest.data;
            if (c == PLAIN_NOTHING)
                continue;
            *to++ = c;
            kinds |= kind_of(c);
        }
    }
    while (to > out->text && to[-1] == ' ')
        to--;
    *to = '\0';
    out->length = (size_t)(to - out->text);
    out->has_letters = (kinds & LETTER) != 0;
    out->has_digits = (kinds & DIGIT) != 0;
    return out->length > 0;
}
