/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef MODEL_MASK_H
#define MODEL_MASK_H

#include "base/buf.h"
#include "base/slice.h"

/*
 * Add `value` so that a reader can recognise a value known to him but learn none: the first two
 * letters or digits stay, the others become a middle dot, separators stay. Values of at most three
 * characters are masked whole. The result is escaped for a terminal (escape_text()).
 */
void mask_value(struct buf *out, struct slice value);

#endif
