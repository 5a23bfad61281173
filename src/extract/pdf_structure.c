/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "extract/pdf_structure.h"

#include <stdlib.h>
#include <string.h>

#define END_MARK       SLICE_LITERAL("%%EOF")
#define START_MARK     SLICE_LITERAL("startxref")
#define START_WITHIN   64u /* bytes before %%EOF in which startxref stands */
#define OFFSET_DIGITS  12u
#define SUBSET_LETTERS 6u
#define SUBSETS_MAX    64u /* prefixes told apart; more are not counted */

struct scan {
    struct slice bytes;
    struct pdf_structure *structure;
    struct {
        char prefix[SUBSET_LETTERS];
        uint32_t font;
    } subsets[SUBSETS_MAX];
    uint32_t subset_count;
};

static bool is_space(char c)
{
    return c == ' ' || c == '\n' || c == '\r' || c == '\t' || c == '\f' || c == '\0';
}

static struct slice skip_space(struct slice text)
{
    while (text.length > 0 && is_space(text.data[0]))
        text = slice_skip(text, 1);
    return text;
}

static bool take_digits(struct slice *text, uint64_t *out)
{
    size_t count = 0;
    uint64_t value = 0;

    while (count < text->length && text->data[count] >= '0' && text->data[count] <= '9') {
        if (count == OFFSET_DIGITS)
            return false;
        value = value * 10 + (uint64_t)(text->data[count++] - '0');
    }
    *text = slice_skip(*text, count);
    *out = value;
    return count > 0;
}

/* ---- revisions ---- */

/* "xref", or "12 0 obj" of a cross-reference stream. */
static bool is_reference_table(struct slice bytes, uint64_t offset)
{
    struct slice at = slice_skip(bytes, (size_t)offset);
    uint64_t number;

    at = skip_space(at);
    if (slice_starts(at, SLICE_LITERAL("xref")))
        return true;
    if (!take_digits(&at, &number))
        return false;
    at = skip_space(at);
    if (!take_digits(&at, &number))
        return false;
    return slice_starts(skip_space(at), SLICE_LITERAL("obj"));
}

/*
 * Whether a revision ends with the %%EOF at `end`: it must say where its table is, and the table
 * must be there. So neither a PDF inside this one nor the first part of a linear file (which says
 * 0) is taken for a revision.
 */
static bool ends_revision(struct slice bytes, size_t end)
{
    size_t from = end > START_WITHIN ? end - START_WITHIN : 0;
    struct slice mark = START_MARK;
    uint64_t offset;

    for (size_t i = end - from; i-- > 0;) {
        struct slice at = slice_make(bytes.data + from + i, end - from - i);

        if (!slice_starts(at, mark))
            continue;
        at = skip_space(slice_skip(at, mark.length));
        return take_digits(&at, &offset) && skip_space(at).length == 0 && offset > 0
               && offset < from + i && is_reference_table(bytes, offset);
    }
    return false;
}

static void find_revisions(struct scan *scan)
{
    struct slice bytes = scan->bytes, mark = END_MARK;
    struct pdf_structure *structure = scan->structure;
    const char *at = bytes.data, *end = bytes.data + bytes.length;

    while (at < end && (at = memchr(at, '%', (size_t)(end - at))) != NULL) {
        size_t offset = (size_t)(at - bytes.data);

        if (!slice_starts(slice_skip(bytes, offset), mark)) {
            at++;
            continue;
        }
        if (structure->found.revisions < DOCUMENT_REVISIONS_MAX && ends_revision(bytes, offset))
            structure->ends[structure->found.revisions++] = offset + mark.length;
        at += mark.length;
    }
}

/* ---- names ---- */

static void take_hex(struct slice *text, char out[DOCUMENT_ID_BYTES])
{
    size_t count = 0;

    *text = slice_skip(*text, 1);
    for (; text->length > 0 && text->data[0] != '>'; *text = slice_skip(*text, 1)) {
        char c = (char)(text->data[0] | 0x20);
        bool is_hex = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');

        if (is_hex && count + 1 < DOCUMENT_ID_BYTES)
            out[count++] = c;
    }
    *text = slice_skip(*text, 1);
}

/* A string in parentheses; what is escaped in it stays as written, for comparing only. */
static void take_string(struct slice *text, char out[DOCUMENT_ID_BYTES])
{
    static const char digits[] = "0123456789abcdef";
    size_t count = 0;

    *text = slice_skip(*text, 1);
    while (text->length > 0 && text->data[0] != ')') {
        unsigned char c = (unsigned char)text->data[0];

        if (c == '\\' && text->length > 1) {
            *text = slice_skip(*text, 1);
            c = (unsigned char)text->data[0];
        }
        if (count + 2 < DOCUMENT_ID_BYTES) {
            out[count++] = digits[c >> 4];
            out[count++] = digits[c & 15];
        }
        *text = slice_skip(*text, 1);
    }
    *text = slice_skip(*text, 1);
}

/* "[<01ab><01ab>]"; the last of the file holds. */
static void read_id(struct scan *scan, struct slice text)
{
    char id[2][DOCUMENT_ID_BYTES] = {{0}};

    text = skip_space(text);
    if (text.length == 0 || text.data[0] != '[')
        return;
    text = slice_skip(text, 1);
    for (unsigned i = 0; i < 2; i++) {
        text = skip_space(text);
        if (text.length == 0 || (text.data[0] != '<' && text.data[0] != '('))
            return;
        if (text.data[0] == '<')
            take_hex(&text, id[i]);
        else
            take_string(&text, id[i]);
    }
    memcpy(scan->structure->found.id, id, sizeof(id));
}

static bool take_point(struct slice *text, double *out)
{
    uint64_t whole, part = 0;
    double scale = 1;

    *text = skip_space(*text);
    if (!take_digits(text, &whole) || whole > 15000)
        return false;
    if (text->length > 0 && text->data[0] == '.') {
        struct slice digits;

        *text = slice_skip(*text, 1);
        digits = *text;
        if (!take_digits(text, &part))
            return false;
        for (size_t i = 0; i < digits.length - text->length; i++)
            scale *= 10;
    }
    *out = (double)whole + (double)part / scale;
    return true;
}

/* "[ 0 0 595.276 841.89 ]"; the first of the file holds. */
static void read_page_box(struct scan *scan, struct slice text)
{
    struct document_structure *found = &scan->structure->found;
    double box[4];

    text = skip_space(text);
    if (found->width > 0 || text.length == 0 || text.data[0] != '[')
        return;
    text = slice_skip(text, 1);
    for (unsigned i = 0; i < 4; i++) {
        if (!take_point(&text, &box[i]))
            return;
    }
    if (box[2] <= box[0] || box[3] <= box[1])
        return;
    found->width = box[2] - box[0];
    found->height = box[3] - box[1];
}

static bool has_prefix(struct slice name)
{
    if (name.length <= SUBSET_LETTERS + 1 || name.data[SUBSET_LETTERS] != '+')
        return false;
    for (unsigned i = 0; i < SUBSET_LETTERS; i++) {
        if (name.data[i] < 'A' || name.data[i] > 'Z')
            return false;
    }
    return true;
}

/* Its number among the fonts, which are kept by name; DOCUMENT_FONTS_MAX: there is no room. */
static uint32_t find_font(struct scan *scan, struct slice name)
{
    struct document_structure *found = &scan->structure->found;
    uint32_t i = 0;

    while (i < found->font_count && slice_compare(slice_of(found->fonts[i].name), name) < 0)
        i++;
    if (i < found->font_count && slice_is(name, found->fonts[i].name))
        return i;
    if (found->font_count == DOCUMENT_FONTS_MAX)
        return DOCUMENT_FONTS_MAX;
    memmove(&found->fonts[i + 1], &found->fonts[i],
            (found->font_count - i) * sizeof(found->fonts[0]));
    for (uint32_t k = 0; k < scan->subset_count; k++)
        scan->subsets[k].font += scan->subsets[k].font >= i;
    found->fonts[i] = (struct document_font){.subsets = 0};
    memcpy(found->fonts[i].name, name.data, name.length);
    found->font_count++;
    return i;
}

static void count_subset(struct scan *scan, uint32_t font, const char *prefix)
{
    for (uint32_t i = 0; i < scan->subset_count; i++) {
        if (scan->subsets[i].font == font
            && memcmp(scan->subsets[i].prefix, prefix, SUBSET_LETTERS) == 0)
            return;
    }
    if (scan->subset_count == SUBSETS_MAX)
        return;
    scan->subsets[scan->subset_count].font = font;
    memcpy(scan->subsets[scan->subset_count].prefix, prefix, SUBSET_LETTERS);
    scan->subset_count++;
    scan->structure->found.fonts[font].subsets++;
}

/* "/ABCDEF+DejaVuSans": letters, digits and hyphens are kept, the rest of a name is not. */
static void read_font(struct scan *scan, struct slice text)
{
    struct slice name;
    uint32_t font;
    size_t length = 0;
    bool is_subset;

    text = skip_space(text);
    if (text.length == 0 || text.data[0] != '/')
        return;
    name = slice_skip(text, 1);
    while (length < name.length && length < DOCUMENT_FONT_BYTES - 1 && name.data[length] > ' '
           && name.data[length] <= '~' && !memchr("/<>[](){}%,;*=#", name.data[length], 15))
        length++;
    name.length = length;
    if (length == 0)
        return;
    is_subset = has_prefix(name);
    font = find_font(scan, is_subset ? slice_skip(name, SUBSET_LETTERS + 1) : name);
    if (font < DOCUMENT_FONTS_MAX && is_subset)
        count_subset(scan, font, name.data);
}

static void read_name(struct scan *scan, struct slice at)
{
    struct document_structure *found = &scan->structure->found;

    switch (at.data[0]) {
    case 'I':
        if (slice_starts(at, SLICE_LITERAL("ID")))
            read_id(scan, slice_skip(at, 2));
        break;
    case 'M':
        if (slice_starts(at, SLICE_LITERAL("MediaBox")))
            read_page_box(scan, slice_skip(at, 8));
        break;
    case 'L':
        found->is_linear |= slice_starts(at, SLICE_LITERAL("Linearized"));
        break;
    case 'A':
        found->is_form |= slice_starts(at, SLICE_LITERAL("AcroForm"));
        break;
    case 'B':
        found->is_signed |= slice_starts(at, SLICE_LITERAL("ByteRange"));
        if (slice_starts(at, SLICE_LITERAL("BaseFont")))
            read_font(scan, slice_skip(at, 8));
        break;
    default:
        break;
    }
}

static void find_names(struct scan *scan)
{
    const char *at = scan->bytes.data, *end = at + scan->bytes.length;

    while (at < end && (at = memchr(at, '/', (size_t)(end - at))) != NULL && ++at < end)
        read_name(scan, slice_make(at, (size_t)(end - at)));
}

void pdf_structure_scan(struct slice bytes, struct pdf_structure *out_structure)
{
    struct scan scan = {.bytes = bytes, .structure = out_structure};

    *out_structure = (struct pdf_structure){.found = {.revisions = 0}};
    if (bytes.length == 0)
        return;
    find_revisions(&scan);
    find_names(&scan);
}
