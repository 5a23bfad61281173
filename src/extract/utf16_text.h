/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef EXTRACT_UTF16_TEXT_H
#define EXTRACT_UTF16_TEXT_H

#include "base/buf.h"

/* Add UTF-16, little endian, as UTF-8; lone halves are replaced, NUL characters left out. */
void utf16_text_add(struct buf *out, struct slice bytes);

#endif
