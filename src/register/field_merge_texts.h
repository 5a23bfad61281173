/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef REGISTER_FIELD_MERGE_TEXTS_H
#define REGISTER_FIELD_MERGE_TEXTS_H

#include "register/assemble_state.h"
#include "register/field_texts.h"

/*
 * The values of a field from before and from now, in one bytewise order. Their *ranks* are the
 * numbers in it as long as all of them are there; in the end those that no fact uses are left out.
 */
struct merged_texts {
    const struct growing_field *growing; /* borrowed: what came in */
    struct field_texts old;
    uint32_t *old_rank, *new_rank; /* owned, by number of the older and of the growing field */
    uint32_t *value;               /* owned, by rank: an old value, or old.value_count and more */
    uint32_t count;
};

/* Start with {0}, end with merged_texts_clear(). */
int merged_texts_read(const struct past *past, const struct growing_field *growing,
                      struct merged_texts *out, struct tq_error *err) MUST_CHECK;
void merged_texts_clear(struct merged_texts *texts);

/* Write the dictionaries of the values that are used, by rank. *out_number (owned; free()): the
 * final number of each rank. */
int merged_texts_write(const struct merged_texts *texts, const bool *used,
                       struct register_file *file, struct field *field, uint32_t **out_number,
                       struct tq_error *err) MUST_CHECK;

#endif
