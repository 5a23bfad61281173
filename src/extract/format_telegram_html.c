/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * messages.html, messages2.html ... of a Telegram Desktop export: its messages go to
 * telegram_posts.h, as those of result.json do. What stands where is told by the classes of the
 * elements, which Telegram writes; elements without an end cost no more than their own message.
 */
#include <string.h>

#include "base/cleanup.h"
#include "base/moment.h"
#include "extract/emit.h"
#include "extract/format.h"
#include "extract/html_entity.h"
#include "extract/html_stream.h"
#include "extract/telegram_posts.h"

#define MESSAGE_TEXT_BYTES_MAX ((size_t)1 << 20) /* Telegram allows 4,096 characters */

/* What the text that comes is part of. */
enum part {
    PART_NONE,
    PART_CHANNEL,
    PART_FORWARDED,
    PART_TEXT,
};

struct telegram_page {
    struct telegram_posts posts;
    struct text_source source;
    uint32_t depth; /* of open divisions, from the message on */
    enum part part;
    uint32_t part_depth;      /* of the division that it is */
    uint32_t forwarded_depth; /* of the forwarded message within; 0: none */
    bool in_message, in_pre, in_aside, space;
    uint64_t messages;
    struct buf decoded;
};

static void telegram_page_clear(struct telegram_page *page)
{
    telegram_posts_clear(&page->posts);
    text_source_clear(&page->source);
    buf_clear(&page->decoded);
}

static bool has_class(struct slice classes, const char *wanted)
{
    while (classes.length > 0) {
        const char *mark = memchr(classes.data, ' ', classes.length);
        size_t length = mark ? (size_t)(mark - classes.data) : classes.length;

        if (slice_is(slice_make(classes.data, length), wanted))
            return true;
        classes = slice_skip(classes, length + (mark != NULL));
    }
    return false;
}

/* ---- text ---- */

static struct buf *part_text(struct telegram_page *page)
{
    switch (page->part) {
    case PART_CHANNEL:
        return &page->posts.channel;
    case PART_FORWARDED:
        return &page->posts.forwarded;
    case PART_TEXT:
        return &page->posts.text;
    case PART_NONE:
    default:
        return NULL;
    }
}

static void break_line(struct telegram_page *page)
{
    struct buf *text = part_text(page);

    page->space = false;
    if (text && text->length > 0)
        buf_add_byte(text, '\n');
}

/* Runs of white space are one space, but for what was sent as code. */
static int take_text(void *state, struct slice raw, struct tq_error *err)
{
    struct telegram_page *page = state;
    struct buf *text = part_text(page);

    if (!text || page->in_aside || text->length > MESSAGE_TEXT_BYTES_MAX)
        return TQ_OK;
    buf_empty(&page->decoded);
    html_decode(&page->decoded, raw);
    for (size_t i = 0; i < page->decoded.length; i++) {
        char c = page->decoded.data[i];

        if (html_is_space(c) && !(page->in_pre && c == '\n')) {
            page->space = true;
            continue;
        }
        if (page->space && text->length > 0 && text->data[text->length - 1] != '\n')
            buf_add_byte(text, ' ');
        page->space = false;
        buf_add_byte(text, c);
    }
    return buf_check(&page->decoded, err) < 0 ? err->status : buf_check(text, err);
}

/* ---- dates ---- */

/* Two or four digits at `at`; -1 if they are none. */
static int number_at(struct slice text, size_t at, size_t digits)
{
    int value = 0;

    if (at + digits > text.length)
        return -1;
    for (size_t i = at; i < at + digits; i++) {
        if (text.data[i] < '0' || text.data[i] > '9')
            return -1;
        value = value * 10 + (text.data[i] - '0');
    }
    return value;
}

/* Minutes that the zone is ahead: behind "DD.MM.YYYY HH:MM:SS" comes " UTC+01:00", if at all. */
static bool zone_of(struct slice text, int *out_minutes)
{
    static const size_t at = 19;
    int hours, minutes;

    if (text.length < at + 10 || memcmp(text.data + at, " UTC", 4) != 0)
        return false;
    hours = number_at(text, at + 5, 2);
    minutes = number_at(text, at + 8, 2);
    if (hours < 0 || minutes < 0 || (text.data[at + 4] != '+' && text.data[at + 4] != '-'))
        return false;
    *out_minutes = text.data[at + 4] == '-' ? -(hours * 60 + minutes) : hours * 60 + minutes;
    return true;
}

/* With a zone it is a moment; without, the clock of whoever exported it, as in result.json. */
static void set_date(struct telegram_page *page, struct slice title)
{
    int day = number_at(title, 0, 2), month = number_at(title, 3, 2);
    int year = number_at(title, 6, 4), hour = number_at(title, 11, 2);
    int minute = number_at(title, 14, 2), second = number_at(title, 17, 2), zone;

    if (day < 1 || month < 1 || year < 1970 || !civil_is_valid(year, (unsigned)month, (unsigned)day)
        || hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0)
        return;
    buf_empty(&page->posts.date);
    if (zone_of(title, &zone) && year < 6000)
        moment_format(&page->posts.date,
                      days_from_civil(year, (unsigned)month, (unsigned)day) * 1440 + hour * 60
                          + minute - zone);
    else
        buf_format(&page->posts.date, "%04d-%02d-%02dT%02d:%02d:%02d", year, month, day, hour,
                   minute, second);
}

/* ---- messages ---- */

static int end_message(struct telegram_page *page, struct tq_error *err)
{
    int r = TQ_OK;

    if (page->in_message)
        r = telegram_posts_end(&page->posts, err);
    page->in_message = page->in_pre = page->in_aside = page->space = false;
    page->part = PART_NONE;
    page->depth = page->forwarded_depth = 0;
    return r;
}

/* `id` is "message17", or "message-3" for what the service says. */
static int begin_message(struct telegram_page *page, struct slice id, struct tq_error *err)
{
    int r = end_message(page, err);

    if (r == TQ_OK && page->messages++ == 0)
        r = telegram_posts_chat(&page->posts, err);
    telegram_posts_begin(&page->posts);
    page->in_message = true;
    page->depth = 1;
    if (slice_starts(id, SLICE_LITERAL("message")))
        telegram_set(&page->posts.id, slice_skip(id, strlen("message")));
    return r;
}

static void begin_part(struct telegram_page *page, enum part part)
{
    page->part = part;
    page->part_depth = page->depth;
    page->space = false;
}

static int begin_division(struct telegram_page *page, struct slice tag, struct tq_error *err)
{
    struct slice classes = html_attribute(tag, "class");

    if (has_class(classes, "message"))
        return begin_message(page, html_attribute(tag, "id"), err);
    if (page->depth < UINT32_MAX)
        page->depth++;
    if (!page->in_message) {
        if (has_class(classes, "text") && page->posts.channel.length == 0)
            begin_part(page, PART_CHANNEL);
    } else if (has_class(classes, "forwarded")) {
        page->forwarded_depth = page->depth;
    } else if (has_class(classes, "from_name")) {
        if (page->forwarded_depth > 0 && page->posts.forwarded.length == 0)
            begin_part(page, PART_FORWARDED);
    } else if (has_class(classes, "text")) {
        begin_part(page, PART_TEXT);
        break_line(page); /* a message may have several texts */
    } else if (has_class(classes, "date") && page->posts.date.length == 0) {
        set_date(page, html_attribute(tag, "title"));
    }
    return TQ_OK;
}

static int end_division(struct telegram_page *page, struct tq_error *err)
{
    if (page->part != PART_NONE && page->part_depth >= page->depth)
        page->part = PART_NONE;
    if (page->forwarded_depth >= page->depth)
        page->forwarded_depth = 0;
    page->depth -= page->depth > 0;
    return page->in_message && page->depth == 0 ? end_message(page, err) : TQ_OK;
}

/* "media", or "photo_wrap", "video_file_wrap" and their like. */
static bool leads_to_file(struct slice classes)
{
    return classes.length > 0
           && (has_class(classes, "media") || memmem(classes.data, classes.length, "_wrap", 5));
}

/* A file beside the export: not a link to the world, to another page or into a chat. */
static int take_link(struct telegram_page *page, struct slice tag, struct tq_error *err)
{
    struct slice path = html_attribute(tag, "href");

    if (!page->in_message || path.length == 0 || path.length > TELEGRAM_VALUE_BYTES_MAX
        || path.data[0] == '#' || memmem(path.data, path.length, "://", 3)
        || !leads_to_file(html_attribute(tag, "class")))
        return TQ_OK;
    buf_empty(&page->decoded);
    html_decode(&page->decoded, path);
    if (buf_check(&page->decoded, err) < 0)
        return err->status;
    return telegram_posts_file(&page->posts, buf_slice(&page->decoded), err);
}

static int take_tag(void *state, const struct html_tag *tag, struct tq_error *err)
{
    struct telegram_page *page = state;

    if (html_name_is(tag->name, "div"))
        return tag->is_end ? end_division(page, err) : begin_division(page, tag->whole, err);
    if (html_name_is(tag->name, "a") && !tag->is_end)
        return take_link(page, tag->whole, err);
    if (html_name_is(tag->name, "br"))
        break_line(page);
    else if (html_name_is(tag->name, "pre"))
        page->in_pre = !tag->is_end;
    else if (html_name_is(tag->name, "span")) /* the date behind the name of who is forwarded */
        page->in_aside = !tag->is_end && page->part == PART_FORWARDED;
    return TQ_OK;
}

static int telegram_html_read(const struct extract_input *input,
                              const struct extract_limits *limits, const struct sink *sink,
                              struct tq_error *err)
{
    CLEANUP(telegram_page_clear)
    struct telegram_page page = {
        .posts = {.sink = sink, .pages = {.sink = sink, .pages_max = limits->pages_max}},
        .source = {.fd = -1}};
    const struct html_visitor visitor = {&page, take_tag, take_text};
    int r = emit_type(sink, "telegram", err);

    if (r == TQ_OK)
        r = html_stream_read(input, &page.source, &visitor, &page.posts.pages.stopped, err);
    if (r == TQ_OK)
        r = end_message(&page, err);
    if (r == TQ_OK)
        r = text_pages_finish(&page.posts.pages, err);
    if (r == TQ_OK && page.messages == 0)
        r = emit_note(sink, 0, err, "no messages were found");
    return r < 0 ? r : text_source_report(&page.source, sink, err);
}

/* The classes of the page and of its history: nobody else writes both. */
static enum claim telegram_html_claim(struct slice head, const struct extract_input *input)
{
    static const char page[] = "class=\"page_body chat_page\"", history[] = "class=\"history\"";
    struct slice start = slice_trim(head);

    (void)input;
    if (slice_starts(start, SLICE_LITERAL("\xEF\xBB\xBF")))
        start = slice_trim(slice_skip(start, 3));
    if (start.length == 0 || start.data[0] != '<'
        || !memmem(start.data, start.length, page, sizeof(page) - 1)
        || !memmem(start.data, start.length, history, sizeof(history) - 1))
        return CLAIM_NONE;
    return CLAIM_CERTAIN;
}

const struct format format_telegram_html = {"telegram", telegram_html_claim, telegram_html_read};
