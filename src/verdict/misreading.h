/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef VERDICT_MISREADING_H
#define VERDICT_MISREADING_H

#include "model/verdict.h"
#include "register/register.h"

/*
 * Whether a cell of a page that was read by OCR may be value number `value` of a field, misread:
 * letters and digits that look alike (0 and O, 1 and l and I, 5 and S, 8 and B, rn and m), accents
 * lost, one digit taken for another of its shape, a character lost or too many, a part of the value
 * only, or the value with words of its neighbours. Such a cell is no evidence of an alteration: an
 * alteration of that kind cannot be told from a misreading. The scratch buffers are emptied first.
 */
bool misreading_explains(const struct field *field, struct slice cell, uint32_t value,
                         struct buf *a, struct buf *b);

#endif
