/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* LDIF (RFC 2849): a directory as text. An entry is a record, an attribute a column. */
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

#define SAMPLE_LINES 200u /* of comments that may stand before the first entry */

struct ldif {
    const struct sink *sink;
    struct line_source lines;
    struct attribute_table table;
    struct buf value, decoded;
    uint64_t binaries, links;
    struct note_kind odd, change;
};

static void ldif_clear(struct ldif *ldif)
{
    line_source_clear(&ldif->lines);
    attribute_table_clear(&ldif->table);
    buf_clear(&ldif->value);
    buf_clear(&ldif->decoded);
}

/* Split "name: value"; *out_mark is the character behind the colon: ':' for base64, '<' for a URL.
 */
static bool split_line(struct slice line, struct slice *out_name, struct slice *out_value,
                       char *out_mark)
{
    const char *colon = line.length > 0 ? memchr(line.data, ':', line.length) : NULL;
    size_t length = colon ? (size_t)(colon - line.data) : 0;

    if (length == 0)
        return false;
    for (size_t i = 0; i < length; i++) {
        if ((unsigned char)line.data[i] <= ' ')
            return false;
    }
    *out_name = slice_make(line.data, length);
    *out_value = slice_skip(line, length + 1);
    *out_mark = out_value->length > 0 ? out_value->data[0] : '\0';
    if (*out_mark == ':' || *out_mark == '<')
        *out_value = slice_skip(*out_value, 1);
    while (out_value->length > 0 && out_value->data[0] == ' ')
        *out_value = slice_skip(*out_value, 1);
    return true;
}

static int take_value(struct ldif *ldif, struct slice name, struct slice value, char mark,
                      struct tq_error *err)
{
    int r;

    if (mark == '<') {
        ldif->links++;
        return TQ_OK;
    }
    if (mark == ':') {
        buf_empty(&ldif->decoded);
        base64_add(&ldif->decoded, value);
        r = buf_check(&ldif->decoded, err);
        if (r < 0)
            return r;
        value = buf_slice(&ldif->decoded);
        if (value.length > 0 && !decode_is_text(value)) {
            ldif->binaries++;
            return TQ_OK;
        }
        buf_empty(&ldif->value);
        legacy_text_add(&ldif->value, value, NULL);
        r = buf_check(&ldif->value, err);
        if (r < 0)
            return r;
        value = buf_slice(&ldif->value);
    }
    return attribute_table_value(&ldif->table, name, value, err);
}

/* What a file of changes says about its entry is no attribute of it. */
static bool is_of_change(struct slice name)
{
    static const char *const words[] = {"changetype",   "add",       "replace",
                                        "delete",       "increment", "control",
                                        "deleteoldrdn", "newrdn",    "newsuperior"};

    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (name.length == strlen(words[i]) && strncasecmp(name.data, words[i], name.length) == 0)
            return true;
    }
    return false;
}

static bool is_name(struct slice name, const char *wanted)
{
    return name.length == strlen(wanted) && strncasecmp(name.data, wanted, name.length) == 0;
}

/* One line with what continues it. A "dn" begins an entry, a blank line ends one. */
static int take_line(struct ldif *ldif, uint64_t line, struct tq_error *err)
{
    struct slice text = buf_slice(&ldif->lines.text), name, value;
    bool is_first = !ldif->table.is_second_pass;
    char mark;
    int r;

    if (text.length == 0)
        return attribute_table_close(&ldif->table, 0, err);
    if (text.data[0] == '#' || slice_is(text, "-"))
        return TQ_OK;
    if (!split_line(text, &name, &value, &mark))
        return is_first ? TQ_OK : note_kind_add(&ldif->odd, ldif->sink, line, err);
    if (is_name(name, "dn")) {
        r = attribute_table_close(&ldif->table, 0, err);
        if (r < 0)
            return r;
        attribute_table_open(&ldif->table, line);
    } else if (!ldif->table.is_open) {
        if (is_name(name, "version") || is_name(name, "search") || is_name(name, "result"))
            return TQ_OK;
        attribute_table_open(&ldif->table, line);
    }
    if (is_of_change(name))
        return is_first || !is_name(name, "changetype")
                   ? TQ_OK
                   : note_kind_add(&ldif->change, ldif->sink, line, err);
    return take_value(ldif, name, value, mark, err);
}

static int pass(struct ldif *ldif, struct tq_error *err)
{
    for (;;) {
        uint64_t line = ldif->lines.line;
        bool end;
        int r = line_source_unfold(&ldif->lines, &end, err);

        if (r < 0)
            return r;
        if (end)
            return attribute_table_close(&ldif->table, 0, err);
        r = take_line(ldif, line, err);
        if (r < 0)
            return r;
    }
}

static int report(struct ldif *ldif, struct tq_error *err)
{
    int r = attribute_table_finish(&ldif->table, err);

    if (r == TQ_OK)
        r = note_kind_finish(&ldif->odd, ldif->sink, err);
    if (r == TQ_OK)
        r = note_kind_finish(&ldif->change, ldif->sink, err);
    if (r == TQ_OK && ldif->binaries > 0)
        r = emit_note(ldif->sink, 0, err, "%" PRIu64 " values that are no text were left out",
                      ldif->binaries);
    if (r == TQ_OK && ldif->links > 0)
        r = emit_note(ldif->sink, 0, err, "%" PRIu64 " values are in other files: not followed",
                      ldif->links);
    return r < 0 ? r : text_source_report(&ldif->lines.source, ldif->sink, err);
}

static int ldif_read(const struct extract_input *input, const struct extract_limits *limits,
                     const struct sink *sink, struct tq_error *err)
{
    CLEANUP(ldif_clear)
    struct ldif ldif = {
        .sink = sink,
        .odd = {"a line that is no attribute was passed over", 0},
        .change = {"an entry that changes another: its values were read", 0},
    };
    int r = emit_type(sink, "ldif", err);

    (void)limits;
    if (r < 0)
        return r;
    r = attribute_table_init(&ldif.table, sink, err);
    if (r == TQ_OK)
        r = line_source_open(&ldif.lines, input->fd, input->size_bytes, err);
    if (r == TQ_OK)
        r = pass(&ldif, err);
    if (r == TQ_OK)
        r = attribute_table_settle(&ldif.table, (struct slice){0}, err);
    if (r < 0)
        return r;
    line_source_rewind(&ldif.lines);
    ldif.binaries = ldif.links = 0;
    r = pass(&ldif, err);
    return r < 0 ? r : report(&ldif, err);
}

/* Whether the first line that is neither comment nor blank begins an entry, and another goes on. */
static bool is_likely(struct slice text)
{
    bool has_name = false;

    for (unsigned i = 0; i < SAMPLE_LINES && text.length > 0; i++) {
        const char *mark = memchr(text.data, '\n', text.length);
        size_t length = mark ? (size_t)(mark - text.data) : text.length;
        struct slice line = slice_make(text.data, length), name, value;
        char kind;

        text = slice_skip(text, length + 1);
        if (line.length > 0 && line.data[line.length - 1] == '\r')
            line.length--;
        if (line.length == 0 || line.data[0] == '#' || line.data[0] == ' ')
            continue;
        if (!split_line(line, &name, &value, &kind))
            return false;
        if (has_name)
            return true;
        has_name = is_name(name, "dn") && (kind == ':' || memchr(value.data, '=', value.length));
        if (!has_name && !is_name(name, "version") && !is_name(name, "search"))
            return false;
    }
    return false;
}

static enum claim ldif_claim(struct slice head, const struct extract_input *input)
{
    CLEANUP(buf_clear_cleanup) struct buf text = {0};
    struct tq_error ignored;

    (void)input;
    if (decode_sample(head, &text, &ignored) < 0)
        return CLAIM_FAILED;
    return is_likely(buf_slice(&text)) ? CLAIM_LIKELY : CLAIM_NONE;
}

const struct format format_ldif = {"ldif", ldif_claim, ldif_read};
