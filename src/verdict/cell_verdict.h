/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef VERDICT_CELL_VERDICT_H
#define VERDICT_CELL_VERDICT_H

#include "verdict/record_time.h"

/* One cell to be judged. */
struct cell_task {
    const struct judge *judge;
    struct judge_scratch *scratch;
    const struct record_rows *rows; /* its record */
    const struct record_time *time;
    const struct judge_column *column;
    const struct claim *claim;
    const struct batch *batch;
    uint32_t row;
    struct slice cell;
};

/* What came out: `other` as in struct cell_finding. */
struct cell_outcome {
    enum cell_verdict verdict; /* CELL_NOT_JUDGED: nothing to say */
    enum ground ground;
    uint32_t other;
    uint16_t period; /* in which it agrees, where the claim names none */
    bool is_near;    /* contradicts, but is one error away from what is held */
};

/*
 * The verdict of one cell, all but other-subject, which needs the whole record (swap.h): first
 * that applies of algorithms.md 4.2 and DESIGN section 6.
 */
int cell_judge(const struct cell_task *task, struct cell_outcome *out_outcome,
               struct tq_error *err) MUST_CHECK;

#endif
