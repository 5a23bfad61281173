/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef VERDICT_SPELLING_H
#define VERDICT_SPELLING_H

#include "base/buf.h"
#include "model/type.h"

/* Text against text, once keys have been compared. Scratch buffers are emptied first. */

/* The same words, whatever their case, accents and order. */
bool spelling_is_same(struct slice cell, struct slice value, struct buf *a, struct buf *b);

/* The value begins with zeros that the cell has lost. */
bool spelling_lost_zeros(struct slice cell, struct slice value);

/* A spreadsheet destroyed this very value: scientific notation, digits after the fifteenth. */
bool spelling_is_spreadsheet_damage(struct slice cell, struct slice value);

/* Signs that a spreadsheet puts where a value was ("####", "#REF!"). */
bool spelling_is_spreadsheet_error(struct slice cell);

/* The cell has undecodable characters, and what can be read of it stands in this order in the
 * value. */
bool spelling_is_undecodable(struct slice cell, struct slice value, struct buf *a, struct buf *b);

#endif
