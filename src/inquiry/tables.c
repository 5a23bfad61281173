/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The tables of a case: named by the path they are listed under, and examined in the order of their
 * names. Files of one shape that are too small to be read each by itself (a monthly declaration of
 * ten lines) are pooled into one table. All are linked and dated, then dated together, then judged.
 */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "inquiry/context.h"
#include "inquiry/table_examination.h"

#define POOL_ROWS_MAX 300u /* a table of more rows is read by itself: algorithms.md 1.5 */

/* A stored table with its name in this case. */
struct named_table {
    const struct stored_table *stored;
    char *name; /* owned */
    bool is_pooled;
};

/* What is examined as one table. */
struct task {
    const struct stored_table *stored;
    struct stored_table pool; /* what stands for a pool; its row count is that of the parts */
    struct rows_part *parts;  /* owned */
    size_t part_count;
    struct examination *examination; /* owned; between the steps */
};

struct tables {
    struct inquiry *inquiry;
    struct case_store *store;
    struct stored_table_list list;
    struct named_table *items; /* by name */
    size_t count;
    struct task *tasks; /* in the order of the first names */
    size_t task_count;
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

static bool is_of_pool(const struct tables *tables, size_t first, size_t i)
{
    return may_be_pooled(&tables->items[i])
           && is_same_shape(&tables->items[i].stored->head, &tables->items[first].stored->head);
}

static struct rows_part part_of(const struct named_table *item)
{
    return (struct rows_part){.table = item->stored->number,
                              .exhibit = item->stored->exhibit,
                              .row_count = item->stored->head.row_count};
}

/* The members of the pool that item `first` founds, itself included; only itself: there is none. */
static size_t count_pool(const struct tables *tables, size_t first)
{
    size_t count = 0;

    for (size_t i = first; i < tables->count; i++)
        count += is_of_pool(tables, first, i);
    return count;
}

/* A stored table of no rows of its own stands for the pool: readings and findings go to it. */
static int add_pool_table(struct tables *tables, const struct table *shape, struct task *task,
                          struct tq_error *err)
{
    struct stored_table *pool = &task->pool;
    CLEANUP(buf_clear_cleanup) struct buf name = {0};
    int r;

    buf_format(&name, "layout:%u", ++tables->inquiry->layout_count);
    if (buf_check(&name, err) < 0)
        return TQ_E_NOMEM;
    r = table_init(&pool->head, buf_slice(&name), SLICE_LITERAL("pool"), shape->column_count, err);
    for (uint32_t i = 0; i < shape->column_count && r == TQ_OK; i++)
        r = table_set_header(&pool->head, i, slice_of(shape->headers[i]), err);
    if (r == TQ_OK)
        r = case_add_table(tables->store, 0, (struct slice){0}, &pool->head, &pool->number, err);
    for (size_t i = 0; i < task->part_count; i++)
        pool->head.row_count += task->parts[i].row_count;
    task->stored = pool;
    return r;
}

/* The task that item `first` founds; nothing if it was pooled with an earlier one. */
static int add_task(struct tables *tables, size_t first, struct tq_error *err)
{
    struct named_table *founder = &tables->items[first];
    struct task *task = &tables->tasks[tables->task_count];
    size_t pooled = may_be_pooled(founder) ? count_pool(tables, first) : 0;

    if (founder->is_pooled)
        return TQ_OK;
    task->parts = alloc_zeroed(pooled + 1, sizeof(*task->parts));
    if (!task->parts)
        return tq_no_memory(err);
    tables->task_count++;
    task->stored = founder->stored;
    if (pooled < 2) {
        task->parts[task->part_count++] = part_of(founder);
        return TQ_OK;
    }
    for (size_t i = first + 1; i < tables->count; i++) {
        if (!is_of_pool(tables, first, i))
            continue;
        if (task->part_count == 0)
            task->parts[task->part_count++] = part_of(founder);
        task->parts[task->part_count++] = part_of(&tables->items[i]);
        tables->items[i].is_pooled = true;
    }
    founder->is_pooled = true;
    return add_pool_table(tables, &founder->stored->head, task, err);
}

static int find_tasks(struct tables *tables, struct tq_error *err)
{
    int r = TQ_OK;

    tables->tasks = alloc_zeroed(tables->count + 1, sizeof(*tables->tasks));
    if (!tables->tasks)
        return tq_no_memory(err);
    for (size_t i = 0; i < tables->count && r == TQ_OK; i++)
        r = add_task(tables, i, err);
    return r;
}

/* ---- the steps ---- */

static int link_all(struct tables *tables, struct tq_error *err)
{
    int r = TQ_OK;

    for (size_t i = 0; i < tables->task_count && r == TQ_OK; i++) {
        struct task *task = &tables->tasks[i];

        r = examination_link(tables->inquiry, task->stored, task->parts, task->part_count,
                             &task->examination, err);
        inquiry_report(tables->inquiry, "examine", i + 1, tables->task_count, "tables");
    }
    return r;
}

static int date_all(struct tables *tables, struct tq_error *err)
{
    CLEANUP(free_cleanup)
    struct dated_table *dated = alloc_zeroed(tables->task_count + 1, sizeof(*dated));

    if (!dated)
        return tq_no_memory(err);
    for (size_t i = 0; i < tables->task_count; i++)
        dated[i] = (struct dated_table){.dating = &tables->tasks[i].examination->dating,
                                        .evidence = &tables->tasks[i].examination->evidence};
    return dating_merge(dated, tables->task_count, err);
}

static int judge_all(struct tables *tables, struct tq_error *err)
{
    int r = TQ_OK;

    for (size_t i = 0; i < tables->task_count && r == TQ_OK; i++) {
        struct task *task = &tables->tasks[i];

        r = examination_judge(task->examination, err);
        task->examination = examination_free(task->examination);
        inquiry_report(tables->inquiry, "judge", i + 1, tables->task_count, "tables");
    }
    return r;
}

static int examine_all(struct tables *tables, struct tq_error *err)
{
    int r = name_tables(tables, err);

    if (r < 0)
        return r;
    r = find_tasks(tables, err);
    if (r < 0)
        return r;
    r = link_all(tables, err);
    if (r < 0)
        return r;
    r = date_all(tables, err);
    if (r < 0)
        return r;
    tables->inquiry->summary.tables = tables->count;
    return judge_all(tables, err);
}

static void tables_clear(struct tables *tables)
{
    for (size_t i = 0; i < tables->task_count; i++) {
        (void)examination_free(tables->tasks[i].examination);
        table_clear(&tables->tasks[i].pool.head);
        free(tables->tasks[i].parts);
    }
    for (size_t i = 0; i < tables->count; i++)
        free(tables->items[i].name);
    free(tables->tasks);
    free(tables->items);
    stored_table_list_clear(&tables->list);
}

int inquiry_examine_tables(struct inquiry *inquiry, struct tq_error *err)
{
    struct tables tables = {.inquiry = inquiry, .store = inquiry->request->store};
    int r = examine_all(&tables, err);

    tables_clear(&tables);
    return r;
}
