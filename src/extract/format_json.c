/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* JSON and JSON Lines: arrays of objects as tables, in two passes (columns, then rows). */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/arena.h"
#include "base/cleanup.h"
#include "base/hash.h"
#include "base/limits.h"
#include "extract/decode.h"
#include "extract/format.h"
#include "extract/json_tables.h"
#include "extract/json_walk.h"
#include "extract/row_writer.h"

#define TABLES_MAX     1024u
#define FACTS_MAX      64u /* values outside of all records that are worth telling */
#define FACT_BYTES_MAX 256u
#define COLUMN_SLOTS   (2 * TABLE_COLUMNS_MAX)
#define WIDE_COLUMNS   512u /* a table of more columns keeps those ... */
#define RARE_SHARE     256u /* ... that one in so many records has: output stays in proportion */
#define NO_COLUMN      UINT32_MAX

/* A table to be: its path and columns, in order of first appearance. */
struct json_table {
    struct slice path;
    struct slice *columns;
    size_t column_count, column_capacity;
    uint32_t *slots; /* COLUMN_SLOTS column numbers + 1, by hash; open addressing */

    uint64_t records;
    uint32_t *counts; /* COLUMN_SLOTS / 2: in how many records each column is */
    bool has_others;  /* the last column holds the values of rare keys, as "key=value" */
};

/* A cell of the open record. */
struct json_cell {
    struct buf text;
    bool filled;
};

struct json_reading {
    const struct sink *sink;
    json_source *source;
    bool is_second_pass;
    struct arena arena;
    struct json_table *tables;
    size_t table_count, table_capacity;
    struct json_table *current; /* of the open record */
    struct json_table *announced;
    uint32_t expected; /* the column that probably comes next */

    struct row_writer writer;
    struct json_cell *cells; /* of the open record */
    size_t cell_capacity, cells_made;
    uint32_t *filled; /* numbers of the cells that are */
    size_t filled_count, filled_capacity;
    uint64_t line;
    uint64_t lost_tables, torn_records;
    uint32_t facts;
};

static void reading_clear_all(struct json_reading *reading)
{
    for (size_t i = 0; i < reading->table_count; i++) {
        free(reading->tables[i].columns);
        free(reading->tables[i].slots);
        free(reading->tables[i].counts);
    }
    free(reading->tables);
    reading->tables = NULL;
    reading->table_count = reading->table_capacity = 0;
    for (size_t i = 0; i < reading->cells_made; i++)
        buf_clear(&reading->cells[i].text);
    free(reading->cells);
    free(reading->filled);
    row_writer_clear(&reading->writer);
    arena_clear(&reading->arena);
}

static void forget_tables(struct json_reading *reading)
{
    for (size_t i = 0; i < reading->table_count; i++) {
        free(reading->tables[i].columns);
        free(reading->tables[i].slots);
        free(reading->tables[i].counts);
    }
    reading->table_count = 0;
    reading->lost_tables = 0;
    reading->current = NULL;
    arena_reset(&reading->arena);
}

static int find_table(struct json_reading *reading, struct slice path,
                      struct json_table **out_table, struct tq_error *err)
{
    struct json_table *table;
    char *copy;
    int r;

    for (size_t i = reading->table_count; i > 0; i--) {
        if (slice_equal(reading->tables[i - 1].path, path)) {
            *out_table = &reading->tables[i - 1];
            return TQ_OK;
        }
    }
    if (reading->table_count >= TABLES_MAX || reading->is_second_pass) {
        *out_table = NULL;
        return TQ_OK;
    }
    r = alloc_reserve(&reading->tables, &reading->table_capacity, reading->table_count + 1,
                      sizeof(*reading->tables), err);
    if (r < 0)
        return r;
    copy = arena_text(&reading->arena, path);
    if (!copy)
        return tq_no_memory(err);
    table = &reading->tables[reading->table_count];
    *table = (struct json_table){.path = slice_make(copy, path.length)};
    table->slots = alloc_zeroed(COLUMN_SLOTS, sizeof(*table->slots));
    table->counts = alloc_zeroed(TABLE_COLUMNS_MAX, sizeof(*table->counts));
    if (!table->slots || !table->counts) {
        free(table->slots);
        free(table->counts);
        return tq_no_memory(err);
    }
    reading->table_count++;
    *out_table = table;
    return TQ_OK;
}

/* The slot of a column: where it is, or the free one where it would be. */
static uint32_t *find_slot(const struct json_table *table, struct slice path)
{
    static const uint8_t key[SIPHASH_KEY_BYTES] = "columns of JSON";
    uint64_t at = siphash(key, path.data, path.length) % COLUMN_SLOTS;

    while (table->slots[at] && !slice_equal(table->columns[table->slots[at] - 1], path))
        at = (at + 1) % COLUMN_SLOTS;
    return &table->slots[at];
}

/* The number of a column; new ones are made in the first pass. NO_COLUMN: there are too many. */
static int find_column(struct json_reading *reading, struct slice path, uint32_t *out_column,
                       struct tq_error *err)
{
    struct json_table *table = reading->current;
    uint32_t *slot;
    char *copy;
    int r;

    if (reading->expected < table->column_count
        && slice_equal(table->columns[reading->expected], path)) {
        *out_column = reading->expected++;
        return TQ_OK;
    }
    slot = find_slot(table, path);
    if (*slot == 0) {
        *out_column = NO_COLUMN;
        if (reading->is_second_pass || table->column_count >= TABLE_COLUMNS_MAX - 1) {
            table->has_others = true;
            return TQ_OK;
        }
        r = alloc_reserve(&table->columns, &table->column_capacity, table->column_count + 1,
                          sizeof(*table->columns), err);
        if (r < 0)
            return r;
        copy = arena_text(&reading->arena, path);
        if (!copy)
            return tq_no_memory(err);
        table->columns[table->column_count++] = slice_make(copy, path.length);
        *slot = (uint32_t)table->column_count;
    }
    *out_column = *slot - 1;
    reading->expected = *slot;
    return TQ_OK;
}

static int on_record(void *state, struct slice path, uint64_t line, struct tq_error *err)
{
    struct json_reading *reading = state;
    int r = find_table(reading, path, &reading->current, err);

    reading->expected = 0;
    reading->line = line;
    if (r == TQ_OK && !reading->current)
        reading->lost_tables++;
    if (r == TQ_OK && reading->current)
        reading->current->records++;
    return r;
}

static int reserve_cell(struct json_reading *reading, uint32_t column, struct tq_error *err)
{
    int r = alloc_reserve(&reading->cells, &reading->cell_capacity, (size_t)column + 1,
                          sizeof(*reading->cells), err);

    if (r < 0)
        return r;
    while (reading->cells_made < reading->cell_capacity)
        reading->cells[reading->cells_made++] = (struct json_cell){0};
    return alloc_reserve(&reading->filled, &reading->filled_capacity, reading->filled_count + 1,
                         sizeof(*reading->filled), err);
}

static int on_cell(void *state, struct slice path, struct slice text, struct tq_error *err)
{
    struct json_reading *reading = state;
    struct json_cell *cell;
    uint32_t column;
    bool is_other;
    int r;

    if (!reading->current)
        return TQ_OK;
    r = find_column(reading, path, &column, err);
    if (r < 0)
        return r;
    if (!reading->is_second_pass) {
        if (column != NO_COLUMN)
            reading->current->counts[column]++;
        return TQ_OK;
    }
    is_other = column == NO_COLUMN;
    if (is_other)
        column = (uint32_t)reading->current->column_count - 1;
    r = reserve_cell(reading, column, err);
    if (r < 0)
        return r;
    cell = &reading->cells[column];
    if (!cell->filled) {
        cell->filled = true;
        reading->filled[reading->filled_count++] = column;
    } else if (text.length > 0 && cell->text.length > 0) {
        buf_add_text(&cell->text, "; ");
    }
    if (cell->text.length > CELL_BYTES_MAX)
        return TQ_OK; /* more would be cut anyway */
    if (is_other) {
        buf_add_slice(&cell->text, path);
        buf_add_byte(&cell->text, '=');
    }
    buf_add_slice(&cell->text, text);
    return buf_check(&cell->text, err);
}

static int announce(struct json_reading *reading, struct tq_error *err)
{
    static const struct slice no_columns; /* of objects that are all empty: one empty column */

    if (reading->announced == reading->current)
        return TQ_OK;
    reading->announced = reading->current;
    if (reading->current->column_count == 0)
        return row_writer_table(&reading->writer, reading->current->path, 1, &no_columns, err);
    return row_writer_table(&reading->writer, reading->current->path,
                            (uint32_t)reading->current->column_count, reading->current->columns,
                            err);
}

/* A record that was cut by damage lacks cells, or has none. */
static uint8_t row_flags(const struct json_reading *reading, bool whole)
{
    if (whole)
        return 0;
    return reading->filled_count > 0 ? ROW_RAGGED : ROW_RAGGED | ROW_UNREADABLE;
}

static int on_record_end(void *state, bool whole, struct tq_error *err)
{
    struct json_reading *reading = state;
    struct json_table *table = reading->current;
    int r;

    reading->current = NULL;
    if (!table || !reading->is_second_pass)
        return TQ_OK;
    reading->current = table;
    r = announce(reading, err);
    for (size_t i = 0; r == TQ_OK && i < table->column_count; i++) {
        struct slice text = {0};

        if (i < reading->cells_made && reading->cells[i].filled)
            text = buf_slice(&reading->cells[i].text);
        r = row_writer_cell(&reading->writer, text, err);
    }
    if (r == TQ_OK && table->column_count == 0)
        r = row_writer_cell(&reading->writer, (struct slice){0}, err);
    if (r == TQ_OK)
        r = row_writer_row(&reading->writer, reading->line, row_flags(reading, whole), err);
    reading->torn_records += !whole;
    for (size_t i = 0; i < reading->filled_count; i++) {
        reading->cells[reading->filled[i]].filled = false;
        buf_empty(&reading->cells[reading->filled[i]].text);
    }
    reading->filled_count = 0;
    reading->current = NULL;
    return r;
}

static int on_aside(void *state, struct slice path, struct slice text, struct tq_error *err)
{
    struct json_reading *reading = state;

    if (!reading->is_second_pass || reading->facts >= FACTS_MAX || path.length == 0
        || text.length == 0 || text.length > FACT_BYTES_MAX)
        return TQ_OK;
    reading->facts++;
    return reading->sink->fact(reading->sink->state, path, text, err);
}

/* One walk over the exhibit. */
static int pass(struct json_reading *reading, const struct extract_input *input,
                struct json_walk *walk, struct json_report *out_report, const struct sink *sink,
                struct tq_error *err)
{
    const struct json_visitor visitor = {reading, on_record, on_cell, on_record_end, on_aside};
    int r;

    walk->visitor = &visitor;
    r = reading->source(input, json_walk_event, walk, out_report, sink, err);
    if (r == TQ_OK && walk->record_depth > 0) /* the text ended inside a record */
        r = on_record_end(reading, false, err);
    walk->visitor = NULL;
    return r;
}

/*
 * Settle the columns of a table after the first pass. A table of very many columns (keys that are
 * values) keeps the common ones; the others share the last column, so that nothing is lost and
 * the rows do not become a multiple of what the exhibit holds.
 */
static int settle_columns(struct json_table *table, struct tq_error *err)
{
    size_t kept = 0;
    bool is_wide = table->column_count > WIDE_COLUMNS;
    int r;

    for (size_t i = 0; i < table->column_count; i++) {
        if (is_wide && (uint64_t)table->counts[i] * RARE_SHARE < table->records)
            continue;
        table->columns[kept++] = table->columns[i];
    }
    table->has_others |= kept < table->column_count;
    table->column_count = kept;
    if (table->has_others) {
        r = alloc_reserve(&table->columns, &table->column_capacity, kept + 1,
                          sizeof(*table->columns), err);
        if (r < 0)
            return r;
        table->columns[table->column_count++] = SLICE_LITERAL("(others)");
    }
    memset(table->slots, 0, COLUMN_SLOTS * sizeof(*table->slots));
    for (size_t i = 0; i < kept; i++)
        *find_slot(table, table->columns[i]) = (uint32_t)i + 1;
    return TQ_OK;
}

/* Find how the records are laid out, and all columns. */
static int first_pass(struct json_reading *reading, const struct extract_input *input,
                      enum json_mode *out_mode, struct buf *dict_path, struct tq_error *err)
{
    CLEANUP(json_walk_clear)
    struct json_walk by_arrays = {.mode = JSON_BY_ARRAYS, .one_root_only = true};
    CLEANUP(json_walk_clear) struct json_walk other = {.mode = JSON_BY_ROOTS};
    struct json_report report;
    int r;

    r = pass(reading, input, &by_arrays, &report, NULL, err);
    if (r < 0)
        return r;
    *out_mode = JSON_BY_ARRAYS;
    if (by_arrays.records > 0 && !by_arrays.stopped)
        return TQ_OK;

    if (by_arrays.records == 0 && by_arrays.root_values > 0 && by_arrays.stopped)
        other.mode = JSON_BY_ROWS; /* "[1, "RAMI"]" line by line */
    if (by_arrays.dict_size > 0 && !by_arrays.stopped) {
        buf_add_slice(dict_path, buf_slice(&by_arrays.dict_found));
        buf_add(dict_path, "", 0);
        if (dict_path->failed)
            return buf_check(dict_path, err);
        other.mode = JSON_BY_KEYS;
        other.dict_path = buf_slice(dict_path);
    }
    forget_tables(reading);
    *out_mode = other.mode;
    return pass(reading, input, &other, &report, NULL, err);
}

static int notes(const struct json_reading *reading, const struct json_walk *walk,
                 const struct json_report *report, struct tq_error *err)
{
    int r = json_report_note(report, reading->sink, err);

    if (r < 0)
        return r;
    if (walk->beyond_index > 0) {
        r = emit_note(reading->sink, 0, err,
                      "%" PRIu64 " values of arrays inside records, past the first %u elements, "
                      "were left out",
                      walk->beyond_index, JSON_INDEX_MAX);
        if (r < 0)
            return r;
    }
    for (size_t i = 0; i < reading->table_count; i++) {
        if (!reading->tables[i].has_others)
            continue;
        r = emit_note(reading->sink, 0, err,
                      "too many keys for columns: the rare ones share the column \"(others)\"");
        if (r < 0)
            return r;
    }
    if (reading->lost_tables > 0) {
        r = emit_note(reading->sink, 0, err,
                      "%" PRIu64 " records past the first %u tables were left out",
                      reading->lost_tables, TABLES_MAX);
        if (r < 0)
            return r;
    }
    if (reading->writer.record == 0)
        return emit_note(reading->sink, 0, err, "no records were found");
    return TQ_OK;
}

int json_tables_read(const struct extract_input *input, json_source *source, const char *type,
                     const struct sink *sink, struct tq_error *err)
{
    CLEANUP(reading_clear_all) struct json_reading reading = {.sink = sink, .source = source};
    CLEANUP(buf_clear_cleanup) struct buf dict_path = {0};
    CLEANUP(json_walk_clear) struct json_walk walk = {0};
    struct json_report report;
    enum json_mode mode;
    int r;

    row_writer_init(&reading.writer, sink);
    r = first_pass(&reading, input, &mode, &dict_path, err);
    if (r < 0)
        return r;
    if (!type)
        type = mode == JSON_BY_ROOTS || mode == JSON_BY_ROWS ? "jsonl" : "json";
    r = emit_type(sink, type, err);
    if (r < 0)
        return r;
    reading.is_second_pass = true;
    reading.lost_tables = 0;
    for (size_t i = 0; i < reading.table_count; i++) {
        r = settle_columns(&reading.tables[i], err);
        if (r < 0)
            return r;
    }
    walk.mode = mode;
    walk.dict_path = buf_slice(&dict_path);
    r = pass(&reading, input, &walk, &report, sink, err);
    if (r < 0)
        return r;
    r = row_writer_finish(&reading.writer, err);
    if (r < 0)
        return r;
    return notes(&reading, &walk, &report, err);
}

static int json_read(const struct extract_input *input, const struct extract_limits *limits,
                     const struct sink *sink, struct tq_error *err)
{
    (void)limits;
    return json_tables_read(input, json_stream_read, NULL, sink, err);
}

static enum claim json_claim(struct slice head, const struct extract_input *input)
{
    CLEANUP(buf_clear_cleanup) struct buf text = {0};
    struct tq_error ignored;
    bool likely;

    (void)input;
    if (decode_sample(head, &text, &ignored) < 0)
        return CLAIM_FAILED;
    if (json_is_likely(buf_slice(&text), &likely, &ignored) < 0)
        return CLAIM_FAILED;
    return likely ? CLAIM_LIKELY : CLAIM_NONE;
}

const struct format format_json = {"json", json_claim, json_read};
