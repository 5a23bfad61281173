/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * vCard 2.1 to 4.0 (RFC 6350), an address book, and iCalendar (RFC 5545), which is written alike: a
 * card, an event, a task is a record, a property a column.
 */
#include <inttypes.h>
#include <string.h>
#include <strings.h>

#include "base/cleanup.h"
#include "base/limits.h"
#include "extract/attribute_table.h"
#include "extract/base64.h"
#include "extract/format.h"
#include "extract/legacy_text.h"
#include "extract/line_source.h"

struct vcard {
    const struct sink *sink;
    struct line_source lines;
    struct attribute_table table;
    struct buf name, value, decoded;
    uint64_t binaries;
    bool is_calendar, in_part; /* a part of a calendar that is a record is open */
    unsigned skipped;          /* parts that are none, open within each other */
    struct note_kind odd, open;
};

/* A line taken apart: [group.]NAME;PARAMETERS:VALUE */
struct property {
    struct slice name, parameters, value;
};

static void vcard_clear(struct vcard *vcard)
{
    line_source_clear(&vcard->lines);
    attribute_table_clear(&vcard->table);
    buf_clear(&vcard->name);
    buf_clear(&vcard->value);
    buf_clear(&vcard->decoded);
}

static bool is_word(struct slice text, const char *wanted)
{
    return text.length == strlen(wanted) && strncasecmp(text.data, wanted, text.length) == 0;
}

static bool split_line(struct slice line, struct property *out_property)
{
    size_t name_end = 0, at = 0;
    bool quoted = false;

    while (at < line.length && (quoted || line.data[at] != ':')) {
        quoted ^= line.data[at] == '"';
        if (name_end == 0 && line.data[at] == ';')
            name_end = at;
        at++;
    }
    if (at >= line.length)
        return false;
    if (name_end == 0)
        name_end = at;
    out_property->name = slice_make(line.data, name_end);
    out_property->parameters = slice_make(line.data + name_end, at - name_end);
    out_property->value = slice_skip(line, at + 1);
    for (size_t i = out_property->name.length; i > 0; i--) {
        if (out_property->name.data[i - 1] == '.') { /* "item1.TEL": its group says nothing */
            out_property->name = slice_skip(out_property->name, i);
            break;
        }
    }
    return out_property->name.length > 0;
}

/* Whether the parameters have this one: "ENCODING=b", or as a bare word of vCard 2.1. */
static bool has_parameter(struct slice parameters, const char *name, const char *value)
{
    while (parameters.length > 0) {
        const char *mark = memchr(parameters.data, ';', parameters.length);
        size_t length = mark ? (size_t)(mark - parameters.data) : parameters.length;
        struct slice one = slice_make(parameters.data, length);
        const char *equals = length > 0 ? memchr(one.data, '=', one.length) : NULL;

        if (!equals && is_word(one, value))
            return true;
        if (equals && is_word(slice_make(one.data, (size_t)(equals - one.data)), name)
            && is_word(slice_skip(one, (size_t)(equals - one.data) + 1), value))
            return true;
        parameters = slice_skip(parameters, length + 1);
    }
    return false;
}

static bool is_quoted_printable(struct slice parameters)
{
    return has_parameter(parameters, "ENCODING", "QUOTED-PRINTABLE");
}

static bool is_base64(const struct property *property)
{
    return has_parameter(property->parameters, "ENCODING", "B")
           || has_parameter(property->parameters, "ENCODING", "BASE64")
           || (property->value.length > 5 && strncasecmp(property->value.data, "data:", 5) == 0);
}

/* The encoding that a quoted value says it has; NULL: it does not say, or it is UTF-8. */
static const struct codepage *find_charset(struct slice parameters)
{
    static const char *const names[] = {"windows-1252", "windows-1256", "windows-1250",
                                        "windows-1251", "ISO-8859-15",  "ISO-8859-6"};

    if (has_parameter(parameters, "CHARSET", "ISO-8859-1"))
        return codepage_find(slice_of("windows-1252"));
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (has_parameter(parameters, "CHARSET", names[i]))
            return codepage_find(slice_of(names[i]));
    }
    return NULL;
}

/* The names of the parts of a structured value; NULL: it has none. */
static const char *const *parts_of(struct slice name)
{
    static const char *const of_name[] = {"family", "given",  "additional",
                                          "prefix", "suffix", NULL};
    static const char *const of_address[] = {"box",    "extended", "street",  "city",
                                             "region", "code",     "country", NULL};

    return is_word(name, "N") ? of_name : is_word(name, "ADR") ? of_address : NULL;
}

/* The text up to a ";" that is none of the text, with escapes undone; *value goes past it. */
static void take_part(struct vcard *vcard, struct slice *value, bool whole)
{
    size_t at = 0;

    buf_empty(&vcard->value);
    while (at < value->length && (whole || value->data[at] != ';')) {
        char c = value->data[at++];

        if (c == '\\' && at < value->length) {
            c = value->data[at++];
            if (c == 'n' || c == 'N')
                c = '\n';
        } else if (c == ';') {
            buf_add_text(&vcard->value, "; ");
            continue;
        }
        buf_add_byte(&vcard->value, c);
    }
    *value = slice_skip(*value, at + 1);
}

static int add_parts(struct vcard *vcard, const struct property *property, struct tq_error *err)
{
    const char *const *parts = parts_of(property->name);
    struct slice value = property->value;
    int r = TQ_OK;

    do {
        buf_empty(&vcard->name);
        buf_add_slice(&vcard->name, property->name);
        for (size_t i = 0; i < vcard->name.length && !vcard->name.failed; i++) {
            if (vcard->name.data[i] >= 'a' && vcard->name.data[i] <= 'z')
                vcard->name.data[i] = (char)(vcard->name.data[i] & ~0x20);
        }
        if (parts)
            buf_format(&vcard->name, ".%s", *parts);
        take_part(vcard, &value, !parts || !parts[1]);
        r = buf_check(&vcard->name, err);
        if (r == TQ_OK)
            r = buf_check(&vcard->value, err);
        if (r == TQ_OK)
            r = attribute_table_value(&vcard->table, buf_slice(&vcard->name),
                                      slice_trim(buf_slice(&vcard->value)), err);
    } while (r == TQ_OK && parts && *++parts && value.length > 0);
    return r;
}

/* A value of vCard 2.1 goes on behind a "=" at the end of its line. */
static int join_soft_lines(struct vcard *vcard, struct tq_error *err)
{
    struct buf *text = &vcard->lines.text;
    bool end = false;
    int r = TQ_OK;

    while (r == TQ_OK && !end && text->length > 0 && text->data[text->length - 1] == '=') {
        text->length--;
        r = line_source_join(&vcard->lines, &end, err);
    }
    return r;
}

static int take_property(struct vcard *vcard, struct property *property, struct tq_error *err)
{
    int r;

    if (is_base64(property)) {
        vcard->binaries++;
        return TQ_OK;
    }
    if (is_quoted_printable(property->parameters)) {
        r = join_soft_lines(vcard, err);
        if (r < 0)
            return r;
        if (!split_line(buf_slice(&vcard->lines.text), property))
            return TQ_OK;
        buf_empty(&vcard->value);
        quoted_printable_add(&vcard->value, property->value);
        r = buf_check(&vcard->value, err);
        if (r < 0)
            return r;
        buf_empty(&vcard->decoded);
        legacy_text_add(&vcard->decoded, buf_slice(&vcard->value),
                        find_charset(property->parameters));
        r = buf_check(&vcard->decoded, err);
        if (r < 0)
            return r;
        property->value = buf_slice(&vcard->decoded);
    }
    return add_parts(vcard, property, err);
}

/* Parts of a calendar that are no records: rules of a time zone, alarms of an event. */
static bool is_skipped(struct slice kind)
{
    static const char *const kinds[] = {"VTIMEZONE", "STANDARD", "DAYLIGHT", "VALARM"};

    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        if (is_word(kind, kinds[i]))
            return true;
    }
    return false;
}

/* Who is meant by an address in a calendar: "ATTENDEE;CN=Omar ALAOUI:mailto:..." */
static int take_common_name(struct vcard *vcard, const struct property *property,
                            struct tq_error *err)
{
    struct slice rest = property->parameters, name;
    bool quoted = false;
    size_t end = 0;

    while (rest.length > 4 && strncasecmp(rest.data, ";CN=", 4) != 0)
        rest = slice_skip(rest, 1);
    if (rest.length <= 4)
        return TQ_OK;
    name = slice_skip(rest, 4);
    while (end < name.length && (quoted || name.data[end] != ';'))
        quoted ^= name.data[end++] == '"';
    name.length = end;
    if (name.length > 1 && name.data[0] == '"')
        name = slice_make(name.data + 1, name.length - 2);
    buf_empty(&vcard->name);
    buf_add_slice(&vcard->name, property->name);
    buf_add_text(&vcard->name, ".CN");
    if (buf_check(&vcard->name, err) < 0)
        return TQ_E_NOMEM;
    return attribute_table_value(&vcard->table, buf_slice(&vcard->name), name, err);
}

static int begin_card(struct vcard *vcard, uint64_t line, struct tq_error *err)
{
    int r = TQ_OK;

    if (vcard->table.is_open) {
        r = attribute_table_close(&vcard->table, ROW_RAGGED, err);
        if (r == TQ_OK && vcard->table.is_second_pass)
            r = note_kind_add(&vcard->open, vcard->sink, line, err);
    }
    attribute_table_open(&vcard->table, line);
    return r;
}

static int begin_part(struct vcard *vcard, struct slice kind, uint64_t line, struct tq_error *err)
{
    if (vcard->is_calendar && is_word(kind, "VCALENDAR"))
        return TQ_OK;
    if (vcard->is_calendar && is_skipped(kind)) {
        vcard->skipped++;
        return TQ_OK;
    }
    vcard->skipped = 0;
    vcard->in_part = true;
    return begin_card(vcard, line, err);
}

static int end_part(struct vcard *vcard, struct slice kind, struct tq_error *err)
{
    if (vcard->is_calendar && is_skipped(kind)) {
        vcard->skipped -= vcard->skipped > 0;
        return TQ_OK;
    }
    vcard->in_part = false;
    return attribute_table_close(&vcard->table, 0, err);
}

/* A property of an event or a task; of those of the calendar only its name says anything. */
static int take_calendar_property(struct vcard *vcard, struct property *property,
                                  struct tq_error *err)
{
    int r;

    if (vcard->skipped > 0)
        return TQ_OK;
    if (!vcard->in_part) {
        if (!vcard->table.is_second_pass || !is_word(property->name, "X-WR-CALNAME")
            || property->value.length == 0 || property->value.length > CELL_BYTES_MAX)
            return TQ_OK;
        return emit_fact(vcard->sink, "calendar.name", property->value, err);
    }
    r = take_common_name(vcard, property, err);
    if (property->value.length > 7 && strncasecmp(property->value.data, "mailto:", 7) == 0)
        property->value = slice_skip(property->value, 7);
    return r < 0 ? r : take_property(vcard, property, err);
}

static int take_line(struct vcard *vcard, uint64_t line, struct tq_error *err)
{
    struct slice text = buf_slice(&vcard->lines.text);
    struct property property;

    if (slice_trim(text).length == 0)
        return TQ_OK;
    if (!split_line(text, &property))
        return vcard->table.is_second_pass ? note_kind_add(&vcard->odd, vcard->sink, line, err)
                                           : TQ_OK;
    if (is_word(property.name, "BEGIN"))
        return begin_part(vcard, slice_trim(property.value), line, err);
    if (is_word(property.name, "END"))
        return end_part(vcard, slice_trim(property.value), err);
    if (is_word(property.name, "VERSION") || is_word(property.name, "PRODID"))
        return TQ_OK;
    if (vcard->is_calendar)
        return take_calendar_property(vcard, &property, err);
    return take_property(vcard, &property, err);
}

static int pass(struct vcard *vcard, struct tq_error *err)
{
    for (;;) {
        uint64_t line = vcard->lines.line;
        bool end;
        int r = line_source_unfold(&vcard->lines, &end, err);

        if (r == TQ_OK && end && vcard->table.is_open)
            r = begin_card(vcard, line, err); /* the last one has no end */
        if (r < 0 || end)
            return r;
        r = take_line(vcard, line, err);
        if (r < 0)
            return r;
    }
}

static int report(struct vcard *vcard, struct tq_error *err)
{
    int r = attribute_table_finish(&vcard->table, err);

    if (r == TQ_OK)
        r = note_kind_finish(&vcard->odd, vcard->sink, err);
    if (r == TQ_OK)
        r = note_kind_finish(&vcard->open, vcard->sink, err);
    if (r == TQ_OK && vcard->binaries > 0)
        r = emit_note(vcard->sink, 0, err, "%" PRIu64 " pictures and keys were left out",
                      vcard->binaries);
    return r < 0 ? r : text_source_report(&vcard->lines.source, vcard->sink, err);
}

static int read_cards(const struct extract_input *input, const char *type, bool is_calendar,
                      const struct sink *sink, struct tq_error *err)
{
    CLEANUP(vcard_clear)
    struct vcard vcard = {
        .sink = sink,
        .is_calendar = is_calendar,
        .odd = {"a line that is no property was passed over", 0},
        .open = {"a card that has no end", 0},
    };
    int r = emit_type(sink, type, err);

    if (r < 0)
        return r;
    r = attribute_table_init(&vcard.table, sink, err);
    if (r == TQ_OK)
        r = line_source_open(&vcard.lines, input->fd, input->size_bytes, err);
    if (r == TQ_OK)
        r = pass(&vcard, err);
    if (r == TQ_OK)
        r = attribute_table_settle(&vcard.table, (struct slice){0}, err);
    if (r < 0)
        return r;
    line_source_rewind(&vcard.lines);
    vcard.binaries = 0;
    vcard.in_part = false;
    vcard.skipped = 0;
    r = pass(&vcard, err);
    return r < 0 ? r : report(&vcard, err);
}

static int vcard_read(const struct extract_input *input, const struct extract_limits *limits,
                      const struct sink *sink, struct tq_error *err)
{
    (void)limits;
    return read_cards(input, "vcard", false, sink, err);
}

static int calendar_read(const struct extract_input *input, const struct extract_limits *limits,
                         const struct sink *sink, struct tq_error *err)
{
    (void)limits;
    return read_cards(input, "icalendar", true, sink, err);
}

/* Whether the text begins with this word, in any case, and goes on. */
static enum claim claim_start(struct slice head, const char *word)
{
    CLEANUP(buf_clear_cleanup) struct buf text = {0};
    struct tq_error ignored;
    struct slice start;

    if (decode_sample(head, &text, &ignored) < 0)
        return CLAIM_FAILED;
    start = slice_trim(buf_slice(&text));
    start.length = start.length > strlen(word) ? strlen(word) : 0;
    return is_word(start, word) ? CLAIM_LIKELY : CLAIM_NONE;
}

static enum claim vcard_claim(struct slice head, const struct extract_input *input)
{
    (void)input;
    return claim_start(head, "BEGIN:VCARD");
}

static enum claim calendar_claim(struct slice head, const struct extract_input *input)
{
    (void)input;
    return claim_start(head, "BEGIN:VCALENDAR");
}

const struct format format_vcard = {"vcard", vcard_claim, vcard_read};
const struct format format_calendar = {"icalendar", calendar_claim, calendar_read};
