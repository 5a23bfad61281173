/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef NORMALISE_ABBREVIATION_H
#define NORMALISE_ABBREVIATION_H

#include <stdbool.h>

#include "base/slice.h"

/*
 * Whether two folded texts are the same words in the same order, some of them abbreviated in one:
 * to their beginning ("Gart.") or to some letters from the first to the last ("Blvd."). Words with
 * digits are never abbreviated, and one word of three letters and more must be in both.
 */
bool text_is_abbreviated(struct slice a, struct slice b);

#endif
