/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef MODEL_WORD_STYLE_H
#define MODEL_WORD_STYLE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/slice.h"

/*
 * The font and size of a word's digits, or of its first letter of ASCII if it has no digits, in one
 * number: letters beyond ASCII may come from another font than the rest for want of a shape, and
 * say nothing. 14 bits of the font's name (without its subset's prefix), 4 for which of its subsets
 * it is in, by first use, and 14 for its size in twentieths of a point.
 */
#define WORD_STYLE_NONE  0u         /* not known, or no such character */
#define WORD_STYLE_MIXED UINT32_MAX /* digits of one size in several fonts or subsets */

/* What a font adds to a style; a subset past the 15th is the 15th. */
uint32_t word_style_font(struct slice name, unsigned subset);
/* Never NONE or MIXED; a size past 800 points is 800. */
uint32_t word_style_make(uint32_t font, double size);

double word_style_size(uint32_t style);
bool word_style_same_font(uint32_t a, uint32_t b); /* whatever subset and size */
bool word_style_same_size(uint32_t a, uint32_t b);

#endif
