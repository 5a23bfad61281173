/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "extract/xls_text.h"

#include <string.h>

#include "base/alloc.h"
#include "base/limits.h"

#define FLAG_WIDE     1u /* characters are UTF-16 */
#define FLAG_PHONETIC 4u
#define FLAG_RICH     8u

static uint32_t take(struct xls_bytes *bytes, unsigned count)
{
    uint32_t value = 0;

    for (unsigned i = 0; i < count && bytes->at < bytes->length; i++)
        value |= (uint32_t)(unsigned char)bytes->data[bytes->at++] << (8 * i);
    return value;
}

static size_t record_end(struct xls_bytes *bytes)
{
    while (bytes->end < bytes->end_count && bytes->ends[bytes->end] <= bytes->at)
        bytes->end++;
    return bytes->end < bytes->end_count ? bytes->ends[bytes->end] : bytes->length;
}

/* Whether one record has just ended and another goes on. */
static bool is_between(struct xls_bytes *bytes)
{
    while (bytes->end < bytes->end_count && bytes->ends[bytes->end] < bytes->at)
        bytes->end++;
    return bytes->end < bytes->end_count && bytes->ends[bytes->end] == bytes->at;
}

void xls_text_decode(struct slice text, const struct codepage *page, struct buf *out)
{
    for (size_t i = 0; i < text.length; i++) {
        unsigned char c = (unsigned char)text.data[i];

        buf_add_code_point(out, c < 0x80 ? c : page->upper[c - 0x80]);
    }
}

/* The characters of one record; `*high` is the first half of a pair. */
static void add_characters(struct xls_bytes *bytes, size_t count, bool wide, uint32_t *high,
                           struct buf *out)
{
    for (size_t i = 0; i < count; i++) {
        uint32_t unit = take(bytes, wide ? 2 : 1);

        if (unit >= 0xD800 && unit <= 0xDBFF) {
            *high = unit;
            continue;
        }
        if (unit >= 0xDC00 && unit <= 0xDFFF)
            unit = *high ? 0x10000 + ((*high - 0xD800) << 10) + (unit - 0xDC00) : 0xFFFD;
        *high = 0;
        if (unit != 0 && out->length <= CELL_BYTES_MAX)
            buf_add_code_point(out, unit);
    }
}

bool xls_text_read(struct xls_bytes *bytes, bool is_short, struct buf *out)
{
    size_t left = take(bytes, is_short ? 1 : 2), behind = 0;
    uint32_t flags = take(bytes, 1), high = 0;

    if (flags & FLAG_RICH)
        behind += (size_t)4 * take(bytes, 2);
    if (flags & FLAG_PHONETIC)
        behind += take(bytes, 4);
    while (left > 0 && bytes->at < bytes->length) {
        size_t end, room, count;
        unsigned width;

        if (is_between(bytes))
            flags = (flags & ~FLAG_WIDE) | (take(bytes, 1) & FLAG_WIDE);
        width = flags & FLAG_WIDE ? 2 : 1;
        end = record_end(bytes);
        room = (end - bytes->at) / width;
        count = left < room ? left : room;
        add_characters(bytes, count, width == 2, &high, out);
        left -= count;
        if (left > 0)
            bytes->at = end; /* an odd byte is of nothing */
    }
    if (left > 0 || behind > bytes->length - bytes->at) {
        bytes->at = bytes->length;
        return left == 0;
    }
    bytes->at += behind;
    return true;
}

static int add_text(struct xlsx_book *book, struct slice text, struct tq_error *err)
{
    int r = alloc_reserve(&book->texts, &book->text_capacity, book->text_length + text.length + 1,
                          1, err);

    if (r == TQ_OK)
        r = alloc_reserve(&book->ends, &book->end_capacity, book->text_count + 1,
                          sizeof(*book->ends), err);
    if (r < 0)
        return r;
    if (text.length > 0)
        memcpy(book->texts + book->text_length, text.data, text.length);
    book->text_length += text.length;
    book->ends[book->text_count++] = (uint32_t)book->text_length;
    return TQ_OK;
}

int xls_texts_read(struct xls_bytes *bytes, struct xlsx_book *book, struct tq_error *err)
{
    struct buf text = {0};
    uint32_t count;
    int r = TQ_OK;

    (void)take(bytes, 4); /* how often they are used */
    count = take(bytes, 4);
    for (uint32_t i = 0; i < count && bytes->at < bytes->length && r == TQ_OK; i++) {
        buf_empty(&text);
        if (bytes->at == record_end(bytes)) /* a text never begins at the very end */
            break;
        (void)xls_text_read(bytes, false, &text);
        r = buf_check(&text, err);
        if (book->text_length + text.length > XLSX_TEXT_BYTES_MAX) {
            book->texts_left_out = true;
            break;
        }
        if (r == TQ_OK)
            r = add_text(book, buf_slice(&text), err);
    }
    buf_clear(&text);
    return r;
}
