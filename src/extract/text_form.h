/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef EXTRACT_TEXT_FORM_H
#define EXTRACT_TEXT_FORM_H

#include "extract/decode.h"
#include "extract/dialect.h"

/*
 * How a program wrote delimited text, as facts of the exhibit: `line-ends` (LF, CRLF, CR, mixed),
 * `quoting` (none, some, all: of the cells) and `byte-order-mark` (yes, or no such fact). By a
 * sample of its decoded text.
 */
int text_form_report(struct slice sample, const struct dialect *dialect,
                     const struct encoding *encoding, const struct sink *sink,
                     struct tq_error *err) MUST_CHECK;

#endif
