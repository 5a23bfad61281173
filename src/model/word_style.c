/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "model/word_style.h"

#define SIZE_BITS      14u
#define SUBSET_BITS    4u
#define TWENTIETHS_MAX 16000u /* twentieths of a point */
#define SUBSET_MAX     15u
#define SIZE_MASK      ((1u << SIZE_BITS) - 1)
#define FONT_SHIFT     (SIZE_BITS + SUBSET_BITS)
#define FONT_MASK      ((1u << (32 - FONT_SHIFT)) - 1)
#define SIZE_DIFFERS   1u /* twentieths that rounding may make */

/* FNV-1a, folded. */
static uint32_t hash_of(struct slice name)
{
    uint32_t hash = 2166136261u;

    for (size_t i = 0; i < name.length; i++)
        hash = (hash ^ (unsigned char)name.data[i]) * 16777619u;
    hash = (hash ^ hash >> 16) & FONT_MASK;
    return hash == FONT_MASK ? 0 : hash; /* MIXED has all bits */
}

uint32_t word_style_font(struct slice name, unsigned subset)
{
    return hash_of(name) << SUBSET_BITS | (subset < SUBSET_MAX ? subset : SUBSET_MAX);
}

uint32_t word_style_make(uint32_t font, double size)
{
    uint32_t twentieths = 1;

    if (size >= TWENTIETHS_MAX / 20.0)
        twentieths = TWENTIETHS_MAX;
    else if (size * 20 >= 1)
        twentieths = (uint32_t)(size * 20 + .5);
    return font << SIZE_BITS | twentieths;
}

double word_style_size(uint32_t style)
{
    return (style & SIZE_MASK) / 20.0;
}

bool word_style_same_font(uint32_t a, uint32_t b)
{
    return a >> FONT_SHIFT == b >> FONT_SHIFT;
}

bool word_style_same_size(uint32_t a, uint32_t b)
{
    uint32_t first = a & SIZE_MASK, second = b & SIZE_MASK;

    return (first > second ? first - second : second - first) <= SIZE_DIFFERS;
}
