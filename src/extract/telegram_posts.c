/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "extract/telegram_posts.h"

#include <string.h>

#include "base/cleanup.h"
#include "extract/emit.h"

#define TEXT_BYTES_MIN 2048u /* less text than this in all messages is chatter around files */

void telegram_posts_clear(struct telegram_posts *posts)
{
    struct buf *all[] = {&posts->channel, &posts->chat_type, &posts->chat_id, &posts->id,
                         &posts->date,    &posts->forwarded, &posts->text,    &posts->early};

    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
        buf_clear(all[i]);
    text_pages_clear(&posts->pages);
}

void telegram_set(struct buf *out, struct slice value)
{
    buf_empty(out);
    buf_add(out, value.data,
            value.length < TELEGRAM_VALUE_BYTES_MAX ? value.length : TELEGRAM_VALUE_BYTES_MAX);
}

int telegram_posts_chat(struct telegram_posts *posts, struct tq_error *err)
{
    const struct {
        const char *name;
        const struct buf *value;
    } facts[] = {
        {"telegram.channel", &posts->channel},
        {"telegram.type", &posts->chat_type},
        {"telegram.channel_id", &posts->chat_id},
    };

    for (size_t i = 0; i < sizeof(facts) / sizeof(facts[0]); i++) {
        int r;

        if (facts[i].value->length == 0)
            continue;
        r = emit_fact(posts->sink, facts[i].name, buf_slice(facts[i].value), err);
        if (r < 0)
            return r;
    }
    return TQ_OK;
}

static int member_fact(struct telegram_posts *posts, struct slice file, const char *name,
                       const struct buf *value, struct tq_error *err)
{
    CLEANUP(buf_clear_cleanup) struct buf fact = {0};
    int r;

    if (value->length == 0)
        return TQ_OK;
    buf_format(&fact, "%s", SINK_MEMBER_FACT);
    buf_add_slice(&fact, file);
    buf_format(&fact, ":%s", name);
    r = buf_check(&fact, err);
    if (r < 0)
        return r;
    return posts->sink->fact(posts->sink->state, buf_slice(&fact), buf_slice(value), err);
}

int telegram_posts_file(struct telegram_posts *posts, struct slice path, struct tq_error *err)
{
    const struct {
        const char *name;
        const struct buf *value;
    } facts[] = {
        {"telegram.channel", &posts->channel},
        {"telegram.message", &posts->id},
        {"telegram.date", &posts->date},
        {"telegram.forwarded_from", &posts->forwarded},
    };

    for (size_t i = 0; i < sizeof(facts) / sizeof(facts[0]); i++) {
        int r = member_fact(posts, path, facts[i].name, facts[i].value, err);

        if (r < 0)
            return r;
    }
    return TQ_OK;
}

static int page_lines(struct telegram_posts *posts, struct slice text, struct tq_error *err)
{
    while (text.length > 0) {
        const char *mark = memchr(text.data, '\n', text.length);
        size_t length = mark ? (size_t)(mark - text.data) : text.length;
        int r = text_pages_line(&posts->pages, slice_make(text.data, length), err);

        if (r < 0)
            return r;
        text = slice_skip(text, length + 1);
    }
    return TQ_OK;
}

void telegram_posts_begin(struct telegram_posts *posts)
{
    buf_empty(&posts->id);
    buf_empty(&posts->date);
    buf_empty(&posts->forwarded);
    buf_empty(&posts->text);
}

/* A message's text is kept until there is enough to be worth pages. */
int telegram_posts_end(struct telegram_posts *posts, struct tq_error *err)
{
    int r = buf_check(&posts->text, err);

    if (r < 0 || posts->text.length == 0)
        return r;
    buf_add_byte(&posts->text, '\n');
    if (posts->paging)
        return page_lines(posts, buf_slice(&posts->text), err);
    buf_add_slice(&posts->early, buf_slice(&posts->text));
    r = buf_check(&posts->early, err);
    if (r < 0 || posts->early.length < TEXT_BYTES_MIN)
        return r;
    posts->paging = true;
    return page_lines(posts, buf_slice(&posts->early), err);
}
