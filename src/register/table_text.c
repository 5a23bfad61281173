/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "register/table_text.h"

#include <errno.h>
#include <fcntl.h>
#include <iconv.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/file.h"

#define INPUT_BYTES ((size_t)256 << 10) /* larger gains nothing from the page cache */
#define ZLIB_GZIP   31                  /* window of 15 bits, gzip header only */

enum compression {
    COMPRESSION_NONE,
    COMPRESSION_GZIP,
    COMPRESSION_ZSTD
};

/* Bytes that one stage has made and the next has not taken yet. */
struct stage {
    char *data; /* owned, INPUT_BYTES */
    size_t start, end;
};

struct table_text {
    char *path;
    int fd;
    enum compression compression;
    bool file_ended, ended; /* ended: nothing more comes out of the decompressor */
    struct stage raw;       /* as in the file */
    struct stage plain;     /* decompressed, before conversion; unused without an encoding */
    z_stream gzip;
    bool gzip_open, in_member;
    ZSTD_DStream *zstd;
    iconv_t converter; /* (iconv_t)-1: none */
    bool checked_mark;
    table_text_reader *reader; /* no file: the rest is unused */
    void *reader_state;
};

DEFINE_CLEANUP(struct table_text *, table_text_close)

struct table_text *table_text_close(struct table_text *source)
{
    if (!source)
        return NULL;
    if (source->fd >= 0)
        (void)close(source->fd);
    if (source->gzip_open)
        (void)inflateEnd(&source->gzip);
    (void)ZSTD_freeDStream(source->zstd);
    if (source->converter != (iconv_t)-1)
        (void)iconv_close(source->converter);
    free(source->raw.data);
    free(source->plain.data);
    free(source->path);
    free(source);
    return NULL;
}

static int fill_raw(struct table_text *source, struct tq_error *err)
{
    struct tq_error cause;
    size_t got;

    if (source->raw.start < source->raw.end || source->file_ended)
        return TQ_OK;
    if (file_read(source->fd, source->raw.data, INPUT_BYTES, &got, &cause) < 0)
        return tq_fail(err, TQ_E_IO, "'%s': %s", source->path, cause.message);
    source->raw.start = 0;
    source->raw.end = got;
    source->file_ended = got < INPUT_BYTES;
    return TQ_OK;
}

static int read_plain(struct table_text *source, char *data, size_t length, size_t *out_got)
{
    size_t got = source->raw.end - source->raw.start;

    if (got > length)
        got = length;
    memcpy(data, source->raw.data + source->raw.start, got);
    source->raw.start += got;
    source->ended = source->file_ended && source->raw.start == source->raw.end;
    *out_got = got;
    return TQ_OK;
}

static int damaged(const struct table_text *source, const char *why, struct tq_error *err)
{
    return tq_fail(err, TQ_E_SYNTAX, "'%s': the compressed data is %s", source->path, why);
}

/* Several members in a row are one file, as gzip -d has it. */
static int read_gzip(struct table_text *source, char *data, size_t length, size_t *out_got,
                     struct tq_error *err)
{
    z_stream *gzip = &source->gzip;
    size_t room = length < INPUT_BYTES ? length : INPUT_BYTES;
    int status;

    if (source->raw.start == source->raw.end) {
        if (source->in_member)
            return damaged(source, "cut short", err);
        source->ended = true;
        *out_got = 0;
        return TQ_OK;
    }
    gzip->next_in = (Bytef *)source->raw.data + source->raw.start;
    gzip->avail_in = (uInt)(source->raw.end - source->raw.start);
    gzip->next_out = (Bytef *)data;
    gzip->avail_out = (uInt)room;
    source->in_member = true;
    status = inflate(gzip, Z_NO_FLUSH);
    source->raw.start = source->raw.end - gzip->avail_in;
    if (status == Z_STREAM_END) {
        source->in_member = false;
        (void)inflateReset(gzip);
    } else if (status != Z_OK && status != Z_BUF_ERROR) {
        return status == Z_MEM_ERROR ? tq_no_memory(err)
                                     : damaged(source, gzip->msg ? gzip->msg : "damaged", err);
    }
    *out_got = room - gzip->avail_out;
    return TQ_OK;
}

static int read_zstd(struct table_text *source, char *data, size_t length, size_t *out_got,
                     struct tq_error *err)
{
    ZSTD_inBuffer in = {source->raw.data, source->raw.end, source->raw.start};
    ZSTD_outBuffer out = {data, length, 0};
    bool no_input = source->raw.start == source->raw.end;
    size_t status = ZSTD_decompressStream(source->zstd, &out, &in);

    if (ZSTD_isError(status))
        return damaged(source, ZSTD_getErrorName(status), err);
    source->raw.start = in.pos;
    if (no_input && out.pos == 0) {
        if (source->in_member)
            return damaged(source, "cut short", err);
        source->ended = true;
    }
    if (!no_input || out.pos > 0)
        source->in_member = status != 0;
    *out_got = out.pos;
    return TQ_OK;
}

/* Decompressed bytes, at least one unless the end is reached. */
static int read_some(struct table_text *source, char *data, size_t length, size_t *out_got,
                     struct tq_error *err)
{
    size_t got = 0;

    while (got == 0 && !source->ended) {
        int r = fill_raw(source, err);

        if (r < 0)
            return r;
        if (source->compression == COMPRESSION_GZIP)
            r = read_gzip(source, data, length, &got, err);
        else if (source->compression == COMPRESSION_ZSTD)
            r = read_zstd(source, data, length, &got, err);
        else
            r = read_plain(source, data, length, &got);
        if (r < 0)
            return r;
    }
    *out_got = got;
    return TQ_OK;
}

static int open_decompressor(struct table_text *source, struct tq_error *err)
{
    static const char gzip_magic[] = {'\x1f', '\x8b'};
    static const char zstd_magic[] = {'\x28', '\xb5', '\x2f', '\xfd'};
    int r = fill_raw(source, err);

    if (r < 0)
        return r;
    if (source->raw.end >= sizeof(gzip_magic)
        && memcmp(source->raw.data, gzip_magic, sizeof(gzip_magic)) == 0) {
        if (inflateInit2(&source->gzip, ZLIB_GZIP) != Z_OK)
            return tq_no_memory(err);
        source->gzip_open = true;
        source->compression = COMPRESSION_GZIP;
    }
    if (source->raw.end >= sizeof(zstd_magic)
        && memcmp(source->raw.data, zstd_magic, sizeof(zstd_magic)) == 0) {
        source->zstd = ZSTD_createDStream();
        if (!source->zstd)
            return tq_no_memory(err);
        source->compression = COMPRESSION_ZSTD;
    }
    return TQ_OK;
}

static bool is_utf8(const char *encoding)
{
    return !encoding || strcasecmp(encoding, "utf-8") == 0 || strcasecmp(encoding, "utf8") == 0;
}

int table_text_open(const char *path, const char *encoding, struct table_text **out_source,
                    struct tq_error *err)
{
    CLEANUP(table_text_close_cleanup)
    struct table_text *source = alloc_zeroed(1, sizeof(*source));
    int r;

    if (!source)
        return tq_no_memory(err);
    source->converter = (iconv_t)-1;
    source->fd = open(path, O_RDONLY | O_CLOEXEC);
    if (source->fd < 0)
        return tq_fail(err, TQ_E_IO, "could not open '%s': %s", path, strerror(errno));
    source->path = strdup(path);
    source->raw.data = alloc_resize(NULL, INPUT_BYTES, 1);
    source->plain.data = alloc_resize(NULL, INPUT_BYTES, 1);
    if (!source->path || !source->raw.data || !source->plain.data)
        return tq_no_memory(err);
    if (!is_utf8(encoding)) {
        source->converter = iconv_open("UTF-8", encoding);
        if (source->converter == (iconv_t)-1)
            return tq_fail(err, TQ_E_USAGE, "'%s': unknown encoding '%s'", path, encoding);
    }
    r = open_decompressor(source, err);
    if (r < 0)
        return r;
    *out_source = TAKE(source);
    return TQ_OK;
}

int table_text_of(table_text_reader *reader, void *state, struct table_text **out_source,
                  struct tq_error *err)
{
    struct table_text *source = alloc_zeroed(1, sizeof(*source));

    if (!source)
        return tq_no_memory(err);
    source->fd = -1;
    source->converter = (iconv_t)-1;
    source->reader = reader;
    source->reader_state = state;
    *out_source = source;
    return TQ_OK;
}

/* What iconv cannot read becomes U+FFFD, one byte at a time. */
static void convert(struct table_text *source, char **out, size_t *room)
{
    static const char replacement[] = "\xef\xbf\xbd";
    struct stage *plain = &source->plain;
    char *in = plain->data + plain->start;
    size_t left = plain->end - plain->start;
    size_t status = iconv(source->converter, &in, &left, out, room);
    bool cut = status == (size_t)-1 && errno == EINVAL && !source->ended;

    plain->start = plain->end - left;
    if (status != (size_t)-1 || errno == E2BIG || cut || left == 0)
        return;
    if (*room < sizeof(replacement) - 1)
        return;
    memcpy(*out, replacement, sizeof(replacement) - 1);
    *out += sizeof(replacement) - 1;
    *room -= sizeof(replacement) - 1;
    plain->start++;
}

/* Move what is left to the front and read more behind it. */
static int fill_stage(struct table_text *source, struct tq_error *err)
{
    struct stage *plain = &source->plain;
    size_t got;
    int r;

    memmove(plain->data, plain->data + plain->start, plain->end - plain->start);
    plain->end -= plain->start;
    plain->start = 0;
    r = read_some(source, plain->data + plain->end, INPUT_BYTES - plain->end, &got, err);
    if (r < 0)
        return r;
    plain->end += got;
    return TQ_OK;
}

static int read_converted(struct table_text *source, char *data, size_t length, size_t *out_got,
                          struct tq_error *err)
{
    char *out = data;
    size_t room = length;

    while (room >= 8 && (!source->ended || source->plain.start < source->plain.end)) {
        size_t before = source->plain.end - source->plain.start;

        if (before < 16 && !source->ended) { /* no encoding has longer characters */
            int r = fill_stage(source, err);

            if (r < 0)
                return r;
        }
        convert(source, &out, &room);
    }
    *out_got = (size_t)(out - data);
    return TQ_OK;
}

static int read_decoded(struct table_text *source, char *data, size_t length, size_t *out_got,
                        struct tq_error *err)
{
    if (source->converter != (iconv_t)-1)
        return read_converted(source, data, length, out_got, err);
    return read_some(source, data, length, out_got, err);
}

/* A byte order mark, now in UTF-8 whatever it was before. */
static void drop_mark(struct table_text *source, char *data, size_t *got)
{
    source->checked_mark = true;
    if (*got < 3 || memcmp(data, "\xef\xbb\xbf", 3) != 0)
        return;
    *got -= 3;
    memmove(data, data + 3, *got);
}

int table_text_read(struct table_text *source, char *data, size_t length, size_t *out_got,
                    struct tq_error *err)
{
    size_t total = 0, got = 1;

    if (source->reader)
        return source->reader(source->reader_state, data, length, out_got, err);
    while (got > 0 && length - total >= 8) {
        int r = read_decoded(source, data + total, length - total, &got, err);

        if (r < 0)
            return r;
        total += got;
        if (!source->checked_mark && (total >= 3 || got == 0))
            drop_mark(source, data, &total);
    }
    *out_got = total;
    return TQ_OK;
}
