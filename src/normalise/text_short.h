/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef NORMALISE_TEXT_SHORT_H
#define NORMALISE_TEXT_SHORT_H

#include <stdbool.h>

#include "base/slice.h"

#define TEXT_SHORT_BYTES_MAX 96
/* A code point grows to at most 12 times its bytes (U+FDFA: 3 to 33), as a test makes sure. */
#define TEXT_SHORT_ROOM (TEXT_SHORT_BYTES_MAX * 12 + 64)

/* text_fold() or text_fold_joined() of a short text without the heap; longer text is cut. The
 * folded text lies in `memory`. */
struct slice text_fold_short(struct slice text, bool joined, char memory[TEXT_SHORT_ROOM]);

#endif
