/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "extract/line_source.h"

#include <string.h>

int line_source_open(struct line_source *lines, int fd, uint64_t size_bytes, struct tq_error *err)
{
    *lines = (struct line_source){.line = 1};
    return text_source_open(&lines->source, fd, size_bytes, err);
}

void line_source_clear(struct line_source *lines)
{
    text_source_clear(&lines->source);
    buf_clear(&lines->text);
}

void line_source_rewind(struct line_source *lines)
{
    text_source_rewind(&lines->source);
    lines->at = 0;
    lines->line = 1;
}

/* Have something in view, unless all was seen. */
static int fill(struct line_source *lines, struct tq_error *err)
{
    while (lines->at >= lines->source.length && !lines->source.final) {
        int r = text_source_more(&lines->source, lines->at, err);

        if (r < 0)
            return r;
        lines->at = 0;
    }
    return TQ_OK;
}

static void keep(struct buf *text, const char *bytes, size_t length)
{
    size_t room = text->length < LINE_KEPT_MAX ? LINE_KEPT_MAX - text->length : 0;

    buf_add(text, bytes, length < room ? length : room);
}

int line_source_join(struct line_source *lines, bool *out_end, struct tq_error *err)
{
    *out_end = true;
    for (;;) {
        const char *start, *mark;
        size_t length;
        int r = fill(lines, err);

        if (r < 0)
            return r;
        if (lines->at >= lines->source.length)
            break;
        *out_end = false;
        start = lines->source.text + lines->at;
        mark = memchr(start, '\n', lines->source.length - lines->at);
        length = mark ? (size_t)(mark - start) : lines->source.length - lines->at;
        keep(&lines->text, start, length);
        lines->at += length + (mark != NULL);
        if (mark)
            break;
    }
    lines->line++;
    if (lines->text.length > 0 && lines->text.data[lines->text.length - 1] == '\r')
        lines->text.length--;
    return buf_check(&lines->text, err);
}

int line_source_next(struct line_source *lines, bool *out_end, struct tq_error *err)
{
    buf_empty(&lines->text);
    return line_source_join(lines, out_end, err);
}

int line_source_peek(struct line_source *lines, char *out_first, struct tq_error *err)
{
    int r = fill(lines, err);

    if (r < 0)
        return r;
    *out_first = lines->at < lines->source.length ? lines->source.text[lines->at] : '\0';
    return TQ_OK;
}

int line_source_unfold(struct line_source *lines, bool *out_end, struct tq_error *err)
{
    char first;
    bool end;
    int r = line_source_next(lines, out_end, err);

    while (r == TQ_OK && !*out_end) {
        r = line_source_peek(lines, &first, err);
        if (r < 0 || (first != ' ' && first != '\t'))
            return r;
        lines->at++;
        r = line_source_join(lines, &end, err);
    }
    return r;
}
