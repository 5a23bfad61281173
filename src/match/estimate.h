/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef MATCH_ESTIMATE_H
#define MATCH_ESTIMATE_H

#include "match/sample.h"

/*
 * Estimate m, rho and pi by EM over the compared sample (algorithms.md 3.2): 5 to 12 rounds, all
 * sums in integers. Of small samples the start values stay a part.
 */
int estimate_weights(struct match_model *model, const struct sample *sample,
                     struct tq_error *err) MUST_CHECK;

#endif
