/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef REPORT_DOCUMENT_VIEW_H
#define REPORT_DOCUMENT_VIEW_H

#include "base/arena.h"
#include "report/case_view.h"

/* A sign that a document was edited. */
struct viewed_sign {
    uint32_t exhibit;             /* position in the view's exhibits */
    const char *layout;           /* name of the table that the document is in; "" if none */
    struct document_sign_row row; /* texts in the arena */
};

/* The signs of all documents, by exhibit path; loaded once. */
struct document_view {
    struct viewed_sign *signs; /* owned */
    size_t count, capacity;
    size_t pdf_count;       /* documents that were looked at */
    size_t exhibits_signed; /* those with a sign of medium weight at least */
    struct arena texts;
};

int document_view_open(const struct case_view *view, struct document_view *out_documents,
                       struct tq_error *err) MUST_CHECK;
void document_view_close(struct document_view *documents);

#endif
