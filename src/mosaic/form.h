/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef MOSAIC_FORM_H
#define MOSAIC_FORM_H

#include "model/batch.h"
#include "model/mosaic.h"
#include "model/reading.h"
#include "model/table.h"
#include "register/register.h"

/*
 * How the values of a table are written (docs/mosaic.md): what leads to the program that exported
 * it. Counted over some batches, in the order of their numbers.
 */
struct form_tally; /* opaque; one per table */

/* *out_tally is owned; form_tally_free(). */
int form_tally_new(uint32_t column_count, struct form_tally **out_tally,
                   struct tq_error *err) MUST_CHECK;
struct form_tally *form_tally_free(struct form_tally *tally);
void form_tally_add(struct form_tally *tally, const struct batch *batch);

/* Append what is told by the tally, and by headers: one row per form, with the columns that have
 * it. A reading of no kind, or of a register without such fields, tells less. */
int form_tell(const struct form_tally *tally, const struct table *table,
              const struct reading *reading, const struct reg *reg, uint32_t number,
              struct mosaic_list *list, struct tq_error *err) MUST_CHECK;

#endif
