/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "extract/grid_transpose.h"

#include "extract/dialect.h"
#include "extract/row_kind.h"

#define FIELDS_MIN  4u
#define RECORDS_MIN 2u

static struct slice cell_at(const struct row_sample *sample, uint32_t row, uint32_t column)
{
    return row_cell_trimmed(&sample->cells[(size_t)row * sample->columns + column]);
}

static bool has_digit(struct slice text)
{
    for (size_t i = 0; i < text.length; i++) {
        if (text.data[i] >= '0' && text.data[i] <= '9')
            return true;
    }
    return false;
}

/* Whether the first cells of all rows are different words. */
static bool names_fields(const struct row_sample *sample)
{
    for (uint32_t row = 0; row < sample->rows; row++) {
        struct slice name = cell_at(sample, row, 0);

        if (name.length == 0 || has_digit(name))
            return false;
        for (uint32_t other = 0; other < row; other++) {
            if (slice_equal(name, cell_at(sample, other, 0)))
                return false;
        }
    }
    return true;
}

/* Columns, but the first, whose cells below the first row are all of one kind. */
static uint32_t even_columns(const struct row_sample *sample)
{
    uint32_t even = 0;

    for (uint32_t column = 1; column < sample->columns; column++) {
        enum value_shape shape = VALUE_EMPTY;
        bool is_even = true;

        for (uint32_t row = 1; row < sample->rows; row++) {
            enum value_shape own = value_shape(cell_at(sample, row, column));

            if (own != VALUE_EMPTY && shape != VALUE_EMPTY && own != shape)
                is_even = false;
            shape = own != VALUE_EMPTY ? own : shape;
        }
        even += is_even;
    }
    return even;
}

static void turn(const struct row_sample *sample, struct row_cell *turned)
{
    for (uint32_t row = 0; row < sample->rows; row++) {
        for (uint32_t column = 0; column < sample->columns; column++)
            turned[(size_t)column * sample->rows + row] =
                sample->cells[(size_t)row * sample->columns + column];
    }
}

bool grid_is_transposed(const struct row_sample *sample, struct row_cell *turned)
{
    const struct row_sample other = {sample->columns, sample->rows, turned};

    if (sample->rows < FIELDS_MIN || sample->columns < RECORDS_MIN + 1 || !names_fields(sample))
        return false;
    turn(sample, turned);
    return header_is_first(&other) && even_columns(sample) == 0
           && even_columns(&other) * 10 >= (other.columns - 1) * 8;
}
