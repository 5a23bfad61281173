/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef VERDICT_SWAP_H
#define VERDICT_SWAP_H

#include "verdict/claim.h"

/*
 * Whose value is it? Cells that contradict may show another subject's value. P(hit | swapped) = 1,
 * P(hit | altered) = rho, prior odds 1 (algorithms.md 4.2, rule 7); cells that name the same other
 * subject add up.
 */

/* Note a contradicting cell, or one of a subject who holds nothing of the kind, of record number
 * `record`, finding number `finding`. */
int swap_note(const struct judge *judge, struct judge_scratch *scratch, unsigned column,
              const struct claim *claim, struct slice cell, const struct open_cell *where,
              struct tq_error *err) MUST_CHECK;

/*
 * Decide over the open cells [first, scratch->open_count) of one record. `named` is a second
 * subject that identifying cells name, or SUBJECT_NONE. Findings of swapped cells are changed.
 */
int swap_resolve(const struct judge *judge, struct judge_scratch *scratch, size_t first,
                 uint32_t named, struct finding_batch *findings, struct tq_error *err) MUST_CHECK;

/* Whether an open cell's value says something about who holds it: not a sex or a city. */
bool swap_is_telling(const struct judge *judge, const struct open_cell *cell);

/* Whether `subject` holds the value of an open cell. */
int swap_is_held_by(const struct judge *judge, struct judge_scratch *scratch,
                    const struct open_cell *cell, uint32_t subject, bool *out_held,
                    struct tq_error *err) MUST_CHECK;

/* Mark a finding as another subject's. */
void swap_mark(struct finding_batch *findings, const struct open_cell *cell, enum ground ground,
               uint32_t other);

#endif
