/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef EXTRACT_DECODE_H
#define EXTRACT_DECODE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "extract/codepage.h"
#include "model/sink.h"

/* How the bytes of an exhibit stand for text. */
struct encoding {
    enum encoding_form {
        ENCODING_BYTES, /* UTF-8, and `page` for lines that are not */
        ENCODING_UTF16LE,
        ENCODING_UTF16BE,
    } form;
    const struct codepage *page; /* never NULL */
    bool has_utf8;               /* some line holds valid sequences */
    bool has_page;               /* some line is not UTF-8 */
    bool cut_sequences;          /* UTF-8 lines are in the majority: a lone lead byte was cut */
    bool carriage_returns;       /* lines end in CR alone */
    bool some_returns;           /* some lines do, others do not */
    uint8_t mark_bytes;          /* length of the byte order mark */
};

/*
 * Find the encoding of text by its first bytes: byte order marks, the zero bytes of UTF-16, strict
 * UTF-8 line by line, else the single-byte encoding that reads best (codepage.h). UTF-8 and
 * a single-byte encoding may alternate from line to line.
 */
int encoding_guess(struct slice sample, struct encoding *out_encoding,
                   struct tq_error *err) MUST_CHECK;

/* "UTF-8", "windows-1256", "UTF-8 and windows-1252", ... */
void encoding_describe(const struct encoding *encoding, struct buf *out);

/* Decode a sample whole; what is cut at its end is left out. */
int decode_sample(struct slice sample, struct buf *out, struct tq_error *err) MUST_CHECK;

/* Whether decoded text reads as text: hardly any control characters. */
bool decode_is_text(struct slice text);

/*
 * An exhibit as a stream of UTF-8. text[0..length) is the part in view; TEXT_PADDING readable
 * bytes follow it. NUL bytes are left out and counted; undecodable bytes become U+FFFD.
 */
#define TEXT_PADDING 64
struct text_source {
    char *text; /* owned */
    size_t length;
    bool final; /* the view ends where the exhibit ends */

    int fd;
    uint64_t offset; /* of the next read */
    struct encoding encoding;
    size_t text_capacity;
    char *raw; /* owned: bytes read and not decoded yet */
    size_t raw_length;
    uint64_t nul_bytes, undecodable, page_lines;
    bool is_stream;      /* a pipe: read from where it stands, once */
    uint64_t bytes_left; /* of a stream: more of it is not read */
};

/* Start at offset 0 of `fd` (borrowed). Clear with text_source_clear(), also after a failure. */
int text_source_open(struct text_source *source, int fd, uint64_t size_bytes,
                     struct tq_error *err) MUST_CHECK;
void text_source_clear(struct text_source *source);

/* The same of a pipe, of which at most `bytes_max` are read; it cannot be rewound. Its first bytes,
 * by which the encoding is found, are in raw[0..raw_length) until more is asked for. */
int text_source_open_stream(struct text_source *source, int fd, uint64_t bytes_max,
                            struct tq_error *err) MUST_CHECK;

/* Forget the first `used` bytes of the view and decode more behind the rest (none: final). */
int text_source_more(struct text_source *source, size_t used, struct tq_error *err) MUST_CHECK;

/* Back to the start of the exhibit, the encoding stays as found. */
void text_source_rewind(struct text_source *source);

/* The fact "encoding" and the notes on NUL and undecodable bytes, at the end. */
int text_source_report(const struct text_source *source, const struct sink *sink,
                       struct tq_error *err) MUST_CHECK;

static inline void text_source_clear_cleanup(struct text_source *source)
{
    text_source_clear(source);
}

#endif
