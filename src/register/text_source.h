/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef REGISTER_TEXT_SOURCE_H
#define REGISTER_TEXT_SOURCE_H

#include <stddef.h>

#include "base/error.h"

/*
 * A file of the institution as a stream of UTF-8: plain, gzip or zstd (told by its first bytes, not
 * by its name), in any encoding iconv knows, without its byte order mark. Bytes that the encoding
 * does not have come out as U+FFFD; a file said to be UTF-8 comes out as it is.
 */
struct text_source;

/* `encoding` may be NULL: UTF-8. *out_source is owned; text_source_close(). */
int text_source_open(const char *path, const char *encoding, struct text_source **out_source,
                     struct tq_error *err) MUST_CHECK;
struct text_source *text_source_close(struct text_source *source);

/* Up to `length` bytes (give room for at least 16); *out_got is 0 only at the end. TQ_E_SYNTAX: the
 * compression is damaged or cut short. */
int text_source_read(struct text_source *source, char *data, size_t length, size_t *out_got,
                     struct tq_error *err) MUST_CHECK;

#endif
