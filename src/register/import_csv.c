/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "register/import_csv.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/escape.h"
#include "base/limits.h"
#include "base/pool.h"
#include "base/utf8.h"
#include "model/date_parts.h"
#include "register/binary_copy.h"
#include "register/csv_rows.h"
#include "register/local_time.h"
#include "register/stored_value.h"

#define PIECE_ROWS 2048u /* of the parallel part; fixed, so that nothing depends on threads */
#define PIECES_MAX (CSV_ROUND_ROWS / PIECE_ROWS)
#define STRIDE     (CSV_ROUND_ROWS + 20u) /* columns a power of two apart share few cache lines */
#define NO_COLUMN  UINT16_MAX
#define LISTED_MAX 16u /* headers listed in a complaint */
#define SHOWN_MAX  40u /* bytes of a cell shown in a complaint */
#define PLAIN_MAX  32u /* bytes of a number that is surely not too long */

#define DATE_LENGTH 10u

/* What a column of the file is for, besides values. */
enum role {
    ROLE_KEY,
    ROLE_PERIOD,
    ROLE_PERIOD_MONTH,
    ROLE_KNOWN_FROM,
    ROLE_KNOWN_TO,
    ROLE_VALID_FROM,
    ROLE_VALID_TO,
    ROLE_COUNT
};

enum row_status {
    ROW_OK,
    ROW_BROKEN,
    ROW_CELLS,
    ROW_DAMAGED,
    ROW_NO_KEY,
    ROW_BAD_KEY,
    ROW_BAD_PERIOD,
    ROW_BAD_TIME, /* with the role that was bad */
    ROW_BACKWARDS_KNOWN,
    ROW_BACKWARDS_VALID
};

/* One round of rows as columns. Value c of row r is at c * STRIDE + r. */
struct round {
    struct slice *keys;
    uint32_t *subjects;
    struct fact *facts;
    struct fact_rows *rows; /* the same for the assembler; held while columns are added */
    uint8_t *row_status, *bad_role;
    struct slice *values;
    uint8_t *value_status;
    bool *usable;
};

struct import {
    const struct import_request *request;
    const struct described_table *table;
    struct stored_dates dates;
    struct table_text *source; /* owned */
    struct csv_rows rows;
    uint16_t role_column[ROLE_COUNT]; /* number in the file, or NO_COLUMN */
    struct date_parts *values;        /* of each described column: number in the file, or numbers */
    uint32_t file_columns;
    const struct binary_column *binary; /* file_columns of them; NULL: CSV */
    struct round round;
    struct arena arenas[PIECES_MAX]; /* texts of the round's pieces */
    struct local_time **times;       /* one per thread */
    struct slice **cells;            /* one per thread: file_columns cells of a row */
    uint16_t *groups;                /* described columns sorted by field: those of one field */
    size_t *group_start;             /* go to one thread; group_count + 1 */
    size_t group_count;
    struct import_counts counts;
};

struct import *import_close(struct import *import)
{
    if (!import)
        return NULL;
    csv_rows_clear(&import->rows);
    (void)table_text_close(import->source);
    free(import->values);
    free(import->round.keys);
    free(import->round.subjects);
    free(import->round.facts);
    free(import->round.row_status);
    free(import->round.bad_role);
    free(import->round.values);
    free(import->round.value_status);
    free(import->round.usable);
    for (size_t i = 0; i < PIECES_MAX; i++)
        arena_clear(&import->arenas[i]);
    for (unsigned i = 0; i < import->request->threads; i++) {
        if (import->times)
            (void)local_time_free(import->times[i]);
        if (import->cells)
            free(import->cells[i]);
    }
    free(import->times);
    free(import->cells);
    free(import->groups);
    free(import->group_start);
    free(import);
    return NULL;
}

DEFINE_CLEANUP(struct import *, import_close)

/* Of a table in a database, its own. */
static const char *file_name(const struct described_table *table)
{
    const char *slash = table->file ? strrchr(table->file, '/') : NULL;

    if (!table->file)
        return table->name;
    return slash ? slash + 1 : table->file;
}

/* Header row. */

/* What may be wrong: the encoding, the line ends or the delimiter. */
static const char *hint(const struct import *import, const struct slice *cells)
{
    const char usual[] = ",;\t|";

    if (import->file_columns > 0 && memchr(cells[0].data, '\0', cells[0].length))
        return "; give the 'encoding' of the file, as UTF-16";
    for (uint32_t i = 0; i < import->file_columns; i++) {
        if (cells[i].length > 0 && memchr(cells[i].data, '\r', cells[i].length))
            return "; its lines end in a carriage return alone: convert them to line feeds";
    }
    for (size_t i = 0; import->file_columns == 1 && i + 1 < sizeof(usual); i++) {
        if (memchr(cells[0].data, usual[i], cells[0].length))
            return "; give the 'delimiter' that parts the columns";
    }
    return "";
}

static int missing_column(const struct import *import, const char *header, unsigned line,
                          const struct slice *cells, struct tq_error *err)
{
    CLEANUP(buf_clear_cleanup) struct buf list = {0};

    for (uint32_t i = 0; i < import->file_columns && i < LISTED_MAX; i++) {
        buf_add_text(&list, i ? ", " : "");
        escape_text(&list, cells[i]);
    }
    return tq_fail(err, TQ_E_SYNTAX, "%s:%u: table '%s': '%s' has no column '%s'; it has %s%s%s",
                   import->request->description->file, line, import->table->name,
                   file_name(import->table), header, list.data ? list.data : "none",
                   import->file_columns > LISTED_MAX ? ", ..." : "", hint(import, cells));
}

/* A header that line `line` of the description names; NULL: none. */
static int find_column(const struct import *import, const char *header, unsigned line,
                       const struct slice *cells, uint16_t *out_column, struct tq_error *err)
{
    uint16_t found = NO_COLUMN;

    if (!header) {
        *out_column = NO_COLUMN;
        return TQ_OK;
    }
    for (uint32_t i = 0; i < import->file_columns; i++) {
        if (!slice_is(cells[i], header))
            continue;
        if (found != NO_COLUMN)
            return tq_fail(err, TQ_E_SYNTAX, "%s:%u: table '%s': '%s' has two columns '%s'",
                           import->request->description->file, line, import->table->name,
                           file_name(import->table), header);
        found = (uint16_t)i;
    }
    if (found == NO_COLUMN)
        return missing_column(import, header, line, cells, err);
    *out_column = found;
    return TQ_OK;
}

/* The header that the description gives for a role, or NULL, and where. */
static const char *role_header(const struct described_table *table, enum role role,
                               unsigned *out_line)
{
    const struct {
        const char *header;
        unsigned line;
    } roles[ROLE_COUNT] = {[ROLE_KEY] = {table->key, table->key_line},
                           [ROLE_PERIOD] = {table->period, table->period_line},
                           [ROLE_PERIOD_MONTH] = {table->period_month, table->period_line},
                           [ROLE_KNOWN_FROM] = {table->known_from, table->known_line},
                           [ROLE_KNOWN_TO] = {table->known_to, table->known_line},
                           [ROLE_VALID_FROM] = {table->valid_from, table->valid_line},
                           [ROLE_VALID_TO] = {table->valid_to, table->valid_line}};

    *out_line = roles[role].line;
    return roles[role].header;
}

/* Where a described column stands in the file, or the columns of a date's parts do. */
static int find_value(const struct import *import, const struct described_column *column,
                      const struct slice *cells, struct date_parts *out, struct tq_error *err)
{
    const char *const headers[DATE_PARTS_MAX] = {column->header, column->month, column->day};

    for (size_t i = 0; i < DATE_PARTS_MAX && headers[i]; i++) {
        int r = find_column(import, headers[i], column->line, cells, &out->columns[i], err);

        if (r < 0)
            return r;
        out->count = i > 0 ? (uint8_t)(i + 1) : 0;
    }
    return TQ_OK;
}

static int find_columns(struct import *import, const struct slice *cells, struct tq_error *err)
{
    const struct described_table *table = import->table;

    for (enum role role = ROLE_KEY; role < ROLE_COUNT; role++) {
        unsigned line;
        const char *header = role_header(table, role, &line);
        int r = find_column(import, header, line, cells, &import->role_column[role], err);

        if (r < 0)
            return r;
    }
    for (size_t c = 0; c < table->column_count; c++) {
        int r = find_value(import, &table->columns[c], cells, &import->values[c], err);

        if (r < 0)
            return r;
    }
    return TQ_OK;
}

static int read_header(struct import *import, struct tq_error *err)
{
    CLEANUP(free_cleanup) struct slice *cells = NULL;
    size_t capacity = 0;
    struct csv_cells walk;
    struct slice cell;
    int r = csv_rows_next(&import->rows, 1, err);

    if (r < 0)
        return r;
    if (import->rows.row_count == 0)
        return tq_fail(err, TQ_E_SYNTAX, "table '%s': '%s' is empty; a header row is wanted",
                       import->table->name, file_name(import->table));
    walk = csv_cells_of(&import->rows.rows[0], import->table->delimiter, &import->arenas[0]);
    while (csv_cells_next(&walk, &cell)) {
        if (import->file_columns == TABLE_COLUMNS_MAX)
            return tq_fail(err, TQ_E_LIMIT, "'%s' has more than %u columns",
                           file_name(import->table), TABLE_COLUMNS_MAX);
        r = alloc_reserve(&cells, &capacity, import->file_columns + 1, sizeof(*cells), err);
        if (r < 0)
            return r;
        cells[import->file_columns++] = slice_trim(cell);
    }
    if (walk.no_memory)
        return tq_no_memory(err);
    return find_columns(import, cells, err);
}

/* Rows in the binary format have no header: who asked for them knows the names. */
static int take_names(struct import *import, struct tq_error *err)
{
    CLEANUP(free_cleanup)
    struct slice *names = alloc_zeroed(import->file_columns, sizeof(*names));

    if (!names)
        return tq_no_memory(err);
    for (uint32_t i = 0; i < import->file_columns; i++)
        names[i] = slice_of(import->binary[i].name);
    import->rows.binary_columns = import->file_columns;
    return find_columns(import, names, err);
}

/* Rows, in parallel. */

/* A beginning after all time, or an end before it, is no open end. */
static bool is_wrong_end(struct slice text, enum role role)
{
    bool is_from = role == ROLE_KNOWN_FROM || role == ROLE_VALID_FROM;

    return is_from ? stored_is_never(text) : slice_is(text, "-infinity");
}

/* What the column is in the binary format; of CSV, text. */
static enum binary_type type_of(const struct import *import, uint16_t column)
{
    return import->binary ? import->binary[column].type : BINARY_TEXT;
}

/* A cell of the binary format that is no text yet, as such. False when memory runs out. */
static bool number_text(const struct import *import, uint16_t column, struct slice cell,
                        struct arena *arena, struct slice *out_text)
{
    if (type_of(import, column) == BINARY_DAY)
        return binary_day_text(cell, arena, out_text);
    return binary_moment_text(cell, arena, out_text);
}

static bool is_number(const struct import *import, uint16_t column)
{
    enum binary_type type = type_of(import, column);

    return type == BINARY_DAY || type == BINARY_MOMENT;
}

/* A time that came as a number. False: its text is to be looked at. */
static bool number_time(const struct import *import, struct local_time *time, uint16_t column,
                        struct slice cell, int32_t *out_minutes)
{
    int32_t days;

    if (type_of(import, column) == BINARY_MOMENT)
        return binary_moment(cell, out_minutes);
    return binary_day(cell, &days)
           && local_time_on_day(time, days, slice_make(NULL, 0), out_minutes);
}

static bool read_number_time(const struct import *import, struct local_time *time,
                             struct slice cell, enum role role, int32_t *out_minutes)
{
    CLEANUP(arena_clear_cleanup) struct arena arena = {0};
    uint16_t column = import->role_column[role];
    struct slice text;

    if (cell.length == 0 || number_time(import, time, column, cell, out_minutes))
        return true;
    return number_text(import, column, cell, &arena, &text) && !is_wrong_end(text, role)
           && stored_time(time, text, import->dates, out_minutes);
}

static bool read_time(const struct import *import, struct local_time *time,
                      const struct slice *cells, enum role role, int32_t *out_minutes)
{
    uint16_t column = import->role_column[role];
    struct slice text;

    if (column == NO_COLUMN)
        return true;
    if (is_number(import, column))
        return read_number_time(import, time, cells[column], role, out_minutes);
    text = slice_trim(cells[column]);
    if (is_wrong_end(text, role))
        return false;
    return text.length == 0 || stored_time(time, text, import->dates, out_minutes);
}

static enum row_status read_times(const struct import *import, struct local_time *time,
                                  const struct slice *cells, struct fact *fact, uint8_t *bad_role)
{
    int32_t *const times[ROLE_COUNT] = {[ROLE_KNOWN_FROM] = &fact->known_from,
                                        [ROLE_KNOWN_TO] = &fact->known_to,
                                        [ROLE_VALID_FROM] = &fact->valid_from,
                                        [ROLE_VALID_TO] = &fact->valid_to};

    for (enum role role = ROLE_KNOWN_FROM; role < ROLE_COUNT; role++) {
        *bad_role = (uint8_t)role;
        if (!read_time(import, time, cells, role, times[role]))
            return ROW_BAD_TIME;
    }
    if (fact->known_from >= fact->known_to)
        return ROW_BACKWARDS_KNOWN;
    if (fact->valid_from >= fact->valid_to)
        return ROW_BACKWARDS_VALID;
    return ROW_OK;
}

/* The month of a day. */
static bool read_day_month(const struct import *import, struct slice cell, uint16_t *out_month)
{
    CLEANUP(arena_clear_cleanup) struct arena arena = {0};
    struct slice text = cell;
    unsigned month, day;
    int32_t days;
    int year;

    if (cell.length == 0 || !binary_day(cell, &days))
        return (cell.length == 0 || binary_day_text(cell, &arena, &text))
               && stored_period(text, import->dates, out_month);
    civil_from_days(days, &year, &month, &day);
    *out_month = month_number(year, month);
    return true;
}

/* The month that the row is about, if it is about one. */
static bool read_period(const struct import *import, const struct slice *cells, uint16_t *out_month)
{
    uint16_t period = import->role_column[ROLE_PERIOD];
    uint16_t month = import->role_column[ROLE_PERIOD_MONTH];

    if (period == NO_COLUMN)
        return true;
    if (type_of(import, period) == BINARY_DAY)
        return read_day_month(import, cells[period], out_month);
    if (month != NO_COLUMN)
        return stored_year_month(slice_trim(cells[period]), slice_trim(cells[month]), out_month);
    return stored_period(slice_trim(cells[period]), import->dates, out_month);
}

static enum row_status read_row_head(struct import *import, struct local_time *time,
                                     const struct slice *cells, size_t row)
{
    struct slice key = slice_trim(cells[import->role_column[ROLE_KEY]]);
    struct fact *fact = &import->round.facts[row];

    if (key.length == 0)
        return ROW_NO_KEY;
    if (key.length > CELL_BYTES_MAX || !utf8_is_valid(key) || memchr(key.data, '\0', key.length))
        return ROW_BAD_KEY;
    if (!read_period(import, cells, &fact->period))
        return ROW_BAD_PERIOD;
    import->round.keys[row] = key;
    return read_times(import, time, cells, fact, &import->round.bad_role[row]);
}

static enum row_status split_binary(const struct import *import, const struct csv_row *row,
                                    struct arena *arena, struct slice *cells, bool *no_memory)
{
    enum binary_status status = binary_cells(slice_make(row->data, row->length), import->binary,
                                             import->file_columns, arena, cells);

    *no_memory = status == BINARY_NO_MEMORY;
    return status == BINARY_OK ? ROW_OK : ROW_DAMAGED;
}

static enum row_status split_row(const struct import *import, const struct csv_row *row,
                                 struct arena *arena, struct slice *cells, bool *no_memory)
{
    struct csv_cells walk = csv_cells_of(row, import->table->delimiter, arena);
    struct slice cell;
    uint32_t count = 0;

    if (import->binary)
        return split_binary(import, row, arena, cells, no_memory);
    if (row->broken)
        return ROW_BROKEN;
    while (csv_cells_next(&walk, &cell)) {
        if (count == import->file_columns)
            return ROW_CELLS;
        cells[count++] = cell;
    }
    *no_memory = walk.no_memory;
    return count == import->file_columns ? ROW_OK : ROW_CELLS;
}

/* Numbers and dates that the server has written are as the register stores them, but for special
 * ones, which end with a letter, and for years that need a second look. */
static bool is_stored(enum binary_type from, enum value_type type, struct slice cell)
{
    switch (from) {
    case BINARY_INTEGER:
    case BINARY_NUMERIC:
        return (type == TYPE_NUMBER || type == TYPE_AMOUNT) && cell.length > 0
               && cell.length <= PLAIN_MAX && cell.data[cell.length - 1] <= '9';
    case BINARY_DATE:
        return type == TYPE_DATE && cell.length == DATE_LENGTH && cell.data[0] < '5'
               && memcmp(cell.data, "1800", 4) >= 0;
    default:
        return false;
    }
}

/* The cell of a described column. Parts of a date are joined in the arena; false: no memory. */
static bool value_cell(const struct date_parts *value, const struct slice *cells,
                       struct arena *arena, struct slice *out_cell)
{
    struct slice parts[DATE_PARTS_MAX];
    char *room;

    *out_cell = cells[value->columns[0]];
    if (value->count == 0)
        return true;
    for (size_t i = 0; i < value->count; i++)
        parts[i] = cells[value->columns[i]];
    room = arena_alloc(arena, DATE_PARTS_BYTES, 1);
    if (!room)
        return false;
    *out_cell = date_parts_join(parts, value->count, room);
    return true;
}

static bool read_values(struct import *import, const struct slice *cells, size_t row,
                        struct arena *arena)
{
    const struct description *description = import->request->description;

    for (size_t c = 0; c < import->table->column_count; c++) {
        const struct described_column *column = &import->table->columns[c];
        const struct date_parts *value = &import->values[c];
        const struct stored_dates year_first = {DATE_YMD, true};
        enum value_type type = description->fields[column->field].type;
        enum stored_status status = STORED_OK;
        size_t at = c * STRIDE + row;
        struct slice cell;

        if (!value_cell(value, cells, arena, &cell))
            return false;
        if (value->count == 0 && is_stored(type_of(import, value->columns[0]), type, cell))
            import->round.values[at] = cell;
        else
            status = stored_value(type, value->count > 0 ? year_first : import->dates,
                                  column->country, cell, arena, &import->round.values[at]);
        if (status == STORED_NO_MEMORY)
            return false;
        import->round.value_status[at] = (uint8_t)status;
        if (status != STORED_OK)
            import->round.values[at] = slice_make(NULL, 0);
    }
    return true;
}

static bool read_row(struct import *import, size_t row, unsigned thread, struct arena *arena)
{
    struct round *round = &import->round;
    struct slice *cells = import->cells[thread];
    bool no_memory = false;
    enum row_status status = split_row(import, &import->rows.rows[row], arena, cells, &no_memory);

    round->facts[row] = (struct fact){.period = MONTH_NONE,
                                      .known_from = import->table->seen_from,
                                      .known_to = import->table->seen_to,
                                      .valid_from = MOMENT_MIN,
                                      .valid_to = MOMENT_MAX};
    if (status == ROW_OK)
        status = read_row_head(import, import->times[thread], cells, row);
    round->row_status[row] = (uint8_t)status;
    if (status != ROW_OK) {
        round->keys[row] = slice_make(NULL, 0); /* gets no subject, so its values are skipped */
        for (size_t c = 0; c < import->table->column_count; c++) {
            round->values[c * STRIDE + row] = slice_make(NULL, 0);
            round->value_status[c * STRIDE + row] = STORED_OK;
        }
        return !no_memory;
    }
    return !no_memory && read_values(import, cells, row, arena);
}

static int read_piece(void *state, size_t index, unsigned thread, struct tq_error *err)
{
    struct import *import = state;
    size_t end = (index + 1) * PIECE_ROWS;

    if (end > import->rows.row_count)
        end = import->rows.row_count;
    arena_reset(&import->arenas[index]);
    for (size_t row = index * PIECE_ROWS; row < end; row++) {
        if (!read_row(import, row, thread, &import->arenas[index]))
            return tq_no_memory(err);
    }
    return TQ_OK;
}

/* Values, in parallel by field. */

/* A column of the round, whose values are at `at`. */
static int add_column(struct import *import, uint16_t field, size_t at, struct tq_error *err)
{
    struct assemble *assemble = import->request->assemble;
    const struct slice *values = import->round.values + at;
    bool *usable = import->round.usable + at;

    return import->table->snapshots
               ? assemble_export_column(assemble, field, values, import->round.rows, usable, err)
               : assemble_column(assemble, field, values, import->round.rows, usable, err);
}

static int add_group(void *state, size_t index, unsigned thread, struct tq_error *err)
{
    struct import *import = state;

    (void)thread;
    for (size_t i = import->group_start[index]; i < import->group_start[index + 1]; i++) {
        size_t at = (size_t)import->groups[i] * STRIDE;
        uint16_t field = import->table->columns[import->groups[i]].field;
        int r = add_column(import, import->request->fields[field], at, err);

        if (r < 0)
            return r;
    }
    return TQ_OK;
}

static int make_groups(struct import *import, struct tq_error *err)
{
    const struct described_table *table = import->table;
    size_t next = 0;

    import->groups = alloc_zeroed(table->column_count, sizeof(*import->groups));
    import->group_start = alloc_zeroed(table->column_count + 1, sizeof(*import->group_start));
    if (!import->groups || !import->group_start)
        return tq_no_memory(err);
    for (size_t c = 0; c < table->column_count; c++) {
        bool seen = false;

        for (size_t before = 0; before < c; before++)
            seen = seen || table->columns[before].field == table->columns[c].field;
        if (seen)
            continue;
        import->group_start[import->group_count++] = next;
        for (size_t same = c; same < table->column_count; same++) {
            if (table->columns[same].field == table->columns[c].field)
                import->groups[next++] = (uint16_t)same;
        }
    }
    import->group_start[import->group_count] = next;
    return TQ_OK;
}

/* Complaints, in the order of the file. */

/* The header of a column that the description names. */
static const char *column_name(const struct import *import, uint16_t column)
{
    const struct described_table *table = import->table;
    unsigned line;

    for (size_t c = 0; c < table->column_count; c++) {
        if (import->values[c].columns[0] == column)
            return table->columns[c].header;
    }
    for (enum role role = ROLE_KEY; role < ROLE_COUNT; role++) {
        if (import->role_column[role] == column)
            return role_header(table, role, &line);
    }
    return ""; /* not reached: others are not complained about */
}

/* "insured.csv line 17 column 3", or of a database "table 'insured' row 16 column 'ddn'". */
static void add_place(struct buf *message, const struct import *import, size_t row, uint16_t column)
{
    if (!import->table->file) {
        buf_format(
            message, "table '%s' row %llu", import->table->name,
            (unsigned long long)(import->counts.rows_read - import->rows.row_count + row + 1));
        if (column != NO_COLUMN)
            buf_format(message, " column '%s'", column_name(import, column));
        return;
    }
    buf_format(message, "%s line %llu", file_name(import->table),
               (unsigned long long)import->rows.rows[row].line);
    if (column != NO_COLUMN)
        buf_format(message, " column %u", column + 1u);
}

static void say(const struct import *import, size_t row, uint16_t column, const char *what,
                struct slice shown)
{
    CLEANUP(buf_clear_cleanup) struct buf message = {0};

    if (!import->request->complain)
        return;
    add_place(&message, import, row, column);
    buf_format(&message, ": %s", what);
    if (shown.length) {
        buf_add_text(&message, ": '");
        escape_text(&message,
                    slice_make(shown.data, shown.length < SHOWN_MAX ? shown.length : SHOWN_MAX));
        buf_add_text(&message, "'");
    }
    if (message.failed == TQ_OK)
        import->request->complain(import->request->state, message.data);
}

/* The same of the binary format, as text. */
static struct slice binary_again(const struct import *import, size_t row, uint16_t column,
                                 struct arena *arena)
{
    struct slice *cells = import->cells[0], text;
    bool no_memory;

    if (split_binary(import, &import->rows.rows[row], arena, cells, &no_memory) != ROW_OK)
        return slice_make(NULL, 0);
    if (!is_number(import, column) || cells[column].length == 0)
        return slice_trim(cells[column]);
    return number_text(import, column, cells[column], arena, &text) ? text : slice_make(NULL, 0);
}

/* The cell of a refused row again: complaints are rare, so nothing was kept for them. */
static struct slice cell_again(const struct import *import, size_t row, uint16_t column,
                               struct arena *arena)
{
    struct csv_cells walk = csv_cells_of(&import->rows.rows[row], import->table->delimiter, arena);
    struct slice cell = {NULL, 0};

    if (import->binary)
        return binary_again(import, row, column, arena);
    for (uint32_t i = 0; i <= column; i++) {
        if (!csv_cells_next(&walk, &cell))
            return slice_make(NULL, 0);
    }
    return slice_trim(cell);
}

/* The same of a described column; of a date's parts, as they were joined. */
static struct slice value_again(const struct import *import, size_t row,
                                const struct date_parts *value, struct arena *arena)
{
    struct slice parts[DATE_PARTS_MAX];
    char *room;

    if (value->count == 0)
        return cell_again(import, row, value->columns[0], arena);
    for (size_t i = 0; i < value->count; i++)
        parts[i] = cell_again(import, row, value->columns[i], arena);
    room = arena_alloc(arena, DATE_PARTS_BYTES, 1);
    return room ? date_parts_join(parts, value->count, room) : slice_make(NULL, 0);
}

static void complain_row(const struct import *import, size_t row, struct arena *arena)
{
    static const char *const bad_times[ROLE_COUNT] = {[ROLE_KNOWN_FROM] = "known from",
                                                      [ROLE_KNOWN_TO] = "known to",
                                                      [ROLE_VALID_FROM] = "valid from",
                                                      [ROLE_VALID_TO] = "valid to"};
    const struct slice none = {NULL, 0};
    enum role role = import->round.bad_role[row];
    char what[80];

    switch ((enum row_status)import->round.row_status[row]) {
    case ROW_OK:
        return;
    case ROW_BROKEN:
        say(import, row, NO_COLUMN, "a quoted cell is not closed, or text follows it", none);
        return;
    case ROW_CELLS:
        (void)snprintf(what, sizeof(what), "not the %u cells of the header", import->file_columns);
        say(import, row, NO_COLUMN, what, none);
        return;
    case ROW_DAMAGED:
        say(import, row, NO_COLUMN, "a value is not of the type that the server said it is", none);
        return;
    case ROW_NO_KEY:
        say(import, row, import->role_column[ROLE_KEY], "the key is empty", none);
        return;
    case ROW_BAD_KEY:
        say(import, row, import->role_column[ROLE_KEY],
            "the key is not valid UTF-8, has a NUL byte, or is too long", none);
        return;
    case ROW_BAD_PERIOD:
        say(import, row, import->role_column[ROLE_PERIOD],
            import->table->period_month ? "the period is not a year and a month"
                                        : "the period is not a month",
            cell_again(import, row, import->role_column[ROLE_PERIOD], arena));
        return;
    case ROW_BAD_TIME:
        (void)snprintf(what, sizeof(what), "'%s' is no date or time from 1800 to 5000",
                       bad_times[role]);
        say(import, row, import->role_column[role], what,
            cell_again(import, row, import->role_column[role], arena));
        return;
    case ROW_BACKWARDS_KNOWN:
        say(import, row, NO_COLUMN, "the known interval is empty or runs backwards", none);
        return;
    case ROW_BACKWARDS_VALID:
        say(import, row, NO_COLUMN, "the valid interval is empty or runs backwards", none);
        return;
    }
}

static void count_and_complain(struct import *import)
{
    struct round *round = &import->round;
    CLEANUP(arena_clear_cleanup) struct arena arena = {0};

    import->counts.rows_read += import->rows.row_count;
    for (size_t row = 0; row < import->rows.row_count; row++) {
        import->counts.rows_refused += round->row_status[row] != ROW_OK;
        complain_row(import, row, &arena);
        for (size_t c = 0; c < import->table->column_count; c++) {
            size_t at = c * STRIDE + row;
            enum stored_status status =
                round->usable[at] ? (enum stored_status)round->value_status[at] : STORED_NO_FORM;

            if (status == STORED_OK)
                continue;
            import->counts.cells_refused++;
            say(import, row, import->values[c].columns[0], stored_status_text(status),
                value_again(import, row, &import->values[c], &arena));
        }
    }
}

static int import_round(struct import *import, struct tq_error *err)
{
    const struct import_request *request = import->request;
    size_t row_count = import->rows.row_count;
    int r = pool_run(request->threads, (row_count + PIECE_ROWS - 1) / PIECE_ROWS, read_piece,
                     import, err);

    if (r < 0)
        return r;
    r = assemble_subjects(request->assemble, import->table->kind, import->round.keys, row_count,
                          import->round.subjects, err);
    if (r < 0)
        return r;
    for (size_t row = 0; row < row_count; row++)
        import->round.facts[row].subject = import->round.subjects[row];
    r = assemble_rows(import->round.facts, row_count, &import->round.rows, err);
    if (r < 0)
        return r;
    r = pool_run(request->threads, import->group_count, add_group, import, err);
    import->round.rows = fact_rows_let_go(import->round.rows);
    if (r < 0)
        return r;
    count_and_complain(import);
    if (request->progress)
        request->progress(request->state, import->table->name, import->counts.rows_read, 0);
    return TQ_OK;
}

static int make_round(struct import *import, struct tq_error *err)
{
    struct round *round = &import->round;
    size_t values = import->table->column_count * STRIDE;
    unsigned threads = import->request->threads;

    round->keys = alloc_zeroed(CSV_ROUND_ROWS, sizeof(*round->keys));
    round->subjects = alloc_zeroed(CSV_ROUND_ROWS, sizeof(*round->subjects));
    round->facts = alloc_zeroed(CSV_ROUND_ROWS, sizeof(*round->facts));
    round->row_status = alloc_zeroed(CSV_ROUND_ROWS, 1);
    round->bad_role = alloc_zeroed(CSV_ROUND_ROWS, 1);
    round->values = alloc_zeroed(values, sizeof(*round->values));
    round->value_status = alloc_zeroed(values, 1);
    round->usable = alloc_zeroed(values, sizeof(*round->usable));
    import->times = alloc_zeroed(threads, sizeof(*import->times));
    import->cells = alloc_zeroed(threads, sizeof(*import->cells));
    if (!round->keys || !round->subjects || !round->facts || !round->row_status || !round->bad_role
        || !round->values || !round->value_status || !round->usable || !import->times
        || !import->cells)
        return tq_no_memory(err);
    for (unsigned i = 0; i < threads; i++) {
        int r = local_time_new(import->request->description->timezone, &import->times[i], err);

        if (r < 0)
            return r;
        import->cells[i] = alloc_zeroed(import->file_columns, sizeof(**import->cells));
        if (!import->cells[i])
            return tq_no_memory(err);
    }
    return TQ_OK;
}

/* Whether its rows are those that changed; other rows of it were used before. */
static bool is_change(const struct import *import)
{
    const struct import_request *request = import->request;

    return request->refresh && (import->table->sql || import->table->relation)
           && !refresh_is_whole(request->refresh,
                                (size_t)(import->table - request->description->tables));
}

/* A table of which nothing could be used is described wrongly: better said now than found later. */
static int want_rows(const struct import *import, struct tq_error *err)
{
    if (import->counts.rows_read == 0 || import->counts.rows_refused < import->counts.rows_read
        || is_change(import))
        return TQ_OK;
    return tq_fail(err, TQ_E_SYNTAX,
                   "%s:%u: table '%s': none of the %llu rows of '%s' could be used",
                   import->request->description->file, import->table->key_line, import->table->name,
                   (unsigned long long)import->counts.rows_read, file_name(import->table));
}

static int prepare(struct import *import, struct tq_error *err)
{
    int r = csv_rows_init(&import->rows, import->source, import->table->delimiter, err);

    if (r < 0)
        return r;
    import->values = alloc_zeroed(import->table->column_count, sizeof(*import->values));
    if (!import->values)
        return tq_no_memory(err);
    r = import->binary ? take_names(import, err) : read_header(import, err);
    if (r < 0)
        return r;
    r = make_groups(import, err);
    if (r < 0)
        return r;
    return make_round(import, err);
}

/* What a table failed of, with its name; what is wrong in its text has that already. */
static int table_failed(const struct described_table *table, const struct tq_error *cause,
                        struct tq_error *err)
{
    if (cause->status == TQ_E_SYNTAX)
        *err = *cause;
    else
        (void)tq_fail(err, cause->status, "table '%s': %s", table->name, cause->message);
    return cause->status;
}

int import_open_binary(const struct import_request *request, const struct described_table *table,
                       struct table_text *source, const struct binary_column *columns,
                       uint32_t column_count, struct import **out_import, struct tq_error *err)
{
    CLEANUP(import_close_cleanup) struct import *import = alloc_zeroed(1, sizeof(*import));
    struct tq_error cause;

    if (!import) {
        (void)table_text_close(source);
        return tq_no_memory(err);
    }
    import->request = request;
    import->table = table;
    import->binary = columns;
    import->file_columns = column_count;
    import->dates = table->has_dates
                        ? (struct stored_dates){table->dates, true}
                        : stored_dates_of(assemble_normaliser(request->assemble)->country);
    import->source = source;
    if (prepare(import, &cause) < 0)
        return table_failed(table, &cause, err);
    *out_import = TAKE(import);
    return TQ_OK;
}

int import_open(const struct import_request *request, const struct described_table *table,
                struct table_text *source, struct import **out_import, struct tq_error *err)
{
    return import_open_binary(request, table, source, NULL, 0, out_import, err);
}

/* A row that does not fit into a round. Those before it were used. */
static int row_too_long(const struct import *import, struct tq_error *err)
{
    if (import->table->file)
        return tq_fail(
            err, TQ_E_LIMIT,
            "%s line %llu is longer than %zu bytes: see that every quoted cell is closed, "
            "and that the 'delimiter' is right",
            file_name(import->table), (unsigned long long)import->rows.line, CSV_ROUND_BYTES);
    return tq_fail(
        err, TQ_E_LIMIT,
        "row %llu is longer than %zu bytes: leave the column out, or cut it in 'sql', as "
        "left(column, 1000)",
        (unsigned long long)import->counts.rows_read + 1, CSV_ROUND_BYTES);
}

int import_next(struct import *import, bool *out_ended, struct tq_error *err)
{
    struct tq_error cause;
    bool ended = false;
    int r = csv_rows_next(&import->rows, CSV_ROUND_ROWS, &cause);

    if (r == TQ_E_LIMIT)
        r = row_too_long(import, &cause);
    if (r == TQ_OK) {
        ended = import->rows.row_count == 0;
        r = ended ? want_rows(import, &cause) : import_round(import, &cause);
    }
    if (r < 0)
        return table_failed(import->table, &cause, err);
    *out_ended = ended;
    return TQ_OK;
}

const struct import_counts *import_counts_of(const struct import *import)
{
    return &import->counts;
}

int import_csv(const struct import_request *request, const struct described_table *table,
               struct import_counts *out_counts, struct tq_error *err)
{
    CLEANUP(import_close_cleanup) struct import *import = NULL;
    struct table_text *source = NULL;
    bool ended = false;
    int r = table_text_open(table->file, table->encoding, &source, err);

    if (r < 0)
        return r;
    r = import_open(request, table, source, &import, err);
    while (r == TQ_OK && !ended)
        r = import_next(import, &ended, err);
    if (r < 0)
        return r;
    *out_counts = *import_counts_of(import);
    return TQ_OK;
}
