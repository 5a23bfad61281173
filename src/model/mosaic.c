/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "model/mosaic.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

const char *mosaic_part_name(enum mosaic_part part)
{
    static const char *const names[MOSAIC_PART_COUNT] = {
        [MOSAIC_TABLE] = "table",       [MOSAIC_SOURCE] = "source",
        [MOSAIC_FILTER] = "filter",     [MOSAIC_UNEXPLAINED] = "unexplained",
        [MOSAIC_COVERAGE] = "coverage", [MOSAIC_FORMAT] = "format"};

    return names[part];
}

void mosaic_list_clear(struct mosaic_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        free(list->items[i].texts);
    free(list->items);
    *list = (struct mosaic_list){0};
}

/* Copy to `at`, which moves on. */
static struct slice place(char **at, struct slice text)
{
    struct slice copy = slice_make(*at, text.length);

    if (text.length > 0)
        memcpy(*at, text.data, text.length);
    *at += text.length;
    return copy;
}

int mosaic_list_add(struct mosaic_list *list, const struct mosaic_row *row, struct tq_error *err)
{
    struct mosaic_item item = {.row = *row, .number = list->count};
    char *at;
    int r =
        alloc_reserve(&list->items, &list->capacity, list->count + 1, sizeof(*list->items), err);

    if (r < 0)
        return r;
    item.texts = alloc_zeroed(row->name.length + row->detail.length + row->columns.length + 1, 1);
    if (!item.texts)
        return tq_no_memory(err);
    at = item.texts;
    item.row.name = place(&at, row->name);
    item.row.detail = place(&at, row->detail);
    item.row.columns = place(&at, row->columns);
    list->items[list->count++] = item;
    return TQ_OK;
}
