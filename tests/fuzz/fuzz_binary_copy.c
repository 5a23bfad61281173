/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <stdint.h>
#include <stdlib.h>

#include "base/arena.h"
#include "register/binary_copy.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define COLUMNS 6u

/* Rows of one column of each type: whatever comes is taken or refused, and its cells are text. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct binary_column columns[COLUMNS] = {
        {"text", BINARY_TEXT}, {"bool", BINARY_BOOL},       {"integer", BINARY_INTEGER},
        {"date", BINARY_DATE}, {"numeric", BINARY_NUMERIC}, {"moment", BINARY_MOMENT}};
    struct slice bytes = slice_make((const char *)data, size), row, cells[COLUMNS], text;
    struct arena arena = {0};
    size_t length = 0;
    int32_t minutes;

    if (binary_header_take(bytes, &length) != BINARY_OK)
        return 0;
    bytes = slice_skip(bytes, length);
    while (binary_row_take(bytes, COLUMNS, &row) == BINARY_OK) {
        bytes = slice_skip(bytes, row.length + sizeof(uint16_t));
        if (binary_cells(row, columns, COLUMNS, &arena, cells) == BINARY_OK
            && cells[COLUMNS - 1].length > 0 && !binary_moment(cells[COLUMNS - 1], &minutes)
            && !binary_moment_text(cells[COLUMNS - 1], &arena, &text))
            abort();
        arena_reset(&arena);
    }
    arena_clear(&arena);
    return 0;
}
