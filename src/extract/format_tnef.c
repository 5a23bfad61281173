/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * TNEF ([MS-OXTNEF]): the "winmail.dat" that Outlook sends to those who have no Outlook. Its texts
 * are text; attachments, messages within it, and texts in HTML or RTF are members, as of MSG files.
 */
#include <inttypes.h>
#include <string.h>
#include <time.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/file.h"
#include "extract/format.h"
#include "extract/legacy_text.h"
#include "extract/little_endian.h"
#include "extract/lzfu.h"
#include "extract/mail_member.h"
#include "extract/mapi_stream.h"
#include "extract/text_pages.h"
#include "extract/utf16_text.h"

#define HEAD_BYTES      6u /* signature and key */
#define ATTRIBUTE_BYTES 9u /* level, number, length; a check sum of two bytes follows the data */
#define SUM_BYTES       2u
#define LOADED_MAX      ((uint32_t)16 << 20) /* of one attribute but the data of an attachment */
#define RTF_BYTES_MAX   ((size_t)64 << 20)
#define READ_BYTES      ((size_t)64 << 10)
#define GUID_BYTES      16u /* before a message that is attached */
#define FILETIME_1970   116444736000000000u
#define SECONDS_MAX     253402300799 /* 9999-12-31 */

enum attribute {
    CODE_PAGE = 0x00069007,
    SENDER = 0x00008000,
    OLD_SUBJECT = 0x00018004,
    OLD_BODY = 0x0002800C,
    PROPERTIES = 0x00069003,
    RECIPIENTS = 0x00069004,
    ATTACHMENT_BEGINS = 0x00069002,
    ATTACHMENT_NAME = 0x00018010,
    ATTACHMENT_DATA = 0x0006800F,
    ATTACHMENT_PROPERTIES = 0x00069005,
};

enum property {
    SUBJECT = 0x0037,
    SUBMITTED = 0x0039,
    DELIVERED = 0x0E06,
    BODY = 0x1000,
    COMPRESSED_RTF = 0x1009,
    HTML = 0x1013,
    ATTACHED = 0x3701,
    LONG_NAME = 0x3707,
};

/* Properties that are told by name; the others follow by number. */
static const struct {
    uint16_t id;
    const char *name;
} fields[] = {
    {0x0C1A, "From"}, {0x0C1F, "Sender"},  {0x0E04, "To"},
    {0x0E03, "Cc"},   {0x0E02, "Bcc"},     {SUBJECT, "Subject"},
    {0x3001, "Name"}, {0x39FE, "Address"}, {0x3003, "Address"},
};

struct tnef {
    const struct extract_input *input;
    const struct sink *sink;
    struct mail_members members;
    struct text_pages pages;
    struct buf bytes; /* of the attribute */
    struct buf text;
    struct buf name;      /* of the attachment */
    uint64_t data_offset; /* of the attachment; 0: it has none */
    uint32_t data_length;
    const struct codepage *page; /* of texts that are not Unicode; NULL: it is guessed */
    uint64_t broken;
    bool has_body, is_cut;
};

static void tnef_clear(struct tnef *tnef)
{
    mail_members_clear(&tnef->members);
    text_pages_clear(&tnef->pages);
    buf_clear(&tnef->bytes);
    buf_clear(&tnef->text);
    buf_clear(&tnef->name);
}

/* The text of a value, added to `out`. */
static void add_value(const struct tnef *tnef, struct buf *out, const struct mapi_value *value)
{
    if (value->type == MAPI_UNICODE)
        utf16_text_add(out, value->bytes);
    else
        legacy_text_add(out, value->bytes, tnef->page);
}

static int give_text(struct tnef *tnef, struct tq_error *err)
{
    int r = buf_check(&tnef->text, err);

    return r < 0 ? r : text_pages_lines(&tnef->pages, buf_slice(&tnef->text), err);
}

static const char *field_name(uint16_t id)
{
    for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
        if (fields[i].id == id)
            return fields[i].name;
    }
    return NULL;
}

/* "Subject: ..." as a line; the text of the message as it is. */
static int give_value(struct tnef *tnef, const struct mapi_value *value, struct tq_error *err)
{
    const char *name = field_name(value->id);

    buf_empty(&tnef->text);
    if (name)
        buf_format(&tnef->text, "%s: ", name);
    else if (value->id != BODY)
        buf_format(&tnef->text, "MAPI-%04X: ", (unsigned)value->id);
    add_value(tnef, &tnef->text, value);
    return give_text(tnef, err);
}

static int give_date(struct tnef *tnef, const struct mapi_value *value, struct tq_error *err)
{
    uint64_t filetime = u32_of(value->bytes.data) | (uint64_t)u32_of(value->bytes.data + 4) << 32;
    time_t moment = (time_t)((filetime - FILETIME_1970) / 10000000);
    struct tm parts;

    if (filetime < FILETIME_1970 || moment > SECONDS_MAX || !gmtime_r(&moment, &parts))
        return TQ_OK;
    buf_empty(&tnef->text);
    buf_format(&tnef->text, "Date: %04d-%02d-%02dT%02d:%02d:%02dZ", parts.tm_year + 1900,
               parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec);
    return give_text(tnef, err);
}

static int give_member(struct tnef *tnef, const char *name, struct slice bytes, bool damaged,
                       struct tq_error *err)
{
    int r = mail_members_begin(&tnef->members, slice_of(name), NULL, err);

    if (r == TQ_OK)
        r = mail_members_bytes(&tnef->members, bytes, err);
    return r < 0 ? r : mail_members_end(&tnef->members, damaged, err);
}

static int give_rtf(struct tnef *tnef, struct slice packed, struct tq_error *err)
{
    bool whole;
    int r;

    buf_empty(&tnef->text);
    r = lzfu_decode(packed, RTF_BYTES_MAX, &tnef->text, &whole, err);
    return r < 0 ? r : give_member(tnef, "body.rtf", buf_slice(&tnef->text), !whole, err);
}

static int take_value(struct tnef *tnef, const struct mapi_value *value, struct tq_error *err)
{
    if (value->type == MAPI_TIME && (value->id == SUBMITTED || value->id == DELIVERED))
        return give_date(tnef, value, err);
    if (value->type == MAPI_BINARY && value->id == COMPRESSED_RTF && !tnef->has_body)
        return give_rtf(tnef, value->bytes, err);
    if (value->type == MAPI_BINARY && value->id == HTML && !tnef->has_body)
        return give_member(tnef, "body.html", value->bytes, false, err);
    if (value->type != MAPI_ASCII && value->type != MAPI_UNICODE)
        return TQ_OK;
    return give_value(tnef, value, err);
}

/* Whether the message has a text that is neither HTML nor RTF. */
static bool has_plain_body(struct tnef *tnef, struct slice bytes)
{
    struct mapi_stream stream;
    struct mapi_value value;

    mapi_stream_open(&stream, bytes);
    while (mapi_stream_next(&stream, &value)) {
        if (value.id != BODY || (value.type != MAPI_ASCII && value.type != MAPI_UNICODE))
            continue;
        buf_empty(&tnef->text);
        add_value(tnef, &tnef->text, &value);
        return slice_trim(buf_slice(&tnef->text)).length > 0;
    }
    return false;
}

static int take_properties(struct tnef *tnef, struct mapi_stream *stream, struct tq_error *err)
{
    struct mapi_value value;
    int r = TQ_OK;

    while (r == TQ_OK && !tnef->members.stopped && mapi_stream_next(stream, &value))
        r = take_value(tnef, &value, err);
    tnef->broken += stream->broken;
    return r;
}

static int take_message(struct tnef *tnef, struct tq_error *err)
{
    struct mapi_stream stream;

    tnef->has_body |= has_plain_body(tnef, buf_slice(&tnef->bytes));
    mapi_stream_open(&stream, buf_slice(&tnef->bytes));
    return take_properties(tnef, &stream, err);
}

static int take_recipients(struct tnef *tnef, struct tq_error *err)
{
    struct slice rest = buf_slice(&tnef->bytes);
    uint32_t rows = rest.length >= 4 ? u32_of(rest.data) : 0;
    int r = TQ_OK;

    rest = slice_skip(rest, rows > 0 ? 4 : 0);
    for (uint32_t i = 0; i < rows && r == TQ_OK; i++) {
        struct mapi_stream stream;

        mapi_stream_open(&stream, rest);
        r = take_properties(tnef, &stream, err);
        rest = stream.rest;
        if (stream.broken)
            break;
    }
    return r;
}

/* What an attachment is called, and the message that it may be, from its properties. */
static int take_attachment(struct tnef *tnef, struct tq_error *err)
{
    struct mapi_stream stream;
    struct mapi_value value;
    int r = TQ_OK;

    mapi_stream_open(&stream, buf_slice(&tnef->bytes));
    while (r == TQ_OK && mapi_stream_next(&stream, &value)) {
        if (value.id == LONG_NAME && (value.type == MAPI_ASCII || value.type == MAPI_UNICODE)) {
            buf_empty(&tnef->name);
            add_value(tnef, &tnef->name, &value);
        } else if (value.id == ATTACHED && value.type == MAPI_OBJECT
                   && value.bytes.length > GUID_BYTES) {
            r = give_member(tnef, "message.tnef", slice_skip(value.bytes, GUID_BYTES), false, err);
        } else if (value.id == ATTACHED && value.type == MAPI_BINARY && tnef->data_offset == 0) {
            r = give_member(tnef, "", value.bytes, false, err);
        }
    }
    tnef->broken += stream.broken;
    return r < 0 ? r : buf_check(&tnef->name, err);
}

/* The attachment whose attributes came; its name came last. */
static int end_attachment(struct tnef *tnef, struct tq_error *err)
{
    uint64_t offset = tnef->data_offset;
    uint32_t left = tnef->data_length;
    int r;

    tnef->data_offset = 0;
    if (offset == 0)
        return TQ_OK;
    r = mail_members_begin(&tnef->members, buf_slice(&tnef->name), NULL, err);
    while (r == TQ_OK && left > 0 && !tnef->members.stopped) {
        size_t wanted = left < READ_BYTES ? left : READ_BYTES, got;
        char *room;

        buf_empty(&tnef->bytes);
        room = buf_extend(&tnef->bytes, wanted);
        if (!room)
            return buf_check(&tnef->bytes, err);
        r = file_read_at(tnef->input->fd, offset, room, wanted, &got, err);
        if (r < 0 || got == 0)
            break;
        r = mail_members_bytes(&tnef->members, slice_make(room, got), err);
        offset += got;
        left -= (uint32_t)got;
    }
    buf_empty(&tnef->name);
    return r < 0 ? r : mail_members_end(&tnef->members, left > 0, err);
}

/* An old text: the sender has its lengths before, and a NUL byte between name and address. */
static int give_old_text(struct tnef *tnef, const char *label, size_t skipped, struct tq_error *err)
{
    struct slice bytes = buf_slice(&tnef->bytes);

    for (size_t i = 0; i < bytes.length; i++) {
        if (tnef->bytes.data[i] == '\0')
            tnef->bytes.data[i] = ' ';
    }
    buf_empty(&tnef->text);
    buf_add_text(&tnef->text, label);
    legacy_text_add(&tnef->text, slice_skip(bytes, skipped < bytes.length ? skipped : bytes.length),
                    tnef->page);
    return give_text(tnef, err);
}

static void take_code_page(struct tnef *tnef)
{
    char name[32];

    if (tnef->bytes.length < 4)
        return;
    (void)snprintf(name, sizeof(name), "windows-%u", (unsigned)u32_of(tnef->bytes.data));
    tnef->page = codepage_find(slice_of(name));
}

/* An attribute whose bytes are in tnef->bytes. */
static int take_attribute(struct tnef *tnef, uint32_t number, struct tq_error *err)
{
    switch (number) {
    case CODE_PAGE:
        take_code_page(tnef);
        return TQ_OK;
    case SENDER:
        return give_old_text(tnef, "From: ", 8, err);
    case OLD_SUBJECT:
        return give_old_text(tnef, "Subject: ", 0, err);
    case OLD_BODY:
        tnef->has_body = true;
        return give_old_text(tnef, "", 0, err);
    case PROPERTIES:
        return take_message(tnef, err);
    case RECIPIENTS:
        return take_recipients(tnef, err);
    case ATTACHMENT_NAME:
        buf_empty(&tnef->name);
        legacy_text_add(&tnef->name, buf_slice(&tnef->bytes), tnef->page);
        return buf_check(&tnef->name, err);
    case ATTACHMENT_PROPERTIES:
        return take_attachment(tnef, err);
    default:
        return TQ_OK;
    }
}

/* The bytes of an attribute in tnef->bytes, as far as they are there. */
static int load_attribute(struct tnef *tnef, uint64_t offset, uint32_t length, struct tq_error *err)
{
    uint64_t there = tnef->input->size_bytes > offset ? tnef->input->size_bytes - offset : 0;
    size_t got;
    char *room;
    int r;

    buf_empty(&tnef->bytes);
    tnef->is_cut |= length > there;
    if (length > there)
        length = (uint32_t)there;
    if (length > LOADED_MAX) {
        tnef->broken++;
        return TQ_OK;
    }
    room = length > 0 ? buf_extend(&tnef->bytes, length) : NULL;
    if (!room)
        return buf_check(&tnef->bytes, err);
    r = file_read_at(tnef->input->fd, offset, room, length, &got, err);
    tnef->bytes.length = r < 0 ? 0 : got;
    return r;
}

static int read_attributes(struct tnef *tnef, struct tq_error *err)
{
    uint64_t at = HEAD_BYTES;
    int r = TQ_OK;

    while (r == TQ_OK && !tnef->members.stopped) {
        char head[ATTRIBUTE_BYTES];
        uint32_t number, length;
        size_t got;

        r = file_read_at(tnef->input->fd, at, head, sizeof(head), &got, err);
        tnef->is_cut |= got > 0 && got < sizeof(head);
        if (r < 0 || got < sizeof(head))
            break;
        number = u32_of(head + 1);
        length = u32_of(head + 5);
        at += ATTRIBUTE_BYTES;
        if (number == ATTACHMENT_BEGINS)
            r = end_attachment(tnef, err);
        if (number == ATTACHMENT_DATA && r == TQ_OK) {
            tnef->data_offset = at;
            tnef->data_length = length;
        } else if (r == TQ_OK) {
            r = load_attribute(tnef, at, length, err);
            if (r == TQ_OK)
                r = take_attribute(tnef, number, err);
        }
        at += (uint64_t)length + SUM_BYTES;
    }
    return r < 0 ? r : end_attachment(tnef, err);
}

static int notes(struct tnef *tnef, struct tq_error *err)
{
    int r = text_pages_finish(&tnef->pages, err);

    if (r == TQ_OK && tnef->is_cut)
        r = emit_note(tnef->sink, 0, err, "damaged: it ends before its last part does");
    if (r == TQ_OK && tnef->broken > 0)
        r = emit_note(tnef->sink, 0, err, "damaged: %" PRIu64 " parts were not read to their end",
                      tnef->broken);
    if (r == TQ_OK && tnef->pages.page_count == 0 && tnef->members.count == 0)
        r = emit_note(tnef->sink, 0, err, "no text was found");
    return r;
}

static int tnef_read(const struct extract_input *input, const struct extract_limits *limits,
                     const struct sink *sink, struct tq_error *err)
{
    CLEANUP(tnef_clear)
    struct tnef tnef = {
        .input = input, .sink = sink, .pages = {.sink = sink, .pages_max = limits->pages_max}};
    int r = emit_type(sink, "tnef", err);

    if (r < 0)
        return r;
    mail_members_init(&tnef.members, sink, limits);
    r = read_attributes(&tnef, err);
    return r < 0 ? r : notes(&tnef, err);
}

static enum claim tnef_claim(struct slice head, const struct extract_input *input)
{
    (void)input;
    return slice_starts(head, SLICE_LITERAL("\x78\x9F\x3E\x22")) ? CLAIM_CERTAIN : CLAIM_NONE;
}

const struct format format_tnef = {"tnef", tnef_claim, tnef_read};
