/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef NORMALISE_NAME_WORDS_H
#define NORMALISE_NAME_WORDS_H

#include "base/buf.h"
#include "normalise/name_word.h"

/* The folded words of a name, particles joined to what follows. Slices point into `memory`, where
 * they lie one after another. */
struct name_words {
    size_t count;
    struct slice word[NAME_WORDS_MAX];
    char memory[NAME_BYTES_MAX];
};

/*
 * Cut a text, not yet folded, into words. It is folded at the end of `scratch` for a moment, so
 * that no memory is needed besides. False if it has no letters, is too long for a name, or memory
 * runs out (scratch->failed). With `names_fathers` "son of" and "daughter of" are left out, which
 * some write between a person's name and the father's.
 */
bool name_words_fold(struct slice text, bool names_fathers, struct buf *scratch,
                     struct name_words *out);

/* All words, at least one, as one. */
struct slice name_words_joined(const struct name_words *words);

#endif
