/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef NORMALISE_NAME_H
#define NORMALISE_NAME_H

#include "base/buf.h"
#include "base/slice.h"

/*
 * Name keys for Maghreb and European names in Latin and Arabic script: spellings of one name share
 * a key. Source: domain.md 4.4 "Maghreb key".
 */

/* Append the key of one folded word; nothing if it has none (an article, punctuation). */
void name_key(struct slice folded_word, struct buf *out);

/* Append the joined keys of all words of `text` (not folded): FORM_NAME. */
void name_key_joined(struct slice text, struct buf *out);

/* Append the sorted keys of all words, joined by a space: FORM_TOKENS. Particles that stand apart
 * ("El", "Ben", "Ait") are joined to the word after them first, so that spacing does not matter.
 * `names_fathers`: see name_words_fold(). */
void name_key_tokens(struct slice text, bool names_fathers, struct buf *out);

#endif
