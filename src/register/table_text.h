/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef REGISTER_TABLE_TEXT_H
#define REGISTER_TABLE_TEXT_H

#include <stddef.h>

#include "base/error.h"

/*
 * A file of the institution as a stream of UTF-8: plain, gzip or zstd (told by its first bytes, not
 * by its name), in any encoding iconv knows, without its byte order mark. Bytes that the encoding
 * does not have come out as U+FFFD; a file said to be UTF-8 comes out as it is.
 */
struct table_text;

/* `encoding` may be NULL: UTF-8. *out_source is owned; table_text_close(). */
int table_text_open(const char *path, const char *encoding, struct table_text **out_source,
                    struct tq_error *err) MUST_CHECK;
struct table_text *table_text_close(struct table_text *source);

/* Gives up to `length` bytes of UTF-8 as table_text_read() does, from wherever `state` has them. */
typedef int table_text_reader(void *state, char *data, size_t length, size_t *out_got,
                              struct tq_error *err);

/* The same of text that is no file. `state` is borrowed. */
int table_text_of(table_text_reader *reader, void *state, struct table_text **out_source,
                  struct tq_error *err) MUST_CHECK;

/* Up to `length` bytes (give room for at least 16); *out_got is 0 only at the end. TQ_E_SYNTAX: the
 * compression is damaged or cut short. */
int table_text_read(struct table_text *source, char *data, size_t length, size_t *out_got,
                    struct tq_error *err) MUST_CHECK;

#endif
