/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "register/csv_rows.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "register/binary_copy.h"

#define ROOM_MIN 64u /* less is not worth reading */

/* Where a row ends, seen from its start. */
struct row_end {
    const char *end; /* of its bytes, before LF; NULL: not in the buffer */
    uint32_t lines;  /* line ends inside quoted cells */
    bool broken;
};

int csv_rows_init(struct csv_rows *rows, struct table_text *source, char delimiter,
                  struct tq_error *err)
{
    struct csv_rows fresh = {.source = source, .delimiter = delimiter, .line = 1};

    fresh.data = alloc_resize(NULL, CSV_ROUND_BYTES, 1);
    fresh.rows = alloc_resize(NULL, CSV_ROUND_ROWS, sizeof(*fresh.rows));
    if (!fresh.data || !fresh.rows) {
        csv_rows_clear(&fresh);
        return tq_no_memory(err);
    }
    *rows = fresh;
    return TQ_OK;
}

void csv_rows_clear(struct csv_rows *rows)
{
    free(rows->data);
    free(rows->rows);
    *rows = (struct csv_rows){0};
}

/* The quote that closes a cell, from behind the one that opened it; NULL if there is none. */
static const char *closing_quote(const char *at, const char *limit)
{
    while (at < limit) {
        at = memchr(at, '"', (size_t)(limit - at));
        if (!at || at + 1 == limit || at[1] != '"')
            return at;
        at += 2;
    }
    return NULL;
}

static uint32_t count_lines(const char *from, const char *to)
{
    uint32_t count = 0;

    while (from < to && (from = memchr(from, '\n', (size_t)(to - from)))) {
        count++;
        from++;
    }
    return count;
}

static bool ends_cell(const struct csv_rows *rows, const char *at, const char *limit)
{
    return at == limit || *at == rows->delimiter || *at == '\n' || *at == '\r';
}

/* The row as if no quote stood in it: where a broken one is left behind. */
static struct row_end broken_row(const char *start, const char *limit)
{
    return (struct row_end){.end = memchr(start, '\n', (size_t)(limit - start)), .broken = true};
}

static struct row_end find_end(const struct csv_rows *rows, const char *start, const char *limit)
{
    struct row_end row = {0};
    const char *at = start;

    for (;;) {
        const char *line = memchr(at, '\n', (size_t)(limit - at));
        const char *quote = memchr(at, '"', (size_t)((line ? line : limit) - at));
        const char *close;

        if (!quote) {
            row.end = line;
            return row;
        }
        at = quote + 1;
        if (quote > start && quote[-1] != rows->delimiter)
            continue; /* a quote inside an unquoted cell is a character like any other */
        close = closing_quote(at, limit);
        if (!close)
            return (struct row_end){.broken = true};
        if (!ends_cell(rows, close + 1, limit))
            return broken_row(start, limit);
        row.lines += count_lines(at, close);
        at = close + 1;
    }
}

/* Whether more of the row that begins at `start` can be read. */
static bool has_room(const struct csv_rows *rows)
{
    return rows->start > 0 || CSV_ROUND_BYTES - rows->end >= ROOM_MIN;
}

static int fill(struct csv_rows *rows, struct tq_error *err)
{
    size_t size, got;
    int r;

    memmove(rows->data, rows->data + rows->start, rows->end - rows->start);
    rows->end -= rows->start;
    rows->start = 0;
    size = rows->end < CSV_FILL_BYTES / 2 ? CSV_FILL_BYTES : CSV_ROUND_BYTES;
    while (!rows->ended && size - rows->end >= ROOM_MIN) {
        r = table_text_read(rows->source, rows->data + rows->end, size - rows->end - 16, &got, err);
        if (r < 0)
            return r;
        rows->end += got;
        rows->ended = got == 0;
    }
    return TQ_OK;
}

/* Take one row from the buffer; false if none is complete. */
static bool take_row(struct csv_rows *rows)
{
    const char *start = rows->data + rows->start, *limit = rows->data + rows->end;
    struct row_end row;
    bool last = false;

    if (start == limit)
        return false;
    row = find_end(rows, start, limit);
    if (!row.end && has_room(rows) && !rows->ended)
        return false;
    if (!row.end && row.broken)
        row = broken_row(start, limit); /* a quote never closed */
    if (!row.end && !rows->ended)
        return false;
    if (!row.end) {
        row.end = limit;
        last = true;
    }
    rows->rows[rows->row_count] = (struct csv_row){.data = start,
                                                   .length = (uint32_t)(row.end - start),
                                                   .broken = row.broken,
                                                   .line = rows->line};
    if (row.end > start && row.end[-1] == '\r')
        rows->rows[rows->row_count].length--;
    if (rows->rows[rows->row_count].length > 0)
        rows->row_count++;
    rows->line += row.lines + 1;
    rows->start = (size_t)(row.end - rows->data) + (last ? 0 : 1);
    return true;
}

static struct slice unread(const struct csv_rows *rows)
{
    return slice_make(rows->data + rows->start, rows->end - rows->start);
}

static enum binary_status take_binary_header(struct csv_rows *rows)
{
    enum binary_status status = BINARY_OK;
    size_t length = 0;

    if (!rows->past_header)
        status = binary_header_take(unread(rows), &length);
    rows->past_header = status == BINARY_OK;
    rows->start += length;
    return status;
}

/* The same of the binary format, whose end is said: whatever is missing at the end is damage. */
static bool take_binary_row(struct csv_rows *rows)
{
    enum binary_status status = take_binary_header(rows);
    struct slice row;

    if (status == BINARY_OK && rows->past_rows)
        status = rows->start == rows->end ? BINARY_END : BINARY_DAMAGED;
    else if (status == BINARY_OK)
        status = binary_row_take(unread(rows), rows->binary_columns, &row);
    if (status == BINARY_OK) {
        rows->rows[rows->row_count++] = (struct csv_row){
            .data = row.data, .length = (uint32_t)row.length, .line = rows->line++};
        rows->start = (size_t)(row.data + row.length - rows->data);
        return true;
    }
    if (status == BINARY_END && !rows->past_rows) {
        rows->start += BINARY_END_BYTES;
        rows->past_rows = true;
    }
    rows->damaged = status == BINARY_DAMAGED || (status == BINARY_MORE && rows->ended);
    return false;
}

static bool take(struct csv_rows *rows)
{
    return rows->binary_columns ? take_binary_row(rows) : take_row(rows);
}

int csv_rows_next(struct csv_rows *rows, size_t rows_max, struct tq_error *err)
{
    rows->row_count = 0;
    for (;;) {
        int r;

        while (rows->row_count < rows_max && take(rows))
            ;
        if (rows->damaged)
            return tq_fail(err, TQ_E_IO, "the server's rows are damaged behind row %llu",
                           (unsigned long long)rows->line - 1);
        if (rows->row_count > 0 || (rows->ended && rows->start == rows->end))
            return TQ_OK;
        if (!has_room(rows))
            return tq_fail(err, TQ_E_LIMIT, "line %llu is longer than %zu bytes",
                           (unsigned long long)rows->line, CSV_ROUND_BYTES);
        r = fill(rows, err);
        if (r < 0)
            return r;
    }
}

/* Without its doubled quotes; `inner` is what stands between the outer ones. */
static struct slice unquote(struct csv_cells *cells, struct slice inner)
{
    char *copy;
    size_t length = 0;

    if (inner.length == 0 || !memchr(inner.data, '"', inner.length))
        return inner;
    copy = arena_alloc(cells->arena, inner.length, 1);
    if (!copy) {
        cells->no_memory = true;
        return slice_make(NULL, 0);
    }
    for (size_t i = 0; i < inner.length; i++) {
        copy[length++] = inner.data[i];
        if (inner.data[i] == '"')
            i++; /* its double */
    }
    return slice_make(copy, length);
}

static size_t quoted_cell(struct csv_cells *cells, struct slice *out_cell)
{
    const char *start = cells->rest.data, *limit = start + cells->rest.length;
    const char *close = closing_quote(start + 1, limit);

    if (!close)
        close = limit; /* a broken row, refused by who reads it */
    *out_cell = unquote(cells, slice_make(start + 1, (size_t)(close - start - 1)));
    return close < limit ? (size_t)(close + 1 - start) : cells->rest.length;
}

bool csv_cells_next(struct csv_cells *cells, struct slice *out_cell)
{
    size_t length = 0;

    if (cells->ended)
        return false;
    if (cells->rest.length > 0 && cells->rest.data[0] == '"') {
        length = quoted_cell(cells, out_cell);
    } else {
        while (length < cells->rest.length && cells->rest.data[length] != cells->delimiter)
            length++;
        *out_cell = slice_make(cells->rest.data, length);
    }
    cells->ended = length == cells->rest.length;
    cells->rest = slice_skip(cells->rest, length + 1);
    return true;
}
