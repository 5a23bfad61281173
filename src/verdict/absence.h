/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef VERDICT_ABSENCE_H
#define VERDICT_ABSENCE_H

#include "verdict/record_time.h"

/* What it means that a cell is empty. */
enum absence {
    ABSENCE_NOTHING, /* nothing needs to stand there */
    ABSENCE_MISSING, /* the register held a value, throughout the record's time */
    ABSENCE_NOT_YET  /* ... but perhaps not yet when the record was true */
};

/*
 * Why is this cell of a linked record empty? A value is missing if the register held it throughout
 * the support and throughout the record's own time. It was perhaps not known yet if at some time
 * before the support all filled cells held, and it came later (last month's salary in an older
 * snapshot); of a value without period only if it came lately. Which of the two an empty cell of
 * the second sort is, the column as a whole must tell: see absence_is_early().
 */
int absence_find(const struct judge *judge, struct judge_scratch *scratch,
                 const struct record_rows *rows, const struct record_time *time,
                 const struct judge_column *column, const struct claim *claim,
                 enum absence *out_absence, struct tq_error *err) MUST_CHECK;

/*
 * Whether cells that are empty with ABSENCE_NOT_YET come from older snapshots rather than from
 * leaving out: they are more than twice as frequent as values are missing in the table otherwise.
 */
bool absence_is_early(const struct judge *judge, const struct judge_column *column);

#endif
