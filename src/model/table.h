/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef MODEL_TABLE_H
#define MODEL_TABLE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/slice.h"
#include "model/batch.h"

/* Where the rows of a table came from; decides how columns are named and records counted. */
enum table_shape {
    SHAPE_ROWS = 0,     /* each row is a record: CSV, sheet, SQL table, JSON array */
    SHAPE_DOCUMENTS = 1 /* made by layout: slots and lines of documents of one template */
};

/*
 * The head of a table. `name` is the exhibit path, with "#sheet" where an exhibit has several, or
 * "layout:N". Headers are what the evidence calls its columns, empty where it does not say; for
 * slots they are the label. All strings owned.
 */
struct table {
    char *name;
    char *origin; /* "csv", "fixed", "json", "layout": the exhibit type the rows came from */
    enum table_shape shape;
    uint32_t column_count;
    uint32_t slot_count; /* the first columns are slots of the document; the rest vary by line */
    char **headers;      /* column_count */
    uint16_t *blocks;    /* column_count: which table of lines of a document the column belongs to,
                            from 1; 0 for slots and in plain tables. A row fills one block only */
    uint64_t row_count;
};

void table_clear(struct table *table);
int table_init(struct table *table, struct slice name, struct slice origin, uint32_t column_count,
               struct tq_error *err) MUST_CHECK;
int table_set_header(struct table *table, uint32_t column, struct slice header,
                     struct tq_error *err) MUST_CHECK;

/*
 * A stored table, read batch by batch from any thread. store/spool.h has the one on disk; tests
 * use one in memory. Batches have fixed borders, so their numbers mean the same in every run.
 */
struct batch_source {
    void *state;
    uint32_t batch_count;
    /*
     * Load batch `number` into the scratch memory `scratch` (opaque, made by scratch_new, one per
     * thread); *out_batch is borrowed from it until the next load with the same scratch.
     */
    int (*load)(void *state, uint32_t number, void *scratch, const struct batch **out_batch,
                struct tq_error *err);
    void *(*scratch_new)(void *state); /* NULL when memory runs out */
    void (*scratch_free)(void *scratch);
};

#endif
