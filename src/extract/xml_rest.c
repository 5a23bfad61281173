/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "extract/xml_rest.h"

#include <string.h>

#include "base/cleanup.h"
#include "extract/decode.h"

#define LINE_BYTES_MAX ((size_t)1 << 20) /* longer lines are taken in pieces */

/* A line without its tags. */
static int strip_line(struct text_pages *pages, struct slice line, struct buf *out,
                      struct tq_error *err)
{
    bool in_tag = false;
    int r;

    buf_empty(out);
    for (size_t i = 0; i < line.length; i++) {
        char c = line.data[i];

        if (c == '<' || (in_tag && c == '>')) {
            in_tag = c == '<';
            buf_add_byte(out, ' ');
        } else if (!in_tag) {
            buf_add_byte(out, c);
        }
    }
    r = buf_check(out, err);
    return r < 0 ? r : text_pages_line(pages, slice_trim(buf_slice(out)), err);
}

int xml_rest_read(const struct extract_input *input, uint64_t at, struct text_pages *pages,
                  struct tq_error *err)
{
    CLEANUP(text_source_clear_cleanup) struct text_source source = {.fd = -1};
    CLEANUP(buf_clear_cleanup) struct buf plain = {0};
    size_t used = 0;
    int r = text_source_open(&source, input->fd, input->size_bytes, err);

    if (at > source.offset)
        source.offset = at;
    while (r == TQ_OK && !source.final && !pages->stopped) {
        r = text_source_more(&source, used, err);
        used = 0;
        while (r == TQ_OK && used < source.length) {
            struct slice rest = slice_make(source.text + used, source.length - used);
            const char *mark = memchr(rest.data, '\n', rest.length);
            size_t length = mark ? (size_t)(mark - rest.data) + 1 : rest.length;

            if (!mark && !source.final && length < LINE_BYTES_MAX)
                break;
            r = strip_line(pages, slice_make(rest.data, length), &plain, err);
            used += length;
        }
    }
    return r;
}
