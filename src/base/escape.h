/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef BASE_ESCAPE_H
#define BASE_ESCAPE_H

#include "base/buf.h"
#include "base/slice.h"

/*
 * The only doors through which text of the evidence (or of the register) leaves the program. Each
 * takes any bytes; a byte that is not part of valid UTF-8 comes out as \xNN, a control or
 * bidirectional-override character as \u{NNNN}, so nothing can steer a terminal or a reader's eye.
 */
void escape_text(struct buf *out, struct slice text); /* one line, for terminals, logs, errors */
void escape_html(struct buf *out, struct slice text); /* the same, safe in element and attribute */
void escape_json(struct buf *out, struct slice text); /* with the quotes */
void escape_csv(struct buf *out, struct slice text);  /* RFC 4180: quoted where needed */

#endif
