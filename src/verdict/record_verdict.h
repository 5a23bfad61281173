/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef VERDICT_RECORD_VERDICT_H
#define VERDICT_RECORD_VERDICT_H

#include "verdict/record_time.h"

/*
 * Judge the record of `rows`, number `record` of the batch, and append its finding and those of
 * its cells. Its claims are in the present block.
 */
int record_judge(const struct judge *judge, struct judge_scratch *scratch,
                 const struct batch *batch, const struct record_rows *rows, uint32_t record,
                 const struct link *link, const struct dating *dating,
                 struct finding_batch *findings, struct tq_error *err) MUST_CHECK;

/* The verdict of a linked record anew from its cells, which have changed. */
void record_verdict_update(const struct finding_batch *findings, struct record_finding *record);

#endif
