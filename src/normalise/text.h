/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef NORMALISE_TEXT_H
#define NORMALISE_TEXT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/slice.h"

/*
 * Append the folded text: lower case, no diacritics, compatibility forms resolved (NFKD), Arabic
 * unified (alef forms, ta marbuta, alef maqsura, hamza seats; no tashkeel, no tatweel), digits of
 * any script as 0-9, apostrophes removed, everything else that is neither letter nor digit a
 * single space between words, none at the ends. Undecodable bytes count as spaces.
 * Own tables on the hot path, equal to ICU by test.
 */
void text_fold(struct slice text, struct buf *out);

/* Take the next word off the front of folded text; false at the end. */
bool text_next_word(struct slice *folded, struct slice *out_word);

/* Append only the letters and digits of the folded text, without spaces. */
void text_fold_joined(struct slice text, struct buf *out);

/*
 * Append the text with the vowels that German and the Scandinavian languages spell out where a
 * keyboard lacks them: "Mühlenweg" becomes "Muehlenweg". False, with `out` unchanged, if it has
 * none.
 */
bool text_spell_out(struct slice text, struct buf *out);

/* Number of code points. */
size_t text_length(struct slice text);

/* The first `count` code points. */
struct slice text_cut(struct slice text, size_t count);

/* Has bytes that are no UTF-8, U+FFFD, or the "Ã©" pattern of a double encoding. */
bool text_is_damaged(struct slice text);

/*
 * Undo one layer of double encoding (UTF-8 bytes taken for windows-1252 or windows-1256 and
 * encoded again): append the repaired text; false, with `out` unchanged, if there is nothing to
 * repair.
 */
bool text_undo_double_encoding(struct slice text, struct buf *out);

#endif
