/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef CLI_NEAREST_H
#define CLI_NEAREST_H

#include <stddef.h>

/*
 * How many letters must be changed, left out, put in or swapped with their neighbour to make one
 * word of the other, whatever their case. Words of more than NEAREST_LETTERS_MAX are far from all.
 */
#define NEAREST_LETTERS_MAX 31u
#define NEAREST_FAR         1000u
unsigned nearest_distance(const char *a, const char *b);

/* What somebody who wrote `word` may have meant: `name`, if at most a third of it is different. */
unsigned nearest_limit(const char *name);

#endif
