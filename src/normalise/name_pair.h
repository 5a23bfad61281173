/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef NORMALISE_NAME_PAIR_H
#define NORMALISE_NAME_PAIR_H

#include <stdbool.h>

#include "base/slice.h"

/* Two folded words of names, each in any script. */

/* Spellings of one word: Jaro-Winkler >= .92, or one key and vowels of the same kind; across
 * scripts one key. */
bool name_pair_is_same(struct slice a, struct slice b);

/* Words with one key, vowels of the same kind where both are Latin. */
bool name_pair_sounds_alike(struct slice a, struct slice b);

/*
 * One character mistyped, left out, put in or exchanged with the next. Across scripts: a Latin word
 * of at least five letters that such a slip, behind its first letter, takes to the other's key.
 */
bool name_pair_is_slip(struct slice a, struct slice b);

/* A contraction of at most four letters, from the first to the last of `whole`, that no word could
 * be: "fco" of Francisco, "md" of Mohamed. */
bool name_pair_is_contraction(struct slice part, struct slice whole);

/* "d" of Daniel, "h" of Hanen in Arabic script. */
bool name_pair_is_initial(struct slice part, struct slice whole);

/* `part` is the beginning of `whole`; across scripts by their keys, of at least two sounds. */
bool name_pair_is_beginning(struct slice part, struct slice whole);

#endif
