/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* CSV and its kin: any delimiter, quoting, encoding; columns aligned by spaces; lists of values. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/limits.h"
#include "extract/comment_header.h"
#include "extract/delimited.h"
#include "extract/fixed_width.h"
#include "extract/format.h"
#include "extract/text_form.h"

#define SAMPLE_BYTES       ((size_t)64 << 10)
#define RECORD_BYTES_MAX   ((size_t)8 << 20) /* longer records are read up to here */
#define RESYNC_LINES       16                /* looked at to see whether another table begins */
#define DIALECT_LINES      5   /* and whether it is written otherwise: what follows may be not */
#define RESYNC_MAX         256 /* looks per exhibit: the time stays linear */
#define JOINED_LINES_MAX   4   /* that one row may go on in */
#define JOINED_COLUMNS_MIN 3
#define REPAIR_CELLS_MAX   1024

static void delimited_clear(struct delimited *d)
{
    text_source_clear(&d->source);
    tokeniser_clear(&d->tokeniser);
    tokeniser_clear(&d->other);
    row_writer_clear(&d->writer);
    aside_clear(&d->aside);
    arena_clear(&d->arena);
    buf_clear(&d->comments);
}

static struct slice record_of(const struct delimited *d)
{
    const struct tokeniser *t = &d->tokeniser;

    return slice_make(t->text + t->record_at, t->at - t->record_at);
}

static int keep_as_text(struct delimited *d, struct tq_error *err)
{
    return aside_line(&d->aside, d->tokeniser.record_line, record_of(d), err);
}

/* A comment above a table may name its columns. */
static int keep_comment(struct delimited *d, struct tq_error *err)
{
    struct slice line = slice_trim(record_of(d));

    if (d->head.in_table || d->comments.length + line.length > COMMENTS_BYTES_MAX)
        return TQ_OK;
    buf_add_slice(&d->comments, line);
    buf_add_byte(&d->comments, '\n');
    return buf_check(&d->comments, err);
}

/* The record at hand is none. What it says is kept as text, unless the table has said it. */
static int note_kind(struct delimited *d, enum row_kind kind, struct tq_error *err)
{
    int r;

    if (kind == ROW_KIND_BLANK) {
        d->kinds[ROW_KIND_BLANK].count++;
        return TQ_OK;
    }
    r = note_kind_add(&d->kinds[kind], d->sink, d->tokeniser.record_line, err);
    if (r < 0 || kind == ROW_KIND_HEADER || kind == ROW_KIND_RULE)
        return r;
    if (kind == ROW_KIND_COMMENT)
        r = keep_comment(d, err);
    return r < 0 ? r : keep_as_text(d, err);
}

static struct slice view_of(const struct delimited *d)
{
    return slice_make(d->tokeniser.text, d->tokeniser.length);
}

/*
 * Rows that end in a carriage return alone, in a file where others end in a line feed: they come
 * as one, and the last cell of each holds the first of the next behind the carriage return.
 */
static size_t rows_joined(uint32_t columns, const struct row_cell *cells, size_t count)
{
    size_t step = columns - 1u;

    if (columns < 3 || (count - 1) % step != 0)
        return 1;
    for (size_t i = step; i < count - 1; i += step) {
        const char *mark = cells[i].length ? memchr(cells[i].text, '\r', cells[i].length) : NULL;
        size_t rest = mark ? cells[i].length - (size_t)(mark + 1 - cells[i].text) : 0;

        if (!mark || (rest > 0 && memchr(mark + 1, '\r', rest)))
            return 1;
    }
    return (count - 1) / step;
}

/* Rows from number `from` on; the first may have been the header. */
static int add_joined_rows(struct delimited *d, const struct row_cell *cells, size_t rows,
                           size_t from, uint8_t flags, struct tq_error *err)
{
    uint32_t columns = d->head.columns;
    uint64_t place = d->tokeniser.record_line;
    CLEANUP(free_cleanup) struct row_cell *row = alloc_zeroed(columns, sizeof(*row));
    struct row_cell first = cells[0];
    int r = row ? note_kind_add(&d->repaired, d->sink, place, err) : tq_no_memory(err);

    for (size_t i = 0; r == TQ_OK && i < rows; i++, cells += columns - 1) {
        struct row_cell *last = &row[columns - 1];

        memcpy(row, cells, columns * sizeof(*row));
        row[0] = first;
        if (i + 1 < rows) {
            const char *mark = memchr(last->text, '\r', last->length);
            uint32_t length = (uint32_t)(mark - last->text);

            first = (struct row_cell){mark + 1, last->length - length - 1};
            last->length = length;
        }
        if (i >= from)
            r = row_writer_cells(&d->writer, row, columns, place, flags, err);
    }
    return r;
}

static int add_long_row(struct delimited *d, const struct row_cell *cells, size_t count,
                        uint8_t flags, struct tq_error *err)
{
    CLEANUP(free_cleanup) struct row_cell *joined = NULL;
    uint64_t place = d->tokeniser.record_line;
    const struct row_cell *last = &cells[count - 1];
    size_t rows = rows_joined(d->head.columns, cells, count);
    int r;

    if (rows > 1)
        return add_joined_rows(d, cells, rows, 0, flags, err);
    if (row_is_empty(cells + d->head.columns, count - d->head.columns))
        return row_writer_cells(&d->writer, cells, d->head.columns, place, flags, err);

    joined = alloc_zeroed(d->head.columns, sizeof(*joined));
    if (!joined)
        return tq_no_memory(err);
    if (count <= REPAIR_CELLS_MAX && row_repair(&d->head, view_of(d), cells, count, joined)) {
        r = note_kind_add(&d->repaired, d->sink, place, err);
    } else {
        memcpy(joined, cells, d->head.columns * sizeof(*joined));
        (void)row_join(view_of(d), &joined[d->head.columns - 1], last);
        r = note_kind_add(&d->ragged, d->sink, place, err);
    }
    if (r < 0)
        return r;
    return row_writer_cells(&d->writer, joined, d->head.columns, place, flags | ROW_RAGGED, err);
}

static int add_record(struct delimited *d, const struct row_cell *cells, size_t count,
                      struct tq_error *err)
{
    uint64_t place = d->tokeniser.record_line;
    uint8_t flags = d->tokeniser.too_long ? ROW_CUT : 0;
    int r;

    if (d->tokeniser.stray_quote) {
        r = note_kind_add(&d->stray, d->sink, place, err);
        if (r < 0)
            return r;
    }
    if (count > d->head.columns)
        return add_long_row(d, cells, count, flags, err);
    if (count < d->head.columns) {
        r = note_kind_add(&d->ragged, d->sink, place, err);
        if (r < 0)
            return r;
    }
    return row_writer_cells(&d->writer, cells, (uint32_t)count, place, flags, err);
}

/* The lines from `at` to the next blank one, at most `lines_max` of them. */
static struct slice block_at(const struct tokeniser *t, size_t at, unsigned lines_max)
{
    struct slice rest = slice_make(t->text + at, t->length - at);
    size_t end = 0;

    for (unsigned lines = 0; lines < lines_max && end < rest.length; lines++) {
        const char *mark = memchr(rest.data + end, '\n', rest.length - end);
        size_t next = mark ? (size_t)(mark - rest.data) + 1 : rest.length;

        if (slice_trim(slice_make(rest.data + end, next - end)).length == 0)
            break;
        end = next;
        if (end > SAMPLE_BYTES)
            break;
    }
    return slice_make(rest.data, end);
}

static size_t count_lines(struct slice text)
{
    size_t lines = text.length > 0;

    for (size_t i = 0; i + 1 < text.length; i++)
        lines += text.data[i] == '\n';
    return lines;
}

static bool same_delimiter(const struct dialect *a, const struct dialect *b)
{
    return a->fixed_count == b->fixed_count && a->delimiter_length == b->delimiter_length
           && memcmp(a->delimiter, b->delimiter, a->delimiter_length) == 0;
}

/*
 * A row that does not fit. If the lines from here on make a table of another width, it begins
 * now; *out_began tells. The tokeniser then stands before the row again.
 */
static int look_for_table(struct delimited *d, bool *out_began, struct tq_error *err)
{
    struct tokeniser *t = &d->tokeniser;
    struct slice block = block_at(t, t->record_at, RESYNC_LINES);
    struct dialect dialect;
    enum dialect_certainty certainty;
    int r;

    *out_began = false;
    if (d->resyncs >= RESYNC_MAX || count_lines(block) < BLOCK_ROWS_MIN)
        return TQ_OK;
    d->resyncs++;
    r = dialect_find(block, true, &dialect, &certainty, err);
    if (r < 0)
        return r;
    if (certainty != DIALECT_LIKELY || dialect.columns < 2 || dialect.columns == d->head.columns
        || dialect.columns == d->usual_cells)
        return TQ_OK;
    if (t->cell_count > 1 && t->cell_count != dialect.columns)
        return TQ_OK; /* the row itself is not of that table */
    if (same_delimiter(&dialect, &t->dialect))
        dialect.quote = t->dialect.quote; /* the longer sample knew better */

    t->at = t->record_at;
    t->line = t->record_line;
    tokeniser_set_dialect(t, &dialect);
    d->head.in_table = false;
    *out_began = true;
    return TQ_OK;
}

/*
 * A line that is no row of the table, nor of one to come. If the lines from here on are rows of
 * another dialect, and this one is, a table of it begins.
 */
static int look_for_dialect(struct delimited *d, bool *out_began, struct tq_error *err)
{
    struct tokeniser *t = &d->tokeniser;
    struct slice block = block_at(t, t->record_at, DIALECT_LINES);
    struct dialect dialect;
    enum dialect_certainty certainty;
    enum token_status status;
    int r;

    *out_began = false;
    if (d->resyncs >= RESYNC_MAX || count_lines(block) < BLOCK_ROWS_MIN)
        return TQ_OK;
    d->resyncs++;
    r = dialect_find(block, true, &dialect, &certainty, err);
    if (r < 0 || certainty != DIALECT_LIKELY || dialect.columns < 2 || dialect.fixed_count > 0
        || same_delimiter(&dialect, &t->dialect))
        return r;
    tokeniser_set_dialect(&d->other, &dialect);
    tokeniser_view(&d->other, t->text + t->record_at, t->at - t->record_at, true);
    r = tokenise_next(&d->other, &status, err);
    if (r < 0 || status != TOKEN_RECORD || d->other.cell_count != dialect.columns)
        return r;
    t->at = t->record_at;
    t->line = t->record_line;
    tokeniser_set_dialect(t, &dialect);
    d->head.in_table = false;
    *out_began = true;
    return TQ_OK;
}

/* Split the record anew in another dialect; takes the cells if they are as many as columns. */
static int try_dialect(struct delimited *d, const struct dialect *dialect,
                       const struct row_cell **cells, size_t *count, struct tq_error *err)
{
    const struct tokeniser *t = &d->tokeniser;
    enum token_status status;
    int r;

    tokeniser_set_dialect(&d->other, dialect);
    tokeniser_view(&d->other, t->text + t->record_at, t->at - t->record_at, true);
    r = tokenise_next(&d->other, &status, err);
    if (r == TQ_OK && status == TOKEN_RECORD && d->other.cell_count == d->head.columns) {
        *cells = d->other.cells;
        *count = d->other.cell_count;
    }
    return r;
}

/*
 * A row of words split at every space has too many cells. It is whole if joining some gives all
 * columns the shapes that they have elsewhere, values of three columns at least among them.
 */
static bool join_words(struct delimited *d, struct row_cell *row)
{
    const struct tokeniser *other = &d->other;
    uint32_t values = 0;

    if (d->head.columns > FIXED_COLUMNS_MAX || other->cell_count <= d->head.columns
        || other->cell_count > REPAIR_CELLS_MAX
        || !row_repair(&d->head, slice_make(other->text, other->length), other->cells,
                       other->cell_count, row))
        return false;
    for (uint32_t i = 0; i < d->head.columns; i++) {
        enum value_shape shape = value_shape(row_cell_text(&row[i]));

        if (shape != d->head.shapes[i] && d->head.shapes[i] < VALUE_WORDS)
            return false;
        values += shape >= VALUE_NUMBER && shape < VALUE_WORDS;
    }
    return values >= 3;
}

/* A row of too few or too many cells may be whole if read with another delimiter or quote. */
static int split_otherwise(struct delimited *d, const struct row_cell **cells, size_t *count,
                           struct tq_error *err)
{
    static const char usual[] = ";,\t| ";
    const struct dialect *own = &d->tokeniser.dialect;
    struct slice record = slice_make(d->tokeniser.text + d->tokeniser.record_at,
                                     d->tokeniser.at - d->tokeniser.record_at);
    struct dialect dialect = *own;
    int r;

    if (record.length > SAMPLE_BYTES || own->delimiter_length == 0)
        return TQ_OK;
    if (own->quote == '"' && memchr(record.data, '\'', record.length)
        && !memchr(record.data, '"', record.length)) {
        dialect.quote = '\'';
        r = try_dialect(d, &dialect, cells, count, err);
        if (r < 0 || *count == d->head.columns)
            return r;
    }
    dialect = *own;
    if (own->quote && *count < d->head.columns) {
        dialect.undoubled = true;
        r = try_dialect(d, &dialect, cells, count, err);
        if (r < 0 || *count == d->head.columns)
            return r;
        dialect.undoubled = false;
    }
    for (unsigned i = 0; i < sizeof(usual) - 1 && *count * 2 < d->head.columns; i++) {
        if (usual[i] == own->delimiter[0] || (usual[i] == ' ' && d->head.columns < 4))
            continue;
        dialect.delimiter[0] = usual[i];
        dialect.delimiter_length = 1;
        r = try_dialect(d, &dialect, cells, count, err);
        if (r < 0 || *count == d->head.columns)
            return r;
        if (usual[i] == ' ' && join_words(d, d->fixed)) {
            *cells = d->fixed;
            *count = d->head.columns;
        }
    }
    return TQ_OK;
}

static int first_row(struct delimited *d, const struct row_cell *cells, size_t count,
                     struct tq_error *err)
{
    struct tokeniser *t = &d->tokeniser;
    int r;

    while (count > t->dialect.columns && row_cell_trimmed(&cells[count - 1]).length == 0)
        count--; /* a delimiter at the end of the header makes no column */
    if (rows_joined(t->dialect.columns, cells, count) > 1
        || row_filled(cells, count) == t->dialect.columns)
        count = t->dialect.columns;

    t->at = t->record_at;
    t->line = t->record_line;
    r = delimited_begin_table(d, (uint32_t)(count < UINT32_MAX ? count : UINT32_MAX), err);
    if (r < 0)
        return r; /* the row will be read again: as a record, or as a header */
    d->header_left = d->header_rows;
    return TQ_OK;
}

/* Whether a row is one of the table: values where it has values, of the kind it has. */
static bool has_shapes(const struct table_head *head, const struct row_cell *row)
{
    uint32_t values = 0;

    for (uint32_t i = 0; i < head->columns; i++) {
        enum value_shape shape = value_shape(row_cell_text(&row[i]));
        bool is_value = head->shapes[i] >= VALUE_NUMBER && head->shapes[i] <= VALUE_CODE;

        if (is_value && shape != VALUE_EMPTY && shape != head->shapes[i])
            return false;
        values += is_value && shape == head->shapes[i];
    }
    return values >= 2;
}

/* Put the next record behind the cells of a row: its first cell goes on where the last one ended.
 * *out_count: cells now; 0 if there is none, or it is too wide. */
static int append_record(struct delimited *d, struct row_cell *row, size_t count, size_t *out_count,
                         struct tq_error *err)
{
    const struct tokeniser *t = &d->tokeniser;
    enum token_status status;
    int r = tokenise_next(&d->tokeniser, &status, err);

    *out_count = 0;
    if (r < 0 || status != TOKEN_RECORD || count + t->cell_count - 1 > d->head.columns
        || !row_join(view_of(d), &row[count - 1], &t->cells[0]))
        return r;
    memcpy(row + count, t->cells + 1, (t->cell_count - 1) * sizeof(*row));
    *out_count = count + t->cell_count - 1;
    return TQ_OK;
}

/*
 * A row that is too short may go on in the next lines: a value holds a line end and no quotes. It
 * does if the lines together have all cells, of the kinds of the table's. `row` gets it; else the
 * tokeniser stands behind the row again.
 */
static int join_lines(struct delimited *d, size_t count, struct row_cell *row, bool *out_joined,
                      struct tq_error *err)
{
    struct tokeniser *t = &d->tokeniser;
    size_t at = t->record_at;
    uint64_t line = t->record_line;
    enum token_status status;
    int r = TQ_OK;

    *out_joined = false;
    memcpy(row, t->cells, count * sizeof(*row));
    for (unsigned i = 0; i < JOINED_LINES_MAX && r == TQ_OK && count > 0; i++) {
        r = append_record(d, row, count, &count, err);
        if (r == TQ_OK && count == d->head.columns && has_shapes(&d->head, row)) {
            *out_joined = true;
            t->record_line = line;
            return TQ_OK;
        }
    }
    t->at = at;
    t->line = line;
    return r < 0 ? r : tokenise_next(t, &status, err);
}

static int add_short_row(struct delimited *d, const struct row_cell *cells, size_t count,
                         struct tq_error *err)
{
    CLEANUP(free_cleanup) struct row_cell *row = NULL;
    bool joined = false;
    int r;

    if (d->head.columns < JOINED_COLUMNS_MIN || d->tokeniser.too_long
        || d->tokeniser.dialect.fixed_count > 0)
        return add_record(d, cells, count, err);
    row = alloc_zeroed(d->head.columns, sizeof(*row));
    if (!row)
        return tq_no_memory(err);
    r = join_lines(d, count, row, &joined, err);
    if (r < 0 || !joined)
        return r < 0 ? r : add_record(d, d->tokeniser.cells, d->tokeniser.cell_count, err);
    r = note_kind_add(&d->broken, d->sink, d->tokeniser.record_line, err);
    return r < 0 ? r
                 : row_writer_cells(&d->writer, row, d->head.columns, d->tokeniser.record_line,
                                    ROW_RAGGED, err);
}

/* A row that is not of the table's width: written otherwise, of another table, or ragged. */
static int odd_row(struct delimited *d, const struct row_cell *cells, size_t count,
                   struct tq_error *err)
{
    bool began = false;
    int r;

    if (d->tokeniser.dialect.fixed_count == 0 && d->head.columns > 1) {
        r = split_otherwise(d, &cells, &count, err);
        if (r < 0)
            return r;
    }
    if (count != d->head.columns && d->tokeniser.dialect.fixed_count == 0) {
        r = look_for_table(d, &began, err);
        if (r < 0 || began)
            return r;
    }
    return count < d->head.columns && cells == d->tokeniser.cells
               ? add_short_row(d, cells, count, err)
               : add_record(d, cells, count, err);
}

/*
 * After a blank line: another table of the same width, if its first row is a header of its own.
 * The tokeniser then stands before the row, else behind it with its cells read again.
 */
static int look_for_header(struct delimited *d, bool *out_began, struct tq_error *err)
{
    struct tokeniser *t = &d->tokeniser;
    struct row_sample sample;
    enum token_status status;
    int r;

    *out_began = false;
    d->resyncs++;
    t->at = t->record_at;
    t->line = t->record_line;
    r = delimited_gather(d, &sample, err);
    if (r < 0)
        return r;
    if (sample.rows >= 2 && header_is_first(&sample)) {
        d->head.in_table = false;
        *out_began = true;
        return TQ_OK;
    }
    return tokenise_next(t, &status, err);
}

/* A row that was split in another dialect; it may be the header, in that one. */
static int add_split_row(struct delimited *d, const struct row_cell *cells, size_t count,
                         struct tq_error *err)
{
    enum row_kind kind = row_kind_of(&d->head, &d->tokeniser.dialect, cells, count);

    return kind == ROW_KIND_HEADER ? note_kind(d, kind, err) : add_record(d, cells, count, err);
}

/* A line of one cell inside a table: a row in another dialect, the title of a table, a remark. */
static int odd_title(struct delimited *d, const struct row_cell *cells, size_t count,
                     bool after_blank, struct tq_error *err)
{
    bool began = false;
    int r;

    if (count == 1) {
        r = split_otherwise(d, &cells, &count, err);
        if (r < 0)
            return r;
        if (count == d->head.columns)
            return add_split_row(d, cells, count, err);
    }
    r = after_blank ? look_for_table(d, &began, err) : look_for_dialect(d, &began, err);
    if (r < 0)
        return r;
    return began ? TQ_OK : note_kind(d, ROW_KIND_TITLE, err);
}

static int handle_record(struct delimited *d, struct tq_error *err)
{
    const struct row_cell *cells;
    enum row_kind kind;
    size_t count;
    bool after_blank = d->after_blank;

    delimited_cells(d, &d->tokeniser, &cells, &count);
    if (d->header_left > 0 && d->titles_left == 0 && count * 2 > d->head.columns) {
        size_t rows = rows_joined(d->head.columns, cells, count);

        d->header_left--;
        if (rows > 1)
            return add_joined_rows(d, cells, rows, 1, 0, err);
        return row_has_identifier(cells, count) ? keep_as_text(d, err) : TQ_OK;
    }
    kind = row_kind_of(&d->head, &d->tokeniser.dialect, cells, count);
    d->after_blank = kind == ROW_KIND_BLANK;
    if (d->head.in_table && d->titles_left > 0 && kind != ROW_KIND_BLANK) {
        d->titles_left--;
        return note_kind(d, ROW_KIND_TITLE, err);
    }
    if (kind == ROW_KIND_TITLE && !d->head.in_table) {
        bool began;
        int r = look_for_dialect(d, &began, err);

        if (r < 0 || began)
            return r;
    }
    if (kind != ROW_KINDS && !(kind == ROW_KIND_TITLE && d->head.in_table))
        return note_kind(d, kind, err);
    if (!d->head.in_table)
        return first_row(d, cells, count, err);
    if (kind == ROW_KIND_TITLE)
        return odd_title(d, cells, count, after_blank, err);
    if (after_blank && count == d->head.columns && d->head.has_header && d->resyncs < RESYNC_MAX) {
        bool began;
        int r = look_for_header(d, &began, err);

        if (r < 0 || began)
            return r;
        delimited_cells(d, &d->tokeniser, &cells, &count);
    }
    if (count != d->head.columns)
        return odd_row(d, cells, count, err);
    return add_record(d, cells, count, err);
}

/* The record is longer than we keep in view: take its beginning, skip to its end. */
static int handle_giant(struct delimited *d, struct tq_error *err)
{
    struct tokeniser *t = &d->tokeniser;
    int r = tokenise_cut(t, err);

    if (r < 0)
        return r;
    r = note_kind_add(&d->too_long, d->sink, t->record_line, err);
    if (r < 0)
        return r;
    if (!d->head.in_table) {
        t->dialect.columns =
            t->cell_count < TABLE_COLUMNS_MAX ? (uint32_t)t->cell_count : TABLE_COLUMNS_MAX;
        d->head.columns = t->dialect.columns;
        d->head.headers = arena_alloc(&d->arena, d->head.columns, sizeof(*d->head.headers));
        d->head.shapes = arena_alloc(&d->arena, d->head.columns, 1);
        if (!d->head.headers || !d->head.shapes)
            return tq_no_memory(err);
        d->head.in_table = true;
        d->tables++;
        r = row_writer_table(&d->writer, (struct slice){0}, d->head.columns, d->head.headers, err);
        if (r < 0)
            return r;
    }
    r = row_writer_cells(
        &d->writer, t->cells,
        (uint32_t)(t->cell_count < d->head.columns ? t->cell_count : d->head.columns),
        t->record_line, ROW_CUT, err);
    if (r < 0 || !t->too_long)
        return r;

    for (;;) {
        const char *mark;

        r = text_source_more(&d->source, d->source.length, err);
        if (r < 0)
            return r;
        tokeniser_view(t, d->source.text, d->source.length, d->source.final);
        mark = memchr(d->source.text, '\n', d->source.length);
        if (mark || d->source.final) {
            t->at = mark ? (size_t)(mark - d->source.text) + 1 : d->source.length;
            t->line++;
            return TQ_OK;
        }
    }
}

static int read_rows(struct delimited *d, struct tq_error *err)
{
    struct tokeniser *t = &d->tokeniser;

    for (;;) {
        enum token_status status;
        int r = tokenise_next(t, &status, err);

        if (r < 0)
            return r;
        if (status == TOKEN_END)
            return TQ_OK;
        if (status == TOKEN_RECORD) {
            r = handle_record(d, err);
        } else if (t->length - t->at > RECORD_BYTES_MAX) {
            r = handle_giant(d, err);
        } else {
            r = text_source_more(&d->source, t->at, err);
            tokeniser_view(t, d->source.text, d->source.length, d->source.final);
        }
        if (r < 0)
            return r;
    }
}

static int report(struct delimited *d, struct tq_error *err)
{
    const struct note_kind *all[] = {&d->kinds[ROW_KIND_COMMENT],
                                     &d->kinds[ROW_KIND_TITLE],
                                     &d->kinds[ROW_KIND_RULE],
                                     &d->kinds[ROW_KIND_HEADER],
                                     &d->kinds[ROW_KIND_TOTAL],
                                     &d->stray,
                                     &d->ragged,
                                     &d->repaired,
                                     &d->broken,
                                     &d->too_long};
    int r;

    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
        r = note_kind_finish(all[i], d->sink, err);
        if (r < 0)
            return r;
    }
    if (d->kinds[ROW_KIND_BLANK].count > 0) {
        r = emit_note(d->sink, 0, err, "%" PRIu64 " blank rows, not records",
                      d->kinds[ROW_KIND_BLANK].count);
        if (r < 0)
            return r;
    }
    if (d->writer.record == 0) {
        r = emit_note(d->sink, 0, err, "no rows were found%s", d->tables ? " below a header" : "");
        if (r < 0)
            return r;
    }
    return text_source_report(&d->source, d->sink, err);
}

static int describe(const struct delimited *d, struct tq_error *err)
{
    const struct dialect *dialect = &d->tokeniser.dialect;
    size_t length = d->source.length < SAMPLE_BYTES ? d->source.length : SAMPLE_BYTES;
    int r = text_form_report(slice_make(d->source.text, length), dialect, &d->source.encoding,
                             d->sink, err);

    if (r < 0 || dialect->delimiter_length == 0)
        return r;
    return emit_fact(d->sink, "delimiter",
                     slice_make(dialect->delimiter, dialect->delimiter_length), err);
}

/* Have at least a sample's worth of text in view. */
static int fill_view(struct text_source *source, struct tq_error *err)
{
    int r = text_source_more(source, 0, err);

    while (r == TQ_OK && !source->final && source->length < SAMPLE_BYTES)
        r = text_source_more(source, 0, err);
    return r;
}

static int find_dialect(struct delimited *d, struct dialect *out_dialect, struct tq_error *err)
{
    struct slice sample = slice_make(d->source.text, d->source.length);
    enum dialect_certainty certainty;
    bool final = d->source.final;
    int r;

    if (sample.length > SAMPLE_BYTES) {
        sample.length = SAMPLE_BYTES;
        final = false;
    }
    r = dialect_find(sample, final, out_dialect, &certainty, err);
    if (r == TQ_OK && certainty == DIALECT_NONE)
        *out_dialect = (struct dialect){.columns = 1};
    return r;
}

static int delimited_read(const struct extract_input *input, const struct extract_limits *limits,
                          const struct sink *sink, struct tq_error *err)
{
    CLEANUP(delimited_clear)
    struct delimited d = {
        .sink = sink,
        .kinds = {[ROW_KIND_COMMENT] = {"comment row, not a record", 0},
                  [ROW_KIND_TITLE] = {"title or remark row, not a record", 0},
                  [ROW_KIND_RULE] = {"ruling row, not a record", 0},
                  [ROW_KIND_HEADER] = {"repeated header row, not a record", 0},
                  [ROW_KIND_TOTAL] = {"total row, not a record", 0}},
        .stray = {"a quote that is not closed was read as a character", 0},
        .ragged = {"a row has more or fewer cells than the table has columns", 0},
        .broken = {"a row over several lines without quotes was put together", 0},
        .repaired = {"a row with too many cells was put right", 0},
        .too_long = {"a line longer than 8 MiB was read in part", 0},
    };
    struct row_cell fixed[FIXED_COLUMNS_MAX];
    struct dialect dialect;
    int r;

    (void)limits;
    d.fixed = fixed;
    row_writer_init(&d.writer, sink);
    aside_init(&d.aside, sink);
    r = text_source_open(&d.source, input->fd, input->size_bytes, err);
    if (r < 0)
        return r;
    r = fill_view(&d.source, err);
    if (r < 0)
        return r;
    r = find_dialect(&d, &dialect, err);
    if (r < 0)
        return r;
    tokeniser_init(&d.tokeniser, &dialect);
    tokeniser_init(&d.other, &dialect);
    tokeniser_view(&d.tokeniser, d.source.text, d.source.length, d.source.final);

    r = emit_type(sink, dialect.fixed_count > 0 ? "fixed" : "csv", err);
    if (r < 0)
        return r;
    r = describe(&d, err);
    if (r < 0)
        return r;
    r = read_rows(&d, err);
    if (r < 0)
        return r;
    r = row_writer_finish(&d.writer, err);
    if (r == TQ_OK)
        r = aside_finish(&d.aside, err);
    if (r < 0)
        return r;
    return report(&d, err);
}

static bool name_says_table(struct slice name)
{
    static const char *const endings[] = {".csv", ".tsv", ".tab", ".psv", ".dsv"};

    for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++) {
        size_t length = strlen(endings[i]);

        if (name.length > length
            && strncasecmp(name.data + name.length - length, endings[i], length) == 0)
            return true;
    }
    return false;
}

static enum claim delimited_claim(struct slice head, const struct extract_input *input)
{
    CLEANUP(buf_clear_cleanup) struct buf text = {0};
    struct tq_error ignored;
    struct dialect dialect;
    enum dialect_certainty certainty = DIALECT_NONE;
    struct slice sample;

    if (decode_sample(head, &text, &ignored) < 0)
        return CLAIM_FAILED;
    if (!decode_is_text(buf_slice(&text)))
        return CLAIM_NONE;
    sample = buf_slice(&text);
    if (sample.length > SAMPLE_BYTES)
        sample.length = SAMPLE_BYTES;
    if (dialect_find(sample, head.length == input->size_bytes, &dialect, &certainty, &ignored) < 0)
        return CLAIM_FAILED;
    if (certainty == DIALECT_LIKELY)
        return CLAIM_LIKELY;
    if (name_says_table(input->name))
        return CLAIM_LIKELY;
    return CLAIM_NONE;
}

const struct format format_delimited = {"csv", delimited_claim, delimited_read};
