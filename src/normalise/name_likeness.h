/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef NORMALISE_NAME_LIKENESS_H
#define NORMALISE_NAME_LIKENESS_H

#include "base/slice.h"

/* How one name is like another, from the least on. */
enum name_likeness {
    NAME_DIFFERS,
    NAME_CUT,          /* the last word is the beginning of one of the other's */
    NAME_HAS_INITIALS, /* a word is the initial of one of the other's */
    NAME_LACKS_WORDS,  /* all words are the other's, which has more */
    NAME_SLIPPED,      /* one word has a slip of one letter */
    NAME_RESPELT       /* the same words, in other clothes or another order */
};

/*
 * Compare word by word, in any order: each word of `name` must be like a word of its own of
 * `whole`. Names that are parted into words otherwise are compared joined as well.
 */
enum name_likeness name_likeness(struct slice name, struct slice whole);

#endif
