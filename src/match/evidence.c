/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "match/evidence.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/moment.h"

#define AHEAD 8u /* rows between asking for the share of a value and using it */

/* Nothing that a reader would call a value: white space, dashes, dots. */
static bool is_blank(struct slice cell)
{
    for (size_t i = 0; i < cell.length; i++) {
        unsigned char c = (unsigned char)cell.data[i];

        if (c >= 0x80 || (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z'))
            return false;
    }
    return true;
}

static uint16_t row_period(const struct match_columns *columns, const struct reading *reading,
                           struct slice cell, struct buf *text)
{
    int64_t month;

    buf_empty(text);
    if (!normalise(&columns->reg->normaliser, reading->month_interpretation, cell, text))
        return MONTH_NONE;
    month = canonical_number(buf_slice(text));
    return month > 0 && month <= UINT16_MAX ? (uint16_t)month : MONTH_NONE;
}

/* Keys of all columns and the periods of the rows, each in its own pass. */
static int read_batch(struct evidence *evidence, const struct match_columns *columns,
                      const struct reading *reading, const struct batch *batch,
                      struct batch_keys *kept, struct tq_error *err)
{
    bool by_row = false;
    int r;

    if (!kept) {
        kept = &evidence->own_keys;
        batch_keys_empty(kept);
    }
    r = alloc_reserve(&evidence->keys, &evidence->key_capacity, columns->count + 1u,
                      sizeof(*evidence->keys), err);
    if (r < 0)
        return r;
    r = alloc_reserve(&evidence->periods, &evidence->period_capacity, batch->row_count + 1u,
                      sizeof(*evidence->periods), err);
    if (r < 0)
        return r;
    for (uint32_t i = 0; i < columns->count; i++) {
        const struct match_column *column = &columns->items[i];

        by_row |= column->by_row;
        r = batch_keys_find(kept, column->view, batch, column->number, &evidence->keys[i], err);
        if (r < 0)
            return r;
    }
    for (uint32_t row = 0; by_row && row < batch->row_count; row++)
        evidence->periods[row] =
            reading->month_column == UINT16_MAX
                ? (uint16_t)MONTH_NONE
                : row_period(columns, reading, reading_month_cell(reading, batch, row),
                             &evidence->text);
    return 0;
}

static bool is_repeated(const struct item *items, size_t count, const struct batch *batch,
                        const struct match_column *column, const struct item *item)
{
    for (size_t i = 0; i < count; i++) {
        if (items[i].key != item->key || items[i].period != item->period)
            continue;
        if (item->key != KEY_NONE
            || slice_equal(column_cell(column->reading, batch, items[i].row, column->number),
                           column_cell(column->reading, batch, item->row, column->number)))
            return true;
    }
    return false;
}

/* How likely somebody else who holds the value spells it as the cell does. */
static void add_spelling(struct evidence *evidence, const struct match_column *column,
                         const struct batch *batch, struct item *item)
{
    struct slice cell = column_cell(column->reading, batch, item->row, column->number);
    uint32_t spelling = spelling_of(cell, &evidence->text);
    double same = spellings_chance(column->spellings, item->key, spelling);

    if (same <= 0)
        return;
    item->spelling = spelling;
    item->log_same = weight_of_log(same);
    item->log_other = weight_of_log(1 - same);
}

static void gather_column(struct evidence *evidence, const struct match_columns *columns,
                          uint32_t number, const struct batch *batch, uint32_t row, uint32_t end)
{
    const struct match_column *column = &columns->items[number];
    const uint32_t *keys = evidence->keys[number];
    struct item *items = evidence->items + evidence->item_count;
    uint16_t count = 0;

    if (row + AHEAD < batch->row_count)
        column_prefetch_share(column, keys[row + AHEAD]);
    if (column->repeats)
        end = row + 1;
    for (; row < end && count < ITEMS_PER_COLUMN_MAX; row++) {
        struct item item = {.column = (uint16_t)number, .row = row, .key = keys[row]};

        if (item.key == KEY_NONE
            && is_blank(column_cell(column->reading, batch, row, column->number)))
            continue;
        if (column->by_row) {
            item.period = evidence->periods[row];
            if (item.period == MONTH_NONE)
                continue;
        }
        if (count > 0 && is_repeated(items, count, batch, column, &item))
            continue;
        item.log_share = column_log_share(columns, column, item.key);
        item.held = item.log_share != WEIGHT_NONE;
        if (!item.held)
            item.log_share = -column->log_population;
        else if (column->spellings)
            add_spelling(evidence, column, batch, &item);
        items[count++] = item;
    }
    for (uint16_t i = 0; i < count; i++)
        items[i].peers = count;
    evidence->item_count += count;
}

int evidence_gather(struct evidence *evidence, const struct match_columns *columns,
                    const struct reading *reading, const struct batch *batch,
                    struct batch_keys *kept, struct tq_error *err)
{
    uint32_t end;
    int r;

    evidence->item_count = 0;
    evidence->record_count = 0;
    r = read_batch(evidence, columns, reading, batch, kept, err);
    if (r < 0)
        return r;
    r = alloc_reserve(&evidence->first, &evidence->record_capacity, batch->row_count + 1u,
                      sizeof(*evidence->first), err);
    if (r < 0)
        return r;
    r = alloc_reserve(&evidence->first_row, &evidence->first_row_capacity, batch->row_count + 1u,
                      sizeof(*evidence->first_row), err);
    if (r < 0)
        return r;
    r = alloc_reserve(&evidence->items, &evidence->item_capacity,
                      (size_t)batch->row_count * columns->count + 1, sizeof(*evidence->items), err);
    if (r < 0)
        return r;
    for (uint32_t row = 0; row < batch->row_count; row = end) {
        end = batch_record_end(batch, row);
        evidence->first[evidence->record_count] = (uint32_t)evidence->item_count;
        evidence->first_row[evidence->record_count++] = row;
        for (uint32_t i = 0; i < columns->count; i++)
            gather_column(evidence, columns, i, batch, row, end);
    }
    evidence->first[evidence->record_count] = (uint32_t)evidence->item_count;
    evidence->first_row[evidence->record_count] = batch->row_count;
    return buf_check(&evidence->text, err);
}

void evidence_clear(struct evidence *evidence)
{
    free(evidence->items);
    free(evidence->first);
    free(evidence->first_row);
    free(evidence->keys);
    batch_keys_clear(&evidence->own_keys);
    free(evidence->periods);
    buf_clear(&evidence->text);
    *evidence = (struct evidence){0};
}
