/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Workbooks as XML of Excel 2002 and 2003 ("XML Spreadsheet"), which many programs still write,
 * mostly under a name in ".xls". Sheets as those of other workbooks; comments are text.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/file.h"
#include "base/limits.h"
#include "extract/format.h"
#include "extract/number_format.h"
#include "extract/sheet_merges.h"
#include "extract/xml.h"
#include "extract/xml_rest.h"

#define READ_BYTES     ((size_t)256 << 10)
#define STYLES_MAX     512u /* they are gone through for each number */
#define ROW_NUMBER_MAX (1u << 24)
#define CLAIM_BYTES    ((size_t)4096)
#define NAME_SPACE     "urn:schemas-microsoft-com:office:spreadsheet"

struct style {
    const char *id; /* of the arena */
    struct number_style numbers;
};

struct workbook {
    const struct extract_input *input;
    const struct sink *sink;
    struct xml xml;
    struct grid grid;
    struct text_pages pages;
    struct sheet_merges merges;
    struct arena arena;
    struct style *styles; /* owned: style_count */
    size_t style_count, style_capacity;
    const struct style *style; /* of the open cell; NULL: none of its own */
    bool in_sheet, in_row, in_data, in_comment;
    uint32_t row, column; /* of the open row and cell, or of the last; from 1 and from 0 */
    uint32_t across;      /* columns that the open cell covers beside its own */
    char type;            /* of the open value, the first letter: N, S, D, B, E */
    struct buf value, comment, shown;
    uint64_t hidden_rows;
};

static void workbook_clear(struct workbook *book)
{
    free(book->styles);
    arena_clear(&book->arena);
    xml_clear(&book->xml);
    grid_clear(&book->grid);
    text_pages_clear(&book->pages);
    sheet_merges_clear(&book->merges);
    buf_clear(&book->value);
    buf_clear(&book->comment);
    buf_clear(&book->shown);
}

/* A style begins; what it does to numbers follows. */
static int add_style(struct workbook *book, const char *id, struct tq_error *err)
{
    struct style *style;

    if (!id || book->style_count >= STYLES_MAX)
        return TQ_OK;
    if (alloc_reserve(&book->styles, &book->style_capacity, book->style_count + 1,
                      sizeof(*book->styles), err)
        < 0)
        return TQ_E_NOMEM;
    style = &book->styles[book->style_count];
    style->id = arena_text(&book->arena, slice_of(id));
    if (!style->id)
        return tq_no_memory(err);
    style->numbers = (struct number_style){.kind = NUMBER_GENERAL};
    book->style_count++;
    return TQ_OK;
}

static void set_format(struct workbook *book, const char *code)
{
    if (!code || book->style_count == 0)
        return;
    if (strcmp(code, "Percent") == 0)
        code = "0%";
    /* The others that have a name ("Short Date", "Currency") change nothing that counts. */
    else if (strpbrk(code, "0#") == NULL)
        return;
    book->styles[book->style_count - 1].numbers = number_style_of_code(slice_of(code));
}

static const struct style *find_style(const struct workbook *book, const char *id)
{
    for (size_t i = 0; id && i < book->style_count; i++) {
        if (strcmp(book->styles[i].id, id) == 0)
            return &book->styles[i];
    }
    return NULL;
}

static int end_sheet(struct workbook *book, struct tq_error *err)
{
    if (!book->in_sheet)
        return TQ_OK;
    book->in_sheet = false;
    sheet_merges_clear(&book->merges);
    return grid_sheet_end(&book->grid, err);
}

static int begin_sheet(struct workbook *book, const char **attributes, struct tq_error *err)
{
    const char *name = xml_attribute(attributes, "Name");
    int r = end_sheet(book, err);

    if (r < 0)
        return r;
    book->in_sheet = true;
    book->merges = (struct sheet_merges){0};
    book->row = 0;
    return grid_sheet(&book->grid, slice_of(name ? name : ""), err);
}

/* Rows that are not there are blank; numbers that fall just go on. */
static int begin_row(struct workbook *book, const char **attributes, struct tq_error *err)
{
    uint64_t number = xml_number(attributes, "Index", (uint64_t)book->row + 1);
    uint32_t before = book->row;

    book->in_row = true;
    book->row = number > before && number <= ROW_NUMBER_MAX ? (uint32_t)number : before + 1;
    book->column = 0;
    book->hidden_rows += xml_flag(attributes, "Hidden");
    return grid_blank_rows(&book->grid, book->row - before - 1, err);
}

static int end_row(struct workbook *book, struct tq_error *err)
{
    int r = sheet_merges_fill(&book->merges, &book->grid, book->row, err);

    book->in_row = false;
    return r < 0 ? r : grid_row(&book->grid, book->row, err);
}

static int begin_cell(struct workbook *book, const char **attributes, struct tq_error *err)
{
    uint64_t column = xml_number(attributes, "Index", 0);
    uint64_t across = xml_number(attributes, "MergeAcross", 0);
    uint64_t down = xml_number(attributes, "MergeDown", 0);
    struct sheet_merge merge;

    if (column > 0 && column < UINT32_MAX / 2)
        book->column = (uint32_t)column - 1;
    book->across = across < UINT16_MAX ? (uint32_t)across : 0;
    book->style = find_style(book, xml_attribute(attributes, "StyleID"));
    buf_empty(&book->value);
    if (down == 0 || down > ROW_NUMBER_MAX)
        return TQ_OK;
    merge = (struct sheet_merge){book->row, book->row + (uint32_t)down, book->column};
    return sheet_merges_add(&book->merges, &merge, err);
}

/* "2024-03-05T00:00:00.000": a day, or a moment without its "T". */
static void show_moment(struct workbook *book, struct slice value)
{
    if (value.length < 19 || value.data[10] != 'T') {
        buf_add_slice(&book->shown, value);
        return;
    }
    buf_add(&book->shown, value.data, 10);
    if (memcmp(value.data + 11, "00:00:00", 8) != 0) {
        buf_add_byte(&book->shown, ' ');
        buf_add(&book->shown, value.data + 11, 8);
    }
}

/* The value as a reader sees it, in book->shown. */
static void show_value(struct workbook *book)
{
    struct slice value = slice_trim(buf_slice(&book->value));

    buf_empty(&book->shown);
    if (book->type == 'D')
        show_moment(book, value);
    else if (book->type == 'B' && value.length == 1)
        buf_add_text(&book->shown, value.data[0] == '1' ? "TRUE" : "FALSE");
    else if (book->type == 'N' && book->style)
        number_show(&book->shown, value, &book->style->numbers, false);
    else
        buf_add_slice(&book->shown, value);
}

static int end_cell(struct workbook *book, struct tq_error *err)
{
    int r = buf_check(&book->value, err);

    if (r == TQ_OK && book->value.length > 0) {
        show_value(book);
        r = buf_check(&book->shown, err);
        if (r == TQ_OK && book->shown.length > 0)
            r = grid_cell(&book->grid, book->column, buf_slice(&book->shown), err);
    }
    if (book->column < UINT32_MAX / 2)
        book->column += 1 + book->across;
    return r;
}

static int end_comment(struct workbook *book, struct tq_error *err)
{
    int r = buf_check(&book->comment, err);

    book->in_comment = false;
    return r < 0 ? r : text_pages_lines(&book->pages, buf_slice(&book->comment), err);
}

static int on_begin(void *state, const char *name, const char **attributes, struct tq_error *err)
{
    struct workbook *book = state;
    const char *type;

    if (strcmp(name, "Style") == 0)
        return add_style(book, xml_attribute(attributes, "ID"), err);
    if (strcmp(name, "NumberFormat") == 0)
        set_format(book, xml_attribute(attributes, "Format"));
    else if (strcmp(name, "Worksheet") == 0)
        return begin_sheet(book, attributes, err);
    else if (!book->in_sheet)
        return TQ_OK;
    else if (strcmp(name, "Row") == 0 && !book->in_row)
        return begin_row(book, attributes, err);
    else if (!book->in_row)
        return TQ_OK;
    else if (strcmp(name, "Cell") == 0)
        return begin_cell(book, attributes, err);
    else if (strcmp(name, "Comment") == 0) {
        book->in_comment = true;
        buf_empty(&book->comment);
    } else if (strcmp(name, "Data") == 0) {
        type = xml_attribute(attributes, "Type");
        book->in_data = true;
        if (!book->in_comment)
            book->type = type ? type[0] : 'S';
    }
    return TQ_OK;
}

static int on_end(void *state, const char *name, struct tq_error *err)
{
    struct workbook *book = state;

    if (strcmp(name, "Worksheet") == 0)
        return end_sheet(book, err);
    if (!book->in_row)
        return TQ_OK;
    if (strcmp(name, "Data") == 0)
        book->in_data = false;
    else if (strcmp(name, "Comment") == 0)
        return end_comment(book, err);
    else if (strcmp(name, "Cell") == 0)
        return end_cell(book, err);
    else if (strcmp(name, "Row") == 0)
        return end_row(book, err);
    return TQ_OK;
}

static int on_text(void *state, struct slice text, struct tq_error *err)
{
    struct workbook *book = state;
    struct buf *out = book->in_comment ? &book->comment : &book->value;

    (void)err;
    if (book->in_data && out->length <= CELL_BYTES_MAX)
        buf_add_slice(out, text);
    return TQ_OK;
}

static int feed_all(struct workbook *book, struct tq_error *err)
{
    CLEANUP(free_cleanup) char *buffer = alloc_zeroed(READ_BYTES, 1);
    uint64_t offset = 0;
    size_t got;
    int r;

    if (!buffer)
        return tq_no_memory(err);
    do {
        r = file_read_at(book->input->fd, offset, buffer, READ_BYTES, &got, err);
        if (r == TQ_OK)
            r = xml_feed(&book->xml, slice_make(buffer, got), got == 0, err);
        offset += got;
    } while (r == TQ_OK && got > 0 && !book->xml.fault);
    return r;
}

/* The workbook was cut, or is damaged: what is open counts. */
static int close_open(struct workbook *book, struct tq_error *err)
{
    int r = TQ_OK;

    if (book->in_row) {
        if (book->value.length > 0)
            r = end_cell(book, err);
        if (r == TQ_OK)
            r = end_row(book, err);
    }
    return r < 0 ? r : end_sheet(book, err);
}

static int notes(struct workbook *book, struct tq_error *err)
{
    int r = TQ_OK;

    if (book->xml.fault)
        r = emit_note(book->sink, book->xml.fault_line, err,
                      "damaged XML: %s; the rest was read as plain text", book->xml.fault);
    if (r == TQ_OK && book->hidden_rows > 0)
        r = emit_note(book->sink, 0, err, "%" PRIu64 " hidden rows: they were read as the others",
                      book->hidden_rows);
    if (r == TQ_OK && book->grid.writer.record == 0 && book->pages.page_count == 0)
        r = emit_note(book->sink, 0, err, "no records and no text were found");
    return r;
}

static int read_workbook(struct workbook *book, struct tq_error *err)
{
    const struct xml_visitor visitor = {book, on_begin, on_end, on_text};
    int r = xml_open(&book->xml, &visitor, NULL, err);

    if (r == TQ_OK)
        r = feed_all(book, err);
    if (r == TQ_OK)
        r = close_open(book, err);
    if (r == TQ_OK)
        r = grid_finish(&book->grid, err);
    if (r == TQ_OK && book->xml.fault)
        r = xml_rest_read(book->input, book->xml.fault_at, &book->pages, err);
    if (r == TQ_OK)
        r = text_pages_finish(&book->pages, err);
    return r < 0 ? r : notes(book, err);
}

static int xml_sheet_read(const struct extract_input *input, const struct extract_limits *limits,
                          const struct sink *sink, struct tq_error *err)
{
    struct workbook book = {
        .input = input, .sink = sink, .pages = {.sink = sink, .pages_max = limits->pages_max}};
    int r = emit_type(sink, "xmlss", err);

    if (r < 0)
        return r;
    grid_init(&book.grid, sink);
    r = read_workbook(&book, err);
    workbook_clear(&book);
    return r;
}

static enum claim xml_sheet_claim(struct slice head, const struct extract_input *input)
{
    size_t length = head.length < CLAIM_BYTES ? head.length : CLAIM_BYTES;

    (void)input;
    if (length == 0 || !memmem(head.data, length, NAME_SPACE, sizeof(NAME_SPACE) - 1)
        || !memmem(head.data, length, "Workbook", 8) || memmem(head.data, length, "<html", 5))
        return CLAIM_NONE;
    return slice_starts(slice_trim(head), SLICE_LITERAL("<"))
                   || slice_starts(head, SLICE_LITERAL("\xEF\xBB\xBF"))
               ? CLAIM_CERTAIN
               : CLAIM_NONE;
}

const struct format format_xml_sheet = {"xmlss", xml_sheet_claim, xml_sheet_read};
