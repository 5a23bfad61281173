/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "extract/odf_sheet.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/limits.h"
#include "extract/number_format.h"

#define REPEATED_CELLS_MAX ((uint64_t)1 << 20) /* that an exhibit may ask for in a few bytes */
#define HIDDEN_BYTES_MAX   65536u              /* of names of styles */
#define SHOWN_COUNTS       (-1)

/* A cell of the open row. */
struct odf_cell {
    uint32_t column;
    size_t start, length; /* in `kept` */
};

void odf_sheet_init(struct odf_sheet *sheet, struct grid *grid)
{
    *sheet = (struct odf_sheet){.grid = grid, .repeats_left = REPEATED_CELLS_MAX};
}

void odf_sheet_clear(struct odf_sheet *sheet)
{
    sheet_merges_clear(&sheet->merges);
    buf_clear(&sheet->shown);
    buf_clear(&sheet->raw);
    buf_clear(&sheet->kept);
    buf_clear(&sheet->style);
    buf_clear(&sheet->hidden_styles);
    free(sheet->cells);
    *sheet = (struct odf_sheet){0};
}

/* ---- hidden sheets ---- */

int odf_sheet_style(struct odf_sheet *sheet, const char *name, const char **attributes,
                    struct tq_error *err)
{
    const char *text;

    if (strcmp(name, "style") == 0) {
        text = xml_attribute(attributes, "name");
        buf_empty(&sheet->style);
        buf_add_text(&sheet->style, text ? text : "");
        return buf_check(&sheet->style, err);
    }
    text = xml_attribute(attributes, "display");
    if (strcmp(name, "table-properties") != 0 || !text || strcmp(text, "false") != 0
        || sheet->style.length == 0
        || sheet->hidden_styles.length + sheet->style.length > HIDDEN_BYTES_MAX)
        return TQ_OK;
    buf_add(&sheet->hidden_styles, sheet->style.data, sheet->style.length + 1);
    return buf_check(&sheet->hidden_styles, err);
}

static bool hides(const struct odf_sheet *sheet, const char *style)
{
    const struct buf *names = &sheet->hidden_styles;

    for (size_t at = 0; style && at < names->length; at += strlen(names->data + at) + 1) {
        if (strcmp(names->data + at, style) == 0)
            return true;
    }
    return false;
}

/* ---- cells ---- */

static int kind_of(const char *type)
{
    static const struct {
        const char *type;
        enum number_kind kind;
    } known[] = {
        {"float", NUMBER_GENERAL}, {"currency", NUMBER_GENERAL}, {"percentage", NUMBER_PERCENT},
        {"date", NUMBER_DATE},     {"time", NUMBER_TIME},        {"boolean", NUMBER_TEXT},
    };

    for (size_t i = 0; type && i < sizeof(known) / sizeof(known[0]); i++) {
        if (strcmp(type, known[i].type) == 0)
            return (int)known[i].kind;
    }
    return SHOWN_COUNTS;
}

static int begin_cell(struct odf_sheet *sheet, const char **attributes, bool covered,
                      struct tq_error *err)
{
    static const char *const values[] = {"date-value", "time-value", "boolean-value", "value",
                                         "string-value"};
    const char *raw = NULL;

    sheet->in_cell = true;
    sheet->covered = covered;
    sheet->has_paragraph = false;
    sheet->cell_repeat = xml_number(attributes, "number-columns-repeated", 1);
    sheet->row_span = xml_number(attributes, "number-rows-spanned", 1);
    sheet->kind = kind_of(xml_attribute(attributes, "value-type"));
    for (size_t i = 0; i < sizeof(values) / sizeof(values[0]) && !raw; i++)
        raw = xml_attribute(attributes, values[i]);
    buf_empty(&sheet->shown);
    buf_empty(&sheet->raw);
    buf_add_text(&sheet->raw, raw ? raw : "");
    return buf_check(&sheet->raw, err);
}

/*
 * Whether what is shown is the number with zeros before it or spaces within, as phones and codes
 * are: then it says more than the number.
 */
static bool is_code(struct slice shown, struct slice raw)
{
    bool zero_first = false;
    size_t at = 0;

    for (size_t i = 0; i < shown.length; i++) {
        char c = shown.data[i];

        if (c >= '0' && c <= '9') {
            if (at == 0 && c == '0')
                zero_first = true;
            else if (at < raw.length && raw.data[at] == c)
                at++;
            else
                return false;
        } else if (!strchr(" -./()+", c) || !c) {
            return false;
        }
    }
    return zero_first && at == raw.length;
}

/* Whether a number shows as a word: "TRUE", "oui". */
static bool is_word(struct slice shown, struct slice raw)
{
    for (size_t i = 0; i < shown.length; i++) {
        if (shown.data[i] >= '0' && shown.data[i] <= '9')
            return false;
    }
    return shown.length > 1 && raw.length == 1;
}

/* "PT36H05M00S" as a clock shows it. */
static void add_duration(struct buf *out, struct slice raw)
{
    unsigned parts[3] = {0}, value = 0;

    for (size_t i = 0; i < raw.length; i++) {
        char c = raw.data[i];

        if (c >= '0' && c <= '9') {
            value = value < 1000000 ? value * 10 + (unsigned)(c - '0') : value;
            continue;
        }
        if (c == 'H')
            parts[0] = value;
        else if (c == 'M')
            parts[1] = value;
        else if (c == 'S' || c == '.' || c == ',')
            parts[2] = c == 'S' && parts[2] ? parts[2] : value;
        value = 0;
    }
    buf_format(out, "%02u:%02u:%02u", parts[0], parts[1], parts[2]);
}

/* What goes into the table: the value, written as a reader sees it. */
static void add_value(struct odf_sheet *sheet, struct buf *out)
{
    const struct number_style style = {.kind = NUMBER_GENERAL};
    const struct number_style percent = {.kind = NUMBER_PERCENT};
    struct slice raw = buf_slice(&sheet->raw), shown = buf_slice(&sheet->shown);

    if (raw.length == 0 || is_code(slice_trim(shown), raw) || is_word(slice_trim(shown), raw))
        buf_add_slice(out, shown);
    else if (sheet->kind == SHOWN_COUNTS)
        buf_add_slice(out, shown.length > 0 ? shown : raw);
    else if (sheet->kind == NUMBER_DATE)
        buf_add_slice(out, raw.length >= 19 && memcmp(raw.data + 10, "T00:00:00", 9) == 0
                               ? slice_make(raw.data, 10)
                               : raw);
    else if (sheet->kind == NUMBER_TIME)
        add_duration(out, raw);
    else if (sheet->kind == NUMBER_TEXT)
        buf_add_text(out, slice_is(raw, "true") ? "TRUE" : "FALSE");
    else
        number_show(out, raw, sheet->kind == NUMBER_PERCENT ? &percent : &style, false);
}

static int keep_cell(struct odf_sheet *sheet, uint32_t column, size_t start, struct tq_error *err)
{
    int r = alloc_reserve(&sheet->cells, &sheet->cell_capacity, sheet->cell_count + 1,
                          sizeof(*sheet->cells), err);

    if (r == TQ_OK)
        sheet->cells[sheet->cell_count++] =
            (struct odf_cell){column, start, sheet->kept.length - start};
    return r;
}

/* How many of `wanted` repetitions are made; the others are counted. */
static uint64_t take_repeats(struct odf_sheet *sheet, uint64_t wanted, uint64_t cells)
{
    uint64_t allowed = cells > 0 ? sheet->repeats_left / cells : wanted;

    if (wanted > allowed) {
        sheet->left_out += wanted - allowed;
        wanted = allowed;
    }
    sheet->repeats_left -= wanted * cells;
    return wanted;
}

static int end_cell(struct odf_sheet *sheet, struct tq_error *err)
{
    const struct sheet_merge merge = {
        (uint32_t)sheet->row,
        sheet->row + sheet->row_span > UINT32_MAX ? UINT32_MAX
                                                  : (uint32_t)(sheet->row + sheet->row_span - 1),
        sheet->column < UINT32_MAX ? (uint32_t)sheet->column : UINT32_MAX};
    size_t start = sheet->kept.length;
    uint64_t repeats = 0, room = TABLE_COLUMNS_MAX - sheet->column;
    int r;

    sheet->in_cell = false;
    if (sheet->cell_repeat > room + 1) /* no further than one past the last column */
        sheet->cell_repeat = room + 1;
    add_value(sheet, &sheet->kept);
    r = buf_check(&sheet->kept, err);
    if (r == TQ_OK && sheet->row_span > 1)
        r = sheet_merges_add(&sheet->merges, &merge, err);
    if (sheet->kept.length > start && sheet->cell_repeat > 1)
        repeats = take_repeats(sheet, sheet->cell_repeat - 1, 1);
    for (uint64_t i = 0; sheet->kept.length > start && i <= repeats && r == TQ_OK; i++)
        r = keep_cell(sheet, (uint32_t)(sheet->column + i), start, err);
    sheet->column += sheet->cell_repeat > 0 ? sheet->cell_repeat : 1;
    if (sheet->column > TABLE_COLUMNS_MAX)
        sheet->column = TABLE_COLUMNS_MAX;
    return r;
}

int odf_sheet_paragraph(struct odf_sheet *sheet, struct tq_error *err)
{
    bool next = sheet->has_paragraph;

    sheet->has_paragraph = true;
    return next ? odf_sheet_text(sheet, SLICE_LITERAL("\n"), err) : TQ_OK;
}

int odf_sheet_text(struct odf_sheet *sheet, struct slice text, struct tq_error *err)
{
    if (sheet->in_cell && sheet->shown.length <= CELL_BYTES_MAX)
        buf_add_slice(&sheet->shown, text);
    return buf_check(&sheet->shown, err);
}

/* ---- rows and tables ---- */

static void begin_row(struct odf_sheet *sheet, const char **attributes)
{
    const char *visibility = xml_attribute(attributes, "visibility");

    sheet->in_row = true;
    sheet->row++;
    sheet->row_repeat = xml_number(attributes, "number-rows-repeated", 1);
    sheet->column = 0;
    sheet->cell_count = 0;
    buf_empty(&sheet->kept);
    if (visibility && strcmp(visibility, "visible") != 0)
        sheet->hidden_rows += sheet->row_repeat;
}

static int give_row(struct odf_sheet *sheet, struct tq_error *err)
{
    int r = TQ_OK;

    for (size_t i = 0; i < sheet->cell_count && r == TQ_OK; i++)
        r = grid_cell(sheet->grid, sheet->cells[i].column,
                      slice_make(sheet->kept.data + sheet->cells[i].start, sheet->cells[i].length),
                      err);
    if (r == TQ_OK)
        r = sheet_merges_fill(&sheet->merges, sheet->grid, (uint32_t)sheet->row, err);
    return r < 0 ? r : grid_row(sheet->grid, sheet->row, err);
}

static int end_row(struct odf_sheet *sheet, struct tq_error *err)
{
    uint64_t repeats = sheet->row_repeat > 0 ? sheet->row_repeat - 1 : 0, made;
    int r;

    sheet->in_row = false;
    if (sheet->cell_count == 0) {
        sheet->row += repeats;
        return grid_blank_rows(sheet->grid, repeats + 1, err);
    }
    r = give_row(sheet, err);
    made = repeats > 0 ? take_repeats(sheet, repeats, sheet->cell_count) : 0;
    for (uint64_t i = 0; i < made && r == TQ_OK; i++) {
        sheet->row++;
        r = give_row(sheet, err);
    }
    sheet->row += repeats - made;
    return r;
}

static int begin_table(struct odf_sheet *sheet, const char **attributes, struct tq_error *err)
{
    const char *name = xml_attribute(attributes, "name");

    sheet->in_table = true;
    sheet->row = 0;
    sheet->hidden_sheets += hides(sheet, xml_attribute(attributes, "style-name"));
    sheet->merges.count = sheet->merges.next = 0;
    return grid_sheet(sheet->grid, slice_of(name ? name : ""), err);
}

int odf_sheet_begin(struct odf_sheet *sheet, const char *name, const char **attributes,
                    struct tq_error *err)
{
    if (strcmp(name, "table") == 0 && !sheet->in_table)
        return begin_table(sheet, attributes, err);
    if (!sheet->in_table)
        return TQ_OK;
    if (strcmp(name, "table-row") == 0 && !sheet->in_row)
        begin_row(sheet, attributes);
    else if (sheet->in_row && !sheet->in_cell && strcmp(name, "table-cell") == 0)
        return begin_cell(sheet, attributes, false, err);
    else if (sheet->in_row && !sheet->in_cell && strcmp(name, "covered-table-cell") == 0)
        return begin_cell(sheet, attributes, true, err);
    return TQ_OK;
}

int odf_sheet_end(struct odf_sheet *sheet, const char *name, struct tq_error *err)
{
    if (!sheet->in_table)
        return TQ_OK;
    if (sheet->in_cell
        && (strcmp(name, "table-cell") == 0 || strcmp(name, "covered-table-cell") == 0))
        return end_cell(sheet, err);
    if (sheet->in_row && !sheet->in_cell && strcmp(name, "table-row") == 0)
        return end_row(sheet, err);
    if (!sheet->in_row && strcmp(name, "table") == 0) {
        sheet->in_table = false;
        return grid_sheet_end(sheet->grid, err);
    }
    return TQ_OK;
}

static int note_count(const struct odf_sheet *sheet, uint64_t count, const char *what,
                      struct tq_error *err)
{
    return count == 0 ? TQ_OK : emit_note(sheet->grid->sink, 0, err, "%" PRIu64 " %s", count, what);
}

int odf_sheet_finish(struct odf_sheet *sheet, struct tq_error *err)
{
    int r = TQ_OK;

    if (sheet->in_cell) /* the sheet was cut */
        r = end_cell(sheet, err);
    sheet->row_repeat = 1;
    if (sheet->in_row && r == TQ_OK)
        r = end_row(sheet, err);
    if (r == TQ_OK)
        r = note_count(sheet, sheet->hidden_sheets, "hidden sheets: they were read as the others",
                       err);
    if (r == TQ_OK)
        r = note_count(sheet, sheet->hidden_rows, "hidden rows: they were read as the others", err);
    if (r == TQ_OK)
        r = note_count(sheet, sheet->merges.repeated,
                       "cells in merged areas: the area's value was repeated there", err);
    return r < 0 ? r
                 : note_count(sheet, sheet->left_out,
                              "rows or cells that repeat others were left out", err);
}
