/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef EXTRACT_LEGACY_TEXT_H
#define EXTRACT_LEGACY_TEXT_H

#include "base/buf.h"
#include "extract/codepage.h"

/*
 * Short texts of binary formats, which seldom say how they are encoded: UTF-8 if that is what they
 * are, else `page`, or the encoding under which this one reads best (NULL). NUL bytes are left out.
 */
void legacy_text_add(struct buf *out, struct slice bytes, const struct codepage *page);

/* Whether bytes may be a text: UTF-8 with hardly a control character. */
bool legacy_text_is(struct slice bytes);

#endif
