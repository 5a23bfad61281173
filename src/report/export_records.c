/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "base/cleanup.h"
#include "base/escape.h"
#include "report/case_view.h"
#include "report/exports.h"

static const char *const columns[] = {"exhibit", "record",    "table", "kind", "subject",
                                      "verdict", "posterior", "cells", NULL};

/* Columns of plain tables go by position, those of documents by label. */
static void add_column(const struct table_view *table, const struct column_label *label,
                       unsigned number, struct buf *out)
{
    if (table->stored->head.shape == SHAPE_DOCUMENTS)
        escape_json(out, slice_of(column_label_header(table, label, number)));
    else
        buf_format(out, "%u", column_label_source(label, number) + 1u);
}

/* A date has a triple for each column that holds a part of it, all with its verdict. */
static void add_cell(const struct table_view *table, const struct cell_finding *cell,
                     struct buf *out)
{
    const struct column_label unnamed = {.source = cell->column};
    const struct column_label *label =
        cell->column < table->column_count ? &table->columns[cell->column] : &unnamed;
    CLEANUP(buf_clear_cleanup) struct buf field = {0};

    column_label_format(label, cell->period, &field);
    for (unsigned i = 0; i < column_label_source_count(label); i++) {
        buf_add_text(out, i ? ",[" : "[");
        add_column(table, label, i, out);
        buf_add_byte(out, ',');
        escape_json(out, buf_slice(&field));
        buf_format(out, ",\"%s\"]", cell_verdict_name(cell->verdict));
    }
}

static int write_record(struct case_view *view, const struct record_place *place,
                        struct line_writer *writer, struct buf *cells_json, struct tq_error *err)
{
    const struct table_view *table = &view->tables[place->table];
    const struct record_finding *record;
    const struct cell_finding *cells;
    struct slice subject = {0};
    int r = case_view_record(view, place, &record, &cells, err);

    if (r < 0)
        return r;
    if (record->subject != SUBJECT_NONE)
        subject = case_subject_key(view->store, table->kind_number, record->subject);
    buf_empty(cells_json);
    buf_add_byte(cells_json, '[');
    for (uint32_t i = 0; i < record->cell_count; i++) {
        if (i > 0)
            buf_add_byte(cells_json, ',');
        add_cell(table, &cells[i], cells_json);
    }
    buf_add_byte(cells_json, ']');
    r = buf_check(cells_json, err);
    if (r < 0)
        return r;

    row_text(writer, slice_of(view->exhibits.items[place->exhibit].path));
    row_number(writer, record->record);
    row_text(writer, slice_of(table->stored->head.name));
    row_text(writer, slice_of(table->kind));
    row_text(writer, subject);
    row_text(writer, slice_of(record_verdict_name(record->verdict)));
    row_decimal(writer, (double)record->posterior / PROBABILITY_ONE);
    row_json(writer, buf_slice(cells_json));
    row_end(writer);
    return TQ_OK;
}

int export_records(struct case_store *store, FILE *file, enum row_format format,
                   struct tq_error *err)
{
    CLEANUP(buf_clear_cleanup) struct buf cells = {0};
    struct line_writer writer;
    struct case_view view;
    int r = case_view_open(store, &view, err);

    if (r < 0)
        return r;
    line_writer_start(&writer, file, format, columns);
    for (size_t i = 0; i < view.record_count && r == TQ_OK; i++)
        r = write_record(&view, &view.records[i], &writer, &cells, err);
    if (r == TQ_OK)
        r = line_writer_finish(&writer, err);
    else
        buf_clear(&writer.line);
    case_view_close(&view);
    return r;
}
