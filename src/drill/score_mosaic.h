/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef DRILL_SCORE_MOSAIC_H
#define DRILL_SCORE_MOSAIC_H

#include "drill/drill.h"

/* Which tables of the register, and which choice of subjects, a case finds behind the tables that
 * the truth tells of (truth/mosaic.csv, mosaic.csv). */
int score_mosaic(const char *truth, const char *exports, struct drill_mosaic_score *out_score,
                 struct tq_error *err) MUST_CHECK;

#endif
