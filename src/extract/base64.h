/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef EXTRACT_BASE64_H
#define EXTRACT_BASE64_H

#include "base/buf.h"

/* Undo base64 (RFC 4648); what is not of its alphabet is passed over, as RFC 2045 wants it. */
void base64_add(struct buf *out, struct slice text);

/* Undo quoted-printable (RFC 2045), of one line or several; what is no escape stays as it is. */
void quoted_printable_add(struct buf *out, struct slice text);

#endif
