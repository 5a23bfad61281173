/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef INQUIRY_ROWS_H
#define INQUIRY_ROWS_H

#include "model/table.h"
#include "store/case_store.h"

/*
 * The rows that are examined as one table: those of one stored table, or of several of one shape
 * pooled (small files made from one template). Rows carry the number of the exhibit they are
 * listed under. Small parts share a batch, so that a pool of thousands of files is as few batches
 * as one file of as many rows.
 */
struct rows;

struct rows_part {
    uint32_t table;     /* stored table */
    uint32_t exhibit;   /* listed under; 0: as stored in the batches (layouts) */
    uint64_t row_count; /* of the stored table */
};

/* `exhibits` is borrowed for the life of the rows; it maps stored exhibits onto primary ones. */
int rows_open(struct case_store *store, const struct exhibit_list *exhibits,
              const struct rows_part *parts, size_t part_count, struct rows **out_rows,
              struct tq_error *err) MUST_CHECK;
struct rows *rows_close(struct rows *rows);

/* From now on every line of a document is a record of its own, counted within its exhibit. */
void rows_set_lines_are_records(struct rows *rows);

/* The same rows as the stages see them; borrowed. */
const struct batch_source *rows_source(struct rows *rows);

#endif
