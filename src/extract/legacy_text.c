/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "extract/legacy_text.h"

#include "base/utf8.h"
#include "extract/decode.h"

static void add_byte(struct buf *out, unsigned char byte, const struct codepage *page)
{
    if (byte == '\0')
        return;
    if (byte < 0x80)
        buf_add_byte(out, (char)byte);
    else
        buf_add_code_point(out,
                           page->upper[byte - 0x80] ? page->upper[byte - 0x80] : UTF8_REPLACEMENT);
}

static void add_without_nuls(struct buf *out, struct slice bytes)
{
    for (size_t i = 0; i < bytes.length; i++) {
        if (bytes.data[i])
            buf_add_byte(out, bytes.data[i]);
    }
}

void legacy_text_add(struct buf *out, struct slice bytes, const struct codepage *page)
{
    if (bytes.length == 0)
        return;
    if (utf8_is_valid(bytes)) {
        if (memchr(bytes.data, '\0', bytes.length))
            add_without_nuls(out, bytes);
        else
            buf_add_slice(out, bytes);
        return;
    }
    if (!page)
        page = codepage_guess(bytes);
    for (size_t i = 0; i < bytes.length; i++)
        add_byte(out, (unsigned char)bytes.data[i], page);
}

bool legacy_text_is(struct slice bytes)
{
    return utf8_is_valid(bytes) && decode_is_text(bytes)
           && !(bytes.length > 0 && memchr(bytes.data, '\0', bytes.length));
}
