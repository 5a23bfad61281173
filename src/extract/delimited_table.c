/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Where a table of delimited text begins: its titles, its header, the shapes of its columns. */
#include "extract/delimited.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/limits.h"
#include "extract/comment_header.h"
#include "extract/decimal_comma.h"
#include "extract/emit.h"
#include "extract/fixed_width.h"

#define HEADER_EXCESS 4 /* a first row may be so many times wider than the others */

void delimited_cells(struct delimited *d, struct tokeniser *tokeniser,
                     const struct row_cell **out_cells, size_t *out_count)
{
    const struct dialect *dialect = &tokeniser->dialect;

    if (d->decimal > 0 && tokeniser->cell_count == d->head.columns + 1)
        decimal_comma_join(tokeniser, d->decimal - 1);
    *out_cells = tokeniser->cells;
    *out_count = tokeniser->cell_count;
    if (dialect->fixed_count == 0)
        return;
    fixed_width_split(dialect, row_cell_text(&tokeniser->cells[0]), d->fixed);
    *out_cells = d->fixed;
    *out_count = dialect->fixed_count;
}

/* A first row with more cells than the others: if as many are empty, they name no column. */
static size_t drop_unnamed(struct row_cell *cells, size_t count, uint32_t columns)
{
    size_t kept = 0;

    if (count <= columns || row_filled(cells, count) != columns)
        return count;
    for (size_t i = 0; i < count; i++) {
        if (row_cell_trimmed(&cells[i]).length > 0)
            cells[kept++] = cells[i];
    }
    return kept;
}

int delimited_gather(struct delimited *d, struct row_sample *out_sample, struct tq_error *err)
{
    struct tokeniser *t = &d->tokeniser;
    size_t at = t->at;
    uint64_t line = t->line;
    uint32_t rows = 0, full_rows = 0, columns = d->head.columns;
    struct row_cell *kept =
        arena_alloc(&d->arena, (size_t)HEADER_SAMPLE_ROWS * columns, sizeof(*kept));
    int r = TQ_OK;

    if (!kept)
        return tq_no_memory(err);
    while (rows < HEADER_SAMPLE_ROWS) {
        const struct row_cell *cells;
        enum token_status status;
        enum row_kind kind;
        size_t count;

        r = tokenise_next(t, &status, err);
        if (r < 0 || status != TOKEN_RECORD)
            break;
        delimited_cells(d, t, &cells, &count);
        if (rows == 0 && t->dialect.fixed_count == 0)
            count = drop_unnamed(t->cells, count, columns);
        kind = row_kind_of(&d->head, &d->tokeniser.dialect, cells, count);
        if (kind == ROW_KIND_BLANK && full_rows >= BLOCK_ROWS_MIN)
            break; /* what follows may be another table */
        if (kind != ROW_KINDS)
            continue;
        full_rows += row_filled(cells, count) * 2 > columns;
        for (uint32_t i = 0; i < columns; i++) {
            struct slice text = i < count ? row_cell_text(&cells[i]) : (struct slice){0};
            char *copy;

            if (text.length > CELL_BYTES_MAX)
                text.length = CELL_BYTES_MAX;
            copy = arena_text(&d->arena, text);
            if (!copy)
                return tq_no_memory(err);
            kept[(size_t)rows * columns + i] = (struct row_cell){copy, (uint32_t)text.length};
        }
        rows++;
    }
    t->at = at;
    t->line = line;
    *out_sample = (struct row_sample){rows, columns, kept};
    return r < 0 ? r : TQ_OK;
}

/* The commonest shape of each column, from the rows below the header. */
static int learn_shapes(struct delimited *d, const struct row_sample *sample, struct tq_error *err)
{
    d->head.shapes = arena_alloc(&d->arena, d->head.columns, 1);
    if (!d->head.shapes)
        return tq_no_memory(err);
    for (uint32_t column = 0; column < d->head.columns; column++) {
        uint32_t seen[VALUE_UNKNOWN + 1] = {0}, best = VALUE_EMPTY;

        for (uint32_t row = d->header_rows; row < sample->rows; row++)
            seen[value_shape(
                row_cell_text(&sample->cells[(size_t)row * d->head.columns + column]))]++;
        for (uint32_t shape = VALUE_EMPTY + 1; shape <= VALUE_UNKNOWN; shape++) {
            if (seen[shape] > (best == VALUE_EMPTY ? 0 : seen[best]))
                best = shape;
        }
        d->head.shapes[column] = (uint8_t)best;
    }
    return TQ_OK;
}

/* A header of several rows: their words, from top to bottom. */
static bool join_headers(struct arena *arena, struct slice *header, struct slice more)
{
    CLEANUP(buf_clear_cleanup) struct buf joined = {0};
    char *copy;

    buf_add_slice(&joined, *header);
    if (header->length > 0)
        buf_add_byte(&joined, ' ');
    buf_add_slice(&joined, more);
    copy = joined.failed ? NULL : arena_text(arena, buf_slice(&joined));
    if (copy)
        *header = slice_make(copy, joined.length);
    return copy != NULL;
}

static int copy_headers(struct delimited *d, const struct row_sample *sample, struct tq_error *err)
{
    bool grouped = d->header_rows == 2 && header_is_grouped(sample);

    d->head.headers = arena_alloc(&d->arena, d->head.columns, sizeof(*d->head.headers));
    if (!d->head.headers)
        return tq_no_memory(err);
    for (uint32_t i = 0; i < d->head.columns && d->head.has_header; i++) {
        d->head.headers[i] = /* already copied into the arena */
            grouped ? header_group(sample, i) : row_cell_trimmed(&sample->cells[i]);
        for (uint32_t row = 1; row < d->header_rows; row++) {
            struct slice more = row_cell_trimmed(&sample->cells[(size_t)row * d->head.columns + i]);

            if (more.length > 0 && !slice_equal(more, d->head.headers[i])
                && !join_headers(&d->arena, &d->head.headers[i], more))
                return tq_no_memory(err);
        }
    }
    return TQ_OK;
}

/* Whether the first row, which is wider than the others, is a sentence with commas above a header
 * that is not. */
static bool is_wide_title(const struct delimited *d, const struct row_sample *sample)
{
    const struct row_sample rest = {sample->rows - 1, sample->columns,
                                    sample->cells + sample->columns};

    if (d->head.columns <= d->usual_cells || sample->rows < BLOCK_ROWS_MIN)
        return false;
    for (uint32_t row = 1; row < sample->rows; row++) {
        const struct row_cell *cells = &sample->cells[(size_t)row * sample->columns];

        if (!row_is_empty(cells + d->usual_cells, sample->columns - d->usual_cells))
            return false;
    }
    return header_is_first(&rest);
}

/* Take the rows above the header out of the sample, and remember how they begin. */
static int take_titles(struct delimited *d, struct row_sample *sample, uint32_t count,
                       struct tq_error *err)
{

    d->titles_left = count;
    d->head.title_count = 0;
    if (count == 0)
        return TQ_OK;
    d->head.titles = arena_alloc(&d->arena, count, sizeof(*d->head.titles));
    if (!d->head.titles)
        return tq_no_memory(err);
    for (uint32_t i = 0; i < count; i++) {
        struct slice first = row_cell_trimmed(&sample->cells[(size_t)i * sample->columns]);

        if (first.length > 0)
            d->head.titles[d->head.title_count++] = first;
    }
    sample->rows -= count;
    sample->cells += (size_t)count * sample->columns;
    return TQ_OK;
}

static int name_table(struct delimited *d, struct slice *out_name, struct tq_error *err)
{
    char name[32];
    char *copy;

    d->tables++;
    if (d->tables == 1)
        return TQ_OK;
    (void)snprintf(name, sizeof(name), "%" PRIu32, d->tables);
    copy = arena_text(&d->arena, slice_of(name));
    if (!copy)
        return tq_no_memory(err);
    *out_name = slice_of(copy);
    return TQ_OK;
}

/* The names of the columns stand in a comment above the table. */
static int take_comment_header(struct delimited *d, const struct row_sample *sample,
                               struct tq_error *err)
{
    struct slice *names = NULL;
    int r = TQ_OK;

    if (d->comments.length > 0 && d->header_rows == 0 && sample->rows > 0 && sample->columns > 1
        && d->tokeniser.dialect.fixed_count == 0)
        r = comment_header_find(buf_slice(&d->comments), sample, &d->tokeniser.dialect, &d->arena,
                                &names, err);
    buf_empty(&d->comments);
    if (names) {
        d->head.headers = names;
        d->head.has_header = true;
    }
    return r;
}

/* If the rows have a cell more than the header, and numbers with commas: gather them again. */
static int join_decimals(struct delimited *d, uint32_t first_cells, struct row_sample *sample,
                         struct tq_error *err)
{
    uint32_t column;
    int r;

    if (d->tokeniser.dialect.delimiter[0] != ',' || first_cells < 2
        || first_cells + 1 != d->head.columns || !decimal_comma_find(sample, &column))
        return TQ_OK;
    d->decimal = column + 1;
    d->head.columns = d->usual_cells = first_cells;
    d->tokeniser.dialect.columns = first_cells;
    r = emit_note(d->sink, d->tokeniser.line, err,
                  "numbers of column %" PRIu32 " have a comma, which parts cells: they were joined",
                  column + 1);
    return r < 0 ? r : delimited_gather(d, sample, err);
}

int delimited_begin_table(struct delimited *d, uint32_t first_cells, struct tq_error *err)
{
    struct row_sample sample;
    struct slice name = {0};
    int r;

    arena_reset(&d->arena);
    d->head.columns = d->usual_cells = d->tokeniser.dialect.columns;
    if (first_cells > d->head.columns && first_cells <= HEADER_EXCESS * d->head.columns
        && first_cells <= TABLE_COLUMNS_MAX)
        d->head.columns = first_cells;
    if (d->head.columns > TABLE_COLUMNS_MAX) {
        r = emit_note(d->sink, d->tokeniser.line, err, "%" PRIu32 " columns, the first %u are read",
                      d->head.columns, TABLE_COLUMNS_MAX);
        if (r < 0)
            return r;
        d->head.columns = TABLE_COLUMNS_MAX;
    }
    d->head.has_header = false;
    d->head.title_count = 0;
    d->decimal = 0;
    r = delimited_gather(d, &sample, err);
    if (r == TQ_OK)
        r = join_decimals(d, first_cells, &sample, err);
    if (r < 0)
        return r;
    if (is_wide_title(d, &sample)) {
        d->head.columns = d->usual_cells;
        r = delimited_gather(d, &sample, err);
        if (r == TQ_OK)
            r = take_titles(d, &sample, 1, err);
    } else {
        r = take_titles(d, &sample, header_titles(&sample), err);
    }
    if (r < 0)
        return r;
    d->header_rows = header_rows(&sample);
    d->head.has_header = d->header_rows > 0;
    r = copy_headers(d, &sample, err);
    if (r == TQ_OK)
        r = take_comment_header(d, &sample, err);
    if (r < 0)
        return r;
    r = learn_shapes(d, &sample, err);
    if (r < 0)
        return r;
    r = name_table(d, &name, err);
    if (r < 0)
        return r;
    d->head.in_table = true;
    d->header_left = 0;
    return row_writer_table(&d->writer, name, d->head.columns, d->head.headers, err);
}
