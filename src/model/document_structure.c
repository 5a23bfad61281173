/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "model/document_structure.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define PAGE_POINTS_MAX 20000.0 /* 14,400 is what the format allows */
#define NUMBER_DIGITS   9u

static const char *const kind_words[EDIT_KIND_COUNT] = {
    [EDIT_UPDATED] = "updated",   [EDIT_COVERED] = "covered", [EDIT_OVERWRITTEN] = "overwritten",
    [EDIT_OFF_LINE] = "off-line", [EDIT_MIXED] = "mixed",
};

/* ---- writing ---- */

void document_structure_format(const struct document_structure *structure, struct buf *out)
{
    buf_format(out, "revisions=%u;signed=%d;form=%d;linear=%d;id=%s,%s;page=%.2fx%.2f;fonts=",
               structure->revisions, structure->is_signed, structure->is_form, structure->is_linear,
               structure->id[0], structure->id[1], structure->width, structure->height);
    for (uint32_t i = 0; i < structure->font_count; i++)
        buf_format(out, "%s%s*%u", i ? "," : "", structure->fonts[i].name,
                   structure->fonts[i].subsets);
}

/* Cut before a character that does not fit. */
static void add_text(struct buf *out, struct slice text)
{
    size_t length = text.length;

    if (length > DOCUMENT_EDIT_BYTES) {
        length = DOCUMENT_EDIT_BYTES;
        while (length > 0 && ((unsigned char)text.data[length] & 0xC0) == 0x80)
            length--;
    }
    for (size_t i = 0; i < length; i++)
        buf_add_byte(out, (unsigned char)text.data[i] < ' ' ? ' ' : text.data[i]);
}

void document_edit_format(const struct document_edit *edit, struct buf *out)
{
    buf_format(out, "%s\t%u\t%u\t", kind_words[edit->kind], edit->revision, edit->page);
    add_text(out, edit->before);
    buf_add_byte(out, '\t');
    add_text(out, edit->after);
}

/* ---- reading back ---- */

/* What stands before `mark`, which is taken too; all of it if there is none. */
static struct slice take_until(struct slice *rest, char mark)
{
    const char *end = rest->length ? memchr(rest->data, mark, rest->length) : NULL;
    struct slice taken = slice_make(rest->data, end ? (size_t)(end - rest->data) : rest->length);

    *rest = slice_skip(*rest, taken.length + (end != NULL));
    return taken;
}

static bool parse_number(struct slice text, uint32_t most, uint32_t *out)
{
    uint32_t value = 0;

    if (text.length == 0 || text.length > NUMBER_DIGITS)
        return false;
    for (size_t i = 0; i < text.length; i++) {
        if (text.data[i] < '0' || text.data[i] > '9')
            return false;
        value = value * 10 + (uint32_t)(text.data[i] - '0');
    }
    *out = value;
    return value <= most;
}

/* The value of "name=value;", in this order and no other. */
static bool take_field(struct slice *rest, const char *name, struct slice *out)
{
    struct slice field = take_until(rest, ';');
    struct slice wanted = slice_of(name);

    if (!slice_starts(field, wanted) || field.length == wanted.length
        || field.data[wanted.length] != '=')
        return false;
    *out = slice_skip(field, wanted.length + 1);
    return true;
}

static bool take_flag(struct slice *rest, const char *name, bool *out)
{
    struct slice value;
    uint32_t number;

    if (!take_field(rest, name, &value) || !parse_number(value, 1, &number))
        return false;
    *out = number != 0;
    return true;
}

static bool parse_id(struct slice text, char out[DOCUMENT_ID_BYTES])
{
    if (text.length >= DOCUMENT_ID_BYTES)
        return false;
    for (size_t i = 0; i < text.length; i++) {
        if (!memchr("0123456789abcdef", text.data[i], 16))
            return false;
        out[i] = text.data[i];
    }
    return true;
}

/* "595.28": no sign, no exponent. */
static bool parse_points(struct slice text, double *out)
{
    uint32_t whole, hundredths;
    struct slice rest = text;

    if (!parse_number(take_until(&rest, '.'), 99999, &whole) || rest.length != 2
        || !parse_number(rest, 99, &hundredths))
        return false;
    *out = whole + hundredths / 100.0;
    return *out <= PAGE_POINTS_MAX;
}

static bool parse_font(struct slice text, struct document_font *out)
{
    struct slice rest = text;
    struct slice name = take_until(&rest, '*');
    uint32_t subsets;

    if (name.length == 0 || name.length >= DOCUMENT_FONT_BYTES
        || !parse_number(rest, UINT8_MAX, &subsets))
        return false;
    for (size_t i = 0; i < name.length; i++) {
        if (name.data[i] <= ' ' || name.data[i] > '~')
            return false;
        out->name[i] = name.data[i];
    }
    out->subsets = (uint8_t)subsets;
    return true;
}

static bool parse_fonts(struct slice text, struct document_structure *structure)
{
    while (text.length > 0) {
        if (structure->font_count == DOCUMENT_FONTS_MAX
            || !parse_font(take_until(&text, ','), &structure->fonts[structure->font_count]))
            return false;
        structure->font_count++;
    }
    return true;
}

bool document_structure_parse(struct slice text, struct document_structure *out_structure)
{
    struct document_structure made = {0};
    struct slice revisions, id, page, fonts;

    if (!take_field(&text, "revisions", &revisions)
        || !parse_number(revisions, DOCUMENT_REVISIONS_MAX, &made.revisions)
        || !take_flag(&text, "signed", &made.is_signed) || !take_flag(&text, "form", &made.is_form)
        || !take_flag(&text, "linear", &made.is_linear) || !take_field(&text, "id", &id)
        || !take_field(&text, "page", &page) || !take_field(&text, "fonts", &fonts))
        return false;
    if (!parse_id(take_until(&id, ','), made.id[0]) || !parse_id(id, made.id[1])
        || !parse_points(take_until(&page, 'x'), &made.width) || !parse_points(page, &made.height)
        || !parse_fonts(fonts, &made) || text.length > 0)
        return false;
    *out_structure = made;
    return true;
}

static bool parse_kind(struct slice word, enum document_edit_kind *out)
{
    for (unsigned i = 0; i < EDIT_KIND_COUNT; i++) {
        if (slice_is(word, kind_words[i])) {
            *out = (enum document_edit_kind)i;
            return true;
        }
    }
    return false;
}

bool document_edit_parse(struct slice text, struct document_edit *out_edit)
{
    struct document_edit made = {0};

    if (!parse_kind(take_until(&text, '\t'), &made.kind)
        || !parse_number(take_until(&text, '\t'), DOCUMENT_REVISIONS_MAX, &made.revision)
        || !parse_number(take_until(&text, '\t'), 999999, &made.page))
        return false;
    made.before = take_until(&text, '\t');
    made.after = text;
    if (made.before.length > DOCUMENT_EDIT_BYTES || made.after.length > DOCUMENT_EDIT_BYTES
        || (text.length && memchr(text.data, '\t', text.length)))
        return false;
    *out_edit = made;
    return true;
}
