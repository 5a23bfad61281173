/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef VERDICT_DAMAGE_H
#define VERDICT_DAMAGE_H

#include "model/reading.h"
#include "model/verdict.h"
#include "register/register.h"

/*
 * How a cell is a part or a ruin of value number `value` of a field, in the form in which its
 * column writes values: GROUND_PREFIX, GROUND_MASKED, GROUND_MISSING_NAME, GROUND_INITIALS,
 * GROUND_SPREADSHEET, GROUND_UNDECODABLE, or GROUND_NONE. The scratch buffers are emptied first.
 */
enum ground damage_find(const struct column_reading *reading, const struct field *field,
                        struct slice cell, uint32_t value, struct buf *a, struct buf *b);

/* The cell is all that a column cut to a width shows of the value, counted in characters as they
 * stand (the column's view counts them folded). */
bool damage_is_whole_cut(const struct column_reading *reading, struct slice cell,
                         struct slice value, struct buf *a, struct buf *b);

#endif
