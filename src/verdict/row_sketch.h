/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef VERDICT_ROW_SKETCH_H
#define VERDICT_ROW_SKETCH_H

#include <stddef.h>
#include <stdint.h>

#include "verdict/interval_set.h"

#define ROW_SKETCH_SIZE 256u

/*
 * What is kept of the intervals of a table's rows to tell how many another table repeats: the least
 * of their hashes (k minimum values; Beyer, Haas, Reinwald, Sismanis and Gemulla, 2007). Start with
 * {0}.
 */
struct row_sketch {
    uint32_t count;
    uint64_t least[ROW_SKETCH_SIZE]; /* rising, distinct */
};

void row_sketch_add(struct row_sketch *sketch, const struct dated_row *rows, size_t count);

/* Share of the intervals of the smaller table that are also in the other, estimated; 0 if one of
 * them is empty. The error is some 1 / sqrt(ROW_SKETCH_SIZE). */
double row_sketch_overlap(const struct row_sketch *a, const struct row_sketch *b);

#endif
