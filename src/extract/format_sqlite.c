/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Databases of SQLite: each table is a table, row by row in the order of the file. What a schema
 * could have run - views, triggers, virtual tables - is not.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/alloc.h"
#include "base/arena.h"
#include "base/cleanup.h"
#include "base/file.h"
#include "extract/emit.h"
#include "extract/format.h"
#include "extract/legacy_text.h"
#include "extract/row_writer.h"
#include "extract/sqlite_file.h"

#define TABLES_MAX      10000u
#define STEP_COST       10000u /* instructions of SQLite between two looks at the limit */
#define BLOB_SHOWN_MAX  64u    /* bytes of a blob that may be an identifier */
#define JUMPS_MAX       200u   /* over damage, in one table */
#define STEPS_PER_BYTE  8u     /* instructions that reading whole rows takes */
#define HEADER_BYTES    100u
#define FREE_PAGES_AT   36
#define PAGE_COUNT_AT   28
#define PAGE_SIZE_AT    16
#define READ_VERSION_AT 19

struct sqlite_reading {
    const struct sink *sink;
    struct sqlite_file file;
    struct row_writer writer;
    struct arena arena;
    struct slice *names; /* of the tables; owned array, texts of the arena */
    size_t count, capacity;
    uint64_t steps, steps_max;
    uint64_t rows_max; /* each row takes two bytes at least, unless pages are shared */
    struct buf text, sql;
    uint64_t blobs, virtual_tables, views;
    struct note_kind damaged;
};

static void reading_clear(struct sqlite_reading *reading)
{
    sqlite_file_close(&reading->file);
    row_writer_clear(&reading->writer);
    arena_clear(&reading->arena);
    buf_clear(&reading->text);
    buf_clear(&reading->sql);
    free(reading->names);
}

static int count_step(void *state)
{
    struct sqlite_reading *reading = state;

    reading->steps += STEP_COST;
    return reading->steps > reading->steps_max;
}

static bool is_spent(const struct sqlite_reading *reading)
{
    return reading->steps > reading->steps_max || reading->writer.record > reading->rows_max;
}

static int prepare(struct sqlite_reading *reading, const char *sql, sqlite3_stmt **out_statement)
{
    return sqlite3_prepare_v2(reading->file.database, sql, -1, out_statement, NULL);
}

static void finalize_cleanup(sqlite3_stmt **statement)
{
    (void)sqlite3_finalize(*statement);
}

static struct slice column_text(sqlite3_stmt *statement, int column)
{
    const char *text = (const char *)sqlite3_column_text(statement, column);
    int length = sqlite3_column_bytes(statement, column);

    return text && length > 0 ? slice_make(text, (size_t)length) : SLICE_LITERAL("");
}

static int add_name(struct sqlite_reading *reading, struct slice name, struct tq_error *err)
{
    char *copy;
    int r = alloc_reserve(&reading->names, &reading->capacity, reading->count + 1,
                          sizeof(*reading->names), err);

    if (r < 0)
        return r;
    copy = arena_text(&reading->arena, name);
    if (!copy)
        return tq_no_memory(err);
    reading->names[reading->count++] = slice_make(copy, name.length);
    return TQ_OK;
}

static bool starts_with(struct slice text, const char *start)
{
    return text.length >= strlen(start) && strncasecmp(text.data, start, strlen(start)) == 0;
}

/* One entry of the schema: type, name, how it was created. */
static int take_entry(struct sqlite_reading *reading, sqlite3_stmt *statement, struct tq_error *err)
{
    struct slice type = column_text(statement, 0), name = column_text(statement, 1);
    struct slice sql = column_text(statement, 2);

    reading->views += slice_is(type, "view");
    if (!slice_is(type, "table") || name.length == 0 || starts_with(name, "sqlite_"))
        return TQ_OK;
    if (starts_with(sql, "CREATE VIRTUAL")) {
        reading->virtual_tables++;
        return TQ_OK;
    }
    if (reading->count >= TABLES_MAX)
        return TQ_OK;
    return add_name(reading, name, err);
}

/* The names of the tables; *out_status is how SQLite came through the schema. */
static int list_tables(struct sqlite_reading *reading, int *out_status, struct tq_error *err)
{
    CLEANUP(finalize_cleanup) sqlite3_stmt *statement = NULL;
    int r = TQ_OK;

    reading->count = 0;
    reading->views = reading->virtual_tables = 0;
    *out_status =
        prepare(reading, "SELECT type, name, sql FROM sqlite_schema ORDER BY rowid", &statement);
    if (*out_status != SQLITE_OK)
        return TQ_OK;
    while (r == TQ_OK && (*out_status = sqlite3_step(statement)) == SQLITE_ROW)
        r = take_entry(reading, statement, err);
    return r;
}

/* A value as text. A blob is one, or short enough to be an identifier, or left out. */
static int write_value(struct sqlite_reading *reading, sqlite3_stmt *statement, int column,
                       struct tq_error *err)
{
    struct slice bytes;
    int r;

    buf_empty(&reading->text);
    if (sqlite3_column_type(statement, column) == SQLITE_BLOB) {
        int length = sqlite3_column_bytes(statement, column);
        const char *blob = sqlite3_column_blob(statement, column);

        bytes = slice_make(blob ? blob : "", blob ? (size_t)length : 0);
        if (!legacy_text_is(bytes) && bytes.length > BLOB_SHOWN_MAX) {
            reading->blobs++;
        } else if (!legacy_text_is(bytes)) {
            buf_add_text(&reading->text, "0x");
            for (size_t i = 0; i < bytes.length; i++)
                buf_format(&reading->text, "%02X", (unsigned char)bytes.data[i]);
        } else {
            buf_add_slice(&reading->text, bytes);
        }
    } else {
        legacy_text_add(&reading->text, column_text(statement, column), NULL);
    }
    r = buf_check(&reading->text, err);
    return r < 0 ? r : row_writer_cell(&reading->writer, buf_slice(&reading->text), err);
}

static int begin_table(struct sqlite_reading *reading, struct slice name, sqlite3_stmt *statement,
                       int first, struct tq_error *err)
{
    int columns = sqlite3_column_count(statement) - first;
    struct slice *headers = arena_alloc(&reading->arena, (size_t)columns, sizeof(*headers));

    if (!headers)
        return tq_no_memory(err);
    for (int i = 0; i < columns; i++) {
        const char *header = sqlite3_column_name(statement, first + i);
        char *copy = arena_text(&reading->arena, slice_of(header ? header : ""));

        if (!copy)
            return tq_no_memory(err);
        headers[i] = slice_of(copy);
    }
    return row_writer_table(&reading->writer, name, (uint32_t)columns, headers, err);
}

static void quote_name(struct buf *out, struct slice name)
{
    buf_add_byte(out, '"');
    for (size_t i = 0; i < name.length; i++) {
        if (name.data[i] == '"')
            buf_add_byte(out, '"');
        buf_add_byte(out, name.data[i]);
    }
    buf_add_byte(out, '"');
}

/* Read by row numbers, if there are any: not if the table has none, or a column called so. */
static int find_row_numbers(struct sqlite_reading *reading, struct slice name,
                            sqlite3_stmt **out_statement, bool *out_has, struct tq_error *err)
{
    int r;

    buf_empty(&reading->sql);
    buf_add_text(&reading->sql, "SELECT rowid, t.* FROM ");
    quote_name(&reading->sql, name);
    buf_add_text(&reading->sql, " AS t NOT INDEXED WHERE rowid >= ?1 ORDER BY rowid");
    r = buf_check(&reading->sql, err);
    if (r < 0)
        return r;
    *out_has = prepare(reading, reading->sql.data, out_statement) == SQLITE_OK;
    for (int i = 1; *out_has && i < sqlite3_column_count(*out_statement); i++) {
        const char *header = sqlite3_column_name(*out_statement, i);

        *out_has = header && strcasecmp(header, "rowid") != 0;
    }
    return TQ_OK;
}

static int prepare_plain(struct sqlite_reading *reading, struct slice name,
                         sqlite3_stmt **out_statement, struct tq_error *err)
{
    int r;

    (void)sqlite3_finalize(*out_statement);
    *out_statement = NULL;
    buf_empty(&reading->sql);
    buf_add_text(&reading->sql, "SELECT * FROM ");
    quote_name(&reading->sql, name);
    buf_add_text(&reading->sql, " NOT INDEXED");
    r = buf_check(&reading->sql, err);
    if (r == TQ_OK)
        (void)prepare(reading, reading->sql.data, out_statement);
    return r;
}

/* Write rows until there is none, or damage: the status of SQLite. */
static int write_rows(struct sqlite_reading *reading, sqlite3_stmt *statement, int first,
                      int64_t *out_last, int *out_status, struct tq_error *err)
{
    int columns = sqlite3_column_count(statement);
    uint64_t row = 0;

    while (reading->writer.record <= reading->rows_max
           && (*out_status = sqlite3_step(statement)) == SQLITE_ROW) {
        int r = TQ_OK;

        if (first > 0)
            *out_last = sqlite3_column_int64(statement, 0);
        for (int i = first; r == TQ_OK && i < columns; i++)
            r = write_value(reading, statement, i, err);
        row++;
        if (r == TQ_OK)
            r = row_writer_row(&reading->writer,
                               first > 0 && *out_last > 0 ? (uint64_t)*out_last : row, 0, err);
        if (r < 0)
            return r;
    }
    return TQ_OK;
}

/* Read a table; behind damage go on at row numbers farther and farther away. */
static int read_rows(struct sqlite_reading *reading, sqlite3_stmt *statement, bool has_numbers,
                     struct tq_error *err)
{
    int64_t last = INT64_MIN, from = INT64_MIN, jump = 1;

    for (unsigned jumps = 0;; jumps++) {
        uint32_t record = reading->writer.record;
        int status, r;

        if (has_numbers)
            (void)sqlite3_bind_int64(statement, 1, from);
        r = write_rows(reading, statement, has_numbers ? 1 : 0, &last, &status, err);
        if (r < 0 || status == SQLITE_DONE)
            return r;
        if (status == SQLITE_NOMEM)
            return tq_no_memory(err);
        if (jumps == 0) {
            r = note_kind_add(&reading->damaged, reading->sink, 0, err);
            if (r < 0)
                return r;
        }
        if (!has_numbers || is_spent(reading) || jumps >= JUMPS_MAX)
            return TQ_OK;
        jump = reading->writer.record > record ? 1 : jump * 2;
        from = from == INT64_MIN || reading->writer.record > record ? (last == INT64_MIN ? 0 : last)
                                                                    : from;
        if (jump > INT64_MAX / 4 || from > INT64_MAX / 2 - jump)
            return TQ_OK;
        from += jump;
        (void)sqlite3_reset(statement);
    }
}

static int read_table(struct sqlite_reading *reading, struct slice name, struct tq_error *err)
{
    CLEANUP(finalize_cleanup) sqlite3_stmt *statement = NULL;
    bool has_numbers;
    int columns, r = find_row_numbers(reading, name, &statement, &has_numbers, err);

    if (r == TQ_OK && !has_numbers)
        r = prepare_plain(reading, name, &statement, err);
    if (r < 0)
        return r;
    columns = statement ? sqlite3_column_count(statement) - has_numbers : 0;
    if (columns < 1 || (uint32_t)columns > TABLE_COLUMNS_MAX)
        return note_kind_add(&reading->damaged, reading->sink, 0, err);
    r = begin_table(reading, name, statement, has_numbers ? 1 : 0, err);
    return r < 0 ? r : read_rows(reading, statement, has_numbers, err);
}

static int read_tables(struct sqlite_reading *reading, struct tq_error *err)
{
    int status, r = list_tables(reading, &status, err);

    if (r < 0)
        return r;
    if (status != SQLITE_DONE) {
        sqlite_file_tolerate(&reading->file);
        r = list_tables(reading, &status, err);
        if (r < 0)
            return r;
        r = emit_note(reading->sink, 0, err, "its schema is damaged: %s",
                      status == SQLITE_DONE ? "some tables may be missing"
                                            : "it was not read whole");
    }
    for (size_t i = 0; r == TQ_OK && i < reading->count && !is_spent(reading); i++)
        r = read_table(reading, reading->names[i], err);
    if (r == TQ_OK && is_spent(reading))
        r = emit_note(reading->sink, 0, err,
                      "it has more rows, or asks for more work, than a file of its size can: not "
                      "read further");
    return r;
}

static uint32_t big_endian(const unsigned char *bytes)
{
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

/* What the header says that the rows do not. */
static int note_header(const struct extract_input *input, const struct sink *sink,
                       struct tq_error *err)
{
    unsigned char header[HEADER_BYTES] = {0};
    uint64_t page_size, pages;
    size_t got;
    int r = file_read_at(input->fd, 0, header, sizeof(header), &got, err);

    if (r < 0)
        return r;
    page_size = (uint64_t)header[PAGE_SIZE_AT] << 8 | header[PAGE_SIZE_AT + 1];
    if (page_size == 1)
        page_size = 65536;
    pages = big_endian(header + PAGE_COUNT_AT);
    if (pages * page_size > input->size_bytes)
        r = emit_note(sink, 0, err, "truncated: it had %" PRIu64 " bytes", pages * page_size);
    if (r == TQ_OK && header[READ_VERSION_AT] == 2)
        r = emit_note(sink, 0, err,
                      "the latest changes may be in its write-ahead log (a file beside it that "
                      "ends in -wal): not read");
    if (r == TQ_OK && big_endian(header + FREE_PAGES_AT) > 0)
        r = emit_note(sink, 0, err,
                      "%" PRIu32 " pages are free and may hold deleted rows: not read",
                      big_endian(header + FREE_PAGES_AT));
    return r;
}

static int finish(struct sqlite_reading *reading, struct tq_error *err)
{
    static const char *const what[] = {"views, not run", "virtual tables, not run",
                                       "blobs that are no text, left out"};
    const uint64_t counts[] = {reading->views, reading->virtual_tables, reading->blobs};
    int r = row_writer_finish(&reading->writer, err);

    if (r == TQ_OK)
        r = note_kind_finish(&reading->damaged, reading->sink, err);
    for (size_t i = 0; r == TQ_OK && i < sizeof(counts) / sizeof(counts[0]); i++) {
        if (counts[i] > 0)
            r = emit_note(reading->sink, 0, err, "%" PRIu64 " %s", counts[i], what[i]);
    }
    if (r == TQ_OK && reading->count >= TABLES_MAX)
        r = emit_note(reading->sink, 0, err, "more than %u tables: the rest was not read",
                      TABLES_MAX);
    if (r == TQ_OK && reading->writer.record == 0)
        r = emit_note(reading->sink, 0, err, "no rows were found");
    return r;
}

static int read_database(const struct extract_input *input, const struct extract_limits *limits,
                         const struct sink *sink, struct tq_error *err)
{
    CLEANUP(reading_clear)
    struct sqlite_reading reading = {
        .sink = sink,
        .steps_max = limits->steps_max + input->size_bytes * STEPS_PER_BYTE,
        .rows_max = input->size_bytes / 2,
        .damaged = {"a table is damaged: rows of it are missing", 0},
    };
    int status, r = note_header(input, sink, err);

    if (r < 0)
        return r;
    row_writer_init(&reading.writer, sink);
    status = sqlite_file_open(&reading.file, input->fd, input->size_bytes, count_step, &reading);
    if (status == SQLITE_NOMEM)
        return tq_no_memory(err);
    if (status != SQLITE_OK)
        return emit_note(sink, 0, err, "damaged: SQLite does not open it");
    r = read_tables(&reading, err);
    return r < 0 ? r : finish(&reading, err);
}

/* The files that a database has beside it: nothing can be said of them alone. */
static const struct {
    char bytes[9];
    uint8_t length;
    const char *type, *note;
} companions[] = {
    {"\x37\x7f\x06\x82", 4, "sqlite-wal",
     "a write-ahead log of SQLite: open it beside its database with sqlite3, which merges them"},
    {"\x37\x7f\x06\x83", 4, "sqlite-wal",
     "a write-ahead log of SQLite: open it beside its database with sqlite3, which merges them"},
    {"\xd9\xd5\x05\xf9\x20\xa1\x63\xd7", 8, "sqlite-journal",
     "a rollback journal of SQLite: open it beside its database with sqlite3, which rolls it back"},
};
#define COMPANIONS (sizeof(companions) / sizeof(companions[0]))

static size_t find_companion(struct slice head)
{
    size_t i = 0;

    while (i < COMPANIONS
           && !slice_starts(head, slice_make(companions[i].bytes, companions[i].length)))
        i++;
    return i;
}

static int sqlite_read(const struct extract_input *input, const struct extract_limits *limits,
                       const struct sink *sink, struct tq_error *err)
{
    char head[8];
    size_t got, companion;
    int r = file_read_at(input->fd, 0, head, sizeof(head), &got, err);

    if (r < 0)
        return r;
    companion = find_companion(slice_make(head, got));
    r = emit_type(sink, companion < COMPANIONS ? companions[companion].type : "sqlite", err);
    if (r < 0)
        return r;
    if (companion < COMPANIONS)
        return emit_note(sink, 0, err, "not read: %s", companions[companion].note);
    return read_database(input, limits, sink, err);
}

static enum claim sqlite_claim(struct slice head, const struct extract_input *input)
{
    (void)input;
    if (slice_starts(head, slice_make("SQLite format 3", 16)))
        return CLAIM_CERTAIN;
    return find_companion(head) < COMPANIONS ? CLAIM_CERTAIN : CLAIM_NONE;
}

const struct format format_sqlite = {"sqlite", sqlite_claim, sqlite_read};
