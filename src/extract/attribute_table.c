/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "extract/attribute_table.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/alloc.h"
#include "base/hash.h"
#include "base/limits.h"

#define COLUMNS_MAX    1024u /* more are keys that are values: they share the last column */
#define SLOTS          (4 * COLUMNS_MAX)
#define NAME_BYTES_MAX 256u
#define NO_COLUMN      UINT32_MAX

int attribute_table_init(struct attribute_table *table, const struct sink *sink,
                         struct tq_error *err)
{
    *table = (struct attribute_table){0};
    row_writer_init(&table->writer, sink);
    table->slots = alloc_zeroed(SLOTS, sizeof(*table->slots));
    table->stamps = alloc_zeroed(COLUMNS_MAX + 1, sizeof(*table->stamps));
    table->cells = alloc_zeroed(COLUMNS_MAX + 1, sizeof(*table->cells));
    return table->slots && table->stamps && table->cells ? TQ_OK : tq_no_memory(err);
}

void attribute_table_clear(struct attribute_table *table)
{
    for (size_t i = 0; table->cells && i <= COLUMNS_MAX; i++)
        buf_clear(&table->cells[i]);
    free(table->columns);
    free(table->slots);
    free(table->stamps);
    free(table->cells);
    row_writer_clear(&table->writer);
    arena_clear(&table->arena);
    buf_clear(&table->key);
    *table = (struct attribute_table){0};
}

static bool same_name(struct slice a, struct slice b)
{
    return a.length == b.length && strncasecmp(a.data, b.data, a.length) == 0;
}

/* The slot of a column: where it is, or would be. */
static uint32_t *find_slot(const struct attribute_table *table, struct slice name)
{
    static const uint8_t key[SIPHASH_KEY_BYTES] = "attributes";
    char lower[NAME_BYTES_MAX];
    uint64_t at;

    for (size_t i = 0; i < name.length; i++)
        lower[i] = (char)tolower((unsigned char)name.data[i]);
    at = siphash(key, lower, name.length) % SLOTS;
    while (table->slots[at] && !same_name(table->columns[table->slots[at] - 1], name))
        at = (at + 1) % SLOTS;
    return &table->slots[at];
}

/* The number of a column; the first pass makes it. NO_COLUMN: there are too many. */
static int find_column(struct attribute_table *table, struct slice name, uint32_t *out_column,
                       struct tq_error *err)
{
    uint32_t *slot = find_slot(table, name);
    char *copy;
    int r;

    if (*slot == 0) {
        *out_column = NO_COLUMN;
        if (table->is_second_pass || table->column_count >= COLUMNS_MAX - 1) {
            table->has_others = true;
            return TQ_OK;
        }
        r = alloc_reserve(&table->columns, &table->column_capacity, table->column_count + 2,
                          sizeof(*table->columns), err);
        if (r < 0)
            return r;
        copy = arena_text(&table->arena, name);
        if (!copy)
            return tq_no_memory(err);
        table->columns[table->column_count++] = slice_make(copy, name.length);
        *slot = (uint32_t)table->column_count;
    }
    *out_column = *slot - 1;
    return TQ_OK;
}

int attribute_table_settle(struct attribute_table *table, struct slice name, struct tq_error *err)
{
    table->is_second_pass = true;
    table->record = 0;
    memset(table->stamps, 0, (COLUMNS_MAX + 1) * sizeof(*table->stamps));
    if (table->column_count == 0)
        return TQ_OK;
    if (table->has_others)
        table->columns[table->column_count++] = SLICE_LITERAL("(others)");
    return row_writer_table(&table->writer, name, (uint32_t)table->column_count, table->columns,
                            err);
}

void attribute_table_open(struct attribute_table *table, uint64_t line)
{
    table->is_open = false;
    table->line = line;
    table->record++;
}

/* The column of the next value of this attribute in the open record. */
static int find_free_column(struct attribute_table *table, struct slice name, uint32_t *out_column,
                            struct tq_error *err)
{
    for (unsigned i = 0;; i++) {
        int r;

        buf_empty(&table->key);
        buf_add(&table->key, name.data,
                name.length < NAME_BYTES_MAX - 8 ? name.length : NAME_BYTES_MAX - 8);
        if (i > 0)
            buf_format(&table->key, "[%u]", i);
        r = buf_check(&table->key, err);
        if (r == TQ_OK)
            r = find_column(table, buf_slice(&table->key), out_column, err);
        if (r < 0 || *out_column == NO_COLUMN || i + 1 >= ATTRIBUTE_VALUES_MAX
            || table->stamps[*out_column] != table->record)
            return r;
    }
}

int attribute_table_value(struct attribute_table *table, struct slice name, struct slice value,
                          struct tq_error *err)
{
    uint32_t column = NO_COLUMN;
    struct buf *cell;
    bool is_other;
    int r;

    if (name.length == 0 || value.length == 0 || (table->is_second_pass && !table->column_count))
        return TQ_OK;
    r = find_free_column(table, name, &column, err);
    if (r < 0)
        return r;
    table->is_open = true;
    is_other = column == NO_COLUMN;
    if (is_other)
        column = table->is_second_pass ? (uint32_t)table->column_count - 1 : COLUMNS_MAX;
    cell = &table->cells[column];
    if (table->stamps[column] != table->record)
        buf_empty(cell);
    else if (table->is_second_pass)
        buf_add_text(cell, "; ");
    table->stamps[column] = table->record;
    if (!table->is_second_pass || cell->length > CELL_BYTES_MAX)
        return TQ_OK; /* more would be cut anyway */
    if (is_other) {
        buf_add_slice(cell, name);
        buf_add_byte(cell, '=');
    }
    buf_add_slice(cell, value);
    return buf_check(cell, err);
}

int attribute_table_close(struct attribute_table *table, uint8_t flags, struct tq_error *err)
{
    bool was_open = table->is_open;

    table->is_open = false;
    if (!was_open || !table->is_second_pass || table->column_count == 0)
        return TQ_OK;
    for (size_t i = 0; i < table->column_count; i++) {
        struct slice text = {0};
        int r;

        if (table->stamps[i] == table->record)
            text = buf_slice(&table->cells[i]);
        r = row_writer_cell(&table->writer, text, err);
        if (r < 0)
            return r;
    }
    return row_writer_row(&table->writer, table->line, flags, err);
}

int attribute_table_finish(struct attribute_table *table, struct tq_error *err)
{
    int r = row_writer_finish(&table->writer, err);

    if (r == TQ_OK && table->has_others)
        r = emit_note(table->writer.sink, 0, err,
                      "too many names for columns: the later ones share the column \"(others)\"");
    if (r == TQ_OK && table->writer.record == 0)
        r = emit_note(table->writer.sink, 0, err, "no records were found");
    return r;
}
