/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * A message that Outlook saved by itself (MSG): an OLE compound file whose streams are the
 * properties of the message. Its texts are text; attachments are members; messages within it are
 * told behind it.
 */
#include <inttypes.h>
#include <libolecf.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/file.h"
#include "extract/bfio_file.h"
#include "extract/compound.h"
#include "extract/format.h"
#include "extract/legacy_text.h"
#include "extract/lzfu.h"
#include "extract/mail_member.h"
#include "extract/text_pages.h"
#include "extract/utf16_text.h"

#define NAME_BYTES       64u                  /* of an entry: at most 31 characters */
#define WAITING_MAX      1024                 /* messages within the message */
#define STREAM_BYTES_MAX ((uint64_t)16 << 20) /* of a text; more is no letter */
#define RTF_BYTES_MAX    ((size_t)64 << 20)
#define READ_BYTES       ((size_t)64 << 10)

#define FIXED_HEAD_MIN 24u /* before the first property of fixed length; entries have 16 bytes */
#define FIXED_BYTES    16u
#define CODE_PAGE      0x3FFD0003u
#define DELIVERED      0x0E060040u
#define FILETIME_1970  116444736000000000u /* in 100 ns since 1601 */
#define SECONDS_MAX    253402300799        /* 9999-12-31 */

#define TYPE_ASCII   0x001Eu
#define TYPE_UNICODE 0x001Fu
#define TYPE_BINARY  0x0102u
#define TYPE_OBJECT  0x000Du

enum {
    ATTACHED = 0x3701, /* the data of an attachment, or the message that it is */
    SHORT_NAME = 0x3704,
    LONG_NAME = 0x3707,
    HTML = 0x1013,
    COMPRESSED_RTF = 0x1009,
};

/* Properties that are told by name, in this order; the others follow by number. */
static const struct {
    const char *name;
    uint32_t property;
} fields[] = {
    {"From", 0x0C1A}, {"Sender", 0x0C1F}, {"To", 0x0E04},
    {"Cc", 0x0E03},   {"Bcc", 0x0E02},    {"Subject", 0x0037},
};
#define FIELDS (sizeof(fields) / sizeof(fields[0]))
#define BODY   0x1000u

struct msg {
    const struct sink *sink;
    struct mail_members members;
    struct text_pages pages;
    libolecf_item_t *waiting[WAITING_MAX];
    int waiting_count, messages;
    struct buf bytes, text, name;
    const struct codepage *page; /* of texts that are not Unicode; NULL: it is guessed */
    uint8_t *block;              /* owned: READ_BYTES */
    uint64_t broken;
    bool has_body, is_deep;
};

static void item_cleanup(libolecf_item_t **item)
{
    (void)libolecf_item_free(item, NULL);
}

static void msg_clear(struct msg *msg)
{
    while (msg->waiting_count > 0)
        item_cleanup(&msg->waiting[--msg->waiting_count]);
    mail_members_clear(&msg->members);
    text_pages_clear(&msg->pages);
    buf_clear(&msg->bytes);
    buf_clear(&msg->text);
    buf_clear(&msg->name);
    free(msg->block);
}

/* The name of an entry, in `out` of NAME_BYTES; empty if it has none. */
static void load_name(libolecf_item_t *item, char *out)
{
    size_t size = 0;

    out[0] = '\0';
    if (libolecf_item_get_utf8_name_size(item, &size, NULL) != 1 || size > NAME_BYTES || size < 2)
        return;
    if (libolecf_item_get_utf8_name(item, (uint8_t *)out, size, NULL) != 1)
        out[0] = '\0';
}

/* "__substg1.0_0037001F": property and type. */
static bool parse_name(const char *name, uint32_t *out_property, uint32_t *out_type)
{
    static const char start[] = "__substg1.0_";
    unsigned long number;
    char *end;

    if (strncmp(name, start, sizeof(start) - 1) != 0 || strlen(name) != sizeof(start) - 1 + 8)
        return false;
    number = strtoul(name + sizeof(start) - 1, &end, 16);
    *out_property = (uint32_t)(number >> 16);
    *out_type = (uint32_t)(number & 0xFFFF);
    return *end == '\0';
}

/* The sub entry that holds a property as text or bytes; NULL: there is none. */
static libolecf_item_t *find_property(libolecf_item_t *item, uint32_t property, uint32_t type)
{
    char name[NAME_BYTES];
    libolecf_item_t *found = NULL;

    (void)snprintf(name, sizeof(name), "__substg1.0_%04X%04X", (unsigned)property, (unsigned)type);
    if (libolecf_item_get_sub_item_by_utf8_name(item, (uint8_t *)name, strlen(name), &found, NULL)
        != 1)
        return NULL;
    return found;
}

/* The bytes of a stream in msg->bytes, as far as they may go. */
static int load_stream(struct msg *msg, libolecf_item_t *stream, struct tq_error *err)
{
    uint32_t size = 0;
    ssize_t got;

    buf_empty(&msg->bytes);
    if (libolecf_item_get_size(stream, &size, NULL) != 1 || size > STREAM_BYTES_MAX) {
        msg->broken++;
        return TQ_OK;
    }
    while (msg->bytes.length < size
           && (got = libolecf_stream_read_buffer(stream, msg->block, READ_BYTES, NULL)) > 0)
        buf_add(&msg->bytes, msg->block, (size_t)got);
    return buf_check(&msg->bytes, err);
}

/* The text of a stream, added to `out`. */
static int add_stream(struct msg *msg, struct buf *out, libolecf_item_t *stream, uint32_t type,
                      struct tq_error *err)
{
    int r = load_stream(msg, stream, err);

    if (r < 0)
        return r;
    if (type == TYPE_UNICODE)
        utf16_text_add(out, buf_slice(&msg->bytes));
    else
        legacy_text_add(out, buf_slice(&msg->bytes), msg->page);
    return buf_check(out, err);
}

static int add_property(struct msg *msg, struct buf *out, libolecf_item_t *item, uint32_t property,
                        struct tq_error *err)
{
    static const uint32_t types[] = {TYPE_UNICODE, TYPE_ASCII};

    for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
        CLEANUP(item_cleanup) libolecf_item_t *stream = find_property(item, property, types[i]);

        if (stream)
            return add_stream(msg, out, stream, types[i], err);
    }
    return TQ_OK;
}

static int give_lines(struct msg *msg, struct slice text, struct tq_error *err)
{
    return text_pages_lines(&msg->pages, text, err);
}

/* "Subject: ..." as a line, if the message has it. */
static int give_field(struct msg *msg, libolecf_item_t *item, const char *name, uint32_t property,
                      struct tq_error *err)
{
    size_t start;
    int r;

    buf_empty(&msg->text);
    buf_format(&msg->text, "%s: ", name);
    start = msg->text.length;
    r = add_property(msg, &msg->text, item, property, err);
    if (r < 0 || msg->text.length == start)
        return r;
    for (size_t i = start; i < msg->text.length; i++) {
        if (msg->text.data[i] == '\n' || msg->text.data[i] == '\r')
            msg->text.data[i] = ' ';
    }
    return give_lines(msg, buf_slice(&msg->text), err);
}

/* The value of a property of fixed length, among those in msg->bytes; 0: there is none. */
static uint64_t find_fixed(const struct msg *msg, uint32_t wanted)
{
    struct slice bytes = buf_slice(&msg->bytes);

    for (size_t at = FIXED_HEAD_MIN; at + FIXED_BYTES <= bytes.length; at += 8) {
        uint32_t tag;
        uint64_t value;

        memcpy(&tag, bytes.data + at, sizeof(tag));
        memcpy(&value, bytes.data + at + 8, sizeof(value));
        if (tag == wanted)
            return value;
    }
    return 0;
}

static int give_date(struct msg *msg, uint64_t filetime, struct tq_error *err)
{
    time_t moment = (time_t)((filetime - FILETIME_1970) / 10000000);
    struct tm parts;

    if (filetime < FILETIME_1970 || moment > SECONDS_MAX || !gmtime_r(&moment, &parts))
        return TQ_OK;
    buf_empty(&msg->text);
    buf_format(&msg->text, "Date: %04d-%02d-%02dT%02d:%02d:%02dZ", parts.tm_year + 1900,
               parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec);
    if (buf_check(&msg->text, err) < 0)
        return TQ_E_NOMEM;
    return give_lines(msg, buf_slice(&msg->text), err);
}

/* The encoding of a message's texts, and when it came. */
static int take_fixed(struct msg *msg, libolecf_item_t *message, struct tq_error *err)
{
    static const char name[] = "__properties_version1.0";
    CLEANUP(item_cleanup) libolecf_item_t *stream = NULL;
    char page[32];
    int r;

    if (libolecf_item_get_sub_item_by_utf8_name(message, (const uint8_t *)name, sizeof(name) - 1,
                                                &stream, NULL)
        != 1)
        return TQ_OK;
    r = load_stream(msg, stream, err);
    if (r < 0)
        return r;
    (void)snprintf(page, sizeof(page), "windows-%u", (unsigned)find_fixed(msg, CODE_PAGE));
    msg->page = codepage_find(slice_of(page));
    return give_date(msg, find_fixed(msg, DELIVERED), err);
}

static bool is_named(uint32_t property)
{
    for (size_t i = 0; i < FIELDS; i++) {
        if (fields[i].property == property)
            return true;
    }
    return property == BODY;
}

/* The content of a stream as a member. */
static int give_stream(struct msg *msg, libolecf_item_t *stream, struct slice name,
                       const char *ending, struct tq_error *err)
{
    uint32_t size = 0;
    uint64_t done = 0;
    int r = mail_members_begin(&msg->members, name, ending, err);

    (void)libolecf_item_get_size(stream, &size, NULL);
    while (r == TQ_OK && done < size && !msg->members.stopped) {
        ssize_t got = libolecf_stream_read_buffer(stream, msg->block, READ_BYTES, NULL);

        if (got <= 0)
            break;
        done += (uint64_t)got;
        r = mail_members_bytes(&msg->members, slice_make((char *)msg->block, (size_t)got), err);
    }
    return r < 0 ? r : mail_members_end(&msg->members, done < size, err);
}

static int give_attachment(struct msg *msg, libolecf_item_t *item, struct tq_error *err)
{
    CLEANUP(item_cleanup) libolecf_item_t *data = find_property(item, ATTACHED, TYPE_BINARY);
    libolecf_item_t *inner = data ? NULL : find_property(item, ATTACHED, TYPE_OBJECT);
    int r;

    if (inner && msg->waiting_count < WAITING_MAX && msg->messages < WAITING_MAX) {
        msg->waiting[msg->waiting_count++] = inner;
        return TQ_OK;
    }
    if (inner) {
        msg->is_deep = true;
        item_cleanup(&inner);
        return TQ_OK;
    }
    if (!data) {
        msg->broken++;
        return TQ_OK;
    }
    buf_empty(&msg->name);
    r = add_property(msg, &msg->name, item, LONG_NAME, err);
    if (r == TQ_OK && msg->name.length == 0)
        r = add_property(msg, &msg->name, item, SHORT_NAME, err);
    return r < 0 ? r : give_stream(msg, data, buf_slice(&msg->name), NULL, err);
}

/* A recipient: what texts it has, in one line. */
static int give_recipient(struct msg *msg, libolecf_item_t *item, struct tq_error *err)
{
    static const uint32_t properties[] = {0x3001, 0x39FE, 0x3003};
    int r = TQ_OK;

    buf_empty(&msg->text);
    buf_add_text(&msg->text, "Recipient:");
    for (size_t i = 0; r == TQ_OK && i < sizeof(properties) / sizeof(properties[0]); i++) {
        buf_add_byte(&msg->text, ' ');
        r = add_property(msg, &msg->text, item, properties[i], err);
    }
    return r < 0 ? r : give_lines(msg, buf_slice(&msg->text), err);
}

/* A text that is only there as RTF is an exhibit of its own, as one in HTML is. */
static int give_rtf(struct msg *msg, libolecf_item_t *stream, struct tq_error *err)
{
    bool whole;
    int r = load_stream(msg, stream, err);

    buf_empty(&msg->text);
    if (r == TQ_OK)
        r = lzfu_decode(buf_slice(&msg->bytes), RTF_BYTES_MAX, &msg->text, &whole, err);
    if (r == TQ_OK)
        r = mail_members_begin(&msg->members, SLICE_LITERAL("body.rtf"), NULL, err);
    if (r == TQ_OK)
        r = mail_members_bytes(&msg->members, buf_slice(&msg->text), err);
    return r < 0 ? r : mail_members_end(&msg->members, !whole, err);
}

/* What else is in a message: attachments, recipients, texts without a name of ours. */
static int give_entry(struct msg *msg, libolecf_item_t *item, struct tq_error *err)
{
    char name[NAME_BYTES];
    uint32_t property, type;

    load_name(item, name);
    if (strncmp(name, "__attach_version1.0_", 20) == 0)
        return give_attachment(msg, item, err);
    if (strncmp(name, "__recip_version1.0_", 19) == 0)
        return give_recipient(msg, item, err);
    if (!parse_name(name, &property, &type))
        return TQ_OK;
    if (property == COMPRESSED_RTF && type == TYPE_BINARY && !msg->has_body)
        return give_rtf(msg, item, err);
    if (property == HTML && type == TYPE_BINARY && !msg->has_body)
        return give_stream(msg, item, SLICE_LITERAL("body.html"), NULL, err);
    if ((type != TYPE_UNICODE && type != TYPE_ASCII) || is_named(property))
        return TQ_OK;
    buf_empty(&msg->text);
    buf_format(&msg->text, "MAPI-%04X: ", (unsigned)property);
    if (add_stream(msg, &msg->text, item, type, err) < 0)
        return TQ_E_NOMEM;
    return give_lines(msg, buf_slice(&msg->text), err);
}

static int give_message(struct msg *msg, libolecf_item_t *message, struct tq_error *err)
{
    int count = 0, r = TQ_OK;

    msg->messages++;
    r = take_fixed(msg, message, err);
    for (size_t i = 0; r == TQ_OK && i < FIELDS; i++)
        r = give_field(msg, message, fields[i].name, fields[i].property, err);
    buf_empty(&msg->text);
    if (r == TQ_OK)
        r = add_property(msg, &msg->text, message, BODY, err);
    msg->has_body = slice_trim(buf_slice(&msg->text)).length > 0;
    if (r == TQ_OK)
        r = give_lines(msg, buf_slice(&msg->text), err);
    if (libolecf_item_get_number_of_sub_items(message, &count, NULL) != 1)
        msg->broken++;
    for (int i = 0; r == TQ_OK && i < count && !msg->members.stopped; i++) {
        CLEANUP(item_cleanup) libolecf_item_t *item = NULL;

        if (libolecf_item_get_sub_item(message, i, &item, NULL) == 1)
            r = give_entry(msg, item, err);
        else
            msg->broken++;
    }
    return r;
}

static int notes(struct msg *msg, struct tq_error *err)
{
    int r = text_pages_finish(&msg->pages, err);

    if (r == TQ_OK && msg->broken > 0)
        r = emit_note(msg->sink, 0, err, "damaged: %" PRIu64 " parts were not read", msg->broken);
    if (r == TQ_OK && msg->is_deep)
        r = emit_note(msg->sink, 0, err, "more than %d messages within it: the rest was not read",
                      WAITING_MAX);
    if (r == TQ_OK && msg->pages.page_count == 0 && msg->members.count == 0)
        r = emit_note(msg->sink, 0, err, "no text was found");
    return r;
}

static int read_messages(struct msg *msg, libolecf_item_t *root, struct tq_error *err)
{
    int r = give_message(msg, root, err);

    while (r == TQ_OK && msg->waiting_count > 0 && !msg->members.stopped) {
        CLEANUP(item_cleanup) libolecf_item_t *inner = msg->waiting[--msg->waiting_count];

        r = text_pages_line(&msg->pages, (struct slice){0}, err);
        if (r == TQ_OK)
            r = give_message(msg, inner, err);
    }
    return r < 0 ? r : notes(msg, err);
}

static void file_cleanup(libolecf_file_t **file)
{
    (void)libolecf_file_free(file, NULL);
}

static int msg_read(const struct extract_input *input, const struct extract_limits *limits,
                    const struct sink *sink, struct tq_error *err)
{
    struct bfio_file source = {.fd = input->fd, .size_bytes = input->size_bytes};
    CLEANUP(bfio_handle_cleanup) libbfio_handle_t *handle = NULL;
    CLEANUP(file_cleanup) libolecf_file_t *file = NULL;
    CLEANUP(item_cleanup) libolecf_item_t *root = NULL;
    CLEANUP(msg_clear)
    struct msg msg = {.sink = sink, .pages = {.sink = sink, .pages_max = limits->pages_max}};
    char head[COMPOUND_HEADER_BYTES];
    size_t got;
    int r = emit_type(sink, "msg", err);

    if (r == TQ_OK)
        r = file_read_at(input->fd, 0, head, sizeof(head), &got, err);
    if (r < 0)
        return r;
    if (!compound_has_room(slice_make(head, got), input->size_bytes))
        return emit_note(sink, 0, err, "damaged: its header speaks of more than there is");
    mail_members_init(&msg.members, sink, limits);
    msg.block = alloc_zeroed(READ_BYTES, 1);
    if (!msg.block || bfio_file_open(&source, &handle) != 1
        || libolecf_file_initialize(&file, NULL) != 1)
        return tq_no_memory(err);
    if (libolecf_file_open_file_io_handle(file, handle, LIBOLECF_OPEN_READ, NULL) != 1
        || libolecf_file_get_root_item(file, &root, NULL) != 1)
        return emit_note(sink, 0, err, "damaged: its entries are not read");
    return read_messages(&msg, root, err);
}

/* The names of a message's entries, as UTF-16, stand in its directory. */
static bool has_entry(const char *bytes, size_t length)
{
    static const char name[] = "_\0_\0s\0u\0b\0s\0t\0g\0001\0.\0000\0_";
    static const char other[] = "_\0_\0p\0r\0o\0p\0e\0r\0t\0i\0e\0s\0_\0v";

    return memmem(bytes, length, name, sizeof(name) - 1)
           || memmem(bytes, length, other, sizeof(other) - 1);
}

static enum claim msg_claim(struct slice head, const struct extract_input *input)
{
    static const char signature[] = "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1";
    char directory[4096];
    uint32_t sector;
    struct tq_error ignored;
    size_t got;

    if (head.length < 512 || memcmp(head.data, signature, 8) != 0)
        return CLAIM_NONE;
    memcpy(&sector, head.data + 48, sizeof(sector)); /* of the directory; 512 or 4,096 bytes each */
    if (file_read_at(input->fd, ((uint64_t)sector + 1) << (head.data[30] == 12 ? 12 : 9), directory,
                     sizeof(directory), &got, &ignored)
        < 0)
        return CLAIM_NONE;
    return has_entry(directory, got) || has_entry(head.data, head.length) ? CLAIM_CERTAIN
                                                                          : CLAIM_NONE;
}

const struct format format_msg = {"msg", msg_claim, msg_read};
