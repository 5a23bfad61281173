/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "extract/xlsx_book.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "extract/emit.h"

#define ESCAPE_BYTES 7u /* "_x000D_" */

void xlsx_book_clear(struct xlsx_book *book)
{
    free(book->texts);
    free(book->ends);
    free(book->styles);
    *book = (struct xlsx_book){0};
}

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 32;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The character of an escape at the start of `text`; -1 if there is none. */
static int escaped(const char *text, size_t length)
{
    int value = 0;

    if (length < ESCAPE_BYTES || text[0] != '_' || text[1] != 'x' || text[6] != '_')
        return -1;
    for (unsigned i = 2; i < 6; i++) {
        int digit = hex_value(text[i]);

        if (digit < 0)
            return -1;
        value = value * 16 + digit;
    }
    return value < 0xD800 || value > 0xDFFF ? value : -1;
}

size_t xlsx_unescape(char *text, size_t length)
{
    size_t out = 0;

    if (length < ESCAPE_BYTES || !memmem(text, length, "_x", 2))
        return length;
    for (size_t i = 0; i < length;) {
        int value = escaped(text + i, length - i);

        if (value < 0) {
            text[out++] = text[i++];
            continue;
        }
        if (value > 0)
            out += utf8_put(text + out, (uint32_t)value); /* at most 3 bytes for 7 */
        i += ESCAPE_BYTES;
    }
    return out;
}

/* ---- shared texts ---- */

struct text_reader {
    struct xlsx_book *book;
    size_t start;  /* of the text being read */
    bool in_item;  /* within <si> */
    bool in_text;  /* within <t> */
    bool phonetic; /* within <rPh>: how the text is pronounced */
};

static int text_begin(void *state, const char *name, const char **attributes, struct tq_error *err)
{
    struct text_reader *reader = state;

    (void)attributes;
    (void)err;
    if (strcmp(name, "si") == 0) {
        reader->in_item = true;
        reader->start = reader->book->text_length;
    } else if (strcmp(name, "rPh") == 0) {
        reader->phonetic = true;
    } else if (strcmp(name, "t") == 0) {
        reader->in_text = reader->in_item && !reader->phonetic;
    }
    return TQ_OK;
}

static int text_text(void *state, struct slice text, struct tq_error *err)
{
    struct text_reader *reader = state;
    struct xlsx_book *book = reader->book;
    int r;

    if (text.length == 0 || !reader->in_text || book->text_length - reader->start > CELL_BYTES_MAX)
        return TQ_OK;
    if (book->text_length + text.length > XLSX_TEXT_BYTES_MAX) {
        book->texts_left_out = true;
        return TQ_OK;
    }
    r = alloc_reserve(&book->texts, &book->text_capacity, book->text_length + text.length + 1, 1,
                      err);
    if (r < 0)
        return r;
    memcpy(book->texts + book->text_length, text.data, text.length);
    book->text_length += text.length;
    return TQ_OK;
}

/* The text that was read is one of the workbook's. */
static int keep_text(struct text_reader *reader, struct tq_error *err)
{
    struct xlsx_book *book = reader->book;
    int r;

    if (book->text_count >= XLSX_TEXT_BYTES_MAX / 8) {
        book->texts_left_out = true;
        return TQ_OK;
    }
    r = alloc_reserve(&book->ends, &book->end_capacity, book->text_count + 1, sizeof(*book->ends),
                      err);
    if (r == TQ_OK)
        book->ends[book->text_count++] = (uint32_t)book->text_length;
    return r;
}

static int text_end(void *state, const char *name, struct tq_error *err)
{
    struct text_reader *reader = state;
    struct xlsx_book *book = reader->book;

    if (strcmp(name, "rPh") == 0)
        reader->phonetic = false;
    if (strcmp(name, "t") == 0)
        reader->in_text = false;
    if (strcmp(name, "si") != 0 || !reader->in_item)
        return TQ_OK;
    reader->in_item = false;
    if (book->texts)
        book->text_length =
            reader->start
            + xlsx_unescape(book->texts + reader->start, book->text_length - reader->start);
    return keep_text(reader, err);
}

int xlsx_text_add(struct xlsx_book *book, struct slice text, struct tq_error *err)
{
    struct text_reader reader = {.book = book, .in_text = true, .in_item = true};
    int r;

    reader.start = book->text_length;
    r = text_text(&reader, text, err);
    if (r < 0)
        return r;
    return keep_text(&reader, err);
}

int xlsx_texts_report(struct package *package, const struct xlsx_book *book, struct tq_error *err)
{
    if (!book->texts_left_out)
        return TQ_OK;
    return emit_note(package->sink, 0, err,
                     "the workbook has more text than can be kept: cells lack some of it");
}

int xlsx_texts_read(struct package *package, size_t part, struct xlsx_book *book,
                    struct tq_error *err)
{
    struct text_reader reader = {.book = book};
    const struct xml_visitor visitor = {&reader, text_begin, text_end, text_text};
    int r = part_read_xml(package, part, &visitor, err);

    return r < 0 ? r : xlsx_texts_report(package, book, err);
}

bool xlsx_text(const struct xlsx_book *book, uint64_t index, struct slice *out_text)
{
    uint32_t start;

    if (index >= book->text_count)
        return false;
    start = index > 0 ? book->ends[index - 1] : 0;
    *out_text = slice_make(book->texts ? book->texts + start : "", book->ends[index] - start);
    return true;
}

/* ---- formats ---- */

struct code {
    uint32_t id;
    struct number_style style;
};

struct style_reader {
    struct xlsx_book *book;
    struct code *codes;
    size_t code_count, code_capacity;
    bool in_cell_formats;
};

static int add_code(struct style_reader *reader, const char **attributes, struct tq_error *err)
{
    const char *code = xml_attribute(attributes, "formatCode");
    int r;

    if (!code || reader->code_count >= XLSX_CODES_MAX)
        return TQ_OK;
    r = alloc_reserve(&reader->codes, &reader->code_capacity, reader->code_count + 1,
                      sizeof(*reader->codes), err);
    if (r < 0)
        return r;
    reader->codes[reader->code_count++] = (struct code){
        (uint32_t)xml_number(attributes, "numFmtId", 0), number_style_of_code(slice_of(code))};
    return TQ_OK;
}

static struct number_style find_style(const struct style_reader *reader, uint32_t id)
{
    for (size_t i = 0; i < reader->code_count; i++) {
        if (reader->codes[i].id == id)
            return reader->codes[i].style;
    }
    return number_style_of_id(id);
}

static int style_begin(void *state, const char *name, const char **attributes, struct tq_error *err)
{
    struct style_reader *reader = state;
    struct xlsx_book *book = reader->book;
    int r;

    if (strcmp(name, "numFmt") == 0)
        return add_code(reader, attributes, err);
    if (strcmp(name, "cellXfs") == 0)
        reader->in_cell_formats = true;
    if (strcmp(name, "xf") != 0 || !reader->in_cell_formats || book->style_count >= XLSX_STYLES_MAX)
        return TQ_OK;
    r = alloc_reserve(&book->styles, &book->style_capacity, book->style_count + 1,
                      sizeof(*book->styles), err);
    if (r < 0)
        return r;
    book->styles[book->style_count++] =
        find_style(reader, (uint32_t)xml_number(attributes, "numFmtId", 0));
    return TQ_OK;
}

static int style_end(void *state, const char *name, struct tq_error *err)
{
    struct style_reader *reader = state;

    (void)err;
    if (strcmp(name, "cellXfs") == 0)
        reader->in_cell_formats = false;
    return TQ_OK;
}

static int style_text(void *state, struct slice text, struct tq_error *err)
{
    (void)state;
    (void)text;
    (void)err;
    return TQ_OK;
}

int xlsx_styles_read(struct package *package, size_t part, struct xlsx_book *book,
                     struct tq_error *err)
{
    struct style_reader reader = {.book = book};
    const struct xml_visitor visitor = {&reader, style_begin, style_end, style_text};
    int r = part_read_xml(package, part, &visitor, err);

    free(reader.codes);
    return r;
}
