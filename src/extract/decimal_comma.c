/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "extract/decimal_comma.h"

#include <string.h>

#include "extract/row_kind.h"

#define ROWS_MIN     4u
#define DECIMALS_MAX 3u

static struct slice cell_at(const struct row_sample *sample, uint32_t row, uint32_t column)
{
    return row_cell_trimmed(&sample->cells[(size_t)row * sample->columns + column]);
}

static bool is_digits(struct slice text)
{
    for (size_t i = 0; i < text.length; i++) {
        if (text.data[i] < '0' || text.data[i] > '9')
            return false;
    }
    return text.length > 0;
}

/* Whether the cells of a column and the next are always a number and its decimals, as many. */
static bool is_parted(const struct row_sample *sample, uint32_t column)
{
    size_t decimals = cell_at(sample, 1, column + 1).length;

    if (decimals == 0 || decimals > DECIMALS_MAX)
        return false;
    for (uint32_t row = 1; row < sample->rows; row++) {
        struct slice whole = cell_at(sample, row, column);

        if (whole.length > 0 && (whole.data[0] == '-' || whole.data[0] == '+'))
            whole = slice_skip(whole, 1);
        if (!is_digits(whole) || !is_digits(cell_at(sample, row, column + 1))
            || cell_at(sample, row, column + 1).length != decimals)
            return false;
    }
    return true;
}

bool decimal_comma_find(const struct row_sample *sample, uint32_t *out_column)
{
    uint32_t found = 0;

    if (sample->rows < ROWS_MIN + 1 || cell_at(sample, 0, sample->columns - 1).length > 0)
        return false;
    for (uint32_t column = 0; column + 1 < sample->columns; column++) {
        if (cell_at(sample, 0, column).length == 0 || is_digits(cell_at(sample, 0, column)))
            return false;
        if (is_parted(sample, column)) {
            *out_column = column;
            found++;
        }
    }
    return found == 1;
}

void decimal_comma_join(struct tokeniser *tokeniser, uint32_t column)
{
    struct row_cell *cells = tokeniser->cells;
    struct slice view = slice_make(tokeniser->text, tokeniser->length);

    if (!row_join(view, &cells[column], &cells[column + 1]))
        return;
    memmove(&cells[column + 1], &cells[column + 2],
            (tokeniser->cell_count - column - 2) * sizeof(*cells));
    tokeniser->cell_count--;
}
