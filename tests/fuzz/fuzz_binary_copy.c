/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "register/binary_copy.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define COLUMNS 6u

/* What is no number has a text: of a time and of a day. */
static void read_times(const struct slice *cells, struct arena *arena)
{
    struct slice text;
    int32_t number;

    if (cells[5].length > 0 && !binary_moment(cells[5], &number)
        && !binary_moment_text(cells[5], arena, &text))
        abort();
    if (cells[3].length > 0 && !binary_day(cells[3], &number)
        && !binary_day_text(cells[3], arena, &text))
        abort();
}

/* Rows of one column of each type: whatever comes is taken or refused, and its cells are text. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct binary_column columns[COLUMNS] = {
        {"text", BINARY_TEXT}, {"bool", BINARY_BOOL},       {"integer", BINARY_INTEGER},
        {"date", BINARY_DATE}, {"numeric", BINARY_NUMERIC}, {"moment", BINARY_MOMENT}};
    struct binary_column with_day[COLUMNS];
    struct slice bytes = slice_make((const char *)data, size), row, cells[COLUMNS];
    struct arena arena = {0};
    size_t length = 0;

    memcpy(with_day, columns, sizeof(with_day));
    with_day[3].type = BINARY_DAY;
    if (binary_header_take(bytes, &length) != BINARY_OK)
        return 0;
    bytes = slice_skip(bytes, length);
    while (binary_row_take(bytes, COLUMNS, &row) == BINARY_OK) {
        bytes = slice_skip(bytes, row.length + sizeof(uint16_t));
        (void)binary_cells(row, columns, COLUMNS, &arena, cells);
        if (binary_cells(row, with_day, COLUMNS, &arena, cells) == BINARY_OK)
            read_times(cells, &arena);
        arena_reset(&arena);
    }
    arena_clear(&arena);
    return 0;
}
