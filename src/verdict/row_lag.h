/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef VERDICT_ROW_LAG_H
#define VERDICT_ROW_LAG_H

#include "verdict/judge_state.h"

/*
 * A slipped join: over a block of records, some columns show the values of the record a fixed
 * number of rows away (domain.md 4.5). Looks at all open cells of the batch, and changes the
 * findings of those in such a block; `first_record` is the batch's first in `findings`.
 */
int row_lag_resolve(const struct judge *judge, struct judge_scratch *scratch, size_t first_record,
                    struct finding_batch *findings, struct tq_error *err) MUST_CHECK;

#endif
