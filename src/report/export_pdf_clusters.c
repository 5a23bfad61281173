/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Documents of one template that were made alike. */
#include "report/document_clusters.h"
#include "report/exports.h"

static void write_cluster(const struct document_cluster *cluster, struct line_writer *writer)
{
    row_text(writer, slice_of(cluster->layout));
    row_number(writer, cluster->documents);
    row_text(writer, cluster->producer);
    row_text(writer, cluster->creator);
    row_text(writer, cluster->page);
    row_text(writer, cluster->fonts);
    row_text(writer, slice_of(cluster->first));
    row_text(writer, slice_of(cluster->last));
    row_number(writer, cluster->records);
    row_number(writer, cluster->borne_out);
    row_number(writer, cluster->doubtful);
    row_number(writer, cluster->with_signs);
    row_end(writer);
}

int export_pdf_clusters(struct case_store *store, FILE *file, enum row_format format,
                        struct tq_error *err)
{
    static const char *const columns[] = {
        "table", "documents", "producer",  "creator",  "page",  "fonts", "first",
        "last",  "records",   "borne_out", "doubtful", "signs", NULL};
    struct document_view documents = {0};
    struct document_clusters clusters = {0};
    struct line_writer writer;
    struct case_view view;
    int r = case_view_open(store, &view, err);

    if (r < 0)
        return r;
    r = document_view_open(&view, &documents, err);
    if (r == TQ_OK)
        r = document_clusters_open(&view, &documents, &clusters, err);
    line_writer_start(&writer, file, format, columns);
    for (size_t i = 0; i < clusters.count; i++)
        write_cluster(&clusters.items[i], &writer);
    if (r == TQ_OK)
        r = line_writer_finish(&writer, err);
    else
        buf_clear(&writer.line);
    document_clusters_close(&clusters);
    document_view_close(&documents);
    case_view_close(&view);
    return r;
}
