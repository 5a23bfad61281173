/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "extract/mail_header.h"

#include <string.h>
#include <strings.h>

#include "extract/base64.h"
#include "extract/labelled_text.h"
#include "extract/legacy_text.h"

#define LINES_MAX 400u /* of a header that are looked at */

/* An encoded word at the front of `text`: "=?charset?B?...?=". Its length; 0: there is none. */
static size_t encoded_word(struct slice text, struct slice *out_charset, char *out_kind,
                           struct slice *out_text)
{
    const char *end = text.data + text.length, *first, *second, *last;
    const char *star;

    if (text.length < 8 || text.data[0] != '=' || text.data[1] != '?')
        return 0;
    first = memchr(text.data + 2, '?', text.length - 2);
    if (!first || end - first < 4 || first[2] != '?')
        return 0;
    second = first + 2;
    last = memmem(second + 1, (size_t)(end - second - 1), "?=", 2);
    if (!last || memchr(second + 1, '\n', (size_t)(last - second - 1)))
        return 0;
    *out_charset = slice_make(text.data + 2, (size_t)(first - text.data - 2));
    star = memchr(out_charset->data, '*', out_charset->length); /* a language, RFC 2231 */
    if (star)
        out_charset->length = (size_t)(star - out_charset->data);
    *out_kind = (char)(first[1] & ~0x20);
    *out_text = slice_make(second + 1, (size_t)(last - second - 1));
    return *out_kind == 'B' || *out_kind == 'Q' ? (size_t)(last - text.data) + 2 : 0;
}

static void decode_word(struct buf *out, char kind, struct slice text)
{
    size_t start = out->length;

    if (kind == 'B') {
        base64_add(out, text);
        return;
    }
    quoted_printable_add(out, text);
    for (size_t i = start; i < out->length && !out->failed; i++) {
        if (out->data[i] == '_')
            out->data[i] = ' ';
    }
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static bool is_all_blank(struct slice text)
{
    return slice_trim(text).length == 0;
}

/* Plain text of a header: line ends become blanks. */
static void add_plain(struct buf *out, struct slice text)
{
    struct buf unfolded = {0};

    for (size_t i = 0; i < text.length; i++) {
        if (text.data[i] == '\r' || text.data[i] == '\n')
            continue;
        buf_add_byte(&unfolded, text.data[i] == '\t' ? ' ' : text.data[i]);
    }
    if (unfolded.failed && !out->failed)
        out->failed = unfolded.failed;
    legacy_text_add(out, buf_slice(&unfolded), NULL);
    buf_clear(&unfolded);
}

/* Words that follow one another are decoded as one: a character may be cut between them. */
static struct slice add_words(struct buf *out, struct slice value)
{
    struct slice charset, text, first_charset = {0};
    struct buf bytes = {0};
    char kind;
    size_t length;

    while ((length = encoded_word(value, &charset, &kind, &text)) > 0) {
        size_t gap = 0;

        if (first_charset.length > 0
            && (charset.length != first_charset.length
                || strncasecmp(charset.data, first_charset.data, charset.length) != 0))
            break;
        first_charset = charset;
        decode_word(&bytes, kind, text);
        value = slice_skip(value, length);
        while (gap < value.length && is_blank(value.data[gap]))
            gap++;
        if (encoded_word(slice_skip(value, gap), &charset, &kind, &text) > 0)
            value = slice_skip(value, gap);
    }
    if (bytes.failed && !out->failed)
        out->failed = bytes.failed;
    labelled_text_add(out, buf_slice(&bytes), first_charset);
    buf_clear(&bytes);
    return value;
}

void mail_header_add(struct buf *out, struct slice value)
{
    value = slice_trim(value);
    while (value.length > 0) {
        struct slice charset, text, plain;
        size_t at = 0;
        char kind;

        while (at < value.length
               && !(value.data[at] == '='
                    && encoded_word(slice_skip(value, at), &charset, &kind, &text) > 0))
            at++;
        plain = slice_make(value.data, at);
        if (!is_all_blank(plain) || at == value.length || out->length == 0)
            add_plain(out, plain);
        else if (at > 0)
            buf_add_byte(out, ' ');
        value = slice_skip(value, at);
        if (value.length > 0)
            value = add_words(out, value);
    }
}

static bool is_field(struct slice name, const char *const *names)
{
    for (; *names; names++) {
        if (name.length == strlen(*names) && strncasecmp(name.data, *names, name.length) == 0)
            return true;
    }
    return false;
}

/* The length of a field's name: visible characters up to a colon; 0: this is no field. */
static size_t name_length(struct slice line)
{
    size_t length = 0;

    while (length < line.length && line.data[length] > ' ' && line.data[length] < 0x7F
           && line.data[length] != ':')
        length++;
    return length < line.length && line.data[length] == ':' ? length : 0;
}

static bool has_start(struct slice text, const char *start)
{
    return text.length > strlen(start) && strncasecmp(text.data, start, strlen(start)) == 0;
}

bool mail_header_is_likely(struct slice head)
{
    static const char *const own[] = {"From",         "Received",     "Return-Path", "Message-ID",
                                      "MIME-Version", "Delivered-To", "X-Mailer",    NULL};
    static const char *const usual[] = {"To",
                                        "Cc",
                                        "Date",
                                        "Subject",
                                        "Content-Type",
                                        "Reply-To",
                                        "Sender",
                                        "Content-Transfer-Encoding",
                                        NULL};
    unsigned own_count = 0, usual_count = 0, odd = 0;
    bool is_entity = has_start(head, "Content-Type:"), ended = false;

    for (unsigned i = 0; i < LINES_MAX && head.length > 0; i++) {
        const char *mark = memchr(head.data, '\n', head.length);
        size_t length = mark ? (size_t)(mark - head.data) : head.length;
        struct slice line = slice_make(head.data, length);

        head = slice_skip(head, length + 1);
        ended = slice_trim(line).length == 0;
        if (ended)
            break;
        if (i > 0 && (line.data[0] == ' ' || line.data[0] == '\t'))
            continue;
        line.length = name_length(line);
        odd += line.length == 0;
        if (i == 0 && line.length == 0)
            return false;
        own_count += is_field(line, own);
        usual_count += is_field(line, usual);
    }
    if (is_entity && ended && odd == 0) /* what was signed has no header but this */
        return true;
    return odd <= (own_count + usual_count >= 5) && own_count > 0 && own_count + usual_count >= 3;
}

/* The next line with its end; *rest goes behind it. */
static struct slice take_line(struct slice *rest)
{
    const char *mark = memchr(rest->data, '\n', rest->length);
    struct slice line =
        slice_make(rest->data, mark ? (size_t)(mark - rest->data) + 1 : rest->length);

    *rest = slice_skip(*rest, line.length);
    return line;
}

bool mail_header_blank_end(struct slice head, struct slice *out_line)
{
    struct slice blank = {0};

    for (unsigned i = 0; i < LINES_MAX && head.length > 0; i++) {
        struct slice line = take_line(&head);
        bool is_folded = line.data[0] == ' ' || line.data[0] == '\t';

        if (!is_folded && slice_trim(line).length == 0)
            return false;
        if (blank.length == 0 && is_all_blank(line)) {
            blank = line;
        } else if (blank.length > 0 && !is_folded && name_length(line) == 0) {
            *out_line = blank;
            return true;
        }
    }
    return false;
}

bool mail_header_next_stray(struct slice *rest, struct slice *out_line)
{
    while (rest->length > 0) {
        struct slice line = take_line(rest);
        bool is_folded = line.data[0] == ' ' || line.data[0] == '\t';

        if (is_folded || name_length(line) > 0)
            continue;
        *out_line = slice_trim(line);
        if (out_line->length == 0)
            *rest = (struct slice){0};
        return out_line->length > 0;
    }
    return false;
}
