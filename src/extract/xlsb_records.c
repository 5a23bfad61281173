/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "extract/xlsb_records.h"

#include "extract/emit.h"
#include "extract/little_endian.h"
#include "extract/utf16_text.h"

#define RECORD_BYTES_MAX ((size_t)1 << 20) /* the longest text has 64 KiB, with its fonts 200 */
#define NO_TEXT          0xFFFFFFFFu

struct records {
    xlsb_each *each;
    void *state;
    struct buf waiting; /* bytes that are no whole record yet */
    uint64_t skip;      /* of a record that is too long */
    bool too_long, broken;
};

/* A number of up to `bytes_max` bytes of 7 bits; false if it is not whole. */
static bool take_number(struct slice *view, unsigned bytes_max, uint32_t *out_number)
{
    uint32_t number = 0;

    for (unsigned i = 0; i < bytes_max && i < view->length; i++) {
        unsigned char byte = (unsigned char)view->data[i];

        number |= (uint32_t)(byte & 0x7F) << (7 * i);
        if (byte & 0x80 && i + 1 < bytes_max)
            continue;
        *view = slice_skip(*view, i + 1);
        *out_number = number;
        return true;
    }
    return false;
}

/* All whole records in view. */
static int take_records(struct records *records, struct slice view, size_t *out_used,
                        struct tq_error *err)
{
    size_t all = view.length;
    int r = TQ_OK;

    *out_used = 0;
    while (r == TQ_OK && view.length > 0) {
        struct slice rest = view;
        uint32_t type, length;

        if (!take_number(&rest, 2, &type) || !take_number(&rest, 4, &length))
            break;
        if (length > RECORD_BYTES_MAX) {
            records->too_long = true;
            records->skip = length;
        } else if (length > rest.length) {
            break;
        } else {
            r = records->each(records->state, type, slice_make(rest.data, length), err);
        }
        view = slice_skip(rest, length < rest.length ? length : rest.length);
        if (records->skip > 0)
            records->skip -= length < rest.length ? length : rest.length;
    }
    *out_used = all - view.length;
    return r;
}

static int feed_records(void *state, struct slice bytes, bool *out_enough, struct tq_error *err)
{
    struct records *records = state;
    size_t used = 0, skipped = records->skip < bytes.length ? (size_t)records->skip : bytes.length;
    int r;

    (void)out_enough;
    records->skip -= skipped;
    bytes = slice_skip(bytes, skipped);
    buf_add_slice(&records->waiting, bytes);
    r = buf_check(&records->waiting, err);
    if (r == TQ_OK)
        r = take_records(records, buf_slice(&records->waiting), &used, err);
    if (r < 0)
        return r;
    records->waiting.length -= used;
    if (records->waiting.length > 0 && used > 0)
        memmove(records->waiting.data, records->waiting.data + used, records->waiting.length);
    return TQ_OK;
}

int xlsb_records_read(struct package *package, size_t part, xlsb_each *each, void *state,
                      struct tq_error *err)
{
    struct records records = {.each = each, .state = state};
    bool whole;
    int r = package_read(package, part, feed_records, &records, &whole, err);

    if (r == TQ_OK && (records.waiting.length > 0 || records.skip > 0))
        r = emit_note(package->sink, 0, err, "a part breaks off in the middle of a record");
    if (r == TQ_OK && records.too_long)
        r = emit_note(package->sink, 0, err, "a part has records that are too long: not read");
    buf_clear(&records.waiting);
    return r;
}

uint32_t xlsb_u16(struct slice body, size_t at)
{
    return at + 2 <= body.length ? u16_of(body.data + at) : 0;
}

uint32_t xlsb_u32(struct slice body, size_t at)
{
    return at + 4 <= body.length ? u32_of(body.data + at) : 0;
}

size_t xlsb_text(struct slice body, size_t at, struct buf *out)
{
    uint32_t units = xlsb_u32(body, at);
    struct slice rest = slice_skip(body, at + 4 < body.length ? at + 4 : body.length);
    size_t length = 2 * (size_t)units;

    if (units == NO_TEXT)
        return at + 4;
    if (length > rest.length)
        length = rest.length;
    utf16_text_add(out, slice_make(rest.data, length));
    return at + 4 + length;
}
