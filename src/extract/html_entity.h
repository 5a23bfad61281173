/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef EXTRACT_HTML_ENTITY_H
#define EXTRACT_HTML_ENTITY_H

#include "base/buf.h"

#define ENTITY_BYTES_MAX 16u /* without its semicolon */

/* Add `text` with its entities ("&eacute;", "&#233;", "&#xE9;") as characters; what is none stays.
 */
void html_decode(struct buf *out, struct slice text);

#endif
