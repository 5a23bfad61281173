/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef NORMALISE_NAME_WORD_H
#define NORMALISE_NAME_WORD_H

#include <stdbool.h>
#include <stddef.h>

#include "base/slice.h"

/* Longer words and names are none: they are cut, or have no key. */
#define NAME_WORD_BYTES_MAX 48
#define NAME_BYTES_MAX      256
#define NAME_WORDS_MAX      32

/* The key of one folded word in `out`; its length, 0 if it has none. */
size_t name_word_key(struct slice folded_word, char out[NAME_WORD_BYTES_MAX]);

/* What a word does to the word after it. */
enum particle {
    PARTICLE_NONE,
    PARTICLE_JOINED, /* "ben", "ait": belongs to the next word */
    PARTICLE_ARTICLE /* "el", "es": is dropped before another word */
};

enum particle name_particle(struct slice folded_word);

/* A joined particle as it is heard: Ibn is Ben. Part of `particle`. */
struct slice name_particle_text(struct slice particle);

/*
 * What of a word is joined to a particle before it: without the article glued to it (Ben El Jamil
 * is written with it in Arabic), and in Arabic without a first letter that the particle ends with,
 * as doubled letters are heard once (Ben Naceur). Part of `word`.
 */
struct slice name_after_particle(struct slice particle, struct slice word);

/* What the key leaves out and a reader still hears in a Latin word. */
struct name_vowels {
    bool is_known;   /* false for other scripts and for words of the lexicon */
    bool is_rounded; /* the first vowel after the first letter is o or u: Said, Souad */
    char last;       /* the vowel at the end, 'a' or 'i', or '-': Jamal, Jamila; Driss, Idrissi */
};

struct name_vowels name_word_vowels(struct slice folded_word);

/* For the tests: the tables that are searched are in order. */
bool name_word_tables_are_sorted(void);

#endif
