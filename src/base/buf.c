/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "base/buf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/limits.h"
#include "base/utf8.h"

void buf_clear(struct buf *buf)
{
    size_t length_max = buf->length_max;

    free(buf->data);
    *buf = (struct buf){.length_max = length_max};
}

void buf_empty(struct buf *buf)
{
    buf->length = 0;
    buf->failed = TQ_OK;
    if (buf->data)
        buf->data[0] = '\0';
}

static bool make_room(struct buf *buf, size_t length)
{
    size_t length_max = buf->length_max ? buf->length_max : BUF_BYTES_MAX;
    struct tq_error ignored;
    int r;

    if (buf->failed)
        return false;
    if (length > length_max - buf->length) {
        buf->failed = TQ_E_LIMIT;
        return false;
    }
    if (length < buf->capacity - buf->length)
        return true;
    r = alloc_reserve(&buf->data, &buf->capacity, buf->length + length + 1, 1, &ignored);
    if (r < 0)
        buf->failed = r;
    return r == TQ_OK;
}

void *buf_extend(struct buf *buf, size_t length)
{
    void *room;

    if (!make_room(buf, length))
        return NULL;
    room = buf->data + buf->length;
    buf->length += length;
    buf->data[buf->length] = '\0';
    return room;
}

void buf_add(struct buf *buf, const void *data, size_t length)
{
    void *room = buf_extend(buf, length);

    if (room && length > 0)
        memcpy(room, data, length);
}

void buf_add_slice(struct buf *buf, struct slice text)
{
    buf_add(buf, text.data, text.length);
}

void buf_add_text(struct buf *buf, const char *text)
{
    buf_add(buf, text, strlen(text));
}

void buf_add_byte(struct buf *buf, char byte)
{
    buf_add(buf, &byte, 1);
}

static void add_little_endian(struct buf *buf, uint64_t value, size_t size)
{
    unsigned char bytes[8];

    for (size_t i = 0; i < size; i++)
        bytes[i] = (unsigned char)(value >> (8 * i));
    buf_add(buf, bytes, size);
}

void buf_add_u16(struct buf *buf, uint16_t value)
{
    add_little_endian(buf, value, sizeof(value));
}

void buf_add_u32(struct buf *buf, uint32_t value)
{
    add_little_endian(buf, value, sizeof(value));
}

void buf_add_u64(struct buf *buf, uint64_t value)
{
    add_little_endian(buf, value, sizeof(value));
}

void buf_add_code_point(struct buf *buf, uint32_t code_point)
{
    char bytes[UTF8_BYTES_MAX];

    buf_add(buf, bytes, utf8_put(bytes, code_point));
}

void buf_format(struct buf *buf, const char *format, ...)
{
    va_list args, again;
    int length;

    va_start(args, format);
    va_copy(again, args);
    length = vsnprintf(NULL, 0, format, args);
    if (length < 0) {
        buf->failed = TQ_E_IO;
    } else if (make_room(buf, (size_t)length)) {
        (void)vsnprintf(buf->data + buf->length, (size_t)length + 1, format, again);
        buf->length += (size_t)length;
    }
    va_end(again);
    va_end(args);
}

int buf_check(const struct buf *buf, struct tq_error *err)
{
    if (buf->failed == TQ_E_LIMIT)
        return tq_fail(err, TQ_E_LIMIT, "more than %zu bytes of text",
                       buf->length_max ? buf->length_max : BUF_BYTES_MAX);
    if (buf->failed)
        return tq_no_memory(err);
    return TQ_OK;
}

char *buf_take(struct buf *buf)
{
    char *text;

    buf_add(buf, "", 0);
    if (buf->failed)
        return NULL;
    text = buf->data;
    *buf = (struct buf){.length_max = buf->length_max};
    return text;
}
