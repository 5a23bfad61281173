/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef MATCH_CHANCE_H
#define MATCH_CHANCE_H

#include "match/weights.h"

/*
 * Fill weights->given from the register alone: for every column c', 400 pairs of different
 * subjects that share a value of c', drawn by value, and how often they agree on each other column
 * (algorithms.md 3.2 (i)). Fewer than 20 pairs: not used. A column compared by row also depends on
 * itself, in another period. Deterministic.
 */
int chance_measure(struct weights *weights, const struct match_columns *columns, unsigned threads,
                   struct tq_error *err) MUST_CHECK;

#endif
