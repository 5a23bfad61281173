/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef INSTITUTION_PLAIN_TEXT_H
#define INSTITUTION_PLAIN_TEXT_H

#include "base/buf.h"
#include "institution/profile.h"

/* Letters as careless hands and old systems leave them; for the letters of the profiles. */

/* Small ASCII letters, digits and dots only: for the local part of an e-mail address. */
void plain_add_ascii(struct buf *out, struct slice text);

/* Without accents; capitals stay capitals. */
void plain_add_bare(struct buf *out, struct slice text);

/* In capitals. */
void plain_add_upper(struct buf *out, struct slice text);

/* In another encoding. Whatever it does not have becomes '?'. */
void plain_add_encoded(struct buf *out, struct slice text, enum encoding encoding);

/* Characters of a text, at most `max`; their number. */
size_t plain_decode(struct slice text, uint32_t *out, size_t max);

#endif
