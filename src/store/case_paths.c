/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "store/case_internal.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/hash.h"

/*
 * Final paths. A path is the name of a root exhibit, or the final path of the container, "!/" and
 * the name of the member. Where several exhibits would get one path, the one with the smallest
 * digest keeps it and the others get "~2", "~3", ...; a name that an exhibit has of its own is
 * never taken away. Depth by depth, so that what a container is called is known before its
 * members are named, and nothing depends on the order of intake.
 */

/* The paths that are taken: open addressing over borrowed strings. */
struct path_set {
    const char **slots;
    size_t mask;
};

static uint64_t path_hash(const char *path)
{
    static const uint8_t key[SIPHASH_KEY_BYTES] = {0}; /* only the speed depends on it */

    return siphash(key, path, strlen(path));
}

static const char **path_slot(const struct path_set *set, const char *path)
{
    size_t i = path_hash(path) & set->mask;

    while (set->slots[i] && strcmp(set->slots[i], path) != 0)
        i = (i + 1) & set->mask;
    return &set->slots[i];
}

static void path_set_clear(struct path_set *set)
{
    free(set->slots);
}

static int path_set_init(struct path_set *set, size_t count, struct tq_error *err)
{
    size_t size = 16;

    while (size < 2 * count)
        size *= 2;
    set->slots = alloc_zeroed(size, sizeof(*set->slots));
    if (!set->slots)
        return tq_no_memory(err);
    set->mask = size - 1;
    return TQ_OK;
}

/* One exhibit of the depth at hand, with the path it would like. */
struct wish {
    struct exhibit *exhibit;
};

static int by_wish(const void *a, const void *b)
{
    const struct exhibit *left = ((const struct wish *)a)->exhibit;
    const struct exhibit *right = ((const struct wish *)b)->exhibit;
    int order = strcmp(left->path, right->path);

    if (order == 0)
        order = memcmp(left->sha256, right->sha256, SHA256_BYTES);
    if (order == 0)
        order = (left->number > right->number) - (left->number < right->number);
    return order;
}

static char *wished_path(const struct exhibit *exhibits, const struct exhibit_name *name)
{
    struct buf path = {0};
    char *text;

    if (name->parent != UINT32_MAX) {
        buf_add_text(&path, exhibits[name->parent].path);
        buf_add_text(&path, "!/");
    }
    buf_add_slice(&path, name->name);
    text = buf_take(&path);
    buf_clear(&path);
    return text;
}

/* The first of "path~2", "path~3", ... from *number on that nobody has. */
static char *free_path(const struct path_set *set, const char *wished, unsigned *number)
{
    struct buf path = {0};
    char *text;

    do {
        buf_empty(&path);
        buf_format(&path, "%s~%u", wished, (*number)++);
    } while (!buf_check(&path, &(struct tq_error){0}) && *path_slot(set, path.data));
    text = buf_take(&path);
    buf_clear(&path);
    return text;
}

/* Wishes are sorted: those for one path stand together. */
static int settle(struct path_set *set, struct wish *wishes, size_t count, struct tq_error *err)
{
    CLEANUP(free_cleanup) char *wished = NULL;
    unsigned number = 2;

    /* First everybody who can has his own name, then the others look for what is left. */
    for (size_t i = 0; i < count; i++) {
        const char **slot = path_slot(set, wishes[i].exhibit->path);

        if (!*slot) {
            *slot = wishes[i].exhibit->path;
            wishes[i].exhibit = NULL;
        }
    }
    for (size_t i = 0; i < count; i++) {
        struct exhibit *exhibit = wishes[i].exhibit;
        char *path;

        if (!exhibit)
            continue;
        if (!wished || strcmp(wished, exhibit->path) != 0)
            number = 2;
        path = free_path(set, exhibit->path, &number);
        if (!path)
            return tq_no_memory(err);
        free(wished);
        wished = exhibit->path;
        exhibit->path = path;
        *path_slot(set, path) = path;
    }
    return TQ_OK;
}

int case_paths_assign(struct exhibit *exhibits, const struct exhibit_name *names, size_t count,
                      struct tq_error *err)
{
    CLEANUP(path_set_clear) struct path_set set = {0};
    CLEANUP(free_cleanup) struct wish *wishes = alloc_zeroed(count + 1, sizeof(*wishes));
    size_t done = 0;
    int r;

    if (!wishes)
        return tq_no_memory(err);
    r = path_set_init(&set, count, err);
    if (r < 0)
        return r;

    for (uint32_t depth = 0; done < count; depth++) {
        size_t here = 0;

        for (size_t i = 0; i < count; i++) {
            if (names[i].depth != depth)
                continue;
            exhibits[i].path = wished_path(exhibits, &names[i]);
            if (!exhibits[i].path)
                return tq_no_memory(err);
            wishes[here++].exhibit = &exhibits[i];
        }
        qsort(wishes, here, sizeof(*wishes), by_wish);
        r = settle(&set, wishes, here, err);
        if (r < 0)
            return r;
        done += here;
    }
    return TQ_OK;
}
