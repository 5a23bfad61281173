/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "extract/cut_stream.h"

#include <archive.h>
#include <stdlib.h>
#include <zlib.h>
#include <zstd.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/file.h"

#define READ_BYTES  ((size_t)128 << 10)
#define GZIP_WINDOW (MAX_WBITS + 16) /* with a head */

struct cut_stream {
    int fd;
    uint64_t offset, skipped_bytes;
    char *in, *out; /* owned: READ_BYTES each */
    inflate_take *take;
    void *state;
    bool is_enough;
};

static void cut_stream_clear(struct cut_stream *s)
{
    free(s->in);
    free(s->out);
}

static int read_next(struct cut_stream *s, size_t wanted, size_t *out_got, struct tq_error *err)
{
    int r = file_read_at(s->fd, s->offset, s->in, wanted, out_got, err);

    if (r == TQ_OK)
        s->offset += *out_got;
    return r;
}

/* The first `made` bytes of s->out, but for those that are skipped. */
static int give(struct cut_stream *s, size_t made, struct tq_error *err)
{
    size_t skipped = made < s->skipped_bytes ? made : (size_t)s->skipped_bytes;

    s->skipped_bytes -= skipped;
    return made == skipped ? TQ_OK
                           : s->take(s->state, slice_make(s->out + skipped, made - skipped),
                                     &s->is_enough, err);
}

/* What one call of zlib makes; *out_ended: there is no more. */
static int inflate_some(struct cut_stream *s, z_stream *z, bool *out_ended, struct tq_error *err)
{
    int status, r;

    z->next_out = (Bytef *)s->out;
    z->avail_out = (uInt)READ_BYTES;
    status = inflate(z, Z_SYNC_FLUSH);
    r = give(s, READ_BYTES - z->avail_out, err);
    if (status == Z_STREAM_END) /* another file may follow */
        status = inflateReset(z);
    *out_ended = status != Z_OK && status != Z_BUF_ERROR;
    return r < 0 || status != Z_MEM_ERROR ? r : tq_no_memory(err);
}

static int read_gzip(struct cut_stream *s, struct tq_error *err)
{
    z_stream z = {0};
    bool is_ended = false;
    int r = TQ_OK;

    if (inflateInit2(&z, GZIP_WINDOW) != Z_OK)
        return tq_no_memory(err);
    while (r == TQ_OK && !is_ended && !s->is_enough) {
        size_t got = 0;

        r = read_next(s, READ_BYTES, &got, err);
        if (r < 0 || got == 0)
            break;
        z.next_in = (Bytef *)s->in;
        z.avail_in = (uInt)got;
        do {
            r = inflate_some(s, &z, &is_ended, err);
        } while (r == TQ_OK && !is_ended && !s->is_enough && (z.avail_in > 0 || z.avail_out == 0));
    }
    (void)inflateEnd(&z);
    return r;
}

static void zstd_cleanup(ZSTD_DStream **stream)
{
    (void)ZSTD_freeDStream(*stream);
}

/* Block by block: what is made of a block before another one fails is lost to who asks for both. */
static int read_zstd(struct cut_stream *s, struct tq_error *err)
{
    CLEANUP(zstd_cleanup) ZSTD_DStream *stream = ZSTD_createDStream();
    size_t wanted = stream ? ZSTD_initDStream(stream) : 0;
    int r = TQ_OK;

    if (!stream)
        return tq_no_memory(err);
    while (r == TQ_OK && !s->is_enough) {
        ZSTD_inBuffer in = {s->in, 0, 0};
        ZSTD_outBuffer out = {s->out, READ_BYTES, 0};

        r = read_next(s, wanted > 0 && wanted < READ_BYTES ? wanted : READ_BYTES, &in.size, err);
        if (r < 0 || in.size == 0)
            break;
        do {
            out.pos = 0;
            wanted = ZSTD_decompressStream(stream, &out, &in);
            if (ZSTD_isError(wanted))
                return TQ_OK;
            r = give(s, out.pos, err);
        } while (r == TQ_OK && !s->is_enough && (in.pos < in.size || out.pos == out.size));
        wanted = wanted > 0 ? wanted : ZSTD_initDStream(stream);
    }
    return r;
}

bool cut_stream_knows(int filter)
{
    return filter == ARCHIVE_FILTER_GZIP || filter == ARCHIVE_FILTER_ZSTD;
}

int cut_stream_read(int fd, int filter, uint64_t skipped_bytes, inflate_take *take, void *state,
                    struct tq_error *err)
{
    CLEANUP(cut_stream_clear)
    struct cut_stream s = {.fd = fd, .skipped_bytes = skipped_bytes, .take = take, .state = state};

    s.in = alloc_zeroed(READ_BYTES, 1);
    s.out = alloc_zeroed(READ_BYTES, 1);
    if (!s.in || !s.out)
        return tq_no_memory(err);
    return filter == ARCHIVE_FILTER_GZIP ? read_gzip(&s, err) : read_zstd(&s, err);
}
