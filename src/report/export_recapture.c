/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What the overlap of several finders says. */
#include "report/case_view.h"
#include "report/exports.h"
#include "report/recapture_view.h"

static void write_row(struct case_store *store, const struct recapture_row *row,
                      struct line_writer *writer)
{
    row_text(writer, slice_of(case_kind_name(store, row->kind)));
    row_text(writer, slice_of(row->first.length ? "chapman" : "chao"));
    row_text(writer, row->first);
    row_text(writer, row->second);
    row_number(writer, row->found_first);
    row_number(writer, row->found_second);
    row_number(writer, row->once);
    row_number(writer, row->twice);
    row_number(writer, row->seen);
    row_number(writer, row->value);
    row_number(writer, row->low);
    row_number(writer, row->high);
    row_text(writer, slice_of(recapture_status_name(row->status)));
    row_number(writer, row->stratified);
    row_decimal(writer, row->chance);
    row_text(writer, row->parts.length || row->chance >= 1 ? row->parts : SLICE_LITERAL("(order)"));
    row_end(writer);
}

int export_recapture(struct case_store *store, FILE *file, enum row_format format,
                     struct tq_error *err)
{
    static const char *const columns[] = {
        "kind",   "method",     "first",  "second", "found_first", "found_second",
        "once",   "twice",      "seen",   "value",  "low",         "high",
        "status", "stratified", "chance", "parts",  NULL};
    struct recapture_view view = {0};
    struct line_writer writer;
    int r = case_view_check_examined(store, err);

    if (r == TQ_OK)
        r = recapture_view_open(store, &view, err);
    if (r < 0)
        return r;
    line_writer_start(&writer, file, format, columns);
    for (size_t i = 0; i < view.count; i++)
        write_row(store, &view.items[i], &writer);
    recapture_view_close(&view);
    return line_writer_finish(&writer, err);
}
