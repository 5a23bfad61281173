/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef EXTRACT_MULTIBYTE_H
#define EXTRACT_MULTIBYTE_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/slice.h"

/*
 * Encodings of Chinese, Japanese and Korean, of which a label must say that they are used. They
 * are decoded by iconv(); its tables are files, so multibyte_prepare() has to be called before the
 * jail shuts. Where they are not installed the text is read as if there were no label.
 */
struct multibyte;

/* The one that a label means ("Shift_JIS", "ks_c_5601-1987", "936", in any case), or NULL. */
const struct multibyte *multibyte_find(struct slice label);

/* Whether the byte is the first of two. */
bool multibyte_is_lead(const struct multibyte *encoding, unsigned char byte);

/* Add the text as UTF-8; each byte that means nothing becomes U+FFFD, and NUL is left out. False,
 * and nothing is added, without tables. */
bool multibyte_add(struct buf *out, struct slice bytes, const struct multibyte *encoding);

void multibyte_prepare(void);

#endif
