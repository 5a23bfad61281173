/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <string.h>

#include "register/array_code_parts.h"
#include "register/array_planes.h"

/*
 * Keys that are numbers follow from the values: amounts are stored in hundredths, so that what the
 * value begins with says all; dates count days, so that those of a year follow each other.
 */

static bool is_digit(unsigned char byte)
{
    return byte >= '0' && byte <= '9';
}

/* Hundredths of the decimal number that a text begins with, modulo 2^64; 0: it is none. */
static uint64_t hundredths_of(const unsigned char *text, size_t length)
{
    bool negative = length > 0 && text[0] == '-';
    size_t i = negative;
    uint64_t number = 0;
    unsigned decimals = 0;

    for (; i < length && is_digit(text[i]); i++)
        number = number * 10 + (text[i] - (unsigned)'0');
    if (i < length && text[i] == '.') {
        for (i++; i < length && is_digit(text[i]) && decimals < 2; i++, decimals++)
            number = number * 10 + (text[i] - (unsigned)'0');
    }
    for (; decimals < 2; decimals++)
        number *= 10;
    return negative ? 0 - number : number;
}

static uint64_t expected(const struct array_code *code, size_t number)
{
    uint32_t from = code->base_groups[number], to = code->base_groups[number + 1];

    return hundredths_of((const unsigned char *)code->base + from, to - from);
}

size_t numbers_encode(const struct array_code *code, size_t first, size_t count, unsigned char *out)
{
    const unsigned char *items = code->items;
    size_t numbers = count / NUMBER_BYTES;
    uint64_t before = 0;

    for (size_t i = 0; i < numbers; i++) {
        uint64_t number, distance;

        memcpy(&number, items + i * NUMBER_BYTES, sizeof(number));
        distance = number - expected(code, first / NUMBER_BYTES + i);
        plane_put_8(out, numbers, i, distance - before);
        before = distance;
    }
    return count;
}

bool numbers_decode(const struct array_code *code, size_t first, size_t count,
                    const unsigned char *coded, size_t length)
{
    unsigned char *items = code->items;
    size_t numbers = count / NUMBER_BYTES;
    uint64_t distance = 0;

    if (length != count)
        return false;
    for (size_t i = 0; i < numbers; i++) {
        uint64_t number;

        distance += plane_get_8(coded, numbers, i);
        number = distance + expected(code, first / NUMBER_BYTES + i);
        memcpy(items + i * NUMBER_BYTES, &number, sizeof(number));
    }
    return true;
}
