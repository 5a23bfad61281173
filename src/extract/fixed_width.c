/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "extract/fixed_width.h"

#define WIDTH_MAX   1024 /* characters of a line that are looked at */
#define LINES_MIN   5
#define LINES_MAX   400
#define BORDERS_MIN 3

static bool is_continuation(char c)
{
    return ((unsigned char)c & 0xC0) == 0x80;
}

/* Count, for each character position, the lines that hold something else than a space there. */
static uint32_t count_ink(struct slice sample, uint32_t ink[WIDTH_MAX])
{
    uint32_t lines = 0;

    while (sample.length > 0 && lines < LINES_MAX) {
        const char *mark = memchr(sample.data, '\n', sample.length);
        size_t length = mark ? (size_t)(mark - sample.data) : sample.length, position = 0;
        struct slice line = slice_make(sample.data, length);

        sample = slice_skip(sample, length + 1);
        if (slice_trim(line).length == 0)
            continue;
        lines++;
        for (size_t i = 0; i < line.length && position < WIDTH_MAX; i++) {
            if (is_continuation(line.data[i]))
                continue;
            ink[position] += line.data[i] != ' ' && line.data[i] != '\r';
            position++;
        }
    }
    return lines;
}

void fixed_width_split(const struct dialect *dialect, struct slice line, struct row_cell *cells)
{
    uint32_t position = 0, column = 0;
    size_t start = 0;

    for (size_t i = 0; i <= line.length && column < dialect->fixed_count; i++) {
        bool at_end = i == line.length;

        if (!at_end && is_continuation(line.data[i]))
            continue;
        while (column + 1 < dialect->fixed_count
               && (at_end || position == dialect->fixed_start[column + 1])) {
            struct slice cell = slice_trim(slice_make(line.data + start, i - start));

            cells[column++] = (struct row_cell){cell.data, (uint32_t)cell.length};
            start = i;
        }
        if (at_end) {
            struct slice cell = slice_trim(slice_make(line.data + start, i - start));

            cells[column++] = (struct row_cell){cell.data, (uint32_t)cell.length};
        }
        position++;
    }
}

/* Prose lines up by chance; tables have a column of numbers, dates or codes. */
static bool has_values(const struct dialect *dialect, struct slice sample)
{
    struct row_cell cells[FIXED_COLUMNS_MAX];
    uint32_t values[FIXED_COLUMNS_MAX] = {0}, lines = 0;

    while (sample.length > 0 && lines < LINES_MAX) {
        const char *mark = memchr(sample.data, '\n', sample.length);
        size_t length = mark ? (size_t)(mark - sample.data) : sample.length;
        struct slice line = slice_trim(slice_make(sample.data, length));

        if (line.length > 0) {
            lines++;
            fixed_width_split(dialect, slice_make(sample.data, length), cells);
            for (uint32_t i = 0; i < dialect->fixed_count; i++) {
                enum value_shape shape = value_shape(slice_make(cells[i].text, cells[i].length));

                values[i] += shape >= VALUE_NUMBER && shape <= VALUE_CODE;
            }
        }
        sample = slice_skip(sample, length + 1);
    }
    for (uint32_t i = 0; i < dialect->fixed_count; i++) {
        if (values[i] * 10 >= lines * 6)
            return true;
    }
    return false;
}

bool fixed_width_find(struct slice sample, struct dialect *out_dialect)
{
    uint32_t ink[WIDTH_MAX] = {0}, lines = count_ink(sample, ink), width = WIDTH_MAX;
    struct dialect dialect = {0};
    bool in_border = true;

    if (lines < LINES_MIN)
        return false;
    /* Behind the point that half of the lines reach, everything is a border. */
    while (width > 0 && ink[width - 1] * 20 < lines)
        width--;
    for (uint32_t i = 0; i < width; i++) {
        bool is_border = ink[i] * 20 < lines;

        if (!is_border && in_border) {
            if (dialect.fixed_count == FIXED_COLUMNS_MAX)
                return false;
            dialect.fixed_start[dialect.fixed_count++] = i;
        }
        in_border = is_border;
    }
    if (dialect.fixed_count < BORDERS_MIN + 1)
        return false;
    dialect.fixed_start[0] = 0;
    dialect.columns = dialect.fixed_count;
    if (!has_values(&dialect, sample))
        return false;
    *out_dialect = dialect;
    return true;
}
