/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "extract/mapi_stream.h"

#include "extract/little_endian.h"

#define NAMED      0x8000u /* from this number on a property brings its name along */
#define GUID_BYTES 16u
#define MULTIPLE   0x1000u

/* Take `count` bytes and what fills them up to a multiple of four. */
static struct slice take(struct mapi_stream *stream, size_t count)
{
    struct slice taken = slice_make(stream->rest.data, count);
    size_t padded = count + (4 - count % 4) % 4;

    if (count > stream->rest.length) {
        stream->broken = true;
        stream->rest.length = 0;
        return (struct slice){0};
    }
    /* The last value of a stream may lack its filling. */
    stream->rest =
        slice_skip(stream->rest, padded < stream->rest.length ? padded : stream->rest.length);
    return taken;
}

static uint32_t take_number(struct mapi_stream *stream)
{
    struct slice bytes = take(stream, 4);

    return bytes.length == 4 ? u32_of(bytes.data) : 0;
}

/* The bytes of one value of that type; 0: it says its length itself. */
static size_t fixed_length(uint16_t type)
{
    switch (type & ~MULTIPLE) {
    case 0x0005: /* double, currency, time of an appointment, eight bytes, time */
    case 0x0006:
    case 0x0007:
    case 0x0014:
    case MAPI_TIME:
        return 8;
    case 0x0048:
        return GUID_BYTES;
    case MAPI_OBJECT:
    case MAPI_ASCII:
    case MAPI_UNICODE:
    case MAPI_BINARY:
        return 0;
    default:
        return 4;
    }
}

static void skip_name(struct mapi_stream *stream)
{
    (void)take(stream, GUID_BYTES);
    if (take_number(stream) == 0)
        (void)take_number(stream);
    else
        (void)take(stream, take_number(stream));
}

static void begin_property(struct mapi_stream *stream)
{
    uint32_t tag = take_number(stream);

    stream->properties--;
    stream->type = (uint16_t)tag;
    stream->id = (uint16_t)(tag >> 16);
    if (stream->id >= NAMED)
        skip_name(stream);
    stream->values = 1;
    if ((stream->type & MULTIPLE) || fixed_length(stream->type) == 0)
        stream->values = take_number(stream);
}

void mapi_stream_open(struct mapi_stream *stream, struct slice bytes)
{
    *stream = (struct mapi_stream){.rest = bytes};
    stream->properties = take_number(stream);
}

bool mapi_stream_next(struct mapi_stream *stream, struct mapi_value *out_value)
{
    size_t length;

    while (stream->values == 0 && stream->properties > 0 && !stream->broken)
        begin_property(stream);
    if (stream->values == 0 || stream->broken)
        return false;
    stream->values--;
    length = fixed_length(stream->type);
    if (length == 0)
        length = take_number(stream);
    *out_value =
        (struct mapi_value){.id = stream->id, .type = (uint16_t)(stream->type & ~MULTIPLE)};
    out_value->bytes = take(stream, length);
    return !stream->broken;
}
