/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * One mail (RFC 5322): its header and its text are text; attachments, messages within it, and HTML
 * that no plain text stands for are members. GMime takes it apart; it does so on the descriptor,
 * and nothing but one part is held in memory. Encodings are our own tables (mail_header.h).
 */
#include <gmime/gmime.h>
#include <iconv.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/file.h"
#include "base/limits.h"
#include "extract/decode.h"
#include "extract/format.h"
#include "extract/labelled_text.h"
#include "extract/legacy_text.h"
#include "extract/mail.h"
#include "extract/mail_header.h"
#include "extract/mail_member.h"
#include "extract/text_pages.h"

#define COUNT_DIGITS   12u /* of an "emlx" file */
#define DEPTH_MAX      32u /* of parts within parts; mail that people write has five */
#define PARTS_MAX      100000u
#define TEXT_BYTES_MAX ((size_t)16 << 20) /* of one part; more is no letter */
#define READ_BYTES     ((size_t)64 << 10)
#define HTML_SHARE     4u /* HTML that says so many times more than its text is read as well */
#define HTML_FREE      200u

/* A multipart that is being gone through. */
struct level {
    GMimeMultipart *multipart;
    int next;
    bool is_alternative;
    uint64_t plain; /* visible characters of the plain texts within */
};

struct mail {
    const struct sink *sink;
    struct mail_members members;
    struct text_pages pages;
    struct level levels[DEPTH_MAX];
    unsigned depth, parts;
    struct buf bytes, text, name;
    char *block; /* owned: READ_BYTES */
    bool is_deep, is_cut, is_encrypted;
};

/* The part of an exhibit that is a mail. */
struct bounds {
    uint64_t start, end;
};

static void mail_clear(struct mail *mail)
{
    mail_members_clear(&mail->members);
    text_pages_clear(&mail->pages);
    buf_clear(&mail->bytes);
    buf_clear(&mail->text);
    buf_clear(&mail->name);
    free(mail->block);
}

static void unref_cleanup(void *object)
{
    if (*(void **)object)
        g_object_unref(*(void **)object);
}

void mail_prepare(void)
{
    /* For names of attachments: what is not opened before the jail cannot be opened in it. */
    static const char *const charsets[] = {
        "ISO-8859-1", "ISO-8859-15", "WINDOWS-1252", "WINDOWS-1256", "ISO-8859-6", "KOI8-R",
        "GB18030",    "ISO-2022-JP", "SHIFT_JIS",    "BIG5",         "EUC-KR",     "WINDOWS-1251"};

    g_mime_init();
    for (size_t i = 0; i < sizeof(charsets) / sizeof(charsets[0]); i++)
        (void)iconv_open("UTF-8", charsets[i]); /* stays open: the converter stays loaded */
}

static int add_line(struct mail *mail, struct slice line, struct tq_error *err)
{
    return text_pages_line(&mail->pages, line, err);
}

static int add_lines(struct mail *mail, struct slice text, struct tq_error *err)
{
    return text_pages_lines(&mail->pages, text, err);
}

/* Fields that machines write for machines. */
static bool is_for_machines(const char *name)
{
    static const char *const starts[] = {
        "DKIM-",        "ARC-",         "Received", "Authentication-", "X-MS-",
        "X-Google-",    "X-Microsoft-", "X-Spam",   "Content-",        "MIME-Version",
        "X-Forefront-", "References",   "List-"};

    for (size_t i = 0; i < sizeof(starts) / sizeof(starts[0]); i++) {
        if (strncasecmp(name, starts[i], strlen(starts[i])) == 0)
            return true;
    }
    return false;
}

static int emit_header_fact(struct mail *mail, const char *name, struct slice value,
                            struct tq_error *err)
{
    static const char *const facts[][2] = {{"Date", "mail.date"},
                                           {"Subject", "mail.subject"},
                                           {"From", "mail.from"},
                                           {"Message-ID", "mail.message-id"}};

    for (size_t i = 0; i < sizeof(facts) / sizeof(facts[0]); i++) {
        if (strcasecmp(name, facts[i][0]) == 0 && value.length > 0
            && value.length <= CELL_BYTES_MAX)
            return emit_fact(mail->sink, facts[i][1], value, err);
    }
    return TQ_OK;
}

/* "undisclosed-recipients:;" is a group of nobody. */
static bool is_empty_group(struct slice value)
{
    value = slice_trim(value);
    if (value.length < 2 || value.data[value.length - 1] != ';')
        return false;
    value = slice_trim(slice_make(value.data, value.length - 1));
    return value.length > 0 && value.data[value.length - 1] == ':';
}

static int read_field(struct mail *mail, GMimeHeader *header, struct tq_error *err)
{
    const char *name = g_mime_header_get_name(header);
    const char *value = g_mime_header_get_raw_value(header);
    struct slice text;
    int r;

    if (!name || !value || is_for_machines(name) || is_empty_group(slice_of(value)))
        return TQ_OK;
    buf_empty(&mail->text);
    buf_format(&mail->text, "%s: ", name);
    mail_header_add(&mail->text, slice_of(value));
    r = buf_check(&mail->text, err);
    if (r < 0)
        return r;
    text = buf_slice(&mail->text);
    r = add_line(mail, text, err);
    return r < 0 ? r : emit_header_fact(mail, name, slice_skip(text, strlen(name) + 2), err);
}

/* Lines that GMime drops. `head`: the first bytes of the mail, which most headers are within. */
static int read_strays(struct mail *mail, struct slice head, struct tq_error *err)
{
    struct slice line;
    int r = TQ_OK;

    if (mail_header_blank_end(head, &line))
        head.length = (size_t)(line.data - head.data);
    while (r == TQ_OK && mail_header_next_stray(&head, &line)) {
        buf_empty(&mail->text);
        mail_header_add(&mail->text, line);
        r = buf_check(&mail->text, err);
        if (r == TQ_OK)
            r = add_line(mail, buf_slice(&mail->text), err);
    }
    return r;
}

static int read_header(struct mail *mail, GMimeMessage *message, struct slice head,
                       struct tq_error *err)
{
    GMimeHeaderList *list = g_mime_object_get_header_list(GMIME_OBJECT(message));
    int count = g_mime_header_list_get_count(list), r = TQ_OK;

    for (int i = 0; i < count && r == TQ_OK; i++)
        r = read_field(mail, g_mime_header_list_get_header_at(list, i), err);
    if (r == TQ_OK)
        r = read_strays(mail, head, err);
    return r < 0 ? r : add_line(mail, (struct slice){0}, err);
}

/* The content of a part with its transfer encoding undone; NULL: it has none. To be unreferenced.
 */
static GMimeStream *open_content(GMimePart *part)
{
    GMimeDataWrapper *content = g_mime_part_get_content(part);
    GMimeStream *source = content ? g_mime_data_wrapper_get_stream(content) : NULL;
    GMimeStream *stream;
    GMimeFilter *filter;

    if (!source)
        return NULL;
    (void)g_mime_stream_reset(source);
    stream = g_mime_stream_filter_new(source);
    filter = g_mime_filter_basic_new(g_mime_data_wrapper_get_encoding(content), FALSE);
    (void)g_mime_stream_filter_add(GMIME_STREAM_FILTER(stream), filter);
    g_object_unref(filter);
    return stream;
}

/* The decoded content of a part, in mail->bytes, as far as it may go. */
static int load_content(struct mail *mail, GMimePart *part, struct tq_error *err)
{
    CLEANUP(unref_cleanup) GMimeStream *stream = open_content(part);
    ssize_t got;

    buf_empty(&mail->bytes);
    while (stream && (got = g_mime_stream_read(stream, mail->block, READ_BYTES)) > 0) {
        if (mail->bytes.length + (size_t)got > TEXT_BYTES_MAX) {
            mail->is_cut = true;
            break;
        }
        buf_add(&mail->bytes, mail->block, (size_t)got);
    }
    return buf_check(&mail->bytes, err);
}

/* The content of a part as text, in mail->text. */
static int load_text(struct mail *mail, GMimePart *part, struct tq_error *err)
{
    const char *charset = g_mime_object_get_content_type_parameter(GMIME_OBJECT(part), "charset");
    struct slice bytes;
    int r = load_content(mail, part, err);

    if (r < 0)
        return r;
    bytes = buf_slice(&mail->bytes);
    buf_empty(&mail->text);
    if (charset && strncasecmp(charset, "utf-16", 6) == 0)
        return decode_sample(bytes, &mail->text, err);
    labelled_text_add(&mail->text, bytes, charset ? slice_of(charset) : (struct slice){0});
    return buf_check(&mail->text, err);
}

/* Characters that are seen: neither blanks nor in tags. */
static uint64_t count_visible(struct slice text, bool is_html)
{
    uint64_t count = 0;
    bool in_tag = false;

    for (size_t i = 0; i < text.length; i++) {
        char c = text.data[i];

        if (is_html && (c == '<' || c == '>'))
            in_tag = c == '<';
        else
            count += !in_tag && (unsigned char)c > ' ';
    }
    return count;
}

static int read_plain(struct mail *mail, GMimePart *part, struct tq_error *err)
{
    int r = load_text(mail, part, err);

    if (r < 0)
        return r;
    for (unsigned i = 0; i < mail->depth; i++)
        mail->levels[i].plain += count_visible(buf_slice(&mail->text), false);
    return add_lines(mail, buf_slice(&mail->text), err);
}

/* Whether the plain text beside some HTML says what it says. */
static bool is_told(const struct mail *mail, uint64_t visible)
{
    if (visible == 0)
        return true;
    for (unsigned i = 0; i < mail->depth; i++) {
        if (mail->levels[i].is_alternative && mail->levels[i].plain > 0
            && visible <= mail->levels[i].plain * HTML_SHARE + HTML_FREE)
            return true;
    }
    return false;
}

static int copy_stream(struct mail *mail, GMimeStream *stream, bool *out_damaged,
                       struct tq_error *err)
{
    ssize_t got;

    *out_damaged = false;
    while ((got = g_mime_stream_read(stream, mail->block, READ_BYTES)) > 0) {
        int r = mail_members_bytes(&mail->members, slice_make(mail->block, (size_t)got), err);

        if (r < 0)
            return r;
        if (mail->members.stopped)
            return TQ_OK;
    }
    *out_damaged = got < 0;
    return TQ_OK;
}

static int read_attachment(struct mail *mail, GMimePart *part, struct tq_error *err)
{
    CLEANUP(unref_cleanup) GMimeStream *stream = open_content(part);
    GMimeContentType *type = g_mime_object_get_content_type(GMIME_OBJECT(part));
    const char *name = g_mime_part_get_filename(part);
    const char *ending = type ? g_mime_content_type_get_media_subtype(type) : NULL;
    bool damaged = false;
    int r;

    if (ending && (strlen(ending) > 5 || strchr(ending, '/')))
        ending = NULL;
    buf_empty(&mail->name);
    if (name)
        mail_header_add(&mail->name, slice_of(name));
    r = buf_check(&mail->name, err);
    if (r == TQ_OK)
        r = mail_members_begin(&mail->members, buf_slice(&mail->name), name ? NULL : ending, err);
    if (r == TQ_OK && stream)
        r = copy_stream(mail, stream, &damaged, err);
    return r < 0 ? r : mail_members_end(&mail->members, damaged, err);
}

/* Decide between text and member. */
static int read_part(struct mail *mail, GMimePart *part, struct tq_error *err)
{
    GMimeContentType *type = g_mime_object_get_content_type(GMIME_OBJECT(part));
    bool is_text = !type || g_mime_content_type_is_type(type, "text", "*");
    bool is_html = type && g_mime_content_type_is_type(type, "text", "html");
    int r;

    if (type && g_mime_content_type_is_type(type, "application", "pgp-encrypted"))
        mail->is_encrypted = true;
    if (!is_text || g_mime_part_is_attachment(part) || g_mime_part_get_filename(part))
        return read_attachment(mail, part, err);
    if (!is_html)
        return read_plain(mail, part, err);
    r = load_content(mail, part, err);
    if (r < 0 || is_told(mail, count_visible(buf_slice(&mail->bytes), true)))
        return r;
    return read_attachment(mail, part, err);
}

/* A message within the message; the depth of members is limited by who reads them. */
static int read_message(struct mail *mail, GMimeMessagePart *part, struct tq_error *err)
{
    GMimeMessage *message = g_mime_message_part_get_message(part);
    const char *name =
        g_mime_object_get_content_disposition_parameter(GMIME_OBJECT(part), "filename");
    CLEANUP(unref_cleanup) GMimeStream *stream = g_mime_stream_mem_new();
    bool damaged = false;
    int r;

    if (!message)
        return TQ_OK;
    (void)g_mime_object_write_to_stream(GMIME_OBJECT(message), NULL, stream);
    (void)g_mime_stream_reset(stream);
    r = mail_members_begin(&mail->members, slice_of(name ? name : ""), "eml", err);
    if (r == TQ_OK)
        r = copy_stream(mail, stream, &damaged, err);
    return r < 0 ? r : mail_members_end(&mail->members, damaged, err);
}

static void push(struct mail *mail, GMimeMultipart *multipart)
{
    GMimeContentType *type = g_mime_object_get_content_type(GMIME_OBJECT(multipart));

    if (mail->depth >= DEPTH_MAX) {
        mail->is_deep = true;
        return;
    }
    mail->is_encrypted |= GMIME_IS_MULTIPART_ENCRYPTED(multipart);
    mail->levels[mail->depth++] = (struct level){
        .multipart = multipart,
        .is_alternative = type && g_mime_content_type_is_type(type, "multipart", "alternative"),
    };
}

/* All that stands in a multipart whose boundary is nowhere passes for what comes before its parts.
 */
static int read_undivided(struct mail *mail, GMimeMultipart *multipart, struct tq_error *err)
{
    const char *text = g_mime_multipart_get_prologue(multipart);

    if (!text || g_mime_multipart_get_count(multipart) > 0)
        return TQ_OK;
    buf_empty(&mail->text);
    legacy_text_add(&mail->text, slice_of(text), NULL);
    return buf_check(&mail->text, err) < 0 ? TQ_E_NOMEM
                                           : add_lines(mail, buf_slice(&mail->text), err);
}

static int read_object(struct mail *mail, GMimeObject *object, struct tq_error *err)
{
    mail->parts++;
    if (GMIME_IS_MULTIPART(object)) {
        push(mail, GMIME_MULTIPART(object));
        return read_undivided(mail, GMIME_MULTIPART(object), err);
    }
    if (GMIME_IS_MESSAGE_PART(object))
        return read_message(mail, GMIME_MESSAGE_PART(object), err);
    return GMIME_IS_PART(object) ? read_part(mail, GMIME_PART(object), err) : TQ_OK;
}

static int read_body(struct mail *mail, GMimeMessage *message, struct tq_error *err)
{
    GMimeObject *object = g_mime_message_get_mime_part(message);
    int r = object ? read_object(mail, object, err) : TQ_OK;

    while (r == TQ_OK && mail->depth > 0) {
        struct level *level = &mail->levels[mail->depth - 1];

        if (level->next >= g_mime_multipart_get_count(level->multipart) || mail->members.stopped
            || mail->parts > PARTS_MAX) {
            mail->depth--;
            continue;
        }
        r = read_object(mail, g_mime_multipart_get_part(level->multipart, level->next++), err);
    }
    return r;
}

static int notes(struct mail *mail, struct tq_error *err)
{
    int r = text_pages_finish(&mail->pages, err);

    if (r == TQ_OK && mail->is_deep)
        r = emit_note(mail->sink, 0, err, "parts nested deeper than %u were not read", DEPTH_MAX);
    if (r == TQ_OK && mail->parts > PARTS_MAX)
        r = emit_note(mail->sink, 0, err, "more than %u parts: the rest was not read", PARTS_MAX);
    if (r == TQ_OK && mail->is_cut)
        r = emit_note(mail->sink, 0, err, "a text longer than 16 MiB was read in part");
    if (r == TQ_OK && mail->is_encrypted)
        r = emit_note(mail->sink, 0, err, "it is encrypted: what is in it was not read");
    if (r == TQ_OK && mail->pages.page_count == 0 && mail->members.count == 0)
        r = emit_note(mail->sink, 0, err, "no text was found");
    return r;
}

/*
 * Where the mail stands that begins with `head`. Apple Mail keeps one in a file of its own ("emlx")
 * behind a line with its length, and what it thinks of it (XML) behind that. False: it is none.
 */
static bool find_bounds(struct slice head, uint64_t size_bytes, struct bounds *out_bounds)
{
    uint64_t length = 0;
    size_t at = 0;

    *out_bounds = (struct bounds){0, size_bytes};
    while (at < head.length && at < COUNT_DIGITS && head.data[at] >= '0' && head.data[at] <= '9')
        length = length * 10 + (uint64_t)(head.data[at++] - '0');
    while (at > 0 && at < head.length && at < COUNT_DIGITS && head.data[at] == ' ')
        at++;
    if (at == 0 || at >= head.length || head.data[at] != '\n')
        return mail_header_is_likely(head);
    out_bounds->start = at + 1;
    if (length < size_bytes - out_bounds->start)
        out_bounds->end = out_bounds->start + length;
    return mail_header_is_likely(slice_skip(head, at + 1));
}

/* What stands behind the mail, as a member. */
static int give_properties(struct mail *mail, const struct extract_input *input, uint64_t offset,
                           struct tq_error *err)
{
    int r = mail_members_begin(&mail->members, SLICE_LITERAL("properties.plist"), NULL, err);

    while (r == TQ_OK && offset < input->size_bytes && !mail->members.stopped) {
        size_t got;

        r = file_read_at(input->fd, offset, mail->block, READ_BYTES, &got, err);
        if (r < 0 || got == 0)
            break;
        r = mail_members_bytes(&mail->members, slice_make(mail->block, got), err);
        offset += got;
    }
    return r < 0 ? r : mail_members_end(&mail->members, false, err);
}

static GMimeStream *open_range(int fd, uint64_t start, uint64_t end)
{
    GMimeStream *stream = g_mime_stream_fs_new_with_bounds(fd, (gint64)start, (gint64)end);

    g_mime_stream_fs_set_owner(GMIME_STREAM_FS(stream), FALSE);
    return stream;
}

/*
 * The mail, `head` its first bytes. For GMime a line of blanks goes on with the field before it,
 * and it drops lines that are no fields: if one ends the header, an empty one stands in its place.
 */
static GMimeStream *open_mail(int fd, const struct bounds *bounds, struct slice head)
{
    CLEANUP(unref_cleanup) GMimeStream *before = NULL;
    CLEANUP(unref_cleanup) GMimeStream *empty = NULL;
    CLEANUP(unref_cleanup) GMimeStream *behind = NULL;
    GMimeStream *stream;
    struct slice line;
    uint64_t at;

    if (!mail_header_blank_end(head, &line))
        return open_range(fd, bounds->start, bounds->end);
    at = bounds->start + (uint64_t)(line.data - head.data);
    before = open_range(fd, bounds->start, at);
    empty = g_mime_stream_mem_new_with_buffer("\n", 1);
    behind = open_range(fd, at + line.length, bounds->end);
    stream = g_mime_stream_cat_new();
    (void)g_mime_stream_cat_add_source(GMIME_STREAM_CAT(stream), before);
    (void)g_mime_stream_cat_add_source(GMIME_STREAM_CAT(stream), empty);
    (void)g_mime_stream_cat_add_source(GMIME_STREAM_CAT(stream), behind);
    return stream;
}

static int read_mail(struct mail *mail, const struct extract_input *input, struct tq_error *err)
{
    CLEANUP(unref_cleanup) GMimeStream *stream = NULL;
    CLEANUP(unref_cleanup) GMimeParser *parser = NULL;
    CLEANUP(unref_cleanup) GMimeMessage *message = NULL;
    struct bounds bounds;
    struct slice head;
    size_t got;
    int r = file_read_at(input->fd, 0, mail->block, READ_BYTES, &got, err);

    if (r < 0)
        return r;
    head = slice_make(mail->block, got);
    (void)find_bounds(head, input->size_bytes, &bounds);
    head = slice_skip(head, bounds.start < got ? (size_t)bounds.start : got);
    if (head.length > bounds.end - bounds.start)
        head.length = (size_t)(bounds.end - bounds.start);
    if (lseek(input->fd, (off_t)bounds.start, SEEK_SET) < 0)
        return tq_fail(err, TQ_E_IO, "could not go to the start of the mail");
    stream = open_mail(input->fd, &bounds, head);
    parser = g_mime_parser_new_with_stream(stream);
    g_mime_parser_set_persist_stream(parser, TRUE);
    message = g_mime_parser_construct_message(parser, NULL);
    if (!message)
        return emit_note(mail->sink, 0, err, "damaged: it is no mail");
    r = read_header(mail, message, head, err);
    if (r == TQ_OK)
        r = read_body(mail, message, err);
    if (r == TQ_OK && bounds.end < input->size_bytes)
        r = give_properties(mail, input, bounds.end, err);
    return r < 0 ? r : notes(mail, err);
}

static int mail_read(const struct extract_input *input, const struct extract_limits *limits,
                     const struct sink *sink, struct tq_error *err)
{
    CLEANUP(mail_clear)
    struct mail mail = {.sink = sink, .pages = {.sink = sink, .pages_max = limits->pages_max}};
    int r = emit_type(sink, "mail", err);

    if (r < 0)
        return r;
    g_mime_init();
    mail_members_init(&mail.members, sink, limits);
    mail.block = alloc_zeroed(READ_BYTES, 1);
    return mail.block ? read_mail(&mail, input, err) : tq_no_memory(err);
}

static enum claim mail_claim(struct slice head, const struct extract_input *input)
{
    struct bounds bounds;

    return find_bounds(head, input->size_bytes, &bounds) ? CLAIM_LIKELY : CLAIM_NONE;
}

const struct format format_mail = {"mail", mail_claim, mail_read};
