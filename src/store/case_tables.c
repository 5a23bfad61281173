/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "store/case_store.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "model/reading.h"
#include "store/case_internal.h"

/*
 * A batch as it lies in the pack, every array as in struct batch:
 *
 *   struct rows_head | u64 place[rows] | u32 cell[rows * columns + 1] | u32 exhibit[rows] |
 *   u32 record[rows] | u8 flags[rows] | text
 */
struct rows_head {
    uint32_t row_count, column_count;
    uint64_t first_row;
    uint64_t text_bytes;
};
_Static_assert(sizeof(struct rows_head) == 24, "head without holes, a multiple of 8");

/* ---- heads of tables ---- */

/* Of each column: u32 block | u32 length of its header | header. */
static void add_headers(struct buf *out, const struct table *head)
{
    for (uint32_t i = 0; i < head->column_count; i++) {
        struct slice header = slice_of(head->headers[i]);

        buf_add_u32(out, head->blocks[i]);
        buf_add_u32(out, (uint32_t)header.length);
        buf_add_slice(out, header);
    }
}

static int read_headers(struct slice bytes, struct table *head, struct tq_error *err)
{
    for (uint32_t i = 0; i < head->column_count; i++) {
        struct {
            uint32_t block, length;
        } column;
        int r;

        if (bytes.length < sizeof(column))
            return tq_fail(err, TQ_E_SYNTAX, "the case is damaged: headers end too early");
        memcpy(&column, bytes.data, sizeof(column));
        bytes = slice_skip(bytes, sizeof(column));
        if (bytes.length < column.length)
            return tq_fail(err, TQ_E_SYNTAX, "the case is damaged: headers end too early");
        r = table_set_header(head, i, slice_make(bytes.data, column.length), err);
        if (r < 0)
            return r;
        head->blocks[i] = (uint16_t)column.block;
        bytes = slice_skip(bytes, column.length);
    }
    return TQ_OK;
}

int case_add_table(struct case_store *store, uint32_t exhibit, struct slice sheet,
                   const struct table *head, uint32_t *out_number, struct tq_error *err)
{
    CLEANUP(buf_clear_cleanup) struct buf headers = {0};
    CLEANUP(case_query_end) struct case_query query = {0};
    uint32_t number;
    bool row;
    int r;

    add_headers(&headers, head);
    r = buf_check(&headers, err);
    if (r < 0)
        return r;
    r = case_query_start(store, SQL_TABLE_ADD, &query, err);
    if (r < 0)
        return r;
    case_query_bind(&query, 1, exhibit);
    case_query_bind_bytes(&query, 2, sheet);
    case_query_bind_bytes(&query, 3, slice_of(head->name));
    case_query_bind_bytes(&query, 4, slice_of(head->origin));
    case_query_bind(&query, 5, head->shape);
    case_query_bind(&query, 6, head->column_count);
    case_query_bind(&query, 7, head->slot_count);
    case_query_bind_bytes(&query, 8, buf_slice(&headers));
    r = case_query_next(&query, &row, err);
    if (r < 0)
        return r;
    assert(row); /* an INSERT that returns its number */
    number = (uint32_t)case_query_number(&query, 0);
    r = case_query_finish(&query, err);
    if (r < 0)
        return r;
    *out_number = number;
    return TQ_OK;
}

int case_rename_table(struct case_store *store, uint32_t table, struct slice name,
                      struct tq_error *err)
{
    CLEANUP(case_query_end) struct case_query query = {0};
    bool row;
    int r = case_query_start(store, SQL_TABLE_RENAME, &query, err);

    if (r < 0)
        return r;
    case_query_bind(&query, 1, table);
    case_query_bind_bytes(&query, 2, name);
    r = case_query_next(&query, &row, err);
    if (r < 0)
        return r;
    if (!row)
        return tq_fail(err, TQ_E_USAGE, "there is no table %u", table);
    return case_query_finish(&query, err);
}

static void stored_table_clear(struct stored_table *table)
{
    table_clear(&table->head);
    free(table->sheet);
    *table = (struct stored_table){0};
}

static int read_table(const struct case_query *query, struct stored_table *table,
                      struct tq_error *err)
{
    uint64_t column_count = case_query_number(query, 6);
    int r;

    table->number = (uint32_t)case_query_number(query, 0);
    table->exhibit = (uint32_t)case_query_number(query, 1);
    table->batch_count = (uint32_t)case_query_number(query, 10);
    if (column_count > TABLE_COLUMNS_MAX)
        return tq_fail(err, TQ_E_SYNTAX, "the case is damaged: table %u has %llu columns",
                       table->number, (unsigned long long)column_count);
    table->sheet = case_copy_text(case_query_bytes(query, 2));
    if (!table->sheet)
        return tq_no_memory(err);
    r = table_init(&table->head, case_query_bytes(query, 3), case_query_bytes(query, 4),
                   (uint32_t)column_count, err);
    if (r < 0)
        return r;
    table->head.shape = (enum table_shape)case_query_number(query, 5);
    table->head.slot_count = (uint32_t)case_query_number(query, 7);
    table->head.row_count = case_query_number(query, 9);
    return read_headers(case_query_bytes(query, 8), &table->head, err);
}

int case_load_tables(struct case_store *store, uint32_t exhibit, struct stored_table_list *out_list,
                     struct tq_error *err)
{
    CLEANUP(stored_table_list_clear) struct stored_table_list list = {0};
    CLEANUP(case_query_end) struct case_query query = {0};
    size_t capacity = 0;
    bool row;
    int r;

    r = case_query_start(store, exhibit == UINT32_MAX ? SQL_TABLES_ALL : SQL_TABLES_OF, &query,
                         err);
    if (r < 0)
        return r;
    if (exhibit != UINT32_MAX)
        case_query_bind(&query, 1, exhibit);
    for (;;) {
        struct stored_table table = {0};

        r = case_query_next(&query, &row, err);
        if (r < 0)
            return r;
        if (!row)
            break;
        r = alloc_reserve(&list.items, &capacity, list.count + 1, sizeof(table), err);
        if (r < 0)
            return r;
        r = read_table(&query, &table, err);
        if (r < 0) {
            stored_table_clear(&table);
            return r;
        }
        list.items[list.count++] = table;
    }
    *out_list = list;
    list = (struct stored_table_list){0};
    return TQ_OK;
}

void stored_table_list_clear(struct stored_table_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        stored_table_clear(&list->items[i]);
    free(list->items);
    *list = (struct stored_table_list){0};
}

int case_drop_layout_tables(struct case_store *store, struct tq_error *err)
{
    static const enum case_statement drops[] = {SQL_LAYOUT_DROP_BATCHES, SQL_LAYOUT_DROP_FINDINGS,
                                                SQL_LAYOUT_DROP_READINGS, SQL_LAYOUT_DROP_DATINGS,
                                                SQL_LAYOUT_DROP_TABLES};
    CASE_HOLD(store);
    int r = case_group_begin(store, err);

    if (r < 0)
        return r;
    for (size_t i = 0; r == TQ_OK && i < sizeof(drops) / sizeof(drops[0]); i++)
        r = case_run(store, drops[i], err);
    return case_group_end(store, r, err);
}

int case_set_table_kind(struct case_store *store, uint32_t table, uint8_t kind,
                        struct tq_error *err)
{
    CLEANUP(case_query_end) struct case_query query = {0};
    bool row;
    int r = case_query_start(store, SQL_TABLE_KIND_SET, &query, err);

    if (r < 0)
        return r;
    case_query_bind(&query, 1, table);
    case_query_bind(&query, 2, kind);
    r = case_query_next(&query, &row, err);
    if (r < 0)
        return r;
    if (!row)
        return tq_fail(err, TQ_E_USAGE, "there is no table %u", table);
    return case_query_finish(&query, err);
}

uint8_t case_table_kind(struct case_store *store, uint32_t table)
{
    CLEANUP(case_query_end) struct case_query query = {0};
    struct tq_error ignored; /* a case that cannot be read says so at the next real question */
    bool row;

    if (case_query_start(store, SQL_TABLE_KIND, &query, &ignored) < 0)
        return KIND_NONE;
    case_query_bind(&query, 1, table);
    if (case_query_next(&query, &row, &ignored) < 0 || !row)
        return KIND_NONE;
    return (uint8_t)case_query_number(&query, 0);
}

/* ---- rows: writing ---- */

static void add_rows(struct buf *out, const struct batch *batch)
{
    size_t rows = batch->row_count, cells = rows * batch->column_count;
    uint32_t text_start = rows ? batch->cell[0] : 0;
    uint32_t text_end = rows ? batch->cell[cells] : 0;
    struct rows_head head = {batch->row_count, batch->column_count, batch->first_row, 0};
    uint32_t *offsets;

    head.text_bytes = text_end - text_start;
    buf_add(out, &head, sizeof(head));
    buf_add(out, batch->place, rows * sizeof(*batch->place));
    offsets = buf_extend(out, (cells + 1) * sizeof(*offsets));
    if (!offsets)
        return;         /* remembered by the buf */
    offsets[cells] = 0; /* no rows, no offsets */
    for (size_t i = 0; rows > 0 && i <= cells; i++)
        offsets[i] = batch->cell[i] - text_start;
    buf_add(out, batch->exhibit, rows * sizeof(*batch->exhibit));
    buf_add(out, batch->record, rows * sizeof(*batch->record));
    buf_add(out, batch->flags, rows * sizeof(*batch->flags));
    buf_add(out, batch->text + text_start, head.text_bytes);
}

static int table_size(struct case_store *store, uint32_t table, uint32_t *out_columns,
                      uint32_t *out_batches, struct tq_error *err)
{
    CLEANUP(case_query_end) struct case_query query = {0};
    bool row;
    int r = case_query_start(store, SQL_TABLE_SIZE, &query, err);

    if (r < 0)
        return r;
    case_query_bind(&query, 1, table);
    r = case_query_next(&query, &row, err);
    if (r < 0)
        return r;
    if (!row)
        return tq_fail(err, TQ_E_USAGE, "there is no table %u", table);
    *out_columns = (uint32_t)case_query_number(&query, 0);
    *out_batches = (uint32_t)case_query_number(&query, 1);
    return TQ_OK;
}

static int insert_batch(struct case_store *store, const struct pack_entry *entry, uint32_t rows,
                        struct tq_error *err)
{
    CLEANUP(case_query_end) struct case_query place = {0};
    CLEANUP(case_query_end) struct case_query grow = {0};
    int r;

    r = case_query_start(store, SQL_BATCH_ADD, &place, err);
    if (r < 0)
        return r;
    case_query_bind(&place, 1, entry->owner);
    case_query_bind(&place, 2, entry->number);
    case_query_bind(&place, 3, entry->offset);
    case_query_bind(&place, 4, entry->length);
    r = case_query_finish(&place, err);
    if (r < 0)
        return r;
    r = case_query_start(store, SQL_TABLE_GROW, &grow, err);
    if (r < 0)
        return r;
    case_query_bind(&grow, 1, entry->owner);
    case_query_bind(&grow, 2, rows);
    return case_query_finish(&grow, err);
}

int case_append_batch(struct case_store *store, uint32_t table, const struct batch *batch,
                      struct tq_error *err)
{
    CASE_HOLD(store);
    struct pack_entry entry = {.kind = PACK_ROWS, .owner = table};
    uint32_t columns;
    int r;

    r = table_size(store, table, &columns, &entry.number, err);
    if (r < 0)
        return r;
    if (batch->column_count != columns)
        return tq_fail(err, TQ_E_USAGE, "a batch of %u columns does not fit table %u of %u",
                       batch->column_count, table, columns);
    pack_begin(&store->entry);
    add_rows(&store->entry, batch);
    r = case_pack_append(store, &entry, err);
    if (r < 0)
        return r;
    r = case_group_begin(store, err);
    if (r < 0)
        return r;
    r = insert_batch(store, &entry, batch->row_count, err);
    return case_group_end(store, r, err);
}

/* ---- rows: reading ---- */

/* One open table: where its batches lie. Never changes, so threads need no lock. */
struct rows {
    const struct pack *pack;
    uint32_t column_count, batch_count;
    struct pack_entry *batches;
};

/* Memory of one thread. */
struct rows_scratch {
    void *memory;
    size_t capacity;
    struct batch batch;
};

static int damaged_rows(const struct rows *rows, uint32_t number, struct tq_error *err)
{
    return tq_fail(err, TQ_E_KEY, "cache is damaged: '%s': batch %u of table %u makes no sense",
                   rows->pack->path, number, rows->batches[number].owner);
}

/* Whether all offsets rise and end where the text does: nobody reads outside it afterwards. */
static bool offsets_are_sound(const uint32_t *cell, size_t cells, uint64_t text_bytes)
{
    unsigned falls = cell[0] != 0;

    for (size_t i = 0; i < cells; i++)
        falls |= cell[i] > cell[i + 1]; /* no branch: the compiler makes vectors of it */
    return !falls && cell[cells] == text_bytes;
}

static bool view_rows(const uint8_t *payload, uint64_t length, uint32_t column_count,
                      struct batch *out_batch)
{
    struct rows_head head;
    uint64_t cells, wanted;
    const uint8_t *at = payload + sizeof(head);
    struct batch batch = {0};

    if (length < sizeof(head))
        return false;
    memcpy(&head, payload, sizeof(head));
    cells = (uint64_t)head.row_count * head.column_count;
    wanted = sizeof(head) + (uint64_t)head.row_count * 17 + (cells + 1) * 4;
    if (head.column_count != column_count || head.text_bytes > UINT32_MAX || cells > PACK_ENTRY_MAX
        || length != wanted + head.text_bytes)
        return false;

    batch.row_count = head.row_count;
    batch.column_count = head.column_count;
    batch.first_row = head.first_row;
    batch.place = (const uint64_t *)(const void *)at;
    at += sizeof(uint64_t) * head.row_count;
    batch.cell = (const uint32_t *)(const void *)at;
    at += sizeof(uint32_t) * (cells + 1);
    batch.exhibit = (const uint32_t *)(const void *)at;
    at += sizeof(uint32_t) * head.row_count;
    batch.record = (const uint32_t *)(const void *)at;
    at += sizeof(uint32_t) * head.row_count;
    batch.flags = at;
    batch.text = (const char *)at + head.row_count;
    if (!offsets_are_sound(batch.cell, cells, head.text_bytes))
        return false;
    *out_batch = batch;
    return true;
}

static int rows_load(void *state, uint32_t number, void *scratch, const struct batch **out_batch,
                     struct tq_error *err)
{
    const struct rows *rows = state;
    struct rows_scratch *memory = scratch;
    const struct pack_entry *entry;
    int r;

    if (number >= rows->batch_count)
        return tq_fail(err, TQ_E_USAGE, "there is no batch %u", number);
    entry = &rows->batches[number];
    if (entry->length > PACK_ENTRY_MAX)
        return damaged_rows(rows, number, err);
    r = alloc_reserve(&memory->memory, &memory->capacity, entry->length, 1, err);
    if (r < 0)
        return r;
    r = pack_load(rows->pack, entry, memory->memory, err);
    if (r < 0)
        return r;
    if (!view_rows((const uint8_t *)memory->memory + PACK_HEADER_BYTES,
                   entry->length - PACK_HEADER_BYTES, rows->column_count, &memory->batch))
        return damaged_rows(rows, number, err);
    *out_batch = &memory->batch;
    return TQ_OK;
}

static void *rows_scratch_new(void *state)
{
    (void)state;
    return alloc_zeroed(1, sizeof(struct rows_scratch));
}

static void rows_scratch_free(void *scratch)
{
    struct rows_scratch *memory = scratch;

    if (memory)
        free(memory->memory);
    free(memory);
}

static void rows_free(struct rows **rows)
{
    if (*rows)
        free((*rows)->batches);
    free(*rows);
}

static int load_places(struct case_store *store, uint32_t table, struct rows *rows,
                       struct tq_error *err)
{
    CLEANUP(case_query_end) struct case_query query = {0};
    int r = case_query_start(store, SQL_BATCHES, &query, err);

    if (r < 0)
        return r;
    case_query_bind(&query, 1, table);
    for (uint32_t i = 0; i < rows->batch_count; i++) {
        bool row;

        r = case_query_next(&query, &row, err);
        if (r < 0)
            return r;
        if (!row || case_query_number(&query, 0) != i)
            return tq_fail(err, TQ_E_SYNTAX, "the case is damaged: table %u lacks batch %u", table,
                           i);
        rows->batches[i] = (struct pack_entry){PACK_ROWS, table, i, case_query_number(&query, 1),
                                               case_query_number(&query, 2)};
    }
    return TQ_OK;
}

int case_open_rows(struct case_store *store, uint32_t table, struct batch_source *out_source,
                   struct tq_error *err)
{
    CLEANUP(rows_free) struct rows *rows = alloc_zeroed(1, sizeof(*rows));
    CASE_HOLD(store);
    int r;

    if (!rows)
        return tq_no_memory(err);
    rows->pack = &store->pack;
    r = table_size(store, table, &rows->column_count, &rows->batch_count, err);
    if (r < 0)
        return r;
    rows->batches = alloc_zeroed((size_t)rows->batch_count + 1, sizeof(*rows->batches));
    if (!rows->batches)
        return tq_no_memory(err);
    r = load_places(store, table, rows, err);
    if (r < 0)
        return r;
    *out_source = (struct batch_source){.state = rows,
                                        .batch_count = rows->batch_count,
                                        .load = rows_load,
                                        .scratch_new = rows_scratch_new,
                                        .scratch_free = rows_scratch_free};
    rows = NULL;
    return TQ_OK;
}

void case_close_rows(struct batch_source *source)
{
    struct rows *rows = source->state;

    rows_free(&rows);
    *source = (struct batch_source){0};
}
