/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "extract/cell_spans.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/limits.h"

#define SPANS_MAX      1024u /* at once: beside each other */
#define SPAN_CELLS_MAX 1000000u
#define SPAN_BYTES_MAX ((uint64_t)64 << 20) /* a small file must not become a large one */

void cell_spans_end_table(struct cell_spans *spans)
{
    for (size_t i = 0; i < spans->count; i++)
        free(spans->items[i].text);
    spans->count = 0;
}

void cell_spans_clear(struct cell_spans *spans)
{
    cell_spans_end_table(spans);
    free(spans->items);
    *spans = (struct cell_spans){0};
}

int cell_spans_add(struct cell_spans *spans, const struct cell_span *span, struct slice text,
                   struct tq_error *err)
{
    struct cell_span *item;
    int r;

    if (spans->count >= SPANS_MAX) {
        spans->too_many = true;
        return TQ_OK;
    }
    r = alloc_reserve(&spans->items, &spans->capacity, spans->count + 1, sizeof(*spans->items),
                      err);
    if (r < 0)
        return r;
    item = &spans->items[spans->count];
    *item = *span;
    item->is_new = true;
    item->length = text.length;
    item->text = alloc_zeroed(text.length + 1, 1);
    if (!item->text)
        return tq_no_memory(err);
    if (text.length > 0)
        memcpy(item->text, text.data, text.length);
    spans->count++;
    return TQ_OK;
}

uint32_t cell_spans_skip(const struct cell_spans *spans, uint32_t column)
{
    bool moved = spans->count > 0;

    while (moved && column < TABLE_COLUMNS_MAX) {
        moved = false;
        for (size_t i = 0; i < spans->count; i++) {
            const struct cell_span *span = &spans->items[i];

            if (span->is_new || column < span->column || column >= span->column + span->columns)
                continue;
            column = span->column + span->columns;
            moved = true;
        }
    }
    return column;
}

bool cell_spans_shows(struct cell_spans *spans, size_t i)
{
    const struct cell_span *span = &spans->items[i];

    if (span->is_new || span->length == 0)
        return false;
    if (spans->cells >= SPAN_CELLS_MAX || spans->bytes + span->length > SPAN_BYTES_MAX) {
        spans->too_many = true;
        return false;
    }
    spans->cells++;
    spans->bytes += span->length;
    return true;
}

void cell_spans_end_row(struct cell_spans *spans)
{
    size_t kept = 0;

    for (size_t i = 0; i < spans->count; i++) {
        struct cell_span *span = &spans->items[i];

        span->rows -= !span->is_new;
        span->is_new = false;
        if (span->rows > 0)
            spans->items[kept++] = *span;
        else
            free(span->text);
    }
    spans->count = kept;
}
