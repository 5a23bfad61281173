/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "extract/pst_item.h"

#include <string.h>
#include <time.h>

#include "base/limits.h"

#define BODY_BYTES_MAX  ((size_t)16 << 20)
#define TYPE_ASCII      0x1Eu
#define TYPE_UNICODE    0x1Fu
#define FILETIME_1970   116444736000000000u /* in 100 ns since 1601 */
#define FILETIME_SECOND 10000000u
#define SECONDS_MAX     253402300799 /* 9999-12-31 */
#define BOUNDARY        "=_tahqiq_alternative"

enum {
    SUBJECT = 0x0037,
    SENDER_NAME = 0x0C1A,
    SENDER_ADDRESS = 0x0C1F,
    DISPLAY_BCC = 0x0E02,
    DISPLAY_CC = 0x0E03,
    DISPLAY_TO = 0x0E04,
    BODY = 0x1000,
    HEADERS = 0x007D,
};

/* The text of an entry, for a header: line ends become blanks. */
static void add_entry(struct buf *out, libpff_record_entry_t *entry)
{
    size_t size = 0, start = out->length;
    char *room;

    if (libpff_record_entry_get_data_as_utf8_string_size(entry, &size, NULL) != 1 || size < 2
        || size > BODY_BYTES_MAX)
        return;
    room = buf_extend(out, size);
    if (!room)
        return;
    if (libpff_record_entry_get_data_as_utf8_string(entry, (uint8_t *)room, size, NULL) != 1) {
        out->length = start;
        return;
    }
    out->length = start + strnlen(room, size);
    if (room[0] == '\x01' && out->length > start + 1)
        room[1] = ' '; /* a subject may begin with a mark and the length of its "Re: " */
    for (size_t i = start; i < out->length; i++) {
        if ((unsigned char)out->data[i] < ' ')
            out->data[i] = ' ';
    }
}

void pst_item_add_text(struct buf *out, libpff_item_t *item, uint32_t property)
{
    libpff_record_set_t *set = NULL;
    libpff_record_entry_t *entry = NULL;

    if (libpff_item_get_record_set_by_index(item, 0, &set, NULL) != 1)
        return;
    if (libpff_record_set_get_entry_by_type(set, property, 0, &entry,
                                            LIBPFF_ENTRY_VALUE_FLAG_MATCH_ANY_VALUE_TYPE, NULL)
        == 1)
        add_entry(out, entry);
    (void)libpff_record_entry_free(&entry, NULL);
    (void)libpff_record_set_free(&set, NULL);
}

/* RFC 5322, in UTC. */
static void add_date(struct buf *out, libpff_item_t *item)
{
    uint64_t when = 0;
    struct tm parts;
    time_t moment;
    char text[64];

    if (libpff_message_get_delivery_time(item, &when, NULL) != 1
        && libpff_message_get_client_submit_time(item, &when, NULL) != 1
        && libpff_message_get_creation_time(item, &when, NULL) != 1)
        return;
    if (when < FILETIME_1970)
        return;
    moment = (time_t)((when - FILETIME_1970) / FILETIME_SECOND);
    if (moment > SECONDS_MAX || !gmtime_r(&moment, &parts))
        return;
    (void)strftime(text, sizeof(text), "%a, %d %b %Y %H:%M:%S +0000", &parts);
    buf_add_text(out, text);
}

static void add_usual_fields(struct buf *out, libpff_item_t *item)
{
    static const struct {
        const char *name;
        uint32_t property;
    } fields[] = {
        {"To", DISPLAY_TO}, {"Cc", DISPLAY_CC}, {"Bcc", DISPLAY_BCC}, {"Subject", SUBJECT}};

    buf_add_text(out, "From: ");
    pst_item_add_text(out, item, SENDER_NAME);
    buf_add_text(out, " <");
    pst_item_add_text(out, item, SENDER_ADDRESS);
    buf_add_text(out, ">\n");
    for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
        buf_format(out, "%s: ", fields[i].name);
        pst_item_add_text(out, item, fields[i].property);
        buf_add_byte(out, '\n');
    }
    buf_add_text(out, "Date: ");
    add_date(out, item);
    buf_add_text(out, "\nMIME-Version: 1.0\n");
}

static bool is_usual(uint32_t property)
{
    return property == SUBJECT || property == SENDER_NAME || property == SENDER_ADDRESS
           || (property >= DISPLAY_BCC && property <= DISPLAY_TO) || property == BODY
           || property == HEADERS || property == 0x1009 || property == 0x1013;
}

static void add_other_field(struct buf *out, libpff_record_set_t *set, int index)
{
    libpff_record_entry_t *entry = NULL;
    uint32_t property = 0, type = 0;

    if (libpff_record_set_get_entry_by_index(set, index, &entry, NULL) == 1
        && libpff_record_entry_get_entry_type(entry, &property, NULL) == 1
        && libpff_record_entry_get_value_type(entry, &type, NULL) == 1
        && (type == TYPE_ASCII || type == TYPE_UNICODE) && !is_usual(property)) {
        buf_format(out, "X-MAPI-%04X: ", (unsigned)property);
        add_entry(out, entry);
        buf_add_byte(out, '\n');
    }
    (void)libpff_record_entry_free(&entry, NULL);
}

static void add_other_fields(struct buf *out, libpff_item_t *item)
{
    libpff_record_set_t *set = NULL;
    int count = 0;

    if (libpff_item_get_record_set_by_index(item, 0, &set, NULL) != 1)
        return;
    if (libpff_record_set_get_number_of_entries(set, &count, NULL) != 1)
        count = 0;
    for (int i = 0; i < count; i++)
        add_other_field(out, set, i);
    (void)libpff_record_set_free(&set, NULL);
}

typedef int body_size(libpff_item_t *item, size_t *size, libpff_error_t **error);
typedef int body_text(libpff_item_t *item, uint8_t *text, size_t size, libpff_error_t **error);

/* Whether the item has such a body; it is added. */
static bool add_body(struct buf *out, libpff_item_t *item, body_size *get_size, body_text *get)
{
    size_t size = 0, start = out->length;
    char *room;

    if (get_size(item, &size, NULL) != 1 || size < 2 || size > BODY_BYTES_MAX)
        return false;
    room = buf_extend(out, size);
    if (!room)
        return false;
    if (get(item, (uint8_t *)room, size, NULL) != 1) {
        out->length = start;
        return false;
    }
    out->length = start + strnlen(room, size);
    return out->length > start;
}

void pst_item_add_rtf(struct buf *out, libpff_item_t *item)
{
    size_t size = 0;

    if (libpff_message_get_plain_text_body_size(item, &size, NULL) == 1 && size > 1)
        return;
    if (libpff_message_get_html_body_size(item, &size, NULL) == 1 && size > 1)
        return;
    (void)add_body(out, item, libpff_message_get_rtf_body_size, libpff_message_get_rtf_body);
}

static bool has_html(libpff_item_t *item)
{
    size_t size = 0;

    return libpff_message_get_html_body_size(item, &size, NULL) == 1 && size > 1;
}

void pst_item_add(struct buf *out, libpff_item_t *item)
{
    add_usual_fields(out, item);
    add_other_fields(out, item);
    buf_add_text(out, "Content-Type: multipart/alternative; boundary=\"" BOUNDARY "\"\n\n"
                      "--" BOUNDARY "\nContent-Type: text/plain; charset=utf-8\n\n");
    (void)add_body(out, item, libpff_message_get_plain_text_body_size,
                   libpff_message_get_plain_text_body);
    if (has_html(item)) {
        buf_add_text(out, "\n--" BOUNDARY "\nContent-Type: text/html\n\n");
        (void)add_body(out, item, libpff_message_get_html_body_size, libpff_message_get_html_body);
    }
    buf_add_text(out, "\n--" BOUNDARY "--\n");
}
