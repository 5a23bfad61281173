/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "extract/utf16_text.h"

#include "base/utf8.h"
#include "extract/little_endian.h"

void utf16_text_add(struct buf *out, struct slice bytes)
{
    for (size_t i = 0; i + 1 < bytes.length; i += 2) {
        uint32_t unit = u16_of(bytes.data + i);

        if (unit >= 0xD800 && unit < 0xDC00 && i + 3 < bytes.length) {
            uint32_t low = u16_of(bytes.data + i + 2);

            if (low >= 0xDC00 && low < 0xE000) {
                unit = 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
                i += 2;
            }
        }
        if (unit)
            buf_add_code_point(out, unit >= 0xD800 && unit < 0xE000 ? UTF8_REPLACEMENT : unit);
    }
}
