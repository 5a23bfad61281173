/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "extract/grid.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/limits.h"
#include "extract/grid_transpose.h"

#define WINDOW_BYTES_MAX ((size_t)16 << 20)
#define TEXT_TAIL        16u   /* readable bytes behind a text: row_writer.h */
#define BLOCK_ROWS_MIN   3u    /* fewer rows say little about what they are */
#define LOOKS_MAX        4096u /* for another table, in an exhibit: their number stays sensible */
#define FEW_WORDS        3u    /* of prose, in a cell or two that stand alone */
#define MANY_WORDS       8u    /* in a list: an address has fewer */
#define NOT_FILLED       SIZE_MAX

void grid_init(struct grid *grid, const struct sink *sink)
{
    *grid = (struct grid){
        .sink = sink,
        .collecting = true,
        .kinds = {[ROW_KIND_COMMENT] = {"comment row, not a record", 0},
                  [ROW_KIND_TITLE] = {"title or remark row, not a record", 0},
                  [ROW_KIND_RULE] = {"ruling row, not a record", 0},
                  [ROW_KIND_HEADER] = {"repeated header row, not a record", 0},
                  [ROW_KIND_TOTAL] = {"total row, not a record", 0}},
        .wide = {"cells past the last column of the table were joined to it", 0},
        .cut = {"a row longer than 16 MiB was read in part", 0},
    };
    row_writer_init(&grid->writer, sink);
    aside_init(&grid->aside, sink);
}

void grid_clear(struct grid *grid)
{
    row_writer_clear(&grid->writer);
    aside_clear(&grid->aside);
    beside_clear(&grid->beside);
    arena_clear(&grid->sheet_arena);
    arena_clear(&grid->head_arena);
    arena_clear(&grid->window_arena);
    free(grid->cells);
    free(grid->starts);
    buf_clear(&grid->text);
    buf_clear(&grid->overflow);
    *grid = (struct grid){0};
}

/* ---- what a block of rows is ---- */

/* Cells up to the last that is filled. */
static uint32_t width_of(const struct grid_row *row)
{
    uint32_t width = row->count;

    while (width > 0 && row_cell_trimmed(&row->cells[width - 1]).length == 0)
        width--;
    return width;
}

static uint32_t widest(const struct grid *grid, uint32_t from)
{
    uint32_t columns = 1;

    for (uint32_t i = from; i < grid->window_count; i++) {
        uint32_t width = width_of(&grid->window[i]);

        columns = width > columns ? width : columns;
    }
    return columns;
}

/* The rows of the window from number `from` on, as a sample of `columns`. */
static int take_sample(struct grid *grid, uint32_t from, uint32_t columns,
                       struct row_sample *out_sample, struct tq_error *err)
{
    uint32_t rows = grid->window_count - from;
    struct row_cell *cells =
        arena_alloc(&grid->window_arena, (size_t)rows * columns + 1, sizeof(*cells));

    if (!cells)
        return tq_no_memory(err);
    for (uint32_t row = 0; row < rows; row++) {
        const struct grid_row *source = &grid->window[from + row];

        for (uint32_t i = 0; i < columns; i++)
            cells[(size_t)row * columns + i] =
                i < source->count ? source->cells[i] : (struct row_cell){"", 0};
    }
    *out_sample = (struct row_sample){rows, columns, cells};
    return TQ_OK;
}

/* Rows at the top of one cell each, above rows of several. */
static uint32_t narrow_rows(const struct grid *grid)
{
    uint32_t count = 0, columns = widest(grid, 0);

    if (columns < 3)
        return 0;
    while (count < grid->window_count
           && row_filled(grid->window[count].cells, grid->window[count].count) < 2)
        count++;
    return count < grid->window_count ? count : 0;
}

/* The commonest shape of each column below the header. */
static int learn_shapes(struct grid *grid, const struct row_sample *sample, uint32_t headers,
                        struct tq_error *err)
{
    grid->head.shapes = arena_alloc(&grid->head_arena, sample->columns, 1);
    if (!grid->head.shapes)
        return tq_no_memory(err);
    for (uint32_t column = 0; column < sample->columns; column++) {
        uint32_t seen[VALUE_UNKNOWN + 1] = {0}, best = VALUE_EMPTY;

        for (uint32_t row = headers; row < sample->rows; row++)
            seen[value_shape(
                row_cell_text(&sample->cells[(size_t)row * sample->columns + column]))]++;
        for (uint32_t shape = VALUE_EMPTY + 1; shape <= VALUE_UNKNOWN; shape++) {
            if (seen[shape] > (best == VALUE_EMPTY ? 0 : seen[best]))
                best = shape;
        }
        grid->head.shapes[column] = (uint8_t)best;
    }
    return TQ_OK;
}

/* The words of a column's header, from top to bottom. */
static int copy_header(struct grid *grid, const struct row_sample *sample, uint32_t headers,
                       bool grouped, uint32_t column, struct tq_error *err)
{
    CLEANUP(buf_clear_cleanup) struct buf joined = {0};
    struct slice above = {0};
    char *copy;

    for (uint32_t row = 0; row < headers; row++) {
        struct slice word =
            grouped && row == 0
                ? header_group(sample, column)
                : row_cell_trimmed(&sample->cells[(size_t)row * sample->columns + column]);

        if (word.length > CELL_BYTES_MAX)
            word.length = CELL_BYTES_MAX;
        if (slice_equal(word, above))
            continue; /* a merged cell */
        above = word;
        if (word.length > 0 && joined.length > 0)
            buf_add_byte(&joined, ' ');
        buf_add_slice(&joined, word);
    }
    copy = joined.failed ? NULL : arena_text(&grid->head_arena, buf_slice(&joined));
    if (!copy)
        return tq_no_memory(err);
    grid->head.headers[column] = slice_make(copy, joined.length);
    return TQ_OK;
}

static int copy_headers(struct grid *grid, const struct row_sample *sample, uint32_t headers,
                        struct tq_error *err)
{
    bool grouped = headers == 2 && header_is_grouped(sample);
    int r = TQ_OK;

    grid->head.headers =
        arena_alloc(&grid->head_arena, sample->columns, sizeof(*grid->head.headers));
    if (!grid->head.headers)
        return tq_no_memory(err);
    for (uint32_t i = 0; i < sample->columns && r == TQ_OK; i++)
        r = copy_header(grid, sample, headers, grouped, i, err);
    return r;
}

/* Remember how the rows above the header begin: on the next page they come again. */
static int copy_titles(struct grid *grid, uint32_t titles, struct tq_error *err)
{
    grid->head.title_count = 0;
    grid->head.titles = arena_alloc(&grid->head_arena, (size_t)titles + 1, sizeof(struct slice));
    if (!grid->head.titles)
        return tq_no_memory(err);
    for (uint32_t i = 0; i < titles; i++) {
        const struct grid_row *row = &grid->window[i];
        struct slice first = row->count > 0 ? row_cell_trimmed(&row->cells[0]) : (struct slice){0};
        char *copy;

        if (first.length == 0 || first.length > CELL_BYTES_MAX)
            continue;
        copy = arena_text(&grid->head_arena, first);
        if (!copy)
            return tq_no_memory(err);
        grid->head.titles[grid->head.title_count++] = slice_make(copy, first.length);
    }
    return TQ_OK;
}

static int announce(struct grid *grid, struct tq_error *err)
{
    CLEANUP(buf_clear_cleanup) struct buf name = {0};
    int r;

    buf_add_slice(&name, grid->sheet);
    if (++grid->tables > 1)
        buf_format(&name, "%s%" PRIu32, grid->sheet.length > 0 ? ":" : "", grid->tables);
    r = buf_check(&name, err);
    if (r < 0)
        return r;
    return row_writer_table(&grid->writer, buf_slice(&name), grid->head.columns, grid->head.headers,
                            err);
}

/* The rows of the window begin a table; `titles` of them stand above it. */
static int begin_table(struct grid *grid, uint32_t titles, struct tq_error *err)
{
    struct row_sample sample;
    uint32_t more, headers, columns;
    int r = beside_find(&grid->beside, grid->window + titles, grid->window_count - titles, err);

    columns = grid->beside.split > 0 ? grid->beside.columns : widest(grid, titles);
    grid->parted += grid->beside.split > 0;
    if (r == TQ_OK)
        r = take_sample(grid, titles, columns, &sample, err);
    if (r < 0)
        return r;
    more = header_titles(&sample);
    sample.rows -= more;
    sample.cells += (size_t)more * sample.columns;
    titles += more;
    headers = header_rows(&sample);

    arena_reset(&grid->head_arena);
    grid->head =
        (struct table_head){.in_table = true, .has_header = headers > 0, .columns = sample.columns};
    r = copy_titles(grid, titles, err);
    if (r == TQ_OK)
        r = copy_headers(grid, &sample, headers, err);
    if (r == TQ_OK)
        r = learn_shapes(grid, &sample, headers, err);
    if (r < 0)
        return r;
    grid->titles_left = titles;
    grid->header_left = headers;
    return announce(grid, err);
}

/* Whether the rows of the window, below a blank row, begin another table; *out_titles of them
 * stand above it. */
static int look_for_table(struct grid *grid, bool *out_began, uint32_t *out_titles,
                          struct tq_error *err)
{
    uint32_t titles = narrow_rows(grid), columns = widest(grid, titles);
    struct row_sample sample;
    int r;

    *out_began = false;
    *out_titles = titles;
    if (columns > grid->beside.columns
        && beside_holds(&grid->beside, grid->window + titles, grid->window_count - titles))
        columns = grid->beside.columns;
    if (grid->window_count - titles < 2 || grid->looks >= LOOKS_MAX)
        return TQ_OK;
    grid->looks++;
    r = take_sample(grid, titles, columns, &sample, err);
    if (r < 0)
        return r;
    if (grid->head.has_header && columns == grid->head.columns) {
        bool again = true;

        for (uint32_t i = 0; i < columns && again; i++)
            again = slice_equal(row_cell_trimmed(&sample.cells[i]), grid->head.headers[i]);
        if (again)
            return TQ_OK;
    }
    if (columns > grid->head.columns && sample.rows >= BLOCK_ROWS_MIN)
        *out_began = true;
    else
        *out_began = columns >= 2 && (grid->head.has_header || columns != grid->head.columns)
                     && row_filled(sample.cells, columns) * 2 > columns && header_is_first(&sample);
    return TQ_OK;
}

/* ---- rows of a table ---- */

/* A row that is no record. What it says is kept as text, unless the table has said it already. */
static int note_row(struct grid *grid, enum row_kind kind, const struct grid_row *row,
                    struct tq_error *err)
{
    int r = note_kind_add(&grid->kinds[kind], grid->sink, row->place, err);

    if (r < 0 || kind == ROW_KIND_HEADER || kind == ROW_KIND_RULE)
        return r;
    r = aside_row(&grid->aside, row->place, row->cells, row->count, err);
    return r < 0 ? r : aside_line(&grid->aside, row->place, row->extra, err);
}

/* The last cell of a row; cells past it, and what has no column, join it. */
static int join_rest(const struct grid *grid, const struct grid_row *row, struct buf *out,
                     struct tq_error *err)
{
    for (uint32_t i = grid->head.columns - 1; i < row->count && out->length <= CELL_BYTES_MAX;
         i++) {
        if (row->cells[i].length > 0 && out->length > 0)
            buf_add_text(out, "; ");
        buf_add_slice(out, row_cell_text(&row->cells[i]));
    }
    if (row->extra.length > 0 && out->length > 0)
        buf_add_text(out, "; ");
    buf_add_slice(out, row->extra);
    return buf_check(out, err);
}

static int add_record(struct grid *grid, struct grid_row *row, struct tq_error *err)
{
    CLEANUP(buf_clear_cleanup) struct buf joined = {0};
    uint32_t columns = grid->head.columns;
    bool is_wide = width_of(row) > columns || row->extra.length > 0;
    int r = is_wide ? join_rest(grid, row, &joined, err) : TQ_OK;

    if (r == TQ_OK && is_wide)
        r = note_kind_add(&grid->wide, grid->sink, row->place, err);
    for (uint32_t i = 0; i < columns && r == TQ_OK; i++) {
        struct slice text = i < row->count ? row_cell_text(&row->cells[i]) : (struct slice){0};

        r = row_writer_cell(&grid->writer, is_wide && i + 1 == columns ? buf_slice(&joined) : text,
                            err);
    }
    if (r < 0)
        return r;
    return row_writer_row(&grid->writer, row->place, is_wide ? ROW_RAGGED : 0, err);
}

/* Words about the table: the only cell of a row, where the rows have several. */
static bool is_remark(const struct grid *grid, const struct grid_row *row)
{
    for (uint32_t i = 0; i < row->count; i++) {
        struct slice text = row_cell_trimmed(&row->cells[i]);
        enum value_shape shape;

        if (text.length == 0)
            continue;
        shape = value_shape(text);
        return (shape == VALUE_WORDS || shape == VALUE_UNKNOWN)
               && (i >= grid->head.columns || grid->head.shapes[i] != VALUE_WORDS
                   || memchr(text.data, ' ', text.length));
    }
    return false;
}

static enum row_kind kind_of(const struct grid *grid, const struct grid_row *row)
{
    const struct dialect dialect = {.columns = grid->head.columns};
    uint32_t filled = row_filled(row->cells, row->count);
    enum row_kind kind;

    if (filled == 0)
        return row->extra.length > 0 ? ROW_KINDS : ROW_KIND_BLANK;
    if (filled == 1 && grid->head.columns >= 3 && is_remark(grid, row))
        return ROW_KIND_TITLE;
    kind = row_kind_of(&grid->head, &dialect, row->cells, row->count);
    return kind == ROW_KIND_COMMENT && filled > 1 ? ROW_KINDS : kind;
}

static int add_row(struct grid *grid, struct grid_row *row, struct tq_error *err)
{
    enum row_kind kind;
    int r = beside_take(&grid->beside, row, err);

    if (r < 0)
        return r;
    if (grid->beside.split > 0 && width_of(row) == 0 && row->extra.length == 0) {
        grid->titles_left -= grid->titles_left > 0;
        return TQ_OK; /* only the other tables have it */
    }
    if (grid->titles_left > 0) {
        grid->titles_left--;
        return note_row(grid, ROW_KIND_TITLE, row, err);
    }
    if (grid->header_left > 0) {
        grid->header_left--;
        return row_has_identifier(row->cells, row->count)
                   ? aside_row(&grid->aside, row->place, row->cells, row->count, err)
                   : TQ_OK;
    }
    kind = kind_of(grid, row);
    return kind == ROW_KINDS ? add_record(grid, row, err) : note_row(grid, kind, row, err);
}

/* Whether a cell reads as sentences do. */
static bool is_prose(struct slice text, uint32_t words_min)
{
    enum value_shape shape = value_shape(text);
    uint32_t words = 1;

    if (shape != VALUE_WORDS && shape != VALUE_UNKNOWN)
        return false;
    for (size_t i = 0; i + 1 < text.length; i++)
        words += text.data[i] == ' ' && text.data[i + 1] != ' ';
    return words >= words_min;
}

/* Whether the rows of the window are one cell each, and most of them prose: nothing to a table. */
static bool is_text(const struct grid *grid)
{
    uint32_t prose = 0, words_min = grid->window_count < BLOCK_ROWS_MIN ? FEW_WORDS : MANY_WORDS;

    for (uint32_t i = 0; i < grid->window_count; i++) {
        const struct grid_row *row = &grid->window[i];
        uint32_t width = width_of(row);

        if (row_filled(row->cells, row->count) != 1 || row->extra.length > 0)
            return false;
        prose += is_prose(row_cell_trimmed(&row->cells[width - 1]), words_min);
    }
    return prose * 2 >= grid->window_count;
}

static void empty_window(struct grid *grid)
{
    grid->window_count = grid->window_full = 0;
    grid->window_bytes = 0;
    arena_reset(&grid->window_arena);
}

/* The rows of the window are text; what comes next may be a table yet. */
static int keep_text_rows(struct grid *grid, struct tq_error *err)
{
    int r = TQ_OK;

    for (uint32_t i = 0; i < grid->window_count && r == TQ_OK; i++)
        r = note_row(grid, ROW_KIND_TITLE, &grid->window[i], err);
    empty_window(grid);
    return r;
}

/* Make rows of the columns of `turned`, which has as many columns as the window rows below titles.
 */
static int turn_window(struct grid *grid, uint32_t titles, uint32_t records,
                       struct row_cell *turned, struct tq_error *err)
{
    uint32_t fields = grid->window_count - titles;
    uint64_t place = grid->window[titles].place;

    for (uint32_t i = 0; i < records; i++)
        grid->window[titles + i] =
            (struct grid_row){turned + (size_t)i * fields, fields, {0}, place};
    grid->window_count = titles + records;
    return emit_note(grid->sink, place, err,
                     "a table has its names in the first column: each further column is a record");
}

/* A whole table that may be turned round: its records are its columns. */
static int turn_if_transposed(struct grid *grid, uint32_t titles, struct tq_error *err)
{
    uint32_t columns = widest(grid, titles), rows = grid->window_count - titles;
    struct row_sample sample;
    struct row_cell *turned;
    int r;

    if (grid->window_count == HEADER_SAMPLE_ROWS || columns > HEADER_SAMPLE_ROWS - titles)
        return TQ_OK;
    for (uint32_t i = titles; i < grid->window_count; i++) {
        if (grid->window[i].extra.length > 0)
            return TQ_OK;
    }
    r = take_sample(grid, titles, columns, &sample, err);
    if (r < 0)
        return r;
    turned = arena_alloc(&grid->window_arena, (size_t)rows * columns + 1, sizeof(*turned));
    if (!turned)
        return tq_no_memory(err);
    return grid_is_transposed(&sample, turned) ? turn_window(grid, titles, columns, turned, err)
                                               : TQ_OK;
}

/* Decide what the rows of the window are, and go on row by row. */
static int end_window(struct grid *grid, struct tq_error *err)
{
    bool begins = !grid->head.in_table;
    uint32_t titles = begins ? narrow_rows(grid) : 0;
    int r = TQ_OK;

    if (grid->window_count == 0)
        return TQ_OK;
    if (begins && is_text(grid))
        return keep_text_rows(grid, err);
    if (begins)
        r = turn_if_transposed(grid, titles, err);
    if (r < 0)
        return r;
    if (!begins)
        r = look_for_table(grid, &begins, &titles, err);
    if (r == TQ_OK && begins)
        r = begin_table(grid, titles, err);
    for (uint32_t i = 0; i < grid->window_count && r == TQ_OK; i++)
        r = add_row(grid, &grid->window[i], err);
    empty_window(grid);
    grid->collecting = false;
    return r;
}

static int keep_text(struct grid *grid, struct slice *text, struct tq_error *err)
{
    char *copy = arena_text(&grid->window_arena, *text);

    if (!copy)
        return tq_no_memory(err);
    text->data = copy;
    grid->window_bytes += text->length + sizeof(struct row_cell);
    return TQ_OK;
}

static int keep_row(struct grid *grid, const struct grid_row *row, struct tq_error *err)
{
    struct grid_row *kept = &grid->window[grid->window_count];
    int r;

    *kept = *row;
    kept->cells = arena_alloc(&grid->window_arena, (size_t)row->count + 1, sizeof(*kept->cells));
    if (!kept->cells)
        return tq_no_memory(err);
    r = keep_text(grid, &kept->extra, err);
    for (uint32_t i = 0; i < row->count && r == TQ_OK; i++) {
        struct slice text = row_cell_text(&row->cells[i]);

        r = keep_text(grid, &text, err);
        kept->cells[i] = (struct row_cell){text.data, (uint32_t)text.length};
    }
    if (r < 0)
        return r;
    grid->window_count++;
    grid->window_full += row_filled(row->cells, row->count) > 1;
    if (grid->window_count < HEADER_SAMPLE_ROWS && grid->window_bytes < WINDOW_BYTES_MAX)
        return TQ_OK;
    return end_window(grid, err);
}

/* ---- the open row ---- */

static int add_overflow(struct grid *grid, struct slice text, struct tq_error *err)
{
    if (text.length == 0 || grid->overflow.length > CELL_BYTES_MAX)
        return TQ_OK;
    if (grid->overflow.length > 0)
        buf_add_text(&grid->overflow, "; ");
    buf_add_slice(&grid->overflow, text);
    return buf_check(&grid->overflow, err);
}

static int reserve_cells(struct grid *grid, uint32_t count, struct tq_error *err)
{
    int r = alloc_reserve(&grid->cells, &grid->cell_capacity, count, sizeof(*grid->cells), err);

    if (r < 0)
        return r;
    r = alloc_reserve(&grid->starts, &grid->start_capacity, count, sizeof(*grid->starts), err);
    if (r < 0)
        return r;
    while (grid->cell_count < count) {
        grid->cells[grid->cell_count] = (struct row_cell){0};
        grid->starts[grid->cell_count++] = NOT_FILLED;
    }
    return TQ_OK;
}

int grid_cell(struct grid *grid, uint32_t column, struct slice text, struct tq_error *err)
{
    int r;

    if (text.length == 0)
        return TQ_OK;
    if (text.length > CELL_BYTES_MAX + 4)
        text.length = CELL_BYTES_MAX + 4; /* the writer cuts between characters, and says so */
    if (grid->text.length + text.length > GRID_ROW_BYTES_MAX) {
        grid->row_cut = true;
        return TQ_OK;
    }
    if (column >= TABLE_COLUMNS_MAX)
        return add_overflow(grid, text, err);
    r = reserve_cells(grid, column + 1 > grid->cell_count ? column + 1 : grid->cell_count, err);
    if (r < 0)
        return r;
    if (grid->starts[column] != NOT_FILLED)
        return add_overflow(grid, text, err);
    grid->starts[column] = grid->text.length;
    grid->cells[column].length = (uint32_t)text.length;
    buf_add_slice(&grid->text, text);
    return buf_check(&grid->text, err);
}

struct slice grid_cell_text(const struct grid *grid, uint32_t column)
{
    if (column >= grid->cell_count || grid->starts[column] == NOT_FILLED)
        return (struct slice){0};
    return slice_make(grid->text.data + grid->starts[column], grid->cells[column].length);
}

/* Texts have stopped moving: let the cells point at them. */
static void settle_cells(struct grid *grid)
{
    for (uint32_t i = 0; i < grid->cell_count; i++)
        grid->cells[i].text =
            grid->starts[i] == NOT_FILLED ? "" : grid->text.data + grid->starts[i];
}

static void empty_row(struct grid *grid)
{
    buf_empty(&grid->text);
    buf_empty(&grid->overflow);
    grid->cell_count = 0;
    grid->row_cut = false;
}

int grid_blank_rows(struct grid *grid, uint64_t count, struct tq_error *err)
{
    int r = TQ_OK;

    if (count == 0)
        return TQ_OK;
    grid->blank_before += count; /* below the last row there is nothing to tell */
    if (grid->window_full >= BLOCK_ROWS_MIN || grid->head.in_table)
        r = end_window(grid, err);
    grid->collecting = true; /* what follows may be another table */
    return r;
}

int grid_row(struct grid *grid, uint64_t place, struct tq_error *err)
{
    struct grid_row row;
    int r = TQ_OK;

    settle_cells(grid);
    row = (struct grid_row){grid->cells, grid->cell_count, buf_slice(&grid->overflow), place};
    if (grid->row_cut)
        r = note_kind_add(&grid->cut, grid->sink, place, err);
    if (r < 0)
        return r;
    if (row_is_empty(row.cells, row.count) && row.extra.length == 0) {
        r = grid_blank_rows(grid, 1, err);
        empty_row(grid);
        return r;
    }
    grid->blank_rows += grid->blank_before;
    grid->blank_before = 0;
    if (grid->collecting)
        r = keep_row(grid, &row, err);
    else
        r = add_row(grid, &row, err);
    empty_row(grid);
    return r;
}

int grid_sheet(struct grid *grid, struct slice name, struct tq_error *err)
{
    char *copy;
    int r = grid_sheet_end(grid, err);

    if (r < 0)
        return r;
    arena_reset(&grid->sheet_arena);
    copy = arena_text(&grid->sheet_arena, name);
    if (!copy)
        return tq_no_memory(err);
    grid->sheet = slice_make(copy, name.length);
    grid->tables = 0;
    return aside_sheet(&grid->aside, ++grid->sheets, err);
}

/* The last table of a sheet, or of those on the left, ends. */
static int end_tables(struct grid *grid, struct tq_error *err)
{
    int r = end_window(grid, err);

    grid->head = (struct table_head){0};
    grid->titles_left = grid->header_left = 0;
    grid->blank_before = 0;
    grid->collecting = true;
    grid->beside.split = grid->beside.blank = 0;
    empty_row(grid);
    return r;
}

/* The rows that waited on the right, as if they were a sheet. */
static int read_waiting(struct grid *grid, const struct buf *rows, struct tq_error *err)
{
    struct beside_row row;
    size_t at = 0;
    int r = TQ_OK;

    while (r == TQ_OK && beside_next(rows, &at, &row)) {
        r = grid_blank_rows(grid, row.blank, err);
        for (uint32_t i = 0; i < row.count; i++) {
            uint32_t column;
            struct slice text = beside_cell(rows, &at, &column);

            if (r == TQ_OK)
                r = grid_cell(grid, column, text, err);
        }
        if (r == TQ_OK)
            r = grid_row(grid, row.place, err);
    }
    return r < 0 ? r : end_tables(grid, err);
}

int grid_sheet_end(struct grid *grid, struct tq_error *err)
{
    int r = end_tables(grid, err);

    while (r == TQ_OK
           && grid->beside.rows.length > 0) { /* there may be a third beside the second */
        CLEANUP(buf_clear_cleanup) struct buf rows = grid->beside.rows;

        grid->beside.rows = (struct buf){0};
        r = read_waiting(grid, &rows, err);
    }
    return r;
}

int grid_finish(struct grid *grid, struct tq_error *err)
{
    const struct note_kind *all[] = {&grid->kinds[ROW_KIND_COMMENT],
                                     &grid->kinds[ROW_KIND_TITLE],
                                     &grid->kinds[ROW_KIND_RULE],
                                     &grid->kinds[ROW_KIND_HEADER],
                                     &grid->kinds[ROW_KIND_TOTAL],
                                     &grid->wide,
                                     &grid->cut};
    int r = grid_sheet_end(grid, err);

    if (r == TQ_OK)
        r = row_writer_finish(&grid->writer, err);
    if (r == TQ_OK)
        r = aside_finish(&grid->aside, err);
    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]) && r == TQ_OK; i++)
        r = note_kind_finish(all[i], grid->sink, err);
    if (r == TQ_OK && grid->parted > 0)
        r = emit_note(grid->sink, 0, err,
                      "%" PRIu64 " tables have others beside them: those were read behind them",
                      grid->parted);
    if (r == TQ_OK && grid->beside.too_many)
        r = emit_note(grid->sink, 0, err,
                      "tables side by side are too large to be told apart: the rest of the right "
                      "ones is in the last column of the left ones");
    if (r == TQ_OK && grid->blank_rows > 0)
        r = emit_note(grid->sink, 0, err, "%" PRIu64 " blank rows, not records", grid->blank_rows);
    return r;
}
