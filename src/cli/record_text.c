/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "cli/record_text.h"

#include "base/cleanup.h"

void record_text_close(struct record_text *text)
{
    if (text->scratch)
        text->source.scratch_free(text->scratch);
    if (text->open)
        case_close_rows(&text->source);
    *text = (struct record_text){0};
}

static uint32_t listed_under(const struct exhibit_list *list, uint32_t exhibit)
{
    if (exhibit >= list->position_count || list->position[exhibit] == UINT32_MAX)
        return exhibit;
    return list->items[list->primary[list->position[exhibit]]].number;
}

/* Find its first row; rows of a table of one exhibit carry no exhibit. The place in the source is
 * not enough, since one line may hold many records, nor is the number, since free text counts
 * subjects. */
static bool find_row(const struct case_view *view, const struct record_finding *record,
                     struct record_text *text)
{
    for (uint32_t row = 0; row < text->batch->row_count; row++) {
        uint32_t exhibit = text->batch->exhibit[row];

        if (text->batch->place[row] == record->place && text->batch->record[row] == record->record
            && (exhibit == 0 || listed_under(&view->exhibits, exhibit) == record->exhibit)) {
            text->row = row;
            return true;
        }
    }
    return false;
}

static int search_table(struct case_view *view, uint32_t table, uint32_t first, uint32_t end,
                        const struct record_finding *record, struct record_text *text,
                        struct tq_error *err)
{
    int r = case_open_rows(view->store, table, &text->source, err);

    if (r < 0)
        return r;
    text->open = true;
    text->scratch = text->source.scratch_new(text->source.state);
    if (!text->scratch)
        return tq_no_memory(err);
    if (end > text->source.batch_count)
        end = text->source.batch_count;
    for (uint32_t number = first; number < end && !text->found; number++) {
        r = text->source.load(text->source.state, number, text->scratch, &text->batch, err);
        if (r < 0)
            return r;
        text->found = find_row(view, record, text);
    }
    if (!text->found)
        record_text_close(text);
    return TQ_OK;
}

/* A table that was examined in a pool keeps its rows under its exhibit. */
static int search_pooled(struct case_view *view, const struct record_finding *record,
                         struct record_text *text, struct tq_error *err)
{
    for (size_t i = 0; i < view->stored.count && !text->found; i++) {
        const struct stored_table *stored = &view->stored.items[i];
        int r;

        if (stored->exhibit == 0
            || listed_under(&view->exhibits, stored->exhibit) != record->exhibit)
            continue;
        r = search_table(view, stored->number, 0, UINT32_MAX, record, text, err);
        if (r < 0)
            return r;
    }
    return TQ_OK;
}

int record_text_open(struct case_view *view, const struct record_place *place,
                     const struct record_finding *record, struct record_text *out_text,
                     struct tq_error *err)
{
    const struct stored_table *stored = view->tables[place->table].stored;
    struct record_text text = {0};
    int r;

    if (stored->batch_count > 0)
        r = search_table(view, stored->number, place->batch, place->batch + 1, record, &text, err);
    else
        r = search_pooled(view, record, &text, err);
    if (r < 0) {
        record_text_close(&text);
        return r;
    }
    *out_text = text;
    return TQ_OK;
}

struct slice record_text_cell(const struct record_text *text, const struct cell_finding *cell,
                              uint32_t column)
{
    uint32_t row = text->row + cell->line;

    if (!text->found || row >= text->batch->row_count || column >= text->batch->column_count)
        return (struct slice){0};
    return batch_cell(text->batch, row, column);
}
