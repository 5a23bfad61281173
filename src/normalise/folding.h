/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef NORMALISE_FOLDING_H
#define NORMALISE_FOLDING_H

#include <stdint.h>

/*
 * What folding makes of a code point below FOLDING_CODE_POINTS, as a two-stage table:
 * folding_entry[folding_block[c / 64] * 64 + c % 64] is one of the three words below, or the one
 * code point it becomes, or FOLDING_SEQUENCE + i for the code points
 * folding_target[folding_sequence[i] .. folding_sequence[i + 1]), in which U+0020 divides words.
 * Hangul syllables are kept here and decomposed by rule.
 */
#define FOLDING_SPACE       0u /* divides words */
#define FOLDING_DROP        1u
#define FOLDING_KEEP        2u
#define FOLDING_SEQUENCE    0xE000u
#define FOLDING_BLOCK       64u
#define FOLDING_CODE_POINTS 0x20000u

extern const uint16_t folding_block[];
extern const uint16_t folding_entry[];
extern const uint16_t folding_sequence[];
extern const uint32_t folding_target[];

#endif
