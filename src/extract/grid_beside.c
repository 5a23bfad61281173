/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "extract/grid_beside.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/limits.h"
#include "extract/grid.h"

#define WAITING_BYTES_MAX ((size_t)64 << 20)
#define SIDE_COLUMNS_MIN  2u
#define ROWS_MIN          3u
#define TAIL_MIN          2u /* rows that one side has more than the other */

void beside_clear(struct beside *beside)
{
    buf_clear(&beside->rows);
    *beside = (struct beside){0};
}

static struct slice cell_text(const struct grid_row *row, uint32_t column)
{
    return column < row->count ? row_cell_trimmed(&row->cells[column]) : (struct slice){0};
}

static bool has_cells(const struct grid_row *row, uint32_t from, uint32_t end)
{
    for (uint32_t column = from; column < end && column < row->count; column++) {
        if (cell_text(row, column).length > 0)
            return true;
    }
    return false;
}

static uint32_t widest_of(const struct grid_row *rows, uint32_t count)
{
    uint32_t columns = 0;

    for (uint32_t i = 0; i < count; i++)
        columns = rows[i].count > columns ? rows[i].count : columns;
    return columns;
}

/* Whether a text is one of the cells [0, end) of a row. */
static bool is_among(const struct grid_row *row, uint32_t end, struct slice text)
{
    for (uint32_t column = 0; column < end; column++) {
        if (slice_equal(cell_text(row, column), text))
            return true;
    }
    return false;
}

/* Whether a row names columns on both sides, most on the right as on the left. */
static bool names_again(const struct grid_row *row, uint32_t left, uint32_t right)
{
    uint32_t names = 0, again = 0;

    for (uint32_t column = right; column < row->count; column++) {
        struct slice name = cell_text(row, column);

        names += name.length > 0;
        again += name.length > 0 && is_among(row, left, name);
    }
    return names >= SIDE_COLUMNS_MIN && again * 2 > names;
}

/* Whether both sides begin together and one ends some rows before the other, with no holes. */
static bool ends_sooner(const struct grid_row *rows, uint32_t count, uint32_t left, uint32_t right)
{
    uint32_t both = 0, tail[2] = {0, 0};

    for (uint32_t i = 0; i < count; i++) {
        bool on_left = has_cells(&rows[i], 0, left);
        bool on_right = has_cells(&rows[i], right, rows[i].count);

        if (on_left && on_right) {
            if (tail[0] + tail[1] > 0)
                return false;
            both++;
        } else if (on_left != on_right) {
            tail[on_right]++;
        }
    }
    return both >= ROWS_MIN && (tail[0] == 0) != (tail[1] == 0) && tail[0] + tail[1] >= TAIL_MIN;
}

static bool are_apart(const struct grid_row *rows, uint32_t count, uint32_t left, uint32_t right)
{
    for (uint32_t i = 0; i < count && i <= HEADER_TITLES_MAX; i++) {
        if (names_again(&rows[i], left, right))
            return true;
    }
    return ends_sooner(rows, count, left, right);
}

/* Columns of [from, end) that hold something. */
static uint32_t count_used(const bool *used, uint32_t from, uint32_t end)
{
    uint32_t count = 0;

    for (uint32_t column = from; column < end; column++)
        count += used[column];
    return count;
}

int beside_find(struct beside *beside, const struct grid_row *rows, uint32_t count,
                struct tq_error *err)
{
    uint32_t columns = widest_of(rows, count), right;
    CLEANUP(free_cleanup) bool *used = alloc_zeroed((size_t)columns + 1, sizeof(*used));

    beside->split = beside->columns = 0;
    if (!used)
        return tq_no_memory(err);
    for (uint32_t i = 0; i < count; i++) {
        for (uint32_t column = 0; column < rows[i].count; column++)
            used[column] |= cell_text(&rows[i], column).length > 0;
    }
    for (uint32_t left = 1; count >= ROWS_MIN && left < columns; left = right) {
        right = left + 1;
        if (used[left] || !used[left - 1])
            continue;
        while (right < columns && !used[right])
            right++;
        if (count_used(used, 0, left) < SIDE_COLUMNS_MIN
            || count_used(used, right, columns) < SIDE_COLUMNS_MIN
            || !are_apart(rows, count, left, right))
            continue;
        beside->split = right;
        beside->columns = left;
        return TQ_OK;
    }
    return TQ_OK;
}

bool beside_holds(const struct beside *beside, const struct grid_row *rows, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        if (has_cells(&rows[i], beside->columns, beside->split))
            return false;
    }
    return beside->split > 0;
}

int beside_take(struct beside *beside, struct grid_row *row, struct tq_error *err)
{
    uint32_t count = 0;

    if (beside->split == 0 || beside->too_many)
        return TQ_OK;
    for (uint32_t column = beside->split; column < row->count; column++)
        count += row->cells[column].length > 0;
    if (count == 0) {
        beside->blank++;
        return TQ_OK;
    }
    if (beside->rows.length > WAITING_BYTES_MAX) {
        beside->too_many = true;
        return TQ_OK;
    }
    buf_add_u64(&beside->rows, row->place);
    buf_add_u32(&beside->rows, beside->blank);
    buf_add_u32(&beside->rows, count);
    for (uint32_t column = beside->split; column < row->count; column++) {
        if (row->cells[column].length == 0)
            continue;
        buf_add_u32(&beside->rows, column - beside->split);
        buf_add_u32(&beside->rows, row->cells[column].length);
        buf_add_slice(&beside->rows, row_cell_text(&row->cells[column]));
    }
    beside->blank = 0;
    row->count = beside->split;
    return buf_check(&beside->rows, err);
}

static uint32_t take_u32(const struct buf *rows, size_t *at)
{
    uint32_t value;

    memcpy(&value, rows->data + *at, sizeof(value));
    *at += sizeof(value);
    return value;
}

bool beside_next(const struct buf *rows, size_t *at, struct beside_row *out_row)
{
    if (*at >= rows->length)
        return false;
    memcpy(&out_row->place, rows->data + *at, sizeof(out_row->place));
    *at += sizeof(out_row->place);
    out_row->blank = take_u32(rows, at);
    out_row->count = take_u32(rows, at);
    return true;
}

struct slice beside_cell(const struct buf *rows, size_t *at, uint32_t *out_column)
{
    uint32_t length;
    struct slice text;

    *out_column = take_u32(rows, at);
    length = take_u32(rows, at);
    text = slice_make(rows->data + *at, length);
    *at += length;
    return text;
}
