/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "extract/bson_stream.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "extract/emit.h"
#include "extract/legacy_text.h"

#define DOCUMENT_BYTES_MAX ((uint32_t)64 << 20) /* MongoDB allows 16 MiB */
#define DOCUMENT_BYTES_MIN 5u
#define WINDOW_BYTES       ((size_t)256 << 10) /* searched at once behind damage */
#define SEARCH_BYTES_MAX   ((uint64_t)64 << 20)
#define BINARY_SHOWN_MAX   64u
#define UUID_BYTES         16u

enum bson_type {
    BSON_DOUBLE = 1,
    BSON_STRING,
    BSON_DOCUMENT,
    BSON_ARRAY,
    BSON_BINARY,
    BSON_UNDEFINED,
    BSON_OBJECT_ID,
    BSON_BOOL,
    BSON_DATE,
    BSON_NULL,
    BSON_REGEX,
    BSON_POINTER,
    BSON_CODE,
    BSON_SYMBOL,
    BSON_SCOPED_CODE,
    BSON_INT32,
    BSON_TIMESTAMP,
    BSON_INT64,
    BSON_DECIMAL,
    BSON_MAX_KEY = 0x7F,
    BSON_MIN_KEY = 0xFF,
};

/* One document on its way to the handler. */
struct bson {
    json_handler *handler;
    void *state;
    uint64_t number;
    struct slice rest; /* what is not read of it */
    uint32_t depth;
    bool is_array[JSON_DEPTH_MAX]; /* of what is open */
    struct buf text;
    bool broken, too_deep;
    uint64_t binaries; /* that are not told */
};

static uint32_t load32(const char *bytes)
{
    const unsigned char *b = (const unsigned char *)bytes;

    return b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24;
}

static uint64_t load64(const char *bytes)
{
    return load32(bytes) | (uint64_t)load32(bytes + 4) << 32;
}

static bool is_type(unsigned char type)
{
    return (type >= BSON_DOUBLE && type <= BSON_DECIMAL) || type == BSON_MAX_KEY
           || type == BSON_MIN_KEY;
}

/* Take bytes off the rest; a document that is too short is broken, and gives none. */
static struct slice take(struct bson *bson, size_t length)
{
    struct slice taken = slice_make(bson->rest.data, length);

    if (length > bson->rest.length) {
        bson->broken = true;
        return (struct slice){0};
    }
    bson->rest = slice_skip(bson->rest, length);
    return taken;
}

static struct slice take_name(struct bson *bson)
{
    size_t length = bson->rest.length ? strnlen(bson->rest.data, bson->rest.length) : 0;
    struct slice name = take(bson, length + 1);

    name.length = name.length > 0 ? name.length - 1 : 0;
    return name;
}

/* A length and a text with a NUL at its end. */
static struct slice take_string(struct bson *bson)
{
    struct slice head = take(bson, 4), text;
    uint32_t length = head.length ? load32(head.data) : 0;

    if (length == 0) {
        bson->broken = true;
        return (struct slice){0};
    }
    text = take(bson, length);
    text.length = text.length > 0 ? text.length - 1 : 0;
    return text;
}

static int emit(struct bson *bson, enum json_event event, struct slice text, struct tq_error *err)
{
    return bson->handler(bson->state, event, text, bson->number, err);
}

static int emit_text(struct bson *bson, enum json_event event, struct tq_error *err)
{
    int r = buf_check(&bson->text, err);

    return r < 0 ? r : emit(bson, event, buf_slice(&bson->text), err);
}

static void add_hex(struct buf *out, struct slice bytes)
{
    for (size_t i = 0; i < bytes.length; i++)
        buf_format(out, "%02x", (unsigned char)bytes.data[i]);
}

static void add_date(struct buf *out, int64_t milliseconds)
{
    time_t moment = (time_t)(milliseconds / 1000 - (milliseconds % 1000 < 0));
    struct tm parts;

    if (gmtime_r(&moment, &parts) && parts.tm_year > -1900 && parts.tm_year < 8100)
        buf_format(out, "%04d-%02d-%02dT%02d:%02d:%02dZ", parts.tm_year + 1900, parts.tm_mon + 1,
                   parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec);
    else
        buf_format(out, "%" PRId64, milliseconds);
}

/* IEEE 754-2008 decimal128 in binary form: a coefficient of up to 113 bits, an exponent of ten. */
static void add_decimal(struct buf *out, struct slice bytes)
{
    uint64_t low = load64(bytes.data), high = load64(bytes.data + 8);
    unsigned __int128 value = (unsigned __int128)(high & 0x1FFFFFFFFFFFFu) << 64 | low;
    int exponent = (int)(high >> 49 & 0x3FFF) - 6176;
    char digits[48];
    int count = 0;

    if ((high >> 61 & 3) == 3) { /* not a number, infinite, or no canonical form */
        buf_add_text(out, "NaN");
        return;
    }
    do {
        digits[count++] = (char)('0' + (int)(value % 10));
        value /= 10;
    } while (value > 0);
    if (exponent > 0 || exponent < -34)
        exponent = 0; /* never seen for an amount; the digits are told */
    while (count <= -exponent)
        digits[count++] = '0';
    if (high >> 63)
        buf_add_byte(out, '-');
    while (count > 0) {
        buf_add_byte(out, digits[--count]);
        if (count == -exponent && count > 0)
            buf_add_byte(out, '.');
    }
}

/* Bytes: an UUID, an identifier if they are few, nothing if they are a picture. */
static int take_binary(struct bson *bson, struct tq_error *err)
{
    struct slice head = take(bson, 5), bytes;

    if (!head.length)
        return TQ_OK;
    bytes = take(bson, load32(head.data));
    if (bson->broken)
        return TQ_OK;
    bson->binaries += bytes.length > BINARY_SHOWN_MAX;
    if (bytes.length > BINARY_SHOWN_MAX)
        return emit(bson, JSON_NULL, (struct slice){0}, err);
    if (bytes.length == UUID_BYTES && (head.data[4] == 3 || head.data[4] == 4)) {
        static const uint8_t cuts[] = {4, 2, 2, 2, 6};

        for (size_t i = 0; i < sizeof(cuts); i++) {
            if (i > 0)
                buf_add_byte(&bson->text, '-');
            add_hex(&bson->text, slice_make(bytes.data, cuts[i]));
            bytes = slice_skip(bytes, cuts[i]);
        }
    } else {
        add_hex(&bson->text, bytes);
    }
    return emit_text(bson, JSON_TEXT, err);
}

static int open_level(struct bson *bson, bool is_array, struct tq_error *err)
{
    (void)take(bson, 4); /* its length; its end is marked as well */
    if (bson->broken)
        return TQ_OK;
    if (bson->depth >= JSON_DEPTH_MAX) {
        bson->broken = bson->too_deep = true;
        return TQ_OK;
    }
    bson->is_array[bson->depth++] = is_array;
    return emit(bson, is_array ? JSON_ARRAY_START : JSON_MAP_START, (struct slice){0}, err);
}

/* Values of a fixed length that have a text. */
static int take_fixed(struct bson *bson, unsigned char type, struct tq_error *err)
{
    static const uint8_t lengths[BSON_DECIMAL + 1] = {
        [BSON_DOUBLE] = 8, [BSON_OBJECT_ID] = 12, [BSON_BOOL] = 1,  [BSON_DATE] = 8,
        [BSON_INT32] = 4,  [BSON_TIMESTAMP] = 8,  [BSON_INT64] = 8, [BSON_DECIMAL] = 16};
    struct slice bytes = take(bson, lengths[type]);
    double number;

    if (bson->broken)
        return TQ_OK;
    switch (type) {
    case BSON_DOUBLE:
        memcpy(&number, bytes.data, sizeof(number));
        buf_format(&bson->text, isfinite(number) ? "%.15g" : "NaN", number);
        return emit_text(bson, JSON_LITERAL, err);
    case BSON_OBJECT_ID:
        add_hex(&bson->text, bytes);
        return emit_text(bson, JSON_TEXT, err);
    case BSON_BOOL:
        buf_add_text(&bson->text, bytes.data[0] ? "true" : "false");
        return emit_text(bson, JSON_LITERAL, err);
    case BSON_DATE:
        add_date(&bson->text, (int64_t)load64(bytes.data));
        return emit_text(bson, JSON_TEXT, err);
    case BSON_INT32:
        buf_format(&bson->text, "%" PRId32, (int32_t)load32(bytes.data));
        return emit_text(bson, JSON_LITERAL, err);
    case BSON_TIMESTAMP:
        add_date(&bson->text, (int64_t)load32(bytes.data + 4) * 1000);
        return emit_text(bson, JSON_TEXT, err);
    case BSON_INT64:
        buf_format(&bson->text, "%" PRId64, (int64_t)load64(bytes.data));
        return emit_text(bson, JSON_LITERAL, err);
    default:
        add_decimal(&bson->text, bytes);
        return emit_text(bson, JSON_LITERAL, err);
    }
}

static int take_text(struct bson *bson, struct tq_error *err)
{
    struct slice text = take_string(bson);

    if (bson->broken)
        return TQ_OK;
    legacy_text_add(&bson->text, text, NULL);
    return emit_text(bson, JSON_TEXT, err);
}

static int take_regex(struct bson *bson, struct tq_error *err)
{
    struct slice pattern = take_name(bson);

    (void)take_name(bson);
    if (bson->broken)
        return TQ_OK;
    legacy_text_add(&bson->text, pattern, NULL);
    return emit_text(bson, JSON_TEXT, err);
}

/* Code that carries its variables: a length, the code, a document. */
static int take_scoped_code(struct bson *bson, struct tq_error *err)
{
    struct slice text, head;

    (void)take(bson, 4);
    text = take_string(bson);
    head = bson->rest.length >= 4 ? slice_make(bson->rest.data, 4) : (struct slice){0};
    (void)take(bson, head.length ? load32(head.data) : 1);
    if (bson->broken)
        return TQ_OK;
    legacy_text_add(&bson->text, text, NULL);
    return emit_text(bson, JSON_TEXT, err);
}

static int take_value(struct bson *bson, unsigned char type, struct tq_error *err)
{
    buf_empty(&bson->text);
    switch (type) {
    case BSON_DOCUMENT:
    case BSON_ARRAY:
        return open_level(bson, type == BSON_ARRAY, err);
    case BSON_STRING:
    case BSON_CODE:
    case BSON_SYMBOL:
        return take_text(bson, err);
    case BSON_BINARY:
        return take_binary(bson, err);
    case BSON_REGEX:
        return take_regex(bson, err);
    case BSON_SCOPED_CODE:
        return take_scoped_code(bson, err);
    case BSON_POINTER:
        (void)take_string(bson);
        return take_fixed(bson, BSON_OBJECT_ID, err);
    case BSON_UNDEFINED:
    case BSON_NULL:
    case BSON_MAX_KEY:
    case BSON_MIN_KEY:
        return emit(bson, JSON_NULL, (struct slice){0}, err);
    default:
        return take_fixed(bson, type, err);
    }
}

/* One element, or the end of what is open. */
static int take_element(struct bson *bson, struct tq_error *err)
{
    struct slice type = take(bson, 1), name;
    bool is_array = bson->is_array[bson->depth - 1];
    int r;

    if (bson->broken)
        return TQ_OK;
    if (type.data[0] == '\0') {
        bson->depth--;
        return emit(bson, is_array ? JSON_ARRAY_END : JSON_MAP_END, (struct slice){0}, err);
    }
    name = take_name(bson);
    if (bson->broken || !is_type((unsigned char)type.data[0])) {
        bson->broken = true;
        return TQ_OK;
    }
    if (!is_array) {
        buf_empty(&bson->text);
        legacy_text_add(&bson->text, name, NULL);
        r = emit_text(bson, JSON_KEY, err);
        if (r != TQ_OK)
            return r;
    }
    return take_value(bson, (unsigned char)type.data[0], err);
}

/* A whole document; JSON_STOP may come back. */
static int read_document(struct bson *bson, struct slice document, struct tq_error *err)
{
    int r;

    bson->rest = document;
    bson->depth = 0;
    bson->broken = false;
    r = open_level(bson, false, err);
    while (r == TQ_OK && bson->depth > 0 && !bson->broken)
        r = take_element(bson, err);
    return r;
}

/* Whether bytes begin like a document: a length, a type, a name that is a text. */
static bool begins_document(struct slice bytes, uint64_t left)
{
    uint32_t length;
    size_t name;

    if (bytes.length < DOCUMENT_BYTES_MIN)
        return false;
    length = load32(bytes.data);
    if (length < DOCUMENT_BYTES_MIN || length > DOCUMENT_BYTES_MAX || length > left)
        return false;
    if (length == DOCUMENT_BYTES_MIN)
        return bytes.data[4] == '\0';
    if (!is_type((unsigned char)bytes.data[4]))
        return false;
    bytes = slice_skip(bytes, 5);
    name = strnlen(bytes.data ? bytes.data : "", bytes.length);
    for (size_t i = 0; i < name; i++) {
        if ((unsigned char)bytes.data[i] < ' ')
            return false;
    }
    return name > 0 && name < bytes.length;
}

static int accept_event(void *state, enum json_event event, struct slice text, uint64_t line,
                        struct tq_error *err)
{
    (void)state;
    (void)event;
    (void)text;
    (void)line;
    (void)err;
    return TQ_OK;
}

bool bson_is_likely(struct slice head, uint64_t size_bytes, bool *out_whole)
{
    struct bson bson = {.handler = accept_event};
    struct tq_error ignored;
    uint32_t length;
    bool sound;

    *out_whole = false;
    if (!begins_document(head, size_bytes) || load32(head.data) == DOCUMENT_BYTES_MIN)
        return false;
    length = load32(head.data);
    if (length > head.length)
        return true;
    sound = read_document(&bson, slice_make(head.data, length), &ignored) == TQ_OK && !bson.broken
            && bson.rest.length == 0;
    buf_clear(&bson.text);
    *out_whole = sound
                 && (length == size_bytes || length + 8 > head.length
                     || begins_document(slice_skip(head, length), size_bytes - length));
    return *out_whole;
}

/* The offset of the next document behind damage; the end of the exhibit if there is none. */
static int find_document(const struct extract_input *input, uint64_t *offset, struct tq_error *err)
{
    CLEANUP(buf_clear_cleanup) struct buf window = {0};
    uint64_t end = *offset + SEARCH_BYTES_MAX;

    while (*offset < input->size_bytes && *offset < end) {
        size_t got;
        char *room;
        int r;

        buf_empty(&window);
        room = buf_extend(&window, WINDOW_BYTES);
        if (!room)
            return buf_check(&window, err);
        r = file_read_at(input->fd, *offset, room, WINDOW_BYTES, &got, err);
        if (r < 0)
            return r;
        for (size_t i = 0; i < got; i++) {
            bool whole;

            if (begins_document(slice_make(room + i, got - i), input->size_bytes - *offset - i)
                && bson_is_likely(slice_make(room + i, got - i), input->size_bytes - *offset - i,
                                  &whole)) {
                *offset += i;
                return TQ_OK;
            }
        }
        *offset += got;
        if (got < WINDOW_BYTES)
            break;
    }
    *offset = input->size_bytes;
    return TQ_OK;
}

static int note_damage(struct bson *bson, struct json_report *report, struct tq_error *err)
{
    if (report->damaged++ == 0)
        report->first_line = bson->number;
    report->too_deep |= bson->too_deep;
    bson->too_deep = false;
    return emit(bson, JSON_RESTART, (struct slice){0}, err);
}

/* One document at `offset`; *out_length is 0 if there is none. */
static int load_document(const struct extract_input *input, uint64_t offset, struct buf *document,
                         uint32_t *out_length, struct tq_error *err)
{
    char head[4];
    char *room;
    size_t got;
    int r = file_read_at(input->fd, offset, head, sizeof(head), &got, err);

    *out_length = 0;
    if (r < 0 || got < sizeof(head))
        return r;
    if (load32(head) < DOCUMENT_BYTES_MIN || load32(head) > DOCUMENT_BYTES_MAX
        || load32(head) > input->size_bytes - offset)
        return TQ_OK;
    buf_empty(document);
    room = buf_extend(document, load32(head));
    if (!room)
        return buf_check(document, err);
    r = file_read_at(input->fd, offset, room, load32(head), &got, err);
    document->length = got;
    if (r == TQ_OK)
        *out_length = load32(head);
    return r;
}

/* A block of the exhibit could be read at once; documents are large enough as it is. */
static int read_documents(struct bson *bson, const struct extract_input *input,
                          struct json_report *report, struct tq_error *err)
{
    CLEANUP(buf_clear_cleanup) struct buf document = {0};
    uint64_t offset = 0;

    while (offset < input->size_bytes) {
        uint32_t length;
        int r = load_document(input, offset, &document, &length, err);

        if (r < 0)
            return r;
        bson->number++;
        bson->broken = length == 0;
        if (length > 0)
            r = read_document(bson, buf_slice(&document), err);
        if (r == JSON_STOP)
            return TQ_OK;
        if (r == TQ_OK && !bson->broken) {
            report->roots++;
            offset += length;
            continue;
        }
        if (r == TQ_OK)
            r = note_damage(bson, report, err);
        offset++;
        if (r == TQ_OK)
            r = find_document(input, &offset, err);
        if (r != TQ_OK)
            return r == JSON_STOP ? TQ_OK : r;
    }
    return TQ_OK;
}

int bson_stream_read(const struct extract_input *input, json_handler *handler, void *state,
                     struct json_report *out_report, const struct sink *sink, struct tq_error *err)
{
    struct bson bson = {.handler = handler, .state = state};
    int r;

    *out_report = (struct json_report){0};
    r = read_documents(&bson, input, out_report, err);
    if (r == TQ_OK && sink && bson.binaries > 0)
        r = emit_note(sink, 0, err, "%" PRIu64 " binary values were left out", bson.binaries);
    buf_clear(&bson.text);
    return r;
}
