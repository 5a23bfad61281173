/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The tables of a case: named by the path they are listed under, examined one after another in the
 * order of their names. Files of one shape that are too small to be read each by itself (a monthly
 * declaration of ten lines) are pooled into one table.
 */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "inquiry/context.h"
#include "inquiry/rows.h"

#define POOL_ROWS_MAX 300u /* a table of more rows is read by itself: algorithms.md 1.5 */

/* A stored table with its name in this case. */
struct named_table {
    const struct stored_table *stored;
    char *name; /* owned */
    bool is_pooled;
};

struct tables {
    struct inquiry *inquiry;
    struct case_store *store;
    struct stored_table_list list;
    struct named_table *items; /* by name */
    size_t count;
};

/* "path", or "path#sheet" where an exhibit has several. */
static char *name_of(const struct exhibit_list *exhibits, const struct stored_table *table)
{
    struct buf name = {0};
    char *text;

    if (table->exhibit == 0)
        return strdup(table->head.name);
    buf_add_text(&name,
                 exhibits->items[exhibits->primary[exhibits->position[table->exhibit]]].path);
    if (table->sheet[0] != '\0') {
        buf_add_byte(&name, '#');
        buf_add_text(&name, table->sheet);
    }
    text = buf_take(&name);
    buf_clear(&name);
    return text;
}

static int compare_names(const void *a, const void *b)
{
    const struct named_table *first = a, *second = b;
    int order = strcmp(first->name, second->name);

    if (order)
        return order;
    return (first->stored->number > second->stored->number)
           - (first->stored->number < second->stored->number);
}

/* Documents found in free text were judged when they were searched. */
static bool is_examined_already(const struct stored_table *table)
{
    return table->exhibit == 0 && strcmp(table->head.origin, "text") == 0;
}

static int name_tables(struct tables *tables, struct tq_error *err)
{
    int r = case_load_tables(tables->store, UINT32_MAX, &tables->list, err);

    if (r < 0)
        return r;
    tables->items = alloc_zeroed(tables->list.count + 1, sizeof(*tables->items));
    if (!tables->items)
        return tq_no_memory(err);
    for (size_t i = 0; i < tables->list.count; i++) {
        const struct stored_table *stored = &tables->list.items[i];
        struct named_table *item = &tables->items[tables->count];

        if (is_examined_already(stored))
            continue;
        item->stored = stored;
        item->name = name_of(&tables->inquiry->exhibits, stored);
        if (!item->name)
            return tq_no_memory(err);
        tables->count++;
        r = case_rename_table(tables->store, stored->number, slice_of(item->name), err);
        if (r < 0)
            return r;
    }
    qsort(tables->items, tables->count, sizeof(*tables->items), compare_names);
    return TQ_OK;
}

/* ---- pooling ---- */

/* Of one shape: the same origin, columns and headers. */
static bool is_same_shape(const struct table *a, const struct table *b)
{
    if (a->column_count != b->column_count || strcmp(a->origin, b->origin) != 0)
        return false;
    for (uint32_t i = 0; i < a->column_count; i++) {
        if (strcmp(a->headers[i], b->headers[i]) != 0)
            return false;
    }
    return true;
}

static bool has_headers(const struct table *table)
{
    for (uint32_t i = 0; i < table->column_count; i++) {
        if (table->headers[i][0] != '\0')
            return true;
    }
    return false;
}

/* Small, of an exhibit, and with headers that tell one shape from another. */
static bool may_be_pooled(const struct named_table *item)
{
    const struct stored_table *stored = item->stored;

    return !item->is_pooled && stored->exhibit != 0 && stored->head.row_count < POOL_ROWS_MAX
           && has_headers(&stored->head);
}

/* The members of the pool that item `first` founds, itself included; parts has room for all. */
static size_t find_pool(struct tables *tables, size_t first, struct rows_part *parts)
{
    size_t count = 0;

    for (size_t i = first; i < tables->count; i++) {
        const struct named_table *item = &tables->items[i];

        if (may_be_pooled(item)
            && is_same_shape(&item->stored->head, &tables->items[first].stored->head))
            parts[count++] = (struct rows_part){item->stored->number, item->stored->exhibit};
    }
    if (count < 2)
        return 0;
    for (size_t i = first; i < tables->count; i++) {
        struct named_table *item = &tables->items[i];

        if (may_be_pooled(item)
            && is_same_shape(&item->stored->head, &tables->items[first].stored->head))
            item->is_pooled = true;
    }
    return count;
}

static int examine_rows(struct tables *tables, const struct stored_table *table,
                        const struct rows_part *parts, size_t part_count, struct tq_error *err)
{
    struct rows *rows = NULL;
    int r = rows_open(tables->store, &tables->inquiry->exhibits, parts, part_count, &rows, err);

    if (r < 0)
        return r;
    r = inquiry_examine_table(tables->inquiry, table, rows, err);
    (void)rows_close(rows);
    return r;
}

/* A stored table of no rows of its own stands for the pool: readings and findings go to it. */
static int examine_pool(struct tables *tables, const struct table *shape,
                        const struct rows_part *parts, size_t part_count, struct tq_error *err)
{
    struct stored_table pool = {0};
    CLEANUP(buf_clear_cleanup) struct buf name = {0};
    int r;

    buf_format(&name, "layout:%u", ++tables->inquiry->layout_count);
    if (buf_check(&name, err) < 0)
        return TQ_E_NOMEM;
    r = table_init(&pool.head, buf_slice(&name), SLICE_LITERAL("pool"), shape->column_count, err);
    for (uint32_t i = 0; i < shape->column_count && r == TQ_OK; i++)
        r = table_set_header(&pool.head, i, slice_of(shape->headers[i]), err);
    if (r == TQ_OK)
        r = case_add_table(tables->store, 0, (struct slice){0}, &pool.head, &pool.number, err);
    if (r == TQ_OK)
        r = examine_rows(tables, &pool, parts, part_count, err);
    table_clear(&pool.head);
    return r;
}

static int examine_all(struct tables *tables, struct tq_error *err)
{
    CLEANUP(free_cleanup) struct rows_part *parts = alloc_zeroed(tables->count + 1, sizeof(*parts));

    if (!parts)
        return tq_no_memory(err);
    for (size_t i = 0; i < tables->count; i++) {
        const struct stored_table *stored = tables->items[i].stored;
        size_t pooled = may_be_pooled(&tables->items[i]) ? find_pool(tables, i, parts) : 0;
        int r;

        if (pooled > 0) {
            r = examine_pool(tables, &stored->head, parts, pooled, err);
        } else if (!tables->items[i].is_pooled) {
            parts[0] = (struct rows_part){stored->number, stored->exhibit};
            r = examine_rows(tables, stored, parts, 1, err);
        } else {
            r = TQ_OK;
        }
        if (r < 0)
            return r;
        inquiry_report(tables->inquiry, "examine", i + 1, tables->count, "tables");
    }
    tables->inquiry->summary.tables = tables->count;
    return TQ_OK;
}

int inquiry_examine_tables(struct inquiry *inquiry, struct tq_error *err)
{
    struct tables tables = {.inquiry = inquiry, .store = inquiry->request->store};
    int r = name_tables(&tables, err);

    if (r == TQ_OK)
        r = examine_all(&tables, err);
    for (size_t i = 0; i < tables.count; i++)
        free(tables.items[i].name);
    free(tables.items);
    stored_table_list_clear(&tables.list);
    return r;
}
