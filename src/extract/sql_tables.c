/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "extract/sql_tables.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/alloc.h"
#include "base/limits.h"

#define ANNOUNCEMENTS_MAX 4096u /* a dump tells its tables one after another */

void sql_tables_init(struct sql_tables *tables, const struct sink *sink)
{
    *tables = (struct sql_tables){
        .sink = sink,
        .torn = {"a row that is torn: its values up to there were read", 0},
        .mixed_note = {"too many changes from table to table: the rows from here on share one, "
                       "their values in one column",
                       0},
    };
    row_writer_init(&tables->writer, sink);
}

void sql_tables_clear(struct sql_tables *tables)
{
    row_writer_clear(&tables->writer);
    arena_clear(&tables->arena);
    buf_clear(&tables->target_text);
    buf_clear(&tables->mixed);
    free(tables->items);
    free(tables->places);
    free(tables->cells);
    tables->items = NULL;
    tables->places = NULL;
    tables->cells = NULL;
}

static struct sql_table *find_table(const struct sql_tables *tables, struct slice name)
{
    for (size_t i = tables->count; i > 0; i--) {
        if (slice_equal(tables->items[i - 1]->name, name))
            return tables->items[i - 1];
    }
    return NULL;
}

/* Make a description of `count` columns, named if there are names. NULL: there is no memory. */
static struct sql_table *make_table(struct arena *arena, struct slice name,
                                    const struct sql_row *columns, uint32_t count)
{
    struct sql_table *table = arena_alloc(arena, 1, sizeof(*table));
    char *text = arena_text(arena, name);

    if (!table || !text)
        return NULL;
    table->name = slice_make(text, name.length);
    table->column_count = count;
    table->columns = arena_alloc(arena, count, sizeof(*table->columns));
    if (!table->columns)
        return NULL;
    for (uint32_t i = 0; columns && i < count; i++) {
        struct slice column = sql_row_cell(columns, i);

        text = arena_text(arena, column);
        if (!text)
            return NULL;
        table->columns[i] = slice_make(text, column.length);
    }
    return table;
}

/* Add a description, or put it in the place of an older one of the same name. */
static int add_table(struct sql_tables *tables, struct slice name, const struct sql_row *columns,
                     uint32_t count, struct sql_table **out_table, struct tq_error *err)
{
    struct sql_table *table;
    int r;

    if (count > TABLE_COLUMNS_MAX)
        count = TABLE_COLUMNS_MAX;
    tables->columns_described += count + 1;
    table = make_table(&tables->arena, name, columns, count);
    if (!table)
        return tq_no_memory(err);
    *out_table = table;
    for (size_t i = tables->count; i > 0; i--) {
        if (slice_equal(tables->items[i - 1]->name, name)) {
            tables->items[i - 1] = table;
            return TQ_OK;
        }
    }
    r = alloc_reserve(&tables->items, &tables->capacity, tables->count + 1, sizeof(*tables->items),
                      err);
    if (r < 0)
        return r;
    tables->items[tables->count++] = table;
    return TQ_OK;
}

static bool has_too_many(const struct sql_tables *tables)
{
    return tables->is_mixed || tables->count >= SQL_TABLES_MAX
           || tables->columns_described >= SQL_COLUMNS_MAX
           || tables->announcements >= ANNOUNCEMENTS_MAX;
}

int sql_tables_describe(struct sql_tables *tables, struct slice name, const struct sql_row *columns,
                        struct tq_error *err)
{
    struct sql_table *table;

    if (columns->count == 0 || has_too_many(tables))
        return TQ_OK;
    buf_empty(&tables->target_text);
    return add_table(tables, name, columns, (uint32_t)columns->count, &table, err);
}

/* The number of a column, or column_count if the table has none of this name. */
static uint32_t find_column(const struct sql_table *table, struct slice name, uint32_t expected)
{
    for (uint32_t i = 0; i < table->column_count; i++) {
        uint32_t column = (expected + i) % table->column_count;

        if (table->columns[column].length == name.length
            && strncasecmp(table->columns[column].data, name.data, name.length) == 0)
            return column;
    }
    return table->column_count;
}

/* Where the values of a list of columns go; false: the table lacks one of them. */
static bool map_columns(struct sql_tables *tables, const struct sql_table *table,
                        const struct sql_row *columns)
{
    bool in_order = columns->count == table->column_count;

    for (uint32_t i = 0; i < columns->count; i++) {
        uint32_t expected = i > 0 ? tables->places[i - 1] + 1 : 0;

        tables->places[i] = find_column(table, sql_row_cell(columns, i), expected);
        if (tables->places[i] >= table->column_count)
            return false;
        in_order &= tables->places[i] == i;
    }
    tables->place_count = in_order ? 0 : (uint32_t)columns->count;
    return true;
}

/* Whether the last statement was of the same table and columns: the usual case. */
static bool is_same_target(struct sql_tables *tables, struct slice name,
                           const struct sql_row *columns, struct buf *text)
{
    buf_add_slice(text, name);
    buf_add_byte(text, '\n');
    for (size_t i = 0; i < columns->count; i++) {
        buf_add_slice(text, sql_row_cell(columns, i));
        buf_add_byte(text, '\n');
    }
    return !text->failed && tables->target
           && slice_equal(buf_slice(text), buf_slice(&tables->target_text));
}

static int find_target(struct sql_tables *tables, struct slice name, const struct sql_row *columns,
                       struct tq_error *err)
{
    struct sql_table *table = find_table(tables, name);
    int r;

    tables->place_count = 0;
    tables->target = table;
    if (columns->count == 0) {
        if (table)
            return TQ_OK;
        tables->target = make_table(&tables->arena, name, NULL, 0); /* its first row will tell */
        return tables->target ? TQ_OK : tq_no_memory(err);
    }
    r = alloc_reserve(&tables->places, &tables->place_capacity, columns->count,
                      sizeof(*tables->places), err);
    if (r < 0)
        return r;
    if (table && map_columns(tables, table, columns))
        return TQ_OK;
    tables->place_count = 0;
    return add_table(tables, name, columns, (uint32_t)columns->count, &tables->target, err);
}

int sql_tables_begin(struct sql_tables *tables, struct slice name, const struct sql_row *columns,
                     struct tq_error *err)
{
    struct buf text = {0};
    int r = TQ_OK;

    if (!is_same_target(tables, name, columns, &text) && !has_too_many(tables))
        r = find_target(tables, name, columns, err);
    if (r == TQ_OK)
        r = buf_check(&text, err);
    buf_clear(&tables->target_text);
    tables->target_text = text;
    return r;
}

static int announce_mixed(struct sql_tables *tables, uint64_t line, struct tq_error *err)
{
    static const struct slice headers[] = {{"table", 5}, {"values", 6}};
    int r = note_kind_add(&tables->mixed_note, tables->sink, line, err);

    if (r < 0)
        return r;
    tables->is_mixed = true;
    return row_writer_table(&tables->writer, SLICE_LITERAL("(mixed)"), 2, headers, err);
}

/* Have the sink know the table of the row that comes. */
static int announce(struct sql_tables *tables, const struct sql_row *row, struct tq_error *err)
{
    struct sql_table *table = tables->target;

    if (tables->is_mixed)
        return TQ_OK;
    if (has_too_many(tables))
        return announce_mixed(tables, row->line, err);
    if (tables->announced == table)
        return TQ_OK;
    if (table->column_count == 0) {
        int r = add_table(tables, table->name, NULL, (uint32_t)row->count, &tables->target, err);

        if (r < 0)
            return r;
        table = tables->target;
    }
    tables->announcements++;
    tables->announced = table;
    return row_writer_table(&tables->writer, table->name, table->column_count, table->columns, err);
}

static int write_mixed(struct sql_tables *tables, const struct sql_row *row, uint8_t flags,
                       struct tq_error *err)
{
    struct slice name = buf_slice(&tables->target_text);
    int r;

    name.length = (size_t)((const char *)memchr(name.data, '\n', name.length) - name.data);
    buf_empty(&tables->mixed);
    for (size_t i = 0; i < row->count && tables->mixed.length <= CELL_BYTES_MAX; i++) {
        if (i > 0)
            buf_add_text(&tables->mixed, "; ");
        buf_add_slice(&tables->mixed, sql_row_cell(row, i));
    }
    r = buf_check(&tables->mixed, err);
    if (r == TQ_OK)
        r = row_writer_cell(&tables->writer, name, err);
    if (r == TQ_OK)
        r = row_writer_cell(&tables->writer, buf_slice(&tables->mixed), err);
    return r < 0 ? r : row_writer_row(&tables->writer, row->line, flags, err);
}

/* The values of a row by column; those beyond the list come behind the last column, and tell. */
static int place_cells(struct sql_tables *tables, const struct sql_row *row, uint32_t *out_count,
                       struct tq_error *err)
{
    uint32_t columns = tables->target->column_count, extra = columns;
    int r = alloc_reserve(&tables->cells, &tables->cell_capacity, columns + row->count,
                          sizeof(*tables->cells), err);

    if (r < 0)
        return r;
    for (uint32_t i = 0; i < columns; i++)
        tables->cells[i] = (struct row_cell){"", 0};
    for (uint32_t i = 0; i < row->count; i++) {
        struct slice text = sql_row_cell(row, i);
        uint32_t place = i < tables->place_count ? tables->places[i] : extra++;

        tables->cells[place] = (struct row_cell){text.data, (uint32_t)text.length};
    }
    *out_count = extra;
    return TQ_OK;
}

int sql_tables_row(struct sql_tables *tables, const struct sql_row *row, struct tq_error *err)
{
    uint8_t flags = row->torn ? ROW_RAGGED : 0;
    uint32_t count = (uint32_t)row->count;
    int r = announce(tables, row, err);

    if (r < 0)
        return r;
    if (row->torn) {
        r = note_kind_add(&tables->torn, tables->sink, row->line, err);
        if (r < 0)
            return r;
    }
    if (tables->is_mixed)
        return write_mixed(tables, row, flags, err);
    if (tables->place_count > 0) {
        if (count < tables->place_count)
            flags |= ROW_RAGGED;
        r = place_cells(tables, row, &count, err);
        for (uint32_t i = 0; r == TQ_OK && i < count; i++)
            r = row_writer_cell(&tables->writer,
                                slice_make(tables->cells[i].text, tables->cells[i].length), err);
    } else {
        for (uint32_t i = 0; r == TQ_OK && i < count; i++)
            r = row_writer_cell(&tables->writer, sql_row_cell(row, i), err);
    }
    return r < 0 ? r : row_writer_row(&tables->writer, row->line, flags, err);
}

int sql_tables_finish(struct sql_tables *tables, struct tq_error *err)
{
    int r = row_writer_finish(&tables->writer, err);

    return r < 0 ? r : note_kind_finish(&tables->torn, tables->sink, err);
}
