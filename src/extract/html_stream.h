/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef EXTRACT_HTML_STREAM_H
#define EXTRACT_HTML_STREAM_H

#include "extract/decode.h"
#include "extract/extract.h"

/*
 * HTML as it is met, not as it should be: tags and text one after the other, without a tree, so
 * that time is linear and memory bounded whatever the nesting. Comments and declarations are gone
 * over. The encoding is guessed as for plain text; what <meta> names counts for lines that are no
 * UTF-8.
 */
struct html_tag {
    struct slice whole; /* from '<' to '>' */
    struct slice name;
    bool is_end;
};

struct html_visitor {
    void *state;
    int (*tag)(void *state, const struct html_tag *tag, struct tq_error *err);
    /* A run of text, or a piece of one; entities are as they were, and whole. */
    int (*text)(void *state, struct slice text, struct tq_error *err);
};

/* `source` is the caller's, to report and to clear. *stop is looked at between pieces; may be NULL.
 */
int html_stream_read(const struct extract_input *input, struct text_source *source,
                     const struct html_visitor *visitor, const bool *stop,
                     struct tq_error *err) MUST_CHECK;

/* The value of an attribute of a tag; empty if it is not there. */
struct slice html_attribute(struct slice tag, const char *name);

bool html_name_is(struct slice name, const char *word); /* whatever its case */
bool html_is_space(char c);

#endif
