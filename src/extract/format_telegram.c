/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * result.json of a Telegram Desktop export. It is metadata: where the files beside it were
 * published, when and by whom goes to them as facts. Messages become pages only if there is much
 * text in them, since a leak may be pasted instead of attached.
 */
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
#include "extract/text_pages.h"

#define TEXT_BYTES_MIN  2048u /* less text than this in all messages is chatter around files */
#define VALUE_BYTES_MAX 1024u

/* Where in the export an object stands. */
enum place {
    PLACE_OTHER,
    PLACE_CHAT,     /* has name, type, id and messages */
    PLACE_MESSAGES, /* the array */
    PLACE_MESSAGE,
    PLACE_TEXT,   /* array of plain and marked-up pieces */
    PLACE_ENTITY, /* a marked-up piece */
};

/* What a message says about its file. */
enum field {
    FIELD_ID,
    FIELD_DATE,
    FIELD_SECONDS,
    FIELD_FORWARDED,
    FIELD_FILE,
    FIELD_PHOTO,
    FIELDS
};

static const char *const field_keys[FIELDS] = {"id",   "date", "date_unixtime", "forwarded_from",
                                               "file", "photo"};

struct telegram {
    const struct sink *sink;
    enum place places[JSON_DEPTH_MAX + 1]; /* of the open containers */
    bool is_array[JSON_DEPTH_MAX + 1];
    uint32_t depth;
    struct buf key; /* last seen */
    struct buf chat_name, chat_type, chat_id;
    struct buf fields[FIELDS]; /* of the open message */
    struct buf text;           /* of the open message */

    struct buf early; /* message texts until there are enough */
    struct text_pages pages;
    bool paging;
    uint64_t messages, files;
};

static void telegram_clear(struct telegram *t)
{
    struct buf *all[] = {&t->key, &t->chat_name, &t->chat_type, &t->chat_id, &t->text, &t->early};

    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
        buf_clear(all[i]);
    for (size_t i = 0; i < FIELDS; i++)
        buf_clear(&t->fields[i]);
    text_pages_clear(&t->pages);
}

static enum place place_now(const struct telegram *t)
{
    return t->depth > 0 ? t->places[t->depth] : PLACE_OTHER;
}

static bool key_is(const struct telegram *t, const char *word)
{
    return slice_is(buf_slice(&t->key), word);
}

static void set(struct buf *buf, struct slice value)
{
    buf_empty(buf);
    buf_add(buf, value.data, value.length < VALUE_BYTES_MAX ? value.length : VALUE_BYTES_MAX);
}

/* Telegram writes this where a file was not exported. */
static bool is_exported(const struct buf *path)
{
    return path->length > 0 && path->data[0] != '(';
}

static int member_fact(struct telegram *t, const struct buf *file, const char *name,
                       const struct buf *value, struct tq_error *err)
{
    CLEANUP(buf_clear_cleanup) struct buf fact = {0};
    int r;

    if (value->length == 0)
        return TQ_OK;
    buf_format(&fact, "%s", SINK_MEMBER_FACT);
    buf_add_slice(&fact, buf_slice(file));
    buf_format(&fact, ":%s", name);
    r = buf_check(&fact, err);
    if (r < 0)
        return r;
    return t->sink->fact(t->sink->state, buf_slice(&fact), buf_slice(value), err);
}

static int file_facts(struct telegram *t, const struct buf *file, struct tq_error *err)
{
    const struct {
        const char *name;
        const struct buf *value;
    } facts[] = {
        {"telegram.channel", &t->chat_name},
        {"telegram.message", &t->fields[FIELD_ID]},
        {"telegram.date", &t->fields[FIELD_DATE]},
        {"telegram.forwarded_from", &t->fields[FIELD_FORWARDED]},
    };

    if (!is_exported(file))
        return TQ_OK;
    t->files++;
    for (size_t i = 0; i < sizeof(facts) / sizeof(facts[0]); i++) {
        int r = member_fact(t, file, facts[i].name, facts[i].value, err);

        if (r < 0)
            return r;
    }
    return TQ_OK;
}

static int page_lines(struct telegram *t, struct slice text, struct tq_error *err)
{
    while (text.length > 0) {
        const char *mark = memchr(text.data, '\n', text.length);
        size_t length = mark ? (size_t)(mark - text.data) : text.length;
        int r = text_pages_line(&t->pages, slice_make(text.data, length), err);

        if (r < 0)
            return r;
        text = slice_skip(text, length + 1);
    }
    return TQ_OK;
}

/* A message's text: kept until there is enough to be worth pages. */
static int take_text(struct telegram *t, struct tq_error *err)
{
    int r = buf_check(&t->text, err);

    if (r < 0 || t->text.length == 0)
        return r;
    buf_add_byte(&t->text, '\n');
    if (t->paging)
        return page_lines(t, buf_slice(&t->text), err);
    buf_add_slice(&t->early, buf_slice(&t->text));
    r = buf_check(&t->early, err);
    if (r < 0 || t->early.length < TEXT_BYTES_MIN)
        return r;
    t->paging = true;
    return page_lines(t, buf_slice(&t->early), err);
}

/* The plain date is in the exporter's own time zone; the seconds, in later versions, are not. */
static void make_date_exact(struct telegram *t)
{
    struct slice seconds = buf_slice(&t->fields[FIELD_SECONDS]);
    int64_t value = 0;

    if (seconds.length == 0 || seconds.length > 11)
        return;
    for (size_t i = 0; i < seconds.length; i++) {
        if (seconds.data[i] < '0' || seconds.data[i] > '9')
            return;
        value = value * 10 + (seconds.data[i] - '0');
    }
    buf_empty(&t->fields[FIELD_DATE]);
    moment_format(&t->fields[FIELD_DATE], (int32_t)(value / 60));
}

static int end_message(struct telegram *t, struct tq_error *err)
{
    int r;

    t->messages++;
    make_date_exact(t);
    r = file_facts(t, &t->fields[FIELD_FILE], err);
    if (r < 0)
        return r;
    r = file_facts(t, &t->fields[FIELD_PHOTO], err);
    if (r < 0)
        return r;
    return take_text(t, err);
}

static void begin_message(struct telegram *t)
{
    for (size_t i = 0; i < FIELDS; i++)
        buf_empty(&t->fields[i]);
    buf_empty(&t->text);
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
        buf_empty(&t->chat_name);
        buf_empty(&t->chat_type);
        buf_empty(&t->chat_id);
    }
    return TQ_OK;
}

/* The facts of the chat itself, once its messages begin. */
static int chat_facts(struct telegram *t, struct tq_error *err)
{
    const struct {
        const char *name;
        const struct buf *value;
    } facts[] = {
        {"telegram.channel", &t->chat_name},
        {"telegram.type", &t->chat_type},
        {"telegram.channel_id", &t->chat_id},
    };

    for (size_t i = 0; i < sizeof(facts) / sizeof(facts[0]); i++) {
        int r;

        if (facts[i].value->length == 0)
            continue;
        r = emit_fact(t->sink, facts[i].name, buf_slice(facts[i].value), err);
        if (r < 0)
            return r;
    }
    return TQ_OK;
}

static void take_chat_value(struct telegram *t, struct slice text)
{
    if (key_is(t, "name"))
        set(&t->chat_name, text);
    else if (key_is(t, "type"))
        set(&t->chat_type, text);
    else if (key_is(t, "id"))
        set(&t->chat_id, text);
}

static void take_message_value(struct telegram *t, struct slice text)
{
    for (size_t i = 0; i < FIELDS; i++) {
        if (key_is(t, field_keys[i])) {
            set(&t->fields[i], text);
            return;
        }
    }
    if (key_is(t, "text"))
        buf_add_slice(&t->text, text);
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
        buf_add_slice(&t->text, text);
        return;
    case PLACE_ENTITY:
        if (key_is(t, "text"))
            buf_add_slice(&t->text, text);
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
            r = chat_facts(t, err);
        return r;
    case JSON_MAP_END:
    case JSON_ARRAY_END:
        if (place_now(t) == PLACE_MESSAGE)
            r = end_message(t, err);
        t->depth -= t->depth > 0;
        return r;
    case JSON_KEY:
        set(&t->key, text);
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
    struct telegram t = {.sink = sink, .pages = {.sink = sink, .pages_max = limits->pages_max}};
    struct json_report report;
    int r;

    r = emit_type(sink, "telegram", err);
    if (r < 0)
        return r;
    r = json_stream_read(input, on_event, &t, &report, sink, err);
    if (r < 0)
        return r;
    r = text_pages_finish(&t.pages, err);
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
