/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef READING_SCORE_H
#define READING_SCORE_H

#include "reading/candidates.h"

/* Compare every column, under every interpretation it allows, with every target of the kind.
 * `lists` has one entry per column, each {0} before; candidates are added to them. */
int score_columns(const struct linked *linked, struct candidate_readings *lists,
                  struct tq_error *err) MUST_CHECK;

/* Only with the month that the row names: the sum of the best gains, to choose a month column. */
int score_months(const struct linked *linked, double *out_gain, struct tq_error *err) MUST_CHECK;

/* The codebook of a column that was decided to be one; owned by the caller. */
int score_learn_codebook(const struct linked *linked, uint32_t column, const struct target *target,
                         struct codebook_entry **out_entries, uint32_t *out_count,
                         struct tq_error *err) MUST_CHECK;

/*
 * Whether a column of numbers shows the target only up to a limit: the commonest value among the
 * cells that disagree comes at least ten times, and no cell goes beyond it (a salary capped at the
 * ceiling of contributions). Such a column is another attribute, derived from the target, and its
 * cells are no claims.
 */
int score_is_censored(const struct linked *linked, uint32_t column, const struct target *target,
                      enum interpretation as, bool *out_censored, struct tq_error *err) MUST_CHECK;

/*
 * Explain the `wanted` columns by pieces of the values of the kind's addresses and texts:
 * "Hauptstr. 12" where the register has "Hauptstr. 12, 10115 Berlin". Adds to the lists.
 */
int score_value_pieces(const struct linked *linked, const bool *wanted,
                       const struct cell_piece *pieces, size_t piece_count,
                       struct candidate_readings *lists, struct tq_error *err) MUST_CHECK;

#endif
