/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef MATCH_EVIDENCE_H
#define MATCH_EVIDENCE_H

#include "match/column.h"
#include "model/batch.h"
#include "register/batch_keys.h"

/*
 * One distinct claim of a record: a cell that is not empty. The same value in several rows of a
 * record counts once; in a column compared by row, once per period.
 */
struct item {
    uint16_t column;   /* index into match_columns */
    uint16_t period;   /* of its row; MONTH_NONE unless the column is compared by row */
    uint16_t peers;    /* items of the same column in this record, itself included */
    bool held;         /* some subject holds the value */
    uint32_t row;      /* of the batch */
    uint32_t key;      /* view key; KEY_NONE: not in the register, or not readable */
    int32_t log_share; /* weight of the share of subjects that hold it; one subject, if none does */
    uint32_t spelling; /* of a name that somebody spells so, where that counts; 0 */
    int32_t log_same, log_other; /* weights of the chance that a holder spells it so, and not */
};

/* More distinct values of one column in one record add nothing that could decide. */
#define ITEMS_PER_COLUMN_MAX 64

/* The items of the records of one batch, in structure of arrays. Start with {0}. */
struct evidence {
    struct item *items; /* by record, then column, then row */
    size_t item_count, item_capacity;
    uint32_t *first;     /* record_count + 1 numbers of items */
    uint32_t *first_row; /* record_count + 1 */
    size_t record_count, record_capacity, first_row_capacity;
    const uint32_t **keys; /* by column, then row; each borrowed from the batch's keys */
    size_t key_capacity;
    struct batch_keys own_keys; /* of batches whose keys nobody keeps */
    uint16_t *periods;          /* of the rows */
    size_t period_capacity;
    struct buf text; /* scratch */
};

/* `kept`: the keys of the batch, or NULL. */
int evidence_gather(struct evidence *evidence, const struct match_columns *columns,
                    const struct reading *reading, const struct batch *batch,
                    struct batch_keys *kept, struct tq_error *err) MUST_CHECK;
void evidence_clear(struct evidence *evidence);

#endif
