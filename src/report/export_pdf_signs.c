/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Signs that documents were edited. */
#include "base/cleanup.h"
#include "model/document_detail.h"
#include "model/mask.h"
#include "report/document_view.h"
#include "report/exports.h"

static int write_sign(const struct case_view *view, const struct viewed_sign *sign,
                      struct line_writer *writer, struct tq_error *err)
{
    const struct document_sign_row *row = &sign->row;
    CLEANUP(buf_clear_cleanup) struct buf before = {0};
    CLEANUP(buf_clear_cleanup) struct buf after = {0};
    CLEANUP(buf_clear_cleanup) struct buf detail = {0};

    mask_value(&before, row->before);
    mask_value(&after, row->after);
    document_detail_say(&detail, LANGUAGE_EN, row->detail);
    if (buf_check(&before, err) < 0 || buf_check(&after, err) < 0 || buf_check(&detail, err) < 0)
        return TQ_E_NOMEM;
    row_text(writer, slice_of(view->exhibits.items[sign->exhibit].path));
    row_text(writer, slice_of(sign->layout));
    row_text(writer, slice_of(document_sign_name(row->sign)));
    row_text(writer, slice_of(document_weight_name(row->weight)));
    row_number(writer, row->page);
    row_text(writer, buf_slice(&before));
    row_text(writer, buf_slice(&after));
    row_text(writer, buf_slice(&detail));
    row_end(writer);
    return TQ_OK;
}

int export_pdf_signs(struct case_store *store, FILE *file, enum row_format format,
                     struct tq_error *err)
{
    static const char *const columns[] = {"exhibit", "table", "sign",   "weight", "page",
                                          "before",  "after", "detail", NULL};
    struct document_view documents = {0};
    struct line_writer writer;
    struct case_view view;
    int r = case_view_open(store, &view, err);

    if (r < 0)
        return r;
    r = document_view_open(&view, &documents, err);
    line_writer_start(&writer, file, format, columns);
    for (size_t i = 0; i < documents.count && r == TQ_OK; i++)
        r = write_sign(&view, &documents.signs[i], &writer, err);
    if (r == TQ_OK)
        r = line_writer_finish(&writer, err);
    else
        buf_clear(&writer.line);
    document_view_close(&documents);
    case_view_close(&view);
    return r;
}
