/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef LAYOUT_LAYOUT_H
#define LAYOUT_LAYOUT_H

#include "model/batch.h"
#include "model/departure.h"
#include "model/page.h"
#include "model/table.h"

/* The documents of a case, in bytewise order of their paths; loaded one at a time. */
struct document_source {
    void *state;
    uint32_t count;
    /* *out_pages is borrowed until the next load with the same scratch. */
    int (*load)(void *state, uint32_t number, void *scratch, const struct page **out_pages,
                uint32_t *out_page_count, struct tq_error *err);
    uint32_t (*exhibit)(void *state, uint32_t number);
    void *(*scratch_new)(void *state);
    void (*scratch_free)(void *scratch);
};

/* Receives the tables that layout makes, one after another. */
struct layout_sink {
    void *state;
    /* Begin a table of SHAPE_DOCUMENTS; borrowed for the call. Named "layout:N", N from 1. */
    int (*table)(void *state, const struct table *table, struct tq_error *err);
    /* Rows of the current table; all rows of a document together, record number 1. */
    int (*rows)(void *state, const struct batch *batch, struct tq_error *err);
    /* A value of a document of the current table that stands otherwise than in the others; borrowed
     * for the call. NULL: nobody wants to know. */
    int (*departure)(void *state, const struct departure *departure, struct tq_error *err);
    /* A document that shares its template with too few others: to be searched as free text. */
    int (*loose)(void *state, uint32_t document, struct tq_error *err);
};

/*
 * Cluster documents made from one template and turn their slots and lines into columns
 * (algorithms.md section 2). Two readings of the documents, bounded memory; deterministic for any
 * number of threads.
 */
int layout_build(const struct document_source *documents, unsigned threads,
                 const struct layout_sink *sink, struct tq_error *err) MUST_CHECK;

#endif
