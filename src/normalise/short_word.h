/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef NORMALISE_SHORT_WORD_H
#define NORMALISE_SHORT_WORD_H

#include "base/buf.h"

/*
 * Put the words of addresses that have usual abbreviations into one form: "avenue", "ave" and "av"
 * are "av", "Lindenstraße" and "Lindenstr." both "lindenstr". `out` holds folded text from `start`
 * on; it never grows.
 */
void short_words(struct buf *out, size_t start);

#endif
