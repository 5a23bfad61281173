/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef REGISTER_VIEW_H
#define REGISTER_VIEW_H

#include "model/batch.h"
#include "register/held.h"

/*
 * A view is a column reading bound to the register: it turns cells into key numbers and held
 * values into the same key numbers, so that "agrees" is one integer comparison whatever the
 * interpretation. Under plain interpretations view keys are the field's own keys. Under the
 * coarser ones (cut, masked, the year, month or age of a date) the values of the field are keyed
 * anew, at the view's width; a codebook maps cells onto the field's keys.
 */
struct view; /* immutable once made; shared by threads */

/* `reading` is borrowed for the life of the view. */
int view_new(const struct reg *reg, const struct column_reading *reading, struct view **out_view,
             struct tq_error *err) MUST_CHECK;
struct view *view_free(struct view *view);

/* Key of one cell (not trimmed); KEY_NONE if it is empty, cannot be read, or no value has it. */
uint32_t view_cell_key(const struct view *view, struct slice cell, struct buf *scratch);

/* Keys of what reading number `column` is about in all rows of `batch`, in tight passes; out_keys
 * has batch->row_count entries. */
int view_batch_keys(const struct view *view, const struct batch *batch, uint32_t column,
                    uint32_t *out_keys, struct tq_error *err) MUST_CHECK;

/* Key that the view gives to a held value. */
uint32_t view_held_key(const struct view *view, const struct held *held);

/* How the view brings cells into form: short_years.h. Borrowed from the view. */
const struct normaliser *view_rules(const struct view *view);

/* Whether the cell can be read under the view's interpretation at all. */
bool view_can_read(const struct view *view, struct slice cell, struct buf *scratch);

/* Distinct view keys, and how many subjects of the *field's own kind* hold one at any time. */
uint32_t view_key_count(const struct view *view);
uint32_t view_key_frequency(const struct view *view, uint32_t key);

/* The subjects of the field's own kind that hold a view key, rising; borrowed. */
const uint32_t *view_key_holders(const struct view *view, uint32_t key, uint32_t *out_count);

/* Whether a subject of the field's own kind holds a view key at any time. */
bool view_is_held(const struct view *view, uint32_t subject, uint32_t key);

#endif
