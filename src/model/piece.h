/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef MODEL_PIECE_H
#define MODEL_PIECE_H

#include <stdint.h>

#include "base/slice.h"

/* Which words of a part. A number is the last word of four digits and more: a postal code. From the
 * first word that has a digit on: "born 12 March 1980" says when. */
enum piece_words {
    PIECE_ALL,
    PIECE_FIRST_WORD,
    PIECE_BUT_FIRST,
    PIECE_LAST_WORD,
    PIECE_BUT_LAST,
    PIECE_BEFORE_NUMBER,
    PIECE_NUMBER,
    PIECE_AFTER_NUMBER,
    PIECE_FROM_DIGIT,
    PIECE_WORDS_COUNT
};

#define PIECE_WHOLE     0u /* part: the cell as it is */
#define PIECE_LAST_PART 3u /* 1 and 2 are the first and the second */

/*
 * A piece of a cell that shows several values: "Hauptstr. 12, 10115 Berlin" has a street, a postal
 * code and a town. Parts are what commas, semicolons, bars and line ends part. All zero: the whole
 * cell.
 */
struct cell_piece {
    uint8_t part;
    uint8_t words; /* enum piece_words */
};

/* The piece of a cell, trimmed; empty if it has no such piece. The last part of a cell is one only
 * if it has two. */
struct slice piece_of(struct cell_piece piece, struct slice cell);

static inline bool piece_is_whole(struct cell_piece piece)
{
    return piece.part == PIECE_WHOLE && piece.words == PIECE_ALL;
}

#endif
