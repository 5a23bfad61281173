/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef EXTRACT_TELEGRAM_POSTS_H
#define EXTRACT_TELEGRAM_POSTS_H

#include "base/buf.h"
#include "extract/text_pages.h"

#define TELEGRAM_VALUE_BYTES_MAX 1024u

/*
 * The messages of a Telegram Desktop export, whichever way it was written. They are metadata: where
 * the files beside the export were published, when and by whom goes to them as facts. Messages
 * become pages only if there is much text in them, since a leak may be pasted instead of attached.
 * Start with {.sink = sink, .pages = {.sink = sink, .pages_max = ...}}.
 */
struct telegram_posts {
    const struct sink *sink;
    struct buf channel, chat_type, chat_id; /* of the chat */
    struct buf id, date, forwarded, text;   /* of the open message */
    struct text_pages pages;
    struct buf early; /* texts until there are enough */
    bool paging;
};

/* Replace a value, which may be cut: none that is worth anything is so long. */
void telegram_set(struct buf *out, struct slice value);

/* The facts of the chat itself, once its messages begin. */
int telegram_posts_chat(struct telegram_posts *posts, struct tq_error *err) MUST_CHECK;

void telegram_posts_begin(struct telegram_posts *posts);
/* The open message names a file by its path beside the export. */
int telegram_posts_file(struct telegram_posts *posts, struct slice path,
                        struct tq_error *err) MUST_CHECK;
int telegram_posts_end(struct telegram_posts *posts, struct tq_error *err) MUST_CHECK;

void telegram_posts_clear(struct telegram_posts *posts);

#endif
