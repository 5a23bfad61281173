/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef REGISTER_FIELD_MERGE_H
#define REGISTER_FIELD_MERGE_H

#include "register/assemble_state.h"

/*
 * Finish a field that was there before: the dictionaries and facts of the older register, which are
 * sorted, are merged with those that came in, in one pass through the older field, which is never
 * in memory but for its texts. What comes out is what sorting all of them would give.
 *
 * `subject_rank` gives the final numbers of the assembler's subjects, of which there are
 * `subject_count`. Filled in of `field`: the texts of values and keys, value_key, and the facts;
 * memory is borrowed from `file`. TQ_E_USAGE: what touched subjects were known to hold before
 * past->since is not what rows say now.
 */
int field_merge(const struct past *past, const struct growing_field *growing,
                const uint32_t *subject_rank, uint32_t subject_count, struct register_file *file,
                struct field *field, struct tq_error *err) MUST_CHECK;

#endif
