/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The mosaic: sources, coverage and form of the tables. */
#include "base/cleanup.h"
#include "report/case_view.h"
#include "report/exports.h"

/* -1: there is none. */
static void row_share(struct line_writer *writer, double share)
{
    if (share < 0)
        row_text(writer, (struct slice){0});
    else
        row_decimal(writer, share);
}

/* Effects have a sign; what was not tested has no chance either. */
static int row_effect(struct line_writer *writer, const struct mosaic_row *row,
                      struct tq_error *err)
{
    CLEANUP(buf_clear_cleanup) struct buf effect = {0};

    if (row->chance < 0) {
        row_text(writer, (struct slice){0});
        row_text(writer, (struct slice){0});
        return TQ_OK;
    }
    buf_format(&effect, "%.6f", row->effect);
    if (buf_check(&effect, err) < 0)
        return TQ_E_NOMEM;
    row_json(writer, buf_slice(&effect));
    row_decimal(writer, row->chance);
    return TQ_OK;
}

static int write_row(const struct case_view *view, const struct mosaic_row *row,
                     struct line_writer *writer, struct tq_error *err)
{
    CLEANUP(buf_clear_cleanup) struct buf detail = {0};
    int r;

    case_view_mosaic_detail(row, false, &detail);
    if (buf_check(&detail, err) < 0)
        return TQ_E_NOMEM;
    row_text(writer, slice_of(view->tables[row->table].stored->head.name));
    row_text(writer, slice_of(mosaic_part_name(row->part)));
    row_text(writer, row->name);
    row_text(writer, buf_slice(&detail));
    row_text(writer, row->columns);
    row_number(writer, row->rows);
    row_number(writer, row->of);
    row_share(writer, row->share);
    row_share(writer, row->held_share);
    r = row_effect(writer, row, err);
    row_number(writer, row->lead);
    row_end(writer);
    return r;
}

int export_mosaic(struct case_store *store, FILE *file, enum row_format format,
                  struct tq_error *err)
{
    static const char *const columns[] = {"table",  "part", "name",  "detail",         "columns",
                                          "rows",   "of",   "share", "register_share", "effect",
                                          "chance", "lead", NULL};
    struct line_writer writer;
    struct case_view view;
    int r = case_view_open(store, &view, err);

    if (r < 0)
        return r;
    line_writer_start(&writer, file, format, columns);
    for (size_t i = 0; i < view.mosaic.count && r == TQ_OK; i++)
        r = write_row(&view, &view.mosaic.items[i].row, &writer, err);
    if (r == TQ_OK)
        r = line_writer_finish(&writer, err);
    else
        buf_clear(&writer.line);
    case_view_close(&view);
    return r;
}
