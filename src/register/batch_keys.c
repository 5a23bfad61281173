/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "register/batch_keys.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

struct key_column {
    uint32_t *keys; /* owned */
    size_t capacity;
    bool made;
};

static int make(struct key_column *column, const struct view *view, const struct batch *batch,
                uint32_t number, struct tq_error *err)
{
    int r;

    if (batch->row_count > column->capacity) {
        uint32_t *larger = alloc_resize(column->keys, batch->row_count, sizeof(*larger));

        if (!larger)
            return tq_no_memory(err);
        column->keys = larger;
        column->capacity = batch->row_count;
    }
    r = view_batch_keys(view, batch, number, column->keys, err);
    if (r < 0)
        return r;
    column->made = true;
    return TQ_OK;
}

int batch_keys_find(struct batch_keys *keys, const struct view *view, const struct batch *batch,
                    uint32_t column, const uint32_t **out_keys, struct tq_error *err)
{
    if (column >= keys->column_count) {
        uint32_t count = column < batch->column_count ? batch->column_count : column + 1;
        struct key_column *columns = alloc_resize(keys->columns, count, sizeof(*columns));

        if (!columns)
            return tq_no_memory(err);
        memset(columns + keys->column_count, 0, (count - keys->column_count) * sizeof(*columns));
        keys->columns = columns;
        keys->column_count = count;
    }
    if (!keys->columns[column].made) {
        int r = make(&keys->columns[column], view, batch, column, err);

        if (r < 0)
            return r;
    }
    *out_keys = keys->columns[column].keys;
    return TQ_OK;
}

void batch_keys_empty(struct batch_keys *keys)
{
    for (uint32_t i = 0; i < keys->column_count; i++)
        keys->columns[i].made = false;
}

void batch_keys_clear(struct batch_keys *keys)
{
    for (uint32_t i = 0; i < keys->column_count; i++)
        free(keys->columns[i].keys);
    free(keys->columns);
    *keys = (struct batch_keys){0};
}
