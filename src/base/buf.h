/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/slice.h"

/*
 * Text or bytes being built. Appending never fails on the spot: the first failure (memory, or the
 * ceiling) is remembered, later appends do nothing, and buf_check() reports it once at the end.
 * Always NUL-terminated after the first append that succeeds. Start with `struct buf b = {0};`
 */
struct buf {
    char *data; /* owned; NULL until the first append */
    size_t length;
    size_t capacity;
    size_t length_max; /* ceiling in bytes; 0: BUF_BYTES_MAX */
    int failed;        /* TQ_OK, or the first failure */
};

void buf_clear(struct buf *buf); /* release the memory; ready for use again */
void buf_empty(struct buf *buf); /* keep the memory and forget the content and any failure */

void buf_add(struct buf *buf, const void *data, size_t length);
void buf_add_slice(struct buf *buf, struct slice text);
void buf_add_text(struct buf *buf, const char *text);
void buf_add_byte(struct buf *buf, char byte);
void buf_add_u16(struct buf *buf, uint16_t value); /* little endian */
void buf_add_u32(struct buf *buf, uint32_t value);
void buf_add_u64(struct buf *buf, uint64_t value);
void buf_add_code_point(struct buf *buf, uint32_t code_point); /* as UTF-8 */
void buf_format(struct buf *buf, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Room for `length` bytes at the end, counted as used; NULL if it cannot be had. */
void *buf_extend(struct buf *buf, size_t length);

/* Report the remembered failure, if any. */
int buf_check(const struct buf *buf, struct tq_error *err) MUST_CHECK;

/* Hand the content over as a NUL-terminated string (owned by the caller; free()); the buf is empty
 * afterwards. NULL if anything failed. */
char *buf_take(struct buf *buf);

static inline struct slice buf_slice(const struct buf *buf)
{
    return slice_make(buf->data, buf->length);
}

static inline void buf_clear_cleanup(struct buf *buf)
{
    buf_clear(buf);
}

#endif
