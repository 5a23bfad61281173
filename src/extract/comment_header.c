/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "extract/comment_header.h"

#include <string.h>
#include <strings.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/limits.h"
#include "extract/decode.h"
#include "extract/row_kind.h"
#include "extract/tokenise.h"

#define LINES_TRIED 16u  /* of the comments, from the last one up */
#define SAMPLE_ROWS 200u /* that say whether a delimiter is the announced one */

static bool starts_without_case(struct slice text, const char *start)
{
    size_t length = strlen(start);

    return text.length >= length && strncasecmp(text.data, start, length) == 0;
}

/* The line behind what makes it a comment. */
static struct slice without_leader(struct slice line)
{
    while (line.length > 0 && strchr("#-/%;*!' \t", line.data[0]) && line.data[0])
        line = slice_skip(line, 1);
    return starts_without_case(line, "REM ") ? slice_trim(slice_skip(line, 4)) : line;
}

struct slice comment_header_fields(struct slice line)
{
    static const char *const words[] = {"fields:", "fields\t", "columns:", "champs:", "colonnes:"};

    if (line.length == 0 || !strchr("#;%/-", line.data[0]))
        return (struct slice){0};
    line = without_leader(line);
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (starts_without_case(line, words[i]))
            return slice_trim(slice_skip(line, strlen(words[i])));
    }
    return (struct slice){0};
}

static struct slice next_line(struct slice *text)
{
    const char *mark = memchr(text->data, '\n', text->length);
    size_t length = mark ? (size_t)(mark - text->data) : text->length;
    struct slice line = slice_make(text->data, length);

    *text = slice_skip(*text, mark ? length + 1 : length);
    return line;
}

/* The first of the usual delimiters that parts a list of names; 0 if none does. */
static char delimiter_of(struct slice names)
{
    static const char delimiters[] = "\t;,| ";

    for (size_t i = 0; i < sizeof(delimiters) - 1; i++) {
        if (memchr(names.data, delimiters[i], names.length))
            return delimiters[i];
    }
    return 0;
}

/* How many rows have `columns` cells, of how many. */
static int count_rows(struct slice sample, const struct dialect *dialect, uint32_t columns,
                      uint32_t *out_rows, uint32_t *out_fitting, struct tq_error *err)
{
    struct tokeniser tokeniser;
    enum token_status status;
    int r = TQ_OK;

    *out_rows = *out_fitting = 0;
    tokeniser_init(&tokeniser, dialect);
    tokeniser_view(&tokeniser, sample.data, sample.length, true);
    while (*out_rows < SAMPLE_ROWS) {
        r = tokenise_next(&tokeniser, &status, err);
        if (r < 0 || status != TOKEN_RECORD)
            break;
        if (tokeniser.cells[0].length > 0 && tokeniser.cells[0].text[0] == '#')
            continue;
        *out_rows += tokeniser.cell_count > 1;
        *out_fitting += tokeniser.cell_count == columns;
    }
    tokeniser_clear(&tokeniser);
    return r;
}

static uint32_t count_names(struct slice names, char delimiter)
{
    uint32_t count = 1;

    for (size_t i = 0; i < names.length; i++)
        count += names.data[i] == delimiter;
    return count;
}

int comment_header_dialect(struct slice sample, struct dialect *out_dialect, bool *out_found,
                           struct tq_error *err)
{
    struct slice rest = sample, names = {0};
    struct dialect dialect = {.quote = '"', .delimiter_length = 1};
    uint32_t rows, fitting;
    int r;

    *out_found = false;
    while (rest.length > 0 && names.length == 0)
        names = comment_header_fields(next_line(&rest));
    if (names.length == 0)
        return TQ_OK;
    dialect.delimiter[0] = delimiter_of(names);
    dialect.columns = count_names(names, dialect.delimiter[0]);
    if (!dialect.delimiter[0] || dialect.columns < 2)
        return TQ_OK;
    r = count_rows(sample, &dialect, dialect.columns, &rows, &fitting, err);
    if (r < 0 || fitting == 0 || fitting * 10 < rows * 8)
        return r;
    *out_dialect = dialect;
    *out_found = true;
    return TQ_OK;
}

/* Split a line into as many names as there are columns; false if it has not so many. */
static int split_names(struct slice line, const struct dialect *dialect, uint32_t columns,
                       struct arena *arena, struct row_cell *names, bool *out_fits,
                       struct tq_error *err)
{
    CLEANUP(buf_clear_cleanup) struct buf padded = {0};
    CLEANUP(tokeniser_clear) struct tokeniser tokeniser;
    enum token_status status = TOKEN_END;
    int r;

    tokeniser_init(&tokeniser, dialect);
    buf_add_slice(&padded, line);
    for (unsigned i = 0; i < TEXT_PADDING; i++)
        buf_add_byte(&padded, '\0');
    r = buf_check(&padded, err);
    if (r < 0)
        return r;
    tokeniser_view(&tokeniser, padded.data, line.length, true);
    r = tokenise_next(&tokeniser, &status, err);
    *out_fits = r == TQ_OK && status == TOKEN_RECORD && tokeniser.cell_count == columns;
    for (uint32_t i = 0; i < columns && *out_fits; i++) {
        struct slice name = row_cell_trimmed(&tokeniser.cells[i]);
        char *copy = arena_text(arena, name);

        if (!copy)
            return tq_no_memory(err);
        *out_fits = name.length <= CELL_BYTES_MAX;
        names[i] = (struct row_cell){copy, (uint32_t)name.length};
    }
    return r;
}

/* Whether one line names the columns: it says so, or it would be a header as a row. `cells` has
 * the sample behind room for a row. */
static int try_line(struct slice line, const struct row_sample *sample,
                    const struct dialect *dialect, struct arena *arena, struct row_cell *cells,
                    bool *out_fits, struct tq_error *err)
{
    const struct row_sample whole = {sample->rows + 1, sample->columns, cells};
    struct slice names = comment_header_fields(line);
    bool announced = names.length > 0;
    int r;

    if (!announced)
        names = slice_trim(without_leader(line));
    r = split_names(names, dialect, sample->columns, arena, cells, out_fits, err);
    *out_fits = r == TQ_OK && *out_fits && (announced || header_is_first(&whole))
                && row_filled(cells, sample->columns) == sample->columns;
    return r;
}

static int take_names(const struct row_cell *cells, uint32_t columns, struct arena *arena,
                      struct slice **out_names, struct tq_error *err)
{
    struct slice *names = arena_alloc(arena, columns, sizeof(*names));

    if (!names)
        return tq_no_memory(err);
    for (uint32_t i = 0; i < columns; i++)
        names[i] = row_cell_text(&cells[i]);
    *out_names = names;
    return TQ_OK;
}

int comment_header_find(struct slice lines, const struct row_sample *sample,
                        const struct dialect *dialect, struct arena *arena,
                        struct slice **out_names, struct tq_error *err)
{
    size_t columns = sample->columns;
    struct row_cell *cells =
        arena_alloc(arena, (size_t)(sample->rows + 1) * columns, sizeof(*cells));
    unsigned tried = 0;

    *out_names = NULL;
    if (!cells)
        return tq_no_memory(err);
    memcpy(cells + columns, sample->cells, sample->rows * columns * sizeof(*cells));
    while (lines.length > 0 && tried++ < LINES_TRIED) {
        const char *mark = memrchr(lines.data, '\n', lines.length - 1);
        size_t start = mark ? (size_t)(mark - lines.data) + 1 : 0;
        bool fits;
        int r = try_line(slice_trim(slice_skip(lines, start)), sample, dialect, arena, cells, &fits,
                         err);

        if (r < 0 || fits)
            return r < 0 ? r : take_names(cells, sample->columns, arena, out_names, err);
        lines.length = start;
    }
    return TQ_OK;
}
