/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef MODEL_FINDING_H
#define MODEL_FINDING_H

#include <stdint.h>

#include "base/error.h"
#include "model/link.h"
#include "model/verdict.h"

/* What was found about one cell: a claim and its verdict. */
struct cell_finding {
    uint16_t column; /* from 0 within the table */
    uint16_t period; /* of the claim, for periodic fields; else MONTH_NONE */
    uint8_t verdict; /* enum cell_verdict, never CELL_NOT_JUDGED */
    uint8_t ground;  /* enum ground */
    uint16_t line;   /* row within the record, from 0 */
    uint32_t other;  /* the subject whose value it is, if not the record's own:
                         CELL_OTHER_SUBJECT, or agreeing through a reference; else NONE */
};

/* What was found about one record. Its cells are cells[cell_first .. cell_first + cell_count). */
struct record_finding {
    uint32_t exhibit;
    uint32_t record;
    uint64_t place;   /* of its first row */
    uint32_t subject; /* SUBJECT_NONE: nobody */
    uint32_t
        posterior; /* millionths; DESIGN section 8: that `subject` is right, else that nobody is */
    uint8_t verdict;  /* enum record_verdict */
    uint8_t likely;   /* 1: linked, but below LINK_LIKELY */
    uint8_t snapshot; /* number of the snapshot it was judged at */
    uint8_t flags;    /* enum row_flag of its rows, or-ed */
    uint32_t cell_first, cell_count;
};

/* A cell breaks a consistency rule that what the register holds in its place keeps. */
struct rule_break {
    uint32_t record;       /* number within the batch, from 0 */
    uint16_t rule;         /* number among the rules of the case, from 0 */
    uint16_t column, line; /* of the cell, as in cell_finding */
};

/* The findings of one batch: records in row order, cells in row then column order,
 * broken rules in record order. */
struct finding_batch {
    struct record_finding *records;
    size_t record_count, record_capacity;
    struct cell_finding *cells;
    size_t cell_count, cell_capacity;
    struct rule_break *breaks;
    size_t break_count, break_capacity;
};

void finding_batch_clear(struct finding_batch *batch);
void finding_batch_empty(struct finding_batch *batch);
int finding_batch_add_record(struct finding_batch *batch, const struct record_finding *record,
                             struct tq_error *err) MUST_CHECK;
int finding_batch_add_cell(struct finding_batch *batch, const struct cell_finding *cell,
                           struct tq_error *err) MUST_CHECK;

int finding_batch_add_break(struct finding_batch *batch, const struct rule_break *broken,
                            struct tq_error *err) MUST_CHECK;

#endif
