/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "extract/pdf_xmp.h"

#include <string.h>

/* Names as nearly everybody writes them; "xap" is what "xmp" was called at first. */
static const char *const names[METADATA_PARTS][2] = {
    [METADATA_PRODUCER] = {"pdf:Producer", NULL},
    [METADATA_CREATOR] = {"xmp:CreatorTool", "xap:CreatorTool"},
    [METADATA_CREATED] = {"xmp:CreateDate", "xap:CreateDate"},
    [METADATA_MODIFIED] = {"xmp:ModifyDate", "xap:ModifyDate"},
    [METADATA_TITLE] = {"dc:title", NULL},
};

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static struct slice skip_blanks(struct slice text)
{
    while (text.length > 0 && is_blank(text.data[0]))
        text = slice_skip(text, 1);
    return text;
}

/* What follows `mark`; empty if it is not there. */
static struct slice behind(struct slice text, struct slice mark)
{
    const char *found = text.length ? memmem(text.data, text.length, mark.data, mark.length) : NULL;

    return found ? slice_skip(text, (size_t)(found - text.data) + mark.length)
                 : (struct slice){text.data, 0};
}

/* ---- texts ---- */

static void add_byte(char *out, size_t *length, char c)
{
    if (*length < DOCUMENT_METADATA_BYTES)
        out[(*length)++] = c;
}

/* A character of XML's own five; any other reference stays as it is written. */
static size_t take_reference(struct slice text, char *out_character)
{
    static const struct {
        const char *name;
        char character;
    } known[] = {{"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&apos;", '\''}};

    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        if (slice_starts(text, slice_of(known[i].name))) {
            *out_character = known[i].character;
            return strlen(known[i].name);
        }
    }
    *out_character = text.data[0];
    return 1;
}

/* Cut between characters. */
static void end_text(char *out, size_t length)
{
    bool is_cut = length == DOCUMENT_METADATA_BYTES;

    while (is_cut && length > 0 && ((unsigned char)out[length - 1] & 0xC0) == 0x80)
        length--;
    length -= is_cut && length > 0 && (unsigned char)out[length - 1] >= 0xC0;
    while (length > 0 && is_blank(out[length - 1]))
        length--;
    out[length] = '\0';
}

/* The text up to `end`; blanks at both ends are left out. */
static void take_text(struct slice text, char end, char *out)
{
    size_t length = 0;

    text = skip_blanks(text);
    while (text.length > 0 && text.data[0] != end && text.data[0] != '\0') {
        char character;
        size_t taken = take_reference(text, &character);

        add_byte(out, &length, character);
        text = slice_skip(text, taken);
    }
    end_text(out, length);
}

/* ---- properties ---- */

/* The text in an element, or in the first item of the list that is in it. */
static void take_element(struct slice content, char *out)
{
    content = skip_blanks(content);
    while (content.length > 1 && content.data[0] == '<' && content.data[1] != '/')
        content = skip_blanks(behind(content, SLICE_LITERAL(">")));
    take_text(content, '<', out);
}

/* At what follows the name: ">text<", or "='text'". False: the name was a part of something else.
 */
static bool take_value(struct slice rest, bool is_element, char *out)
{
    rest = skip_blanks(rest);
    if (rest.length < 2)
        return false;
    if (is_element) {
        rest = behind(rest, SLICE_LITERAL(">"));
        if (rest.length == 0)
            return false;
        take_element(rest, out);
        return true;
    }
    if (rest.data[0] != '=')
        return false;
    rest = skip_blanks(slice_skip(rest, 1));
    if (rest.length == 0 || (rest.data[0] != '"' && rest.data[0] != '\''))
        return false;
    take_text(slice_skip(rest, 1), rest.data[0], out);
    return true;
}

static void find_property(struct slice packet, const char *name, char *out)
{
    struct slice mark = slice_of(name), rest = packet;

    while (out[0] == '\0') {
        char before;

        rest = behind(rest, mark);
        if (rest.length == 0)
            return;
        if (rest.data - packet.data == (ptrdiff_t)mark.length)
            continue; /* nothing stands before it */
        before = rest.data[-(ptrdiff_t)mark.length - 1];
        if (before != '<' && !is_blank(before))
            continue;
        if (!take_value(rest, before == '<', out))
            out[0] = '\0';
    }
}

void pdf_xmp_read(struct slice packet, struct document_metadata *out_found)
{
    memset(out_found, 0, sizeof(*out_found));
    for (unsigned part = 0; part < METADATA_PARTS; part++) {
        for (unsigned i = 0; i < 2 && out_found->texts[part][0] == '\0'; i++) {
            if (names[part][i])
                find_property(packet, names[part][i], out_found->texts[part]);
        }
    }
}
