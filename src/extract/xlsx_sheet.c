/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "extract/xlsx_sheet.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "extract/sheet_merges.h"

#define ROW_NUMBER_MAX    (1u << 24) /* sixteen times what a sheet may have; more is no number */
#define FORMULA_BYTES_MAX 8192u      /* what a spreadsheet program allows */

enum cell_type {
    CELL_NUMBER,
    CELL_SHARED, /* a number of a text of the workbook */
    CELL_TEXT,   /* its own, or an error */
    CELL_BOOLEAN,
    CELL_DAY /* ISO 8601 */
};

struct sheet_reader {
    struct package *package;
    const struct xlsx_book *book;
    struct grid *grid;
    struct sheet_merges merges;
    bool in_row, in_cell, in_value, in_formula, phonetic;
    uint64_t row;    /* number of the open row, or of the last */
    uint32_t column; /* of the open cell, or of the next */
    enum cell_type type;
    uint64_t style;
    struct buf value, formula, shown;
    uint64_t hidden_rows, hidden_columns, formulas, lost;
};

static enum cell_type type_of(const char *name)
{
    if (!name || strcmp(name, "n") == 0)
        return CELL_NUMBER;
    if (strcmp(name, "s") == 0)
        return CELL_SHARED;
    if (strcmp(name, "b") == 0)
        return CELL_BOOLEAN;
    return strcmp(name, "d") == 0 ? CELL_DAY : CELL_TEXT;
}

/* Rows that are not there are blank; numbers that fall, or are not there, just go on. */
static int begin_row(struct sheet_reader *s, const char **attributes, struct tq_error *err)
{
    uint64_t number = xml_number(attributes, "r", s->row + 1);
    uint64_t before = s->row;

    s->in_row = true;
    s->row = number > before && number <= ROW_NUMBER_MAX ? number : before + 1;
    s->column = 0;
    s->hidden_rows += xml_flag(attributes, "hidden");
    return grid_blank_rows(s->grid, s->row - before - 1, err);
}

static int end_row(struct sheet_reader *s, struct tq_error *err)
{
    int r;

    s->in_row = false;
    r = sheet_merges_fill(&s->merges, s->grid, (uint32_t)s->row, err);
    return r < 0 ? r : grid_row(s->grid, s->row, err);
}

static void begin_cell(struct sheet_reader *s, const char **attributes)
{
    const char *reference = xml_attribute(attributes, "r");
    uint32_t column = UINT32_MAX, row;

    if (reference)
        cell_reference(&reference, &column, &row);
    if (column != UINT32_MAX)
        s->column = column;
    s->in_cell = true;
    s->type = type_of(xml_attribute(attributes, "t"));
    s->style = xml_number(attributes, "s", 0);
    buf_empty(&s->value);
    buf_empty(&s->formula);
}

/* "2024-03-05T00:00:00" is a day. */
static struct slice without_midnight(struct slice value)
{
    if (value.length >= 19 && memcmp(value.data + 10, "T00:00:00", 9) == 0)
        value.length = 10;
    return value;
}

static void show_number(struct sheet_reader *s, struct slice value)
{
    static const struct number_style general = {.kind = NUMBER_GENERAL};

    number_show(&s->shown, value,
                s->style < s->book->style_count ? &s->book->styles[s->style] : &general,
                s->book->is_1904);
}

/* The cell as a reader sees it, in s->shown. */
static void show_value(struct sheet_reader *s)
{
    struct slice value = slice_trim(buf_slice(&s->value)), text = {0};

    switch (s->type) {
    case CELL_NUMBER:
        show_number(s, value);
        break;
    case CELL_SHARED:
        if (!xlsx_text(s->book, value.length < 12 ? strtoul(s->value.data, NULL, 10) : SIZE_MAX,
                       &text))
            s->lost++;
        buf_add_slice(&s->shown, text);
        break;
    case CELL_BOOLEAN:
        buf_add_text(&s->shown, slice_is(value, "1")   ? "TRUE"
                                : slice_is(value, "0") ? "FALSE"
                                                       : s->value.data);
        break;
    case CELL_DAY:
        buf_add_slice(&s->shown, without_midnight(value));
        break;
    case CELL_TEXT:
        s->value.length = xlsx_unescape(s->value.data, s->value.length);
        buf_add_slice(&s->shown, buf_slice(&s->value));
        break;
    }
}

static int end_cell(struct sheet_reader *s, struct tq_error *err)
{
    int r = TQ_OK;

    s->in_cell = s->in_value = s->in_formula = false;
    buf_empty(&s->shown);
    if (s->value.length > 0) {
        show_value(s);
    } else if (s->formula.length > 0) { /* it was never worked out */
        s->formulas++;
        buf_add_byte(&s->shown, '=');
        buf_add_slice(&s->shown, buf_slice(&s->formula));
    }
    if (s->value.failed || s->formula.failed || s->shown.failed)
        return tq_no_memory(err);
    if (s->shown.length > 0)
        r = grid_cell(s->grid, s->column, buf_slice(&s->shown), err);
    if (s->column < UINT32_MAX - 1)
        s->column++;
    return r;
}

static int sheet_begin(void *state, const char *name, const char **attributes, struct tq_error *err)
{
    struct sheet_reader *s = state;

    if (s->in_cell) {
        if (strcmp(name, "v") == 0 || strcmp(name, "t") == 0)
            s->in_value = !s->phonetic;
        else if (strcmp(name, "f") == 0)
            s->in_formula = true;
        else if (strcmp(name, "rPh") == 0)
            s->phonetic = true;
    } else if (s->in_row && strcmp(name, "c") == 0) {
        begin_cell(s, attributes);
    } else if (strcmp(name, "row") == 0 && !s->in_row) {
        return begin_row(s, attributes, err);
    } else if (strcmp(name, "col") == 0 && xml_flag(attributes, "hidden")) {
        uint64_t first = xml_number(attributes, "min", 1), last = xml_number(attributes, "max", 1);

        s->hidden_columns += last >= first ? last - first + 1 : 0;
    }
    return TQ_OK;
}

static int sheet_end(void *state, const char *name, struct tq_error *err)
{
    struct sheet_reader *s = state;

    if (s->in_cell) {
        if (strcmp(name, "v") == 0 || strcmp(name, "t") == 0)
            s->in_value = false;
        else if (strcmp(name, "f") == 0)
            s->in_formula = false;
        else if (strcmp(name, "rPh") == 0)
            s->phonetic = false;
        else if (strcmp(name, "c") == 0)
            return end_cell(s, err);
        return TQ_OK;
    }
    return s->in_row && strcmp(name, "row") == 0 ? end_row(s, err) : TQ_OK;
}

static int sheet_text(void *state, struct slice text, struct tq_error *err)
{
    struct sheet_reader *s = state;

    (void)err;
    if (s->in_value && s->value.length <= CELL_BYTES_MAX)
        buf_add_slice(&s->value, text);
    else if (s->in_formula && s->formula.length <= FORMULA_BYTES_MAX)
        buf_add_slice(&s->formula, text);
    return TQ_OK;
}

static int note_count(const struct sheet_reader *s, uint64_t count, const char *what,
                      struct tq_error *err)
{
    if (count == 0)
        return TQ_OK;
    return emit_note(s->package->sink, 0, err, "a sheet has %" PRIu64 " %s", count, what);
}

static int report(const struct sheet_reader *s, struct tq_error *err)
{
    int r = note_count(s, s->hidden_rows, "hidden rows: they were read as the others", err);

    if (r == TQ_OK)
        r = note_count(s, s->hidden_columns, "hidden columns: they were read as the others", err);
    if (r == TQ_OK)
        r = note_count(s, s->merges.repeated,
                       "cells in merged areas: the area's value was repeated there", err);
    if (r == TQ_OK)
        r = note_count(s, s->formulas, "formulas without a result: the formula itself was taken",
                       err);
    if (r == TQ_OK)
        r = note_count(s, s->lost, "cells whose text is not in the file", err);
    if (r == TQ_OK && s->merges.too_many)
        r = emit_note(s->package->sink, 0, err,
                      "a sheet has too many merged areas: some are "
                      "left as they are");
    return r;
}

int xlsx_sheet_read(struct package *package, size_t part, const struct xlsx_book *book,
                    struct grid *grid, struct tq_error *err)
{
    struct sheet_reader s = {.package = package, .book = book, .grid = grid};
    const struct xml_visitor visitor = {&s, sheet_begin, sheet_end, sheet_text};
    int r = sheet_merges_find(package, part, &s.merges, err);

    if (r == TQ_OK)
        r = part_read_xml(package, part, &visitor, err);
    if (r == TQ_OK && s.in_cell) /* the sheet was cut */
        r = end_cell(&s, err);
    if (r == TQ_OK && s.in_row)
        r = end_row(&s, err);
    if (r == TQ_OK)
        r = report(&s, err);
    sheet_merges_clear(&s.merges);
    buf_clear(&s.value);
    buf_clear(&s.formula);
    buf_clear(&s.shown);
    return r;
}
