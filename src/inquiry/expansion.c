/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "inquiry/expansion.h"

#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/file.h"
#include "base/limits.h"
#include "store/vault.h"

#define HEAD_BYTES     262u /* up to the mark of a tar */
#define UNPACKED_RATIO 16u  /* what is no archive by its head hardly grows */

__extension__ typedef unsigned __int128 uint128;

/* How archives and compressed files begin. This only decides who gets how much of what is left. */
static const struct {
    uint16_t at;
    uint8_t length;
    char bytes[6];
} marks[] = {
    {0, 2, {'P', 'K'}},
    {0, 2, {'\x1F', '\x8B'}},
    {0, 3, {'B', 'Z', 'h'}},
    {0, 5, {'\xFD', '7', 'z', 'X', 'Z'}},
    {0, 6, {'7', 'z', '\xBC', '\xAF', '\x27', '\x1C'}},
    {0, 4, {'R', 'a', 'r', '!'}},
    {0, 4, {'\x28', '\xB5', '\x2F', '\xFD'}},
    {0, 4, {'\x04', '\x22', '\x4D', '\x18'}},
    {0, 4, {'L', 'Z', 'I', 'P'}},
    {0, 4, {'\x89', 'L', 'Z', 'O'}},
    {0, 2, {'\x1F', '\x9D'}},
    {0, 4, {'M', 'S', 'C', 'F'}},
    {0, 4, {'x', 'a', 'r', '!'}},
    {0, 6, {'!', '<', 'a', 'r', 'c', 'h'}},
    {0, 5, {'0', '7', '0', '7', '0'}},
    {0, 4, {'\xED', '\xAB', '\xEE', '\xDB'}},
    {2, 2, {'-', 'l'}},
    {257, 5, {'u', 's', 't', 'a', 'r'}},
};

/* By position of a file that was taken from the file system. */
struct root {
    uint64_t spent;  /* by everything that came out of it */
    uint64_t packed; /* bytes of the containers that are about to be read */
};

static int is_packed(const char *case_folder, const struct exhibit *exhibit, bool *out_packed,
                     struct tq_error *err)
{
    CLEANUP(close_cleanup) int fd = -1;
    char head[HEAD_BYTES];
    size_t got;
    int r;

    *out_packed = false;
    r = vault_open(case_folder, exhibit->sha256, &fd, err);
    if (r < 0)
        return r;
    r = file_read_at(fd, 0, head, sizeof(head), &got, err);
    if (r < 0)
        return r;
    for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
        if (got >= (size_t)marks[i].at + marks[i].length
            && memcmp(head + marks[i].at, marks[i].bytes, marks[i].length) == 0)
            *out_packed = true;
    }
    return TQ_OK;
}

static uint32_t root_of(const struct exhibit_list *list, uint32_t position)
{
    while (list->items[position].parent != 0)
        position = list->position[list->items[position].parent];
    return position;
}

static uint64_t cost_of(const struct exhibit *exhibit)
{
    return exhibit->size_bytes + CONTAINER_MEMBER_COST;
}

static uint64_t expanded(uint64_t size_bytes)
{
    if (size_bytes > UINT64_MAX / 2 / CONTAINER_RATIO_MAX)
        return UINT64_MAX / 2;
    return CONTAINER_FREE_BYTES + size_bytes * CONTAINER_RATIO_MAX;
}

static uint64_t smaller(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

static uint64_t limit_of(const struct exhibit *exhibit, const struct exhibit *top,
                         const struct root *root, bool packed)
{
    uint64_t all = expanded(top->size_bytes), left = all > root->spent ? all - root->spent : 0;

    if (exhibit == top)
        return all;
    if (!packed)
        return smaller(left, exhibit->size_bytes * UNPACKED_RATIO + CONTAINER_MEMBER_COST);
    left = (uint64_t)((uint128)left * cost_of(exhibit) / root->packed);
    return smaller(left, expanded(exhibit->size_bytes));
}

int expansion_limits(const char *case_folder, const struct exhibit_list *list,
                     const uint32_t *pending, size_t count, uint64_t *out_bytes_max,
                     struct tq_error *err)
{
    CLEANUP(free_cleanup) struct root *roots = alloc_zeroed(list->count + 1, sizeof(*roots));
    CLEANUP(free_cleanup) bool *packed = alloc_zeroed(count + 1, sizeof(*packed));

    if (!roots || !packed)
        return tq_no_memory(err);
    for (uint32_t i = 0; i < list->count; i++) {
        if (list->items[i].depth > 0)
            roots[root_of(list, i)].spent += cost_of(&list->items[i]);
    }
    for (size_t i = 0; i < count; i++) {
        const struct exhibit *exhibit = &list->items[pending[i]];
        int r;

        if (exhibit->depth == 0)
            continue;
        r = is_packed(case_folder, exhibit, &packed[i], err);
        if (r < 0)
            return r;
        if (packed[i])
            roots[root_of(list, pending[i])].packed += cost_of(exhibit);
    }
    for (size_t i = 0; i < count; i++) {
        uint32_t root = root_of(list, pending[i]);

        out_bytes_max[i] =
            limit_of(&list->items[pending[i]], &list->items[root], &roots[root], packed[i]);
    }
    return TQ_OK;
}
