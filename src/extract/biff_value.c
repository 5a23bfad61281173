/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "extract/biff_value.h"

#include <stddef.h>
#include <string.h>

double biff_double(uint64_t bits)
{
    double value;

    memcpy(&value, &bits, sizeof(value));
    return value;
}

double biff_rk(uint32_t rk)
{
    double value = rk & 2 ? (double)((int32_t)rk >> 2) : biff_double((uint64_t)(rk & ~3u) << 32);

    return rk & 1 ? value / 100 : value;
}

const char *biff_error(uint32_t code)
{
    static const struct {
        uint8_t code;
        const char *text;
    } errors[] = {{0x00, "#NULL!"}, {0x07, "#DIV/0!"}, {0x0F, "#VALUE!"}, {0x17, "#REF!"},
                  {0x1D, "#NAME?"}, {0x24, "#NUM!"},   {0x2A, "#N/A"}};

    for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
        if (errors[i].code == code)
            return errors[i].text;
    }
    return "";
}
