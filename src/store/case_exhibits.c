/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "store/case_store.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "store/case_internal.h"

#define DEPTH_MAX 1000u /* far above CONTAINER_DEPTH_MAX: only a forged case has more */

static struct slice digest_slice(const uint8_t *sha256)
{
    return slice_make((const char *)sha256, SHA256_BYTES);
}

int case_find_exhibit(struct case_store *store, uint32_t parent, struct slice name,
                      const uint8_t sha256[SHA256_BYTES], uint32_t *out_number,
                      struct tq_error *err)
{
    CLEANUP(case_query_end) struct case_query query = {0};
    bool row;
    int r = case_query_start(store, SQL_EXHIBIT_FIND, &query, err);

    if (r < 0)
        return r;
    case_query_bind(&query, 1, parent);
    case_query_bind_bytes(&query, 2, name);
    case_query_bind_bytes(&query, 3, digest_slice(sha256));
    r = case_query_next(&query, &row, err);
    if (r < 0)
        return r;
    *out_number = row ? (uint32_t)case_query_number(&query, 0) : 0;
    return TQ_OK;
}

int case_has_name(struct case_store *store, uint32_t parent, struct slice name, bool *out_has,
                  struct tq_error *err)
{
    CLEANUP(case_query_end) struct case_query query = {0};
    int r = case_query_start(store, SQL_EXHIBIT_NAMED, &query, err);

    if (r < 0)
        return r;
    case_query_bind(&query, 1, parent);
    case_query_bind_bytes(&query, 2, name);
    return case_query_next(&query, out_has, err);
}

/* *out_number is 0 if there is one already. */
static int insert_exhibit(struct case_store *store, uint32_t parent, struct slice name,
                          const uint8_t *sha256, uint64_t size_bytes, const struct custody *custody,
                          uint32_t *out_number, struct tq_error *err)
{
    static const struct custody nothing = {0};
    CLEANUP(case_query_end) struct case_query query = {0};
    uint32_t number = 0;
    bool row = true;
    int r = case_query_start(store, SQL_EXHIBIT_ADD, &query, err);

    if (r < 0)
        return r;
    if (!custody)
        custody = &nothing;
    case_query_bind(&query, 1, parent);
    case_query_bind_bytes(&query, 2, name);
    case_query_bind_bytes(&query, 3, digest_slice(sha256));
    case_query_bind(&query, 4, size_bytes);
    case_query_bind_bytes(&query, 5, custody->source);
    case_query_bind_bytes(&query, 6, custody->by);
    case_query_bind_bytes(&query, 7, custody->taken);
    case_query_bind_bytes(&query, 8, custody->origin);
    while (row) {
        r = case_query_next(&query, &row, err);
        if (r < 0)
            return r;
        if (row)
            number = (uint32_t)case_query_number(&query, 0);
    }
    *out_number = number;
    return TQ_OK;
}

int case_add_exhibit(struct case_store *store, uint32_t parent, struct slice name,
                     const uint8_t sha256[SHA256_BYTES], uint64_t size_bytes,
                     const struct custody *custody, uint32_t *out_number, struct tq_error *err)
{
    CASE_HOLD(store);
    uint32_t number;
    int r;

    if (name.length > 0 && memchr(name.data, '\0', name.length))
        return tq_fail(err, TQ_E_USAGE, "the name of an exhibit holds a zero byte");
    r = insert_exhibit(store, parent, name, sha256, size_bytes, custody, &number, err);
    if (r < 0)
        return r;
    if (number == 0) {
        r = case_find_exhibit(store, parent, name, sha256, &number, err);
        if (r < 0)
            return r;
    }
    *out_number = number;
    return TQ_OK;
}

int case_set_exhibit(struct case_store *store, uint32_t number, struct slice type,
                     enum exhibit_state state, struct tq_error *err)
{
    CLEANUP(case_query_end) struct case_query query = {0};
    bool row;
    int r = case_query_start(store, SQL_EXHIBIT_SET, &query, err);

    if (r < 0)
        return r;
    case_query_bind(&query, 1, number);
    case_query_bind_bytes(&query, 2, type);
    case_query_bind(&query, 3, state);
    r = case_query_next(&query, &row, err);
    if (r < 0)
        return r;
    if (!row)
        return tq_fail(err, TQ_E_USAGE, "there is no exhibit %u", number);
    return case_query_finish(&query, err);
}

int case_get_custody(struct case_store *store, uint32_t number, struct buf *scratch,
                     struct custody *out_custody, struct tq_error *err)
{
    CLEANUP(case_query_end) struct case_query query = {0};
    struct slice parts[4];
    size_t at[4];
    bool row;
    int r = case_query_start(store, SQL_CUSTODY, &query, err);

    if (r < 0)
        return r;
    case_query_bind(&query, 1, number);
    r = case_query_next(&query, &row, err);
    if (r < 0)
        return r;
    if (!row)
        return tq_fail(err, TQ_E_USAGE, "there is no exhibit %u", number);

    buf_empty(scratch);
    for (int i = 0; i < 4; i++) {
        parts[i] = case_query_bytes(&query, i);
        at[i] = scratch->length;
        buf_add_slice(scratch, parts[i]);
    }
    r = buf_check(scratch, err);
    if (r < 0)
        return r;
    for (int i = 0; i < 4; i++)
        parts[i].data = scratch->data + at[i];
    *out_custody = (struct custody){parts[0], parts[1], parts[2], parts[3]};
    return TQ_OK;
}

static int add_note(struct case_store *store, enum case_statement which, uint32_t exhibit,
                    uint64_t place, struct slice text, struct tq_error *err)
{
    CLEANUP(case_query_end) struct case_query query = {0};
    int r = case_query_start(store, which, &query, err);

    if (r < 0)
        return r;
    case_query_bind(&query, 1, exhibit);
    case_query_bind(&query, 2, place);
    case_query_bind_bytes(&query, 3, text);
    return case_query_finish(&query, err);
}

int case_add_note(struct case_store *store, uint32_t exhibit, uint64_t place, struct slice text,
                  struct tq_error *err)
{
    return add_note(store, SQL_NOTE_ADD, exhibit, place, text, err);
}

int case_add_custody_note(struct case_store *store, uint32_t exhibit, struct slice text,
                          struct tq_error *err)
{
    return add_note(store, SQL_CUSTODY_NOTE_ADD, exhibit, 0, text, err);
}

int case_add_fact(struct case_store *store, uint32_t exhibit, struct slice name, struct slice value,
                  struct tq_error *err)
{
    CLEANUP(case_query_end) struct case_query query = {0};
    int r = case_query_start(store, SQL_FACT_ADD, &query, err);

    if (r < 0)
        return r;
    case_query_bind(&query, 1, exhibit);
    case_query_bind_bytes(&query, 2, name);
    case_query_bind_bytes(&query, 3, value);
    return case_query_finish(&query, err);
}

int case_notes(struct case_store *store, uint32_t exhibit, case_each_note *each, void *state,
               struct tq_error *err)
{
    CLEANUP(case_query_end) struct case_query query = {0};
    bool row;
    int r = case_query_start(store, exhibit ? SQL_NOTES_OF : SQL_NOTES_ALL, &query, err);

    if (r < 0)
        return r;
    if (exhibit)
        case_query_bind(&query, 1, exhibit);
    for (;;) {
        r = case_query_next(&query, &row, err);
        if (r < 0 || !row)
            return r;
        r = each(state, (uint32_t)case_query_number(&query, 0), case_query_number(&query, 1),
                 case_query_bytes(&query, 2), err);
        if (r < 0)
            return r;
    }
}

int case_facts(struct case_store *store, uint32_t exhibit, case_each_fact *each, void *state,
               struct tq_error *err)
{
    CLEANUP(case_query_end) struct case_query query = {0};
    bool row;
    int r = case_query_start(store, exhibit ? SQL_FACTS_OF : SQL_FACTS_ALL, &query, err);

    if (r < 0)
        return r;
    if (exhibit)
        case_query_bind(&query, 1, exhibit);
    for (;;) {
        r = case_query_next(&query, &row, err);
        if (r < 0 || !row)
            return r;
        r = each(state, (uint32_t)case_query_number(&query, 0), case_query_bytes(&query, 1),
                 case_query_bytes(&query, 2), err);
        if (r < 0)
            return r;
    }
}

/* The list while it is built: exhibits by number, and the names their paths are made of. */
struct raw_list {
    struct exhibit *items;
    struct exhibit_name *names;
    uint32_t *position; /* by number */
    size_t count, item_capacity, name_capacity, position_count, position_capacity;
    struct buf text; /* the names, one after the other */
};

static void raw_list_clear(struct raw_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        free(list->items[i].path);
        free(list->items[i].type);
    }
    free(list->items);
    free(list->names);
    free(list->position);
    buf_clear(&list->text);
    *list = (struct raw_list){0};
}

static int raw_position(struct raw_list *list, uint32_t number, struct tq_error *err)
{
    int r = alloc_reserve(&list->position, &list->position_capacity, (size_t)number + 1,
                          sizeof(*list->position), err);

    if (r < 0)
        return r;
    while (list->position_count <= number)
        list->position[list->position_count++] = UINT32_MAX;
    list->position[number] = (uint32_t)list->count;
    return TQ_OK;
}

/* The parent was taken before its members, so it has a smaller number. */
static int raw_name(struct raw_list *list, uint32_t parent, struct exhibit_name *name)
{
    *name = (struct exhibit_name){.parent = UINT32_MAX};
    if (parent == 0)
        return TQ_OK;
    if (parent >= list->position_count || list->position[parent] == UINT32_MAX)
        return TQ_E_SYNTAX;
    name->parent = list->position[parent];
    name->depth = list->names[name->parent].depth + 1;
    return name->depth > DEPTH_MAX ? TQ_E_SYNTAX : TQ_OK;
}

static int raw_list_add(struct raw_list *list, const struct case_query *query, struct tq_error *err)
{
    struct slice digest = case_query_bytes(query, 3), name = case_query_bytes(query, 2);
    struct exhibit item = {.number = (uint32_t)case_query_number(query, 0),
                           .parent = (uint32_t)case_query_number(query, 1),
                           .size_bytes = case_query_number(query, 4),
                           .state = (enum exhibit_state)case_query_number(query, 6)};
    int r;

    r = alloc_reserve(&list->items, &list->item_capacity, list->count + 1, sizeof(item), err);
    if (r < 0)
        return r;
    r = alloc_reserve(&list->names, &list->name_capacity, list->count + 1, sizeof(*list->names),
                      err);
    if (r < 0)
        return r;
    if (digest.length != SHA256_BYTES || raw_name(list, item.parent, &list->names[list->count]) < 0)
        return tq_fail(err, TQ_E_SYNTAX, "the case is damaged: exhibit %u makes no sense",
                       item.number);
    r = raw_position(list, item.number, err);
    if (r < 0)
        return r;

    memcpy(item.sha256, digest.data, SHA256_BYTES);
    item.depth = list->names[list->count].depth;
    item.type = case_copy_text(case_query_bytes(query, 5));
    if (!item.type)
        return tq_no_memory(err);
    list->items[list->count] = item;
    /* The memory of the names still moves: keep lengths now, set the pointers at the end. */
    list->names[list->count].name.length = name.length;
    buf_add_slice(&list->text, name);
    list->count++;
    return TQ_OK;
}

static int raw_list_load(struct case_store *store, struct raw_list *list, struct tq_error *err)
{
    CLEANUP(case_query_end) struct case_query query = {0};
    size_t at = 0;
    bool row;
    int r = case_query_start(store, SQL_EXHIBITS, &query, err);

    if (r < 0)
        return r;
    for (;;) {
        r = case_query_next(&query, &row, err);
        if (r < 0)
            return r;
        if (!row)
            break;
        r = raw_list_add(list, &query, err);
        if (r < 0)
            return r;
    }
    r = buf_check(&list->text, err);
    if (r < 0)
        return r;
    for (size_t i = 0; i < list->count; i++) {
        list->names[i].name.data = list->text.data ? list->text.data + at : "";
        at += list->names[i].name.length;
    }
    return TQ_OK;
}

static int by_path(const void *a, const void *b)
{
    const struct exhibit *left = a, *right = b;

    return strcmp(left->path, right->path); /* as unsigned bytes; paths are unique */
}

struct same_bytes {
    const struct exhibit *exhibit;
    uint32_t position;
};

static int by_bytes(const void *a, const void *b)
{
    const struct same_bytes *left = a, *right = b;
    int order = memcmp(left->exhibit->sha256, right->exhibit->sha256, SHA256_BYTES);

    if (order == 0)
        order = (left->exhibit->depth > right->exhibit->depth)
                - (left->exhibit->depth < right->exhibit->depth);
    return order ? order : (left->position > right->position) - (left->position < right->position);
}

static int find_primaries(struct exhibit_list *list, struct tq_error *err)
{
    CLEANUP(free_cleanup) struct same_bytes *order = NULL;

    list->primary = alloc_zeroed(list->count ? list->count : 1, sizeof(*list->primary));
    order = alloc_zeroed(list->count ? list->count : 1, sizeof(*order));
    if (!list->primary || !order)
        return tq_no_memory(err);

    for (size_t i = 0; i < list->count; i++)
        order[i] = (struct same_bytes){&list->items[i], (uint32_t)i};
    qsort(order, list->count, sizeof(*order), by_bytes);
    for (size_t i = 0; i < list->count; i++) {
        const struct exhibit *exhibit = order[i].exhibit;
        bool same = i > 0 && exhibit->size_bytes > 0
                    && exhibit->size_bytes == order[i - 1].exhibit->size_bytes
                    && memcmp(exhibit->sha256, order[i - 1].exhibit->sha256, SHA256_BYTES) == 0;

        list->primary[order[i].position] =
            same ? list->primary[order[i - 1].position] : order[i].position;
    }
    return TQ_OK;
}

/* Of equal bytes one copy was read, not always the first: evidence that is taken later may come
 * before it. The type belongs to the bytes. */
static int share_types(struct exhibit_list *list, struct tq_error *err)
{
    for (size_t i = 0; i < list->count; i++) {
        struct exhibit *first = &list->items[list->primary[i]];
        char *type;

        if (list->items[i].state == EXHIBIT_TAKEN || first->state != EXHIBIT_TAKEN
            || first->type[0] != '\0')
            continue;
        type = case_copy_text(slice_of(list->items[i].type));
        if (!type)
            return tq_no_memory(err);
        free(first->type);
        first->type = type;
    }
    return TQ_OK;
}

int case_load_exhibits(struct case_store *store, struct exhibit_list *out_list,
                       struct tq_error *err)
{
    CLEANUP(raw_list_clear) struct raw_list raw = {0};
    struct exhibit_list list = {0};
    int r;

    r = raw_list_load(store, &raw, err);
    if (r < 0)
        return r;
    r = case_paths_assign(raw.items, raw.names, raw.count, err);
    if (r < 0)
        return r;
    if (raw.count > 0)
        qsort(raw.items, raw.count, sizeof(*raw.items), by_path);

    list.items = raw.items;
    list.count = raw.count;
    r = find_primaries(&list, err);
    if (r == TQ_OK)
        r = share_types(&list, err);
    if (r < 0) {
        free(list.primary);
        return r;
    }
    for (size_t i = 0; i < list.count; i++)
        raw.position[list.items[i].number] = (uint32_t)i;
    list.position = TAKE(raw.position);
    list.position_count = (uint32_t)raw.position_count;
    raw.items = NULL;
    raw.count = 0;
    *out_list = list;
    return TQ_OK;
}

void exhibit_list_clear(struct exhibit_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        free(list->items[i].path);
        free(list->items[i].type);
    }
    free(list->items);
    free(list->primary);
    free(list->position);
    *list = (struct exhibit_list){0};
}
