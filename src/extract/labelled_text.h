/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef EXTRACT_LABELLED_TEXT_H
#define EXTRACT_LABELLED_TEXT_H

#include "base/buf.h"
#include "base/slice.h"

/* Add text of which a label says how it is encoded (multibyte.h, codepage.h), as UTF-8. A label
 * that is unknown, or empty, says nothing: see legacy_text_add(). Nor does one of text that is
 * plainly UTF-8. */
void labelled_text_add(struct buf *out, struct slice bytes, struct slice label);

#endif
