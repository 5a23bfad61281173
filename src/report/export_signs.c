/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Tests for made-up rows. */
#include "base/cleanup.h"
#include "report/case_view.h"
#include "report/exports.h"

/* There may be none. */
static void row_figure(struct line_writer *writer, double figure)
{
    if (figure < 0)
        row_text(writer, (struct slice){0});
    else
        row_decimal(writer, figure);
}

static int write_sign(const struct case_view *view, const struct table_sign *sign,
                      struct line_writer *writer, struct tq_error *err)
{
    const struct sign_row *row = &sign->row;
    CLEANUP(buf_clear_cleanup) struct buf fields = {0};
    CLEANUP(buf_clear_cleanup) struct buf effect = {0};

    case_view_sign_fields(view, sign, &fields);
    buf_format(&effect, "%.6f", row->effect);
    if (buf_check(&fields, err) < 0 || buf_check(&effect, err) < 0)
        return TQ_E_NOMEM;
    row_text(writer, slice_of(view->tables[sign->table].stored->head.name));
    row_text(writer, slice_of(sign_test_name(row->test)));
    row_text(writer, buf_slice(&fields));
    row_number(writer, row->doubtful);
    row_number(writer, row->borne_out);
    row_number(writer, row->held);
    row_figure(writer, row->doubtful_figure);
    row_figure(writer, row->borne_out_figure);
    row_figure(writer, row->held_figure);
    row_json(writer, buf_slice(&effect));
    row_decimal(writer, row->chance);
    row_number(writer, row->sign);
    row_end(writer);
    return TQ_OK;
}

int export_signs(struct case_store *store, FILE *file, enum row_format format, struct tq_error *err)
{
    static const char *const columns[] = {"table",
                                          "test",
                                          "field",
                                          "doubtful",
                                          "borne_out",
                                          "held",
                                          "doubtful_figure",
                                          "borne_out_figure",
                                          "register_figure",
                                          "effect",
                                          "chance",
                                          "sign",
                                          NULL};
    struct line_writer writer;
    struct case_view view;
    int r = case_view_open(store, &view, err);

    if (r < 0)
        return r;
    line_writer_start(&writer, file, format, columns);
    for (size_t i = 0; i < view.table_sign_count && r == TQ_OK; i++)
        r = write_sign(&view, &view.table_signs[i], &writer, err);
    if (r == TQ_OK)
        r = line_writer_finish(&writer, err);
    else
        buf_clear(&writer.line);
    case_view_close(&view);
    return r;
}
