/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "model/table.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

static char *copy_text(struct slice text)
{
    char *copy = alloc_zeroed(text.length + 1, 1);

    if (copy && text.length > 0)
        memcpy(copy, text.data, text.length);
    return copy;
}

void table_clear(struct table *table)
{
    for (uint32_t i = 0; i < table->column_count && table->headers; i++)
        free(table->headers[i]);
    free(table->headers);
    free(table->blocks);
    free(table->name);
    free(table->origin);
    *table = (struct table){0};
}

int table_init(struct table *table, struct slice name, struct slice origin, uint32_t column_count,
               struct tq_error *err)
{
    struct table fresh = {.column_count = column_count, .slot_count = 0};

    fresh.name = copy_text(name);
    fresh.origin = copy_text(origin);
    fresh.headers = alloc_zeroed(column_count ? column_count : 1, sizeof(*fresh.headers));
    fresh.blocks = alloc_zeroed(column_count ? column_count : 1, sizeof(*fresh.blocks));
    if (!fresh.name || !fresh.origin || !fresh.headers || !fresh.blocks) {
        table_clear(&fresh);
        return tq_no_memory(err);
    }
    for (uint32_t i = 0; i < column_count; i++) {
        fresh.headers[i] = copy_text((struct slice){0});
        if (!fresh.headers[i]) {
            table_clear(&fresh);
            return tq_no_memory(err);
        }
    }
    *table = fresh;
    return TQ_OK;
}

int table_set_header(struct table *table, uint32_t column, struct slice header,
                     struct tq_error *err)
{
    char *copy = copy_text(header);

    if (!copy)
        return tq_no_memory(err);
    free(table->headers[column]);
    table->headers[column] = copy;
    return TQ_OK;
}
