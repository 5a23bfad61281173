/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "extract/document_text.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/limits.h"
#include "extract/emit.h"

#define LINE_BYTES_MAX   ((size_t)1 << 20) /* longer paragraphs are taken in pieces */
#define KEPT_BYTES_MAX   ((size_t)1 << 20) /* a table of larger cells is decided on earlier */
#define COLUMN_GAP       2u                /* spaces between cells on a line */
#define COLUMN_WIDTH_MAX 200u              /* a longer cell moves those behind it */
#define LIST_ROWS_MIN    20u /* fewer may be the lines of one person's document: layout knows */
#define LIST_COLUMNS_MIN 3u

/* A cell of the rows that are kept. */
struct kept_cell {
    uint32_t row, column;
    size_t start, length; /* in `kept` */
};

void document_text_init(struct document_text *document, const struct sink *sink,
                        const struct extract_limits *limits)
{
    *document = (struct document_text){
        .sink = sink,
        .pages = {.sink = sink, .pages_max = limits->pages_max},
        .list_rows_min = LIST_ROWS_MIN,
        .list_columns_min = LIST_COLUMNS_MIN,
    };
    grid_init(&document->grid, sink);
}

void document_text_clear(struct document_text *document)
{
    text_pages_clear(&document->pages);
    grid_clear(&document->grid);
    buf_clear(&document->line);
    buf_clear(&document->cell);
    buf_clear(&document->kept);
    free(document->cells);
    cell_spans_clear(&document->spans);
    *document = (struct document_text){0};
}

/* ---- lines ---- */

static int end_line(struct document_text *document, struct tq_error *err)
{
    int r = buf_check(&document->line, err);

    if (r == TQ_OK)
        r = text_pages_line(&document->pages, buf_slice(&document->line), err);
    buf_empty(&document->line);
    return r;
}

int document_text_add(struct document_text *document, struct slice text, struct tq_error *err)
{
    if (document->depth > 0) {
        if (document->cell.length <= CELL_BYTES_MAX)
            buf_add_slice(&document->cell, text);
        return buf_check(&document->cell, err);
    }
    for (;;) {
        size_t room = LINE_BYTES_MAX - document->line.length;
        size_t length = text.length < room ? text.length : room;

        buf_add_slice(&document->line, slice_make(text.data, length));
        text = slice_skip(text, length);
        if (text.length == 0)
            return buf_check(&document->line, err);
        if (end_line(document, err) < 0)
            return err->status;
    }
}

int document_text_tab(struct document_text *document, struct tq_error *err)
{
    return document_text_add(document,
                             document->depth > 0 ? SLICE_LITERAL(" ") : SLICE_LITERAL("\t"), err);
}

int document_text_end_line(struct document_text *document, struct tq_error *err)
{
    if (document->depth == 0)
        return end_line(document, err);
    if (document->cell.length > 0 && document->cell.data[document->cell.length - 1] != ' ')
        return document_text_add(document, SLICE_LITERAL(" "), err);
    return TQ_OK;
}

int document_text_end_page(struct document_text *document, struct tq_error *err)
{
    int r = TQ_OK;

    if (document->depth > 0)
        return document_text_end_line(document, err);
    if (document->line.length > 0)
        r = end_line(document, err);
    return r < 0 ? r : text_pages_finish(&document->pages, err);
}

/* ---- tables ---- */

static uint32_t text_width(struct slice text)
{
    uint32_t width = 0;

    for (size_t i = 0; i < text.length; i++)
        width += ((unsigned char)text.data[i] & 0xC0) != 0x80;
    return width;
}

static struct slice kept_text(const struct document_text *document, const struct kept_cell *cell)
{
    return slice_make(document->kept.data + cell->start, cell->length);
}

static uint32_t kept_columns(const struct document_text *document)
{
    uint32_t columns = 0;

    for (size_t i = 0; i < document->cell_count; i++) {
        if (document->cells[i].column >= columns)
            columns = document->cells[i].column + 1;
    }
    return columns;
}

/* Where each column starts on a line, in characters, so that none runs into the next. */
static void place_columns(const struct document_text *document, uint32_t columns,
                          uint32_t *out_starts)
{
    uint32_t at = 0;

    for (size_t i = 0; i < document->cell_count; i++) {
        const struct kept_cell *cell = &document->cells[i];
        uint32_t width = text_width(kept_text(document, cell)) + COLUMN_GAP;

        if (width > COLUMN_WIDTH_MAX)
            width = COLUMN_WIDTH_MAX;
        if (width > out_starts[cell->column])
            out_starts[cell->column] = width;
    }
    for (uint32_t i = 0; i < columns; i++) {
        uint32_t width = out_starts[i];

        out_starts[i] = at;
        at += width;
    }
}

static int write_kept_line(struct document_text *document, const uint32_t *starts, size_t from,
                           size_t end, struct tq_error *err)
{
    uint32_t at = 0;

    for (size_t i = from; i < end; i++) {
        const struct kept_cell *cell = &document->cells[i];

        if (at > 0 && at >= starts[cell->column]) {
            buf_add_text(&document->line, "  ");
            at += COLUMN_GAP;
        }
        for (; at < starts[cell->column] && !document->line.failed; at++)
            buf_add_byte(&document->line, ' ');
        buf_add_slice(&document->line, kept_text(document, cell));
        at += text_width(kept_text(document, cell));
    }
    return end_line(document, err);
}

/* The rows kept as lines of text, their cells under each other. */
static int write_kept_lines(struct document_text *document, struct tq_error *err)
{
    CLEANUP(free_cleanup) uint32_t *starts = NULL;
    uint32_t columns = kept_columns(document);
    size_t from = 0;

    starts = alloc_zeroed((size_t)columns + 1, sizeof(*starts));
    if (!starts)
        return tq_no_memory(err);
    place_columns(document, columns, starts);
    while (from < document->cell_count) {
        size_t end = from;
        int r;

        while (end < document->cell_count && document->cells[end].row == document->cells[from].row)
            end++;
        r = write_kept_line(document, starts, from, end, err);
        if (r < 0)
            return r;
        from = end;
    }
    return TQ_OK;
}

/* The rows kept as rows of the grid; row `open` is not closed yet. */
static int give_kept_rows(struct document_text *document, struct tq_error *err)
{
    for (size_t i = 0; i < document->cell_count; i++) {
        const struct kept_cell *cell = &document->cells[i];
        bool is_last = i + 1 == document->cell_count || document->cells[i + 1].row != cell->row;
        int r = grid_cell(&document->grid, cell->column, kept_text(document, cell), err);

        if (r == TQ_OK && is_last && cell->row < document->row)
            r = grid_row(&document->grid, cell->row + (uint64_t)1, err);
        if (r < 0)
            return r;
    }
    return TQ_OK;
}

static void forget_kept(struct document_text *document)
{
    document->cell_count = 0;
    buf_empty(&document->kept);
}

static int begin_list(struct document_text *document, struct tq_error *err)
{
    char name[32];
    int r;

    document->is_list = true;
    (void)snprintf(name, sizeof(name), "table%" PRIu32, ++document->lists);
    r = grid_sheet(&document->grid, slice_of(name), err);
    if (r == TQ_OK)
        r = give_kept_rows(document, err);
    forget_kept(document);
    return r;
}

int document_text_table(struct document_text *document, struct tq_error *err)
{
    int r = TQ_OK;

    if (document->depth++ > 0)
        return document_text_end_line(document, err);
    if (document->line.length > 0)
        r = end_line(document, err);
    document->is_list = false;
    document->row = document->column = 0;
    document->row_has_text = false;
    cell_spans_end_table(&document->spans);
    buf_empty(&document->cell);
    forget_kept(document);
    return r;
}

/* Cells of a row come by column, but for those that reach into it. */
static void move_into_place(struct document_text *document)
{
    size_t i = document->cell_count - 1;
    struct kept_cell moved = document->cells[i];

    while (i > 0 && document->cells[i - 1].row == moved.row
           && document->cells[i - 1].column > moved.column) {
        document->cells[i] = document->cells[i - 1];
        i--;
    }
    document->cells[i] = moved;
}

static int keep_cell(struct document_text *document, uint32_t column, struct slice text,
                     struct tq_error *err)
{
    struct kept_cell *cell;
    int r = alloc_reserve(&document->cells, &document->cell_capacity, document->cell_count + 1,
                          sizeof(*document->cells), err);

    if (r < 0)
        return r;
    cell = &document->cells[document->cell_count++];
    *cell = (struct kept_cell){document->row, column, document->kept.length, text.length};
    buf_add_slice(&document->kept, text);
    move_into_place(document);
    return buf_check(&document->kept, err);
}

static int put_cell(struct document_text *document, uint32_t column, struct slice text,
                    struct tq_error *err)
{
    return document->is_list ? grid_cell(&document->grid, column, text, err)
                             : keep_cell(document, column, text, err);
}

/* What reaches into the open row from above. One that has no text of its own stays blank. */
static int put_spans(struct document_text *document, struct tq_error *err)
{
    int r = TQ_OK;

    for (size_t i = 0; i < document->spans.count && document->row_has_text && r == TQ_OK; i++) {
        const struct cell_span *span = &document->spans.items[i];

        if (cell_spans_shows(&document->spans, i))
            r = put_cell(document, span->column, slice_make(span->text, span->length), err);
    }
    cell_spans_end_row(&document->spans);
    document->row_has_text = false;
    return r;
}

int document_text_end_cell(struct document_text *document, uint32_t columns, struct tq_error *err)
{
    return document_text_end_cell_down(document, columns, 1, err);
}

int document_text_end_cell_down(struct document_text *document, uint32_t columns, uint32_t rows,
                                struct tq_error *err)
{
    struct slice text = slice_trim(buf_slice(&document->cell));
    int r = TQ_OK;

    if (document->depth == 0)
        return TQ_OK;
    if (document->depth > 1) /* a cell of a table within a cell */
        return document_text_tab(document, err);
    document->column = cell_spans_skip(&document->spans, document->column);
    if (document->column >= TABLE_COLUMNS_MAX)
        document->column = TABLE_COLUMNS_MAX - 1;
    if (text.length > 0)
        r = put_cell(document, document->column, text, err);
    if (r == TQ_OK && rows > 1)
        r = cell_spans_add(
            &document->spans,
            &(struct cell_span){.column = document->column, .columns = columns, .rows = rows - 1},
            text, err);
    document->row_has_text |= text.length > 0;
    document->column += columns < TABLE_COLUMNS_MAX ? columns : TABLE_COLUMNS_MAX;
    buf_empty(&document->cell);
    return r;
}

/* Whether so many rows and columns are a list; lines of a document's own table are not. */
static bool is_list(const struct document_text *document)
{
    return document->row >= document->list_rows_min
           && kept_columns(document) >= document->list_columns_min;
}

int document_text_end_row(struct document_text *document, struct tq_error *err)
{
    if (document->depth != 1)
        return document->depth > 1 ? document_text_end_line(document, err) : TQ_OK;
    if (slice_trim(buf_slice(&document->cell)).length > 0) {
        int r = document_text_end_cell(document, 1, err);

        if (r < 0)
            return r;
    }
    buf_empty(&document->cell);
    if (put_spans(document, err) < 0)
        return err->status;
    document->row++;
    document->column = 0;
    if (document->is_list)
        return grid_row(&document->grid, document->row, err);
    if (document->row % DOCUMENT_KEPT_ROWS != 0 && document->kept.length < KEPT_BYTES_MAX)
        return TQ_OK;
    if (is_list(document))
        return begin_list(document, err);
    if (write_kept_lines(document, err) < 0)
        return err->status;
    forget_kept(document);
    return TQ_OK;
}

int document_text_aside(struct document_text *document, struct slice line, struct tq_error *err)
{
    return text_pages_line(&document->pages, line, err);
}

int document_text_settle(struct document_text *document, struct tq_error *err)
{
    return document->depth == 1 && !document->is_list && is_list(document)
               ? begin_list(document, err)
               : TQ_OK;
}

int document_text_table_end(struct document_text *document, struct tq_error *err)
{
    int r = TQ_OK;

    if (document->depth == 0)
        return TQ_OK;
    if (document->depth == 1)
        r = document->column > 0 || document->cell.length > 0 ? document_text_end_row(document, err)
                                                              : TQ_OK;
    document->depth--;
    if (r < 0 || document->depth > 0)
        return r < 0 ? r : document_text_end_line(document, err);
    if (document->is_list)
        r = grid_sheet_end(&document->grid, err);
    else if (is_list(document))
        r = begin_list(document, err);
    else
        r = write_kept_lines(document, err);
    document->is_list = false;
    forget_kept(document);
    return r;
}

int document_text_finish(struct document_text *document, struct tq_error *err)
{
    int r = TQ_OK;

    while (document->depth > 0 && r == TQ_OK)
        r = document_text_table_end(document, err);
    if (r == TQ_OK)
        r = document_text_end_page(document, err);
    if (r == TQ_OK && document->spans.too_many)
        r = emit_note(document->sink, 0, err,
                      "too many cells reach into rows below: not all are repeated there");
    return r < 0 ? r : grid_finish(&document->grid, err);
}
