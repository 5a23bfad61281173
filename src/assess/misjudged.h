/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef ASSESS_MISJUDGED_H
#define ASSESS_MISJUDGED_H

#include <stdint.h>

/*
 * How many records of one table were called altered although only a name was not recognised in its
 * spelling, and how many were called authentic although a name was altered. docs/counting.md has
 * the model and where its constants come from.
 */
struct misjudged_table {
    uint64_t name_only;     /* altered records in which nothing but names contradicts */
    uint64_t name_columns;  /* columns of names that were compared */
    uint64_t name_variants; /* cells of theirs that are another spelling, or a part, of the value */
    uint64_t columns;       /* other columns that were compared */
    uint64_t altered;       /* altered records in which one other column contradicts, and the sum */
    uint64_t altered_squares; /* over columns of the squares of their numbers */
};

/* The upper limits, each exceeded with a chance of 1 in 20: of those `name_only` that were not
 * altered (at most all of them), and of variants that were. */
uint64_t misjudged_as_altered(const struct misjudged_table *table);
uint64_t misjudged_as_true(const struct misjudged_table *table);

#endif
