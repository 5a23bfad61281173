/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef DRILL_SCORE_PDF_SIGNS_H
#define DRILL_SCORE_PDF_SIGNS_H

#include "drill/drill.h"

/* Which signs of editing a case tells of (truth/pdf_signs.csv, pdf_signs.csv), and how many of the
 * documents that it tells of were edited. */
int score_pdf_signs(const char *truth, const char *exports, struct drill_pdf_score *out_score,
                    struct tq_error *err) MUST_CHECK;

#endif
