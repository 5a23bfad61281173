/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Plain text, when nothing better fits: pages of words, to be searched for subjects. */
#include <string.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "extract/decode.h"
#include "extract/emit.h"
#include "extract/format.h"
#include "extract/text_pages.h"

#define LINE_BYTES_MAX ((size_t)1 << 20) /* longer lines are taken in pieces */

/* The lines that are whole in view (all, at the end); *out_used bytes are done with. */
static int take_lines(const struct text_source *source, struct text_pages *pages, size_t *out_used,
                      struct tq_error *err)
{
    size_t at = 0;

    while (at < source->length) {
        const char *mark = memchr(source->text + at, '\n', source->length - at);
        size_t end = mark ? (size_t)(mark - source->text) : source->length;
        int r;

        if (!mark && !source->final && end - at < LINE_BYTES_MAX)
            break;
        r = text_pages_line(pages, slice_make(source->text + at, end - at), err);
        if (r < 0)
            return r;
        at = mark ? end + 1 : end;
    }
    *out_used = at;
    return TQ_OK;
}

static int text_read(const struct extract_input *input, const struct extract_limits *limits,
                     const struct sink *sink, struct tq_error *err)
{
    CLEANUP(text_source_clear_cleanup) struct text_source source = {.fd = -1};
    CLEANUP(text_pages_clear)
    struct text_pages pages = {.sink = sink, .pages_max = limits->pages_max};
    size_t used = 0;
    int r;

    r = emit_type(sink, "text", err);
    if (r < 0)
        return r;
    r = text_source_open(&source, input->fd, input->size_bytes, err);
    if (r < 0)
        return r;
    while (!source.final && !pages.stopped) {
        r = text_source_more(&source, used, err);
        if (r < 0)
            return r;
        r = take_lines(&source, &pages, &used, err);
        if (r < 0)
            return r;
    }
    r = text_pages_finish(&pages, err);
    return r < 0 ? r : text_source_report(&source, sink, err);
}

static enum claim text_claim(struct slice head, const struct extract_input *input)
{
    CLEANUP(buf_clear_cleanup) struct buf text = {0};
    struct tq_error ignored;

    (void)input;
    if (decode_sample(head, &text, &ignored) < 0)
        return CLAIM_FAILED;
    return text.length > 0 && decode_is_text(buf_slice(&text)) ? CLAIM_NAME : CLAIM_NONE;
}

const struct format format_text = {"text", text_claim, text_read};
