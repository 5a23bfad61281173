/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* result.json of a Telegram Desktop export: its messages go to telegram_posts.h. */
#include <inttypes.h>
#include <string.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/limits.h"
#include "base/moment.h"
#include "extract/decode.h"
#include "extract/emit.h"
#include "extract/format.h"
#include "extract/json_stream.h"
#include "extract/telegram_posts.h"

/* Where in the export an object stands. */
enum place {
    PLACE_OTHER,
    PLACE_CHAT,     /* has name, type, id and messages */
    PLACE_MESSAGES, /* the array */
    PLACE_MESSAGE,
    PLACE_TEXT,   /* array of plain and marked-up pieces */
    PLACE_ENTITY, /* a marked-up piece */
};

struct telegram {
    struct telegram_posts posts;
    enum place places[JSON_DEPTH_MAX + 1]; /* of the open containers */
    bool is_array[JSON_DEPTH_MAX + 1];
    uint32_t depth;
    struct buf key;                  /* last seen */
    struct buf seconds, file, photo; /* of the open message */
};

static void telegram_clear(struct telegram *t)
{
    telegram_posts_clear(&t->posts);
    buf_clear(&t->key);
    buf_clear(&t->seconds);
    buf_clear(&t->file);
    buf_clear(&t->photo);
}

static enum place place_now(const struct telegram *t)
{
    return t->depth > 0 ? t->places[t->depth] : PLACE_OTHER;
}

static bool key_is(const struct telegram *t, const char *word)
{
    return slice_is(buf_slice(&t->key), word);
}

/* Telegram writes this where a file was not exported. */
static bool is_exported(const struct buf *path)
{
    return path->length > 0 && path->data[0] != '(';
}

/* The plain date is in the exporter's own time zone; the seconds, in later versions, are not. */
static void make_date_exact(struct telegram *t)
{
    struct slice seconds = buf_slice(&t->seconds);
    int64_t value = 0;

    if (seconds.length == 0 || seconds.length > 11)
        return;
    for (size_t i = 0; i < seconds.length; i++) {
        if (seconds.data[i] < '0' || seconds.data[i] > '9')
            return;
        value = value * 10 + (seconds.data[i] - '0');
    }
    buf_empty(&t->posts.date);
    moment_format(&t->posts.date, (int32_t)(value / 60));
}

static int end_message(struct telegram *t, struct tq_error *err)
{
    int r = TQ_OK;

    make_date_exact(t);
    if (is_exported(&t->file))
        r = telegram_posts_file(&t->posts, buf_slice(&t->file), err);
    if (r == TQ_OK && is_exported(&t->photo))
        r = telegram_posts_file(&t->posts, buf_slice(&t->photo), err);
    return r < 0 ? r : telegram_posts_end(&t->posts, err);
}

static void begin_message(struct telegram *t)
{
    telegram_posts_begin(&t->posts);
    buf_empty(&t->seconds);
    buf_empty(&t->file);
    buf_empty(&t->photo);
}

static enum place place_of(const struct telegram *t, bool is_array)
{
    enum place outer = place_now(t);

    if (outer == PLACE_OTHER && !is_array && (t->depth == 0 || t->is_array[t->depth]))
        return PLACE_CHAT; /* the root, or one of "chats": {"list": [...]} */
    if (outer == PLACE_CHAT && is_array && key_is(t, "messages"))
        return PLACE_MESSAGES;
    if (outer == PLACE_MESSAGES && !is_array)
        return PLACE_MESSAGE;
    if (outer == PLACE_MESSAGE && is_array && key_is(t, "text"))
        return PLACE_TEXT;
    if (outer == PLACE_TEXT && !is_array)
        return PLACE_ENTITY;
    return PLACE_OTHER;
}

static int open_container(struct telegram *t, bool is_array)
{
    enum place place = place_of(t, is_array);

    if (t->depth >= JSON_DEPTH_MAX)
        return JSON_STOP;
    t->depth++;
    t->places[t->depth] = place;
    t->is_array[t->depth] = is_array;
    if (place == PLACE_MESSAGE)
        begin_message(t);
    if (place == PLACE_CHAT) {
        buf_empty(&t->posts.channel);
        buf_empty(&t->posts.chat_type);
        buf_empty(&t->posts.chat_id);
    }
    return TQ_OK;
}

static void take_chat_value(struct telegram *t, struct slice text)
{
    if (key_is(t, "name"))
        telegram_set(&t->posts.channel, text);
    else if (key_is(t, "type"))
        telegram_set(&t->posts.chat_type, text);
    else if (key_is(t, "id"))
        telegram_set(&t->posts.chat_id, text);
}

static void take_message_value(struct telegram *t, struct slice text)
{
    const struct {
        const char *key;
        struct buf *value;
    } known[] = {
        {"id", &t->posts.id}, {"date", &t->posts.date},
        {"file", &t->file},   {"forwarded_from", &t->posts.forwarded},
        {"photo", &t->photo}, {"date_unixtime", &t->seconds},
    };

    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        if (key_is(t, known[i].key)) {
            telegram_set(known[i].value, text);
            return;
        }
    }
    if (key_is(t, "text"))
        buf_add_slice(&t->posts.text, text);
}

static void take_value(struct telegram *t, struct slice text)
{
    switch (place_now(t)) {
    case PLACE_CHAT:
        take_chat_value(t, text);
        return;
    case PLACE_MESSAGE:
        take_message_value(t, text);
        return;
    case PLACE_TEXT:
        buf_add_slice(&t->posts.text, text);
        return;
    case PLACE_ENTITY:
        if (key_is(t, "text"))
            buf_add_slice(&t->posts.text, text);
        return;
    case PLACE_MESSAGES:
    case PLACE_OTHER:
    default:
        return;
    }
}

static int on_event(void *state, enum json_event event, struct slice text, uint64_t line,
                    struct tq_error *err)
{
    struct telegram *t = state;
    int r = TQ_OK;

    (void)line;
    switch (event) {
    case JSON_MAP_START:
    case JSON_ARRAY_START:
        r = open_container(t, event == JSON_ARRAY_START);
        if (r == TQ_OK && place_now(t) == PLACE_MESSAGES)
            r = telegram_posts_chat(&t->posts, err);
        return r;
    case JSON_MAP_END:
    case JSON_ARRAY_END:
        if (place_now(t) == PLACE_MESSAGE)
            r = end_message(t, err);
        t->depth -= t->depth > 0;
        return r;
    case JSON_KEY:
        telegram_set(&t->key, text);
        return TQ_OK;
    case JSON_RESTART:
    case JSON_RESUME:
        t->depth = 0;
        return TQ_OK;
    case JSON_TEXT:
    case JSON_LITERAL:
    case JSON_NULL:
    default:
        take_value(t, text);
        return TQ_OK;
    }
}

static int telegram_read(const struct extract_input *input, const struct extract_limits *limits,
                         const struct sink *sink, struct tq_error *err)
{
    CLEANUP(telegram_clear)
    struct telegram t = {
        .posts = {.sink = sink, .pages = {.sink = sink, .pages_max = limits->pages_max}}};
    struct json_report report;
    int r;

    r = emit_type(sink, "telegram", err);
    if (r < 0)
        return r;
    r = json_stream_read(input, on_event, &t, &report, sink, err);
    if (r < 0)
        return r;
    r = text_pages_finish(&t.posts.pages, err);
    if (r < 0)
        return r;
    return json_report_note(&report, sink, err);
}

/* An export names a chat type that only Telegram has, and messages. */
static enum claim telegram_claim(struct slice head, const struct extract_input *input)
{
    static const char *const types[] = {
        "\"private_channel\"", "\"public_channel\"",    "\"private_supergroup\"",
        "\"saved_messages\"",  "\"public_supergroup\"", "\"personal_chat\"",
        "\"bot_chat\"",        "\"private_group\"",
    };
    struct slice start = slice_trim(head);

    (void)input;
    if (slice_starts(start, SLICE_LITERAL("\xEF\xBB\xBF")))
        start = slice_trim(slice_skip(start, 3));
    if (start.length == 0 || start.data[0] != '{'
        || !memmem(head.data, head.length, "\"messages\"", 10))
        return CLAIM_NONE;
    for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
        if (memmem(head.data, head.length, types[i], strlen(types[i])))
            return CLAIM_CERTAIN;
    }
    return CLAIM_NONE;
}

const struct format format_telegram = {"telegram", telegram_claim, telegram_read};
