/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "extract/xml_tree.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/cleanup.h"
#include "base/hash.h"
#include "base/limits.h"

#define SLOTS      (4 * XML_NODES_MAX)
#define DEPTH_SEEN 64u /* of the path in the name of a column */

int xml_tree_init(struct xml_tree *tree, struct tq_error *err)
{
    int r;

    *tree = (struct xml_tree){.slots = alloc_zeroed(SLOTS, sizeof(*tree->slots))};
    if (!tree->slots)
        return tq_no_memory(err);
    r = alloc_reserve(&tree->nodes, &tree->capacity, 1, sizeof(*tree->nodes), err);
    if (r < 0)
        return r;
    tree->nodes[0] = (struct xml_node){.count = 1, .column = COLUMN_NONE};
    tree->count = 1;
    return TQ_OK;
}

void xml_tree_clear(struct xml_tree *tree)
{
    arena_clear(&tree->arena);
    free(tree->nodes);
    free(tree->slots);
    *tree = (struct xml_tree){0};
}

static uint32_t *find_slot(struct xml_tree *tree, uint32_t parent, enum xml_node_kind kind,
                           struct slice name)
{
    static const uint8_t key[SIPHASH_KEY_BYTES] = "kinds of XML";
    uint64_t at = siphash(key, name.data, name.length) + (uint64_t)parent * 2654435761u + kind;

    for (at %= SLOTS; tree->slots[at]; at = (at + 1) % SLOTS) {
        const struct xml_node *node = &tree->nodes[tree->slots[at] - 1];

        if (node->parent == parent && node->kind == kind && slice_equal(node->name, name))
            break;
    }
    return &tree->slots[at];
}

int xml_tree_find(struct xml_tree *tree, uint32_t parent, enum xml_node_kind kind,
                  struct slice name, bool make, uint32_t *out_node, struct tq_error *err)
{
    uint32_t *slot = find_slot(tree, parent, kind, name);
    char *copy;
    int r;

    *out_node = *slot ? *slot - 1 : 0;
    tree->full |= *slot == 0 && make && tree->count >= XML_NODES_MAX;
    if (*slot || !make || tree->count >= XML_NODES_MAX)
        return TQ_OK;
    r = alloc_reserve(&tree->nodes, &tree->capacity, tree->count + 1, sizeof(*tree->nodes), err);
    if (r < 0)
        return r;
    copy = arena_text(&tree->arena, name);
    if (!copy)
        return tq_no_memory(err);
    tree->nodes[tree->count] = (struct xml_node){.parent = parent,
                                                 .kind = (uint8_t)kind,
                                                 .name = slice_make(copy, name.length),
                                                 .column = COLUMN_NONE};
    *out_node = (uint32_t)tree->count++;
    *slot = *out_node + 1;
    return TQ_OK;
}

/* ---- records ---- */

/* As of a page: a good part of the words stand between elements. */
static bool is_prose(const struct xml_tree *tree)
{
    uint64_t texts = 0, mixed = 0;

    for (size_t i = 1; i < tree->count; i++) {
        texts += tree->nodes[i].texts;
        mixed += tree->nodes[i].mixed;
    }
    return mixed * 4 > texts;
}

static void begin_table(struct xml_tree *tree, uint32_t node)
{
    if (tree->table_count >= XML_TABLES_MAX)
        return;
    tree->tables[tree->table_count++] =
        (struct xml_table){.record = node, .name = tree->nodes[node].name};
    tree->nodes[node].table = tree->table_count;
    tree->nodes[node].is_record = true;
}

/* Nodes come after their parents. */
static void find_records(struct xml_tree *tree)
{
    for (uint32_t i = 1; i < tree->count; i++) {
        struct xml_node *node = &tree->nodes[i];

        node->table = tree->nodes[node->parent].table;
        if (node->table == 0 && node->kind == NODE_ELEMENT && node->has_inside
            && node->count > tree->nodes[node->parent].count)
            begin_table(tree, i);
    }
    if (tree->table_count > 0 || tree->count < 3)
        return;
    begin_table(tree, 1); /* the text as a whole is one record */
    for (uint32_t i = 2; i < tree->count; i++)
        tree->nodes[i].table = 1;
}

/* ---- columns ---- */

/* The names from below the record down to the node, with dots between. */
static void add_path(const struct xml_tree *tree, uint32_t node, struct buf *out)
{
    uint32_t path[DEPTH_SEEN], depth = 0;

    for (uint32_t at = node; !tree->nodes[at].is_record && depth < DEPTH_SEEN;
         at = tree->nodes[at].parent) {
        if (tree->nodes[at].kind == NODE_NAMED) { /* stands in the place of its element */
            path[depth++] = at;
            at = tree->nodes[at].parent;
            if (tree->nodes[at].is_record)
                break;
            continue;
        }
        path[depth++] = at;
    }
    if (depth == 0)
        buf_add_slice(out, tree->nodes[node].name);
    while (depth > 0) {
        buf_add_slice(out, tree->nodes[path[--depth]].name);
        if (depth > 0)
            buf_add_byte(out, '.');
    }
}

static int name_column(struct xml_tree *tree, uint32_t node, struct slice *out_name,
                       struct tq_error *err)
{
    CLEANUP(buf_clear_cleanup) struct buf path = {0};
    char *copy;

    add_path(tree, node, &path);
    if (path.length > CELL_BYTES_MAX)
        path.length = CELL_BYTES_MAX;
    copy = path.failed ? NULL : arena_text(&tree->arena, buf_slice(&path));
    if (!copy)
        return tq_no_memory(err);
    *out_name = slice_make(copy, path.length);
    return TQ_OK;
}

/* How many nodes of table `number` have values. */
static uint32_t count_values(const struct xml_tree *tree, uint32_t number)
{
    uint32_t count = 0;

    for (size_t i = 1; i < tree->count; i++)
        count += tree->nodes[i].table == number && tree->nodes[i].texts > 0;
    return count;
}

static int number_columns(struct xml_tree *tree, uint32_t number, struct tq_error *err)
{
    struct xml_table *table = &tree->tables[number - 1];
    uint32_t values = count_values(tree, number);
    uint64_t rare = values > XML_WIDE ? tree->nodes[table->record].count / XML_RARE_SHARE : 0;

    table->columns = arena_alloc(&tree->arena, (size_t)values + 1, sizeof(*table->columns));
    if (!table->columns)
        return tq_no_memory(err);
    for (uint32_t i = 1; i < tree->count; i++) {
        struct xml_node *node = &tree->nodes[i];
        int r;

        if (node->table != number || node->texts == 0)
            continue;
        if (node->texts < rare || table->column_count >= TABLE_COLUMNS_MAX - 1) {
            table->has_others = true;
            continue;
        }
        node->column = table->column_count++;
        r = name_column(tree, i, &table->columns[node->column], err);
        if (r < 0)
            return r;
    }
    if (table->has_others || table->column_count == 0)
        table->columns[table->column_count++] =
            table->has_others ? SLICE_LITERAL("(others)") : (struct slice){"", 0};
    return TQ_OK;
}

int xml_tree_settle(struct xml_tree *tree, struct tq_error *err)
{
    int r = TQ_OK;

    tree->is_prose = is_prose(tree);
    if (tree->is_prose)
        return TQ_OK;
    find_records(tree);
    for (uint32_t i = 1; i <= tree->table_count && r == TQ_OK; i++)
        r = number_columns(tree, i, err);
    return r;
}

bool xml_tree_has_text(const struct xml_tree *tree)
{
    for (size_t i = 0; i < tree->count; i++) {
        if (tree->nodes[i].table == 0 && tree->nodes[i].texts > 0)
            return true;
    }
    return false;
}
