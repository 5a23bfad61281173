/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Reading exports back. */
#include "drill/csv_in.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/file.h"

#define CHUNK_BYTES (1u << 18)

/* The next byte, or -1 at the end. */
static int next_byte(struct csv_in *in, int *out_byte, struct tq_error *err)
{
    if (in->chunk_used == in->chunk_length && !in->at_end) {
        int r = file_read(in->fd, in->chunk, CHUNK_BYTES, &in->chunk_length, err);

        if (r < 0)
            return r;
        in->at_end = in->chunk_length < CHUNK_BYTES;
        in->chunk_used = 0;
    }
    *out_byte =
        in->chunk_used == in->chunk_length ? -1 : (unsigned char)in->chunk[in->chunk_used++];
    return TQ_OK;
}

static int end_field(struct csv_in *in, struct tq_error *err)
{
    if (in->field_count == CSV_FIELDS_MAX)
        return tq_fail(err, TQ_E_SYNTAX, "'%s' line %llu has too many fields", in->path,
                       (unsigned long long)in->line);
    in->ends[in->field_count++] = in->text.length;
    buf_add_byte(&in->text, 0);
    return TQ_OK;
}

/* Where a byte stands. */
struct quoting {
    bool quoted;  /* between quotes */
    bool pending; /* just after a quote that ends the field, or is the first of two */
};

/* Take one byte of a row in; *out_end when the row ends before it. */
static int take_byte(struct csv_in *in, struct quoting *state, int byte, bool *out_end,
                     struct tq_error *err)
{
    if (state->pending) {
        state->pending = false;
        state->quoted = byte == '"';
        if (state->quoted) {
            buf_add_byte(&in->text, '"');
            return TQ_OK;
        }
    }
    if (byte < 0 || (byte == '\n' && !state->quoted)) {
        *out_end = true;
        return TQ_OK;
    }
    if (byte == '"') {
        state->pending = state->quoted;
        state->quoted = true;
        return TQ_OK;
    }
    if (byte == ',' && !state->quoted)
        return end_field(in, err);
    if (byte != '\r' || state->quoted)
        buf_add_byte(&in->text, (char)byte);
    return TQ_OK;
}

/* One row into text and ends; *out_more false if nothing was left. */
static int read_row(struct csv_in *in, bool *out_more, struct tq_error *err)
{
    struct quoting state = {false, false};
    bool any = false, end = false;
    int r = TQ_OK;

    buf_empty(&in->text);
    in->field_count = 0;
    in->line++;
    while (!end) {
        int byte;

        r = next_byte(in, &byte, err);
        if (r == TQ_OK)
            r = take_byte(in, &state, byte, &end, err);
        if (r < 0)
            return r;
        any = any || byte >= 0;
    }
    *out_more = any;
    r = end_field(in, err);
    return r < 0 ? r : buf_check(&in->text, err);
}

int csv_in_open(struct csv_in *in, const char *folder, const char *name, struct tq_error *err)
{
    bool more;

    *in = (struct csv_in){
        .path = file_join(folder, name), .fd = -1, .chunk = alloc_zeroed(CHUNK_BYTES, 1)};
    if (!in->path || !in->chunk) {
        csv_in_close(in);
        return tq_no_memory(err);
    }
    in->fd = open(in->path, O_RDONLY | O_CLOEXEC);
    int r = in->fd < 0 ? tq_fail(err, TQ_E_IO, "could not read '%s': %s", in->path, strerror(errno))
                       : read_row(in, &more, err);

    if (r < 0) {
        csv_in_close(in);
        return r;
    }
    in->header = in->text;
    in->text = (struct buf){0};
    memcpy(in->header_ends, in->ends, sizeof(in->ends));
    in->header_count = in->field_count;
    return TQ_OK;
}

void csv_in_close(struct csv_in *in)
{
    if (in->fd >= 0)
        (void)close(in->fd);
    free(in->path);
    free(in->chunk);
    buf_clear(&in->text);
    buf_clear(&in->header);
    *in = (struct csv_in){.fd = -1};
}

static struct slice field_of(const struct buf *text, const size_t *ends, uint32_t column)
{
    size_t begin = column ? ends[column - 1] + 1 : 0;

    return slice_make(text->data + begin, ends[column] - begin);
}

int csv_in_column(const struct csv_in *in, const char *name, uint32_t *out_column,
                  struct tq_error *err)
{
    for (uint32_t i = 0; i < in->header_count; i++) {
        if (slice_is(field_of(&in->header, in->header_ends, i), name)) {
            *out_column = i;
            return TQ_OK;
        }
    }
    return tq_fail(err, TQ_E_SYNTAX, "'%s' has no column '%s'", in->path, name);
}

int csv_in_next(struct csv_in *in, bool *out_more, struct tq_error *err)
{
    return read_row(in, out_more, err);
}

struct slice csv_in_field(const struct csv_in *in, uint32_t column)
{
    return column < in->field_count ? field_of(&in->text, in->ends, column) : slice_make("", 0);
}
