/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef DRILL_SCORE_BREAKS_H
#define DRILL_SCORE_BREAKS_H

#include "drill/drill.h"

/* Which values made to break a consistency rule a case tells of (truth/breaks.csv, breaks.csv), and
 * how many it tells of that are right. */
int score_breaks(const char *truth, const char *exports, struct drill_break_score *out_score,
                 struct tq_error *err) MUST_CHECK;

#endif
