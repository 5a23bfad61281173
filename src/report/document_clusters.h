/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef REPORT_DOCUMENT_CLUSTERS_H
#define REPORT_DOCUMENT_CLUSTERS_H

#include "base/arena.h"
#include "report/document_view.h"

#define CLUSTER_DATE_BYTES 11u /* 2024-03-04 */

/*
 * PDF documents of one template that were made alike: by one program, on one paper, with the same
 * fonts. A small cluster with many doubtful records is a batch that somebody made.
 */
struct document_cluster {
    const char *layout;                                       /* "" for those of no template */
    struct slice producer, creator, page, fonts;              /* in the arena */
    char first[CLUSTER_DATE_BYTES], last[CLUSTER_DATE_BYTES]; /* by their own words; "" if none */
    uint64_t documents, with_signs;
    uint64_t records, borne_out, doubtful;
};

struct document_clusters {
    struct document_cluster *items; /* by layout, the largest first; owned */
    size_t count, capacity;
    struct arena texts;
};

int document_clusters_open(struct case_view *view, const struct document_view *documents,
                           struct document_clusters *out_clusters, struct tq_error *err) MUST_CHECK;
void document_clusters_close(struct document_clusters *clusters);

#endif
