/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "extract/xlsb_sheet.h"

#include <inttypes.h>
#include <stdio.h>

#include "extract/biff_value.h"
#include "extract/emit.h"
#include "extract/sheet_merges.h"
#include "extract/xlsb_records.h"

#define ROW_NUMBER_MAX (1u << 24)
#define VALUE_AT       8u /* in a cell: behind its column and style */

/* Records, [MS-XLSB] 2.3.2; those of cells are told by 2.4.1 and what follows. */
enum {
    RECORD_ROW = 0,
    CELL_RK = 2,
    CELL_ERROR = 3,
    CELL_FLAG = 4,
    CELL_NUMBER = 5,
    CELL_TEXT = 6,
    CELL_SHARED = 7,
    FORMULA_TEXT = 8,
    FORMULA_NUMBER = 9,
    FORMULA_FLAG = 10,
    FORMULA_ERROR = 11,
    RECORD_COLUMNS = 60,
    CELL_RICH_TEXT = 62,
    RECORD_MERGE = 176,
};

struct sheet {
    const struct xlsx_book *book;
    struct grid *grid;
    struct sheet_merges merges;
    struct buf shown;
    bool in_row;
    uint64_t row; /* number of the open row, or of the last */
    uint64_t hidden_rows, hidden_columns, lost;
};

/* Areas stand behind the rows, so they are looked for first; by their tops. */
static int merge_record(void *state, uint32_t type, struct slice body, struct tq_error *err)
{
    struct sheet *sheet = state;
    uint32_t top = xlsb_u32(body, 0), bottom = xlsb_u32(body, 4);

    if (type != RECORD_MERGE || body.length < 16 || top >= ROW_NUMBER_MAX
        || bottom >= ROW_NUMBER_MAX)
        return TQ_OK;
    return sheet_merges_add(
        &sheet->merges,
        &(struct sheet_merge){.top = top + 1, .bottom = bottom + 1, .column = xlsb_u32(body, 8)},
        err);
}

static int end_row(struct sheet *sheet, struct tq_error *err)
{
    int r;

    if (!sheet->in_row)
        return TQ_OK;
    sheet->in_row = false;
    r = sheet_merges_fill(&sheet->merges, sheet->grid, (uint32_t)sheet->row, err);
    return r < 0 ? r : grid_row(sheet->grid, sheet->row, err);
}

/* Rows that are not there are blank; numbers that fall just go on. */
static int begin_row(struct sheet *sheet, struct slice body, struct tq_error *err)
{
    uint64_t number = (uint64_t)xlsb_u32(body, 0) + 1, before;
    int r = end_row(sheet, err);

    if (r < 0)
        return r;
    before = sheet->row;
    sheet->in_row = true;
    sheet->row = number > before && number <= ROW_NUMBER_MAX ? number : before + 1;
    sheet->hidden_rows += body.length > 11 && (body.data[11] & 0x10) != 0;
    return grid_blank_rows(sheet->grid, sheet->row - before - 1, err);
}

static void show_number(struct sheet *sheet, struct slice body, double value)
{
    static const struct number_style general = {.kind = NUMBER_GENERAL};
    uint32_t style = xlsb_u32(body, 4) & 0xFFFFFF;
    char text[64];

    (void)snprintf(text, sizeof(text), "%.17g", value);
    number_show(&sheet->shown, slice_of(text),
                style < sheet->book->style_count ? &sheet->book->styles[style] : &general,
                sheet->book->is_1904);
}

static uint32_t byte_of(struct slice body)
{
    return body.length > VALUE_AT ? (unsigned char)body.data[VALUE_AT] : 0;
}

/* What a cell shows, in sheet->shown; false for a record that is none. */
static bool show_cell(struct sheet *sheet, uint32_t type, struct slice body)
{
    struct slice text = {0};

    buf_empty(&sheet->shown);
    switch (type) {
    case CELL_RK:
        show_number(sheet, body, biff_rk(xlsb_u32(body, VALUE_AT)));
        return true;
    case CELL_NUMBER:
    case FORMULA_NUMBER:
        show_number(
            sheet, body,
            biff_double(xlsb_u32(body, VALUE_AT) | (uint64_t)xlsb_u32(body, VALUE_AT + 4) << 32));
        return true;
    case CELL_FLAG:
    case FORMULA_FLAG:
        buf_add_text(&sheet->shown, byte_of(body) ? "TRUE" : "FALSE");
        return true;
    case CELL_ERROR:
    case FORMULA_ERROR:
        buf_add_text(&sheet->shown, biff_error(byte_of(body)));
        return true;
    case CELL_TEXT:
    case FORMULA_TEXT:
        (void)xlsb_text(body, VALUE_AT, &sheet->shown);
        return true;
    case CELL_RICH_TEXT:
        (void)xlsb_text(body, VALUE_AT + 1, &sheet->shown);
        return true;
    case CELL_SHARED:
        sheet->lost += !xlsx_text(sheet->book, xlsb_u32(body, VALUE_AT), &text);
        buf_add_slice(&sheet->shown, text);
        return true;
    default:
        return false;
    }
}

static void take_columns(struct sheet *sheet, struct slice body)
{
    uint32_t first = xlsb_u32(body, 0), last = xlsb_u32(body, 4);

    if (last >= first && xlsb_u16(body, 16) & 1)
        sheet->hidden_columns += (uint64_t)last - first + 1;
}

static int sheet_record(void *state, uint32_t type, struct slice body, struct tq_error *err)
{
    struct sheet *sheet = state;
    int r;

    if (type == RECORD_ROW)
        return begin_row(sheet, body, err);
    if (type == RECORD_COLUMNS)
        take_columns(sheet, body);
    if (!sheet->in_row || body.length <= VALUE_AT || !show_cell(sheet, type, body))
        return TQ_OK;
    r = buf_check(&sheet->shown, err);
    if (r < 0 || sheet->shown.length == 0)
        return r;
    return grid_cell(sheet->grid, xlsb_u32(body, 0), buf_slice(&sheet->shown), err);
}

static int report(const struct sheet *sheet, const struct sink *sink, struct tq_error *err)
{
    const struct {
        uint64_t count;
        const char *what;
    } counts[] = {
        {sheet->hidden_rows, "hidden rows: they were read as the others"},
        {sheet->hidden_columns, "hidden columns: they were read as the others"},
        {sheet->merges.repeated, "cells in merged areas: the area's value was repeated there"},
        {sheet->lost, "cells whose text is not in the file"},
    };
    int r = TQ_OK;

    for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]) && r == TQ_OK; i++) {
        if (counts[i].count > 0)
            r = emit_note(sink, 0, err, "a sheet has %" PRIu64 " %s", counts[i].count,
                          counts[i].what);
    }
    if (r == TQ_OK && sheet->merges.too_many)
        r = emit_note(sink, 0, err, "a sheet has too many merged areas: some are left as they are");
    return r;
}

int xlsb_sheet_read(struct package *package, size_t part, const struct xlsx_book *book,
                    struct grid *grid, struct tq_error *err)
{
    struct sheet sheet = {.book = book, .grid = grid};
    int r = xlsb_records_read(package, part, merge_record, &sheet, err);

    if (r == TQ_OK) {
        sheet_merges_sort(&sheet.merges);
        r = xlsb_records_read(package, part, sheet_record, &sheet, err);
    }
    if (r == TQ_OK)
        r = end_row(&sheet, err);
    if (r == TQ_OK)
        r = report(&sheet, package->sink, err);
    sheet_merges_clear(&sheet.merges);
    buf_clear(&sheet.shown);
    return r;
}
