/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef EXTRACT_LINE_SOURCE_H
#define EXTRACT_LINE_SOURCE_H

#include "base/buf.h"
#include "extract/decode.h"

#define LINE_KEPT_MAX ((size_t)1 << 20) /* more of one line is gone over */

/* An exhibit line by line, decoded. Start with line_source_open(), end with _clear(). */
struct line_source {
    struct text_source source;
    size_t at;
    uint64_t line;   /* number of the line that comes next, from 1 */
    struct buf text; /* the line */
};

int line_source_open(struct line_source *lines, int fd, uint64_t size_bytes,
                     struct tq_error *err) MUST_CHECK;
void line_source_clear(struct line_source *lines);
void line_source_rewind(struct line_source *lines);

/* The next line without its end, in lines->text; *out_end: there is none. */
int line_source_next(struct line_source *lines, bool *out_end, struct tq_error *err) MUST_CHECK;

/* Add the next line to lines->text. */
int line_source_join(struct line_source *lines, bool *out_end, struct tq_error *err) MUST_CHECK;

/* The first character of the line that comes; NUL if there is none. */
int line_source_peek(struct line_source *lines, char *out_first, struct tq_error *err) MUST_CHECK;

/* The next line and the lines that continue it: those that begin with a blank, which is left out.
 */
int line_source_unfold(struct line_source *lines, bool *out_end, struct tq_error *err) MUST_CHECK;

static inline void line_source_clear_cleanup(struct line_source *lines)
{
    line_source_clear(lines);
}

#endif
