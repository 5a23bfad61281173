/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "extract/inflate.h"

#include <limits.h>
#define ZLIB_CONST
#include <zlib.h>

/* One call gives at most a buffer; input is handed over in parts that zlib can count. */
static int inflate_piece(z_stream *stream, struct slice *rest, char *buffer, size_t size)
{
    if (stream->avail_in == 0) {
        stream->avail_in = rest->length < INT_MAX ? (uInt)rest->length : INT_MAX;
        stream->next_in = (const Bytef *)rest->data;
        *rest = slice_skip(*rest, stream->avail_in);
    }
    stream->next_out = (Bytef *)buffer;
    stream->avail_out = (uInt)size;
    return inflate(stream, Z_NO_FLUSH);
}

int inflate_bytes(struct slice packed, char *buffer, size_t size, inflate_take *take, void *state,
                  bool *out_whole, struct tq_error *err)
{
    z_stream stream = {0};
    bool enough = false;
    int status = Z_OK, r = TQ_OK;

    *out_whole = false;
    if (inflateInit2(&stream, -MAX_WBITS) != Z_OK)
        return tq_no_memory(err);
    while (status == Z_OK && r == TQ_OK && !enough) {
        size_t made;

        status = inflate_piece(&stream, &packed, buffer, size);
        made = size - stream.avail_out;
        if (made > 0)
            r = take(state, slice_make(buffer, made), &enough, err);
    }
    (void)inflateEnd(&stream);
    if (r == TQ_OK && status == Z_MEM_ERROR)
        return tq_no_memory(err);
    *out_whole = status == Z_STREAM_END && !enough;
    return r;
}
