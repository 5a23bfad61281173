/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef NORMALISE_REDACTION_H
#define NORMALISE_REDACTION_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/slice.h"
#include "model/redaction.h"
#include "model/type.h"

/*
 * Masked values. Marks that hide are '*', '#', bullets, blocks and the ellipsis, and three or more
 * of 'x', 'X' or '.' in a row. One code brings cells and register values to the part that the
 * redaction of their column shows, so that both sides are compared as equal texts.
 */

/* Whether a mark hides something of the cell. */
bool redaction_hides(struct slice cell);

/* Whether a column under this redaction can be compared with a field of this type. */
bool redaction_serves(const struct redaction *redaction, enum value_type type);

/*
 * Append what a cell shows under the redaction of its column; a cell that hides nothing is taken
 * for a whole value. False, with `out` unchanged, if it shows less than the column or nothing.
 */
bool redaction_cell(const struct redaction *redaction, struct slice cell, struct buf *out);

/* The same of a register value of this type. */
bool redaction_value(const struct redaction *redaction, enum value_type type, struct slice value,
                     struct buf *out);

/*
 * Characters that a cell which hides something shows before its first mark and after its last
 * one; for REDACTION_WORDS the least of its masked words. False if it hides nothing.
 */
bool redaction_measure(enum redaction_unit unit, struct slice cell, uint32_t *out_head,
                       uint32_t *out_tail);

/* Whether each word of the cell is a single letter. */
bool redaction_is_initials(struct slice cell);

/* Whether a single cell, masked in whatever way, shows something and all of it is in the value. */
bool redaction_agrees(enum value_type type, struct slice cell, struct slice value);

#endif
