/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef EXTRACT_HEADER_H
#define EXTRACT_HEADER_H

#include <stdbool.h>

#include "extract/row_writer.h"

#define HEADER_SAMPLE_ROWS 64
#define HEADER_TITLES_MAX  6 /* rows above a header; reports have a title, a date, a filter */

/* The first rows of a table, all of `columns` cells. */
struct row_sample {
    uint32_t rows, columns;
    const struct row_cell *cells; /* rows * columns */
};

/*
 * Whether the first row names the columns. Each column votes: a word above digits, a capital
 * pattern or length that the values below never have, a word that heads columns in many files
 * speak for it; digits, values that come again below, and the shapes of the others speak against.
 * Of more than HEADER_SAMPLE_ROWS rows the first ones are looked at.
 */
bool header_is_first(const struct row_sample *sample);

/*
 * Whether the first row names groups of columns ("Insured", "", "Employer", "") and the second the
 * columns ("name", "town", "name", "town"). A group reaches over the empty cells behind it.
 */
bool header_is_grouped(const struct row_sample *sample);

/* The name of the group that a column is in; empty if it is in none. */
struct slice header_group(const struct row_sample *sample, uint32_t column);

/*
 * The number of rows at the top that name the columns: 0, 1 (header_is_first()), 2 where groups do
 * (header_is_grouped()), or up to 3 where further rows are words above columns of digits.
 */
uint32_t header_rows(const struct row_sample *sample);

/*
 * The number of rows at the top, at most HEADER_TITLES_MAX, that are titles above a header: no more
 * than half filled, where the header below them is filled better.
 */
uint32_t header_titles(const struct row_sample *sample);

/* Whether a row sums up others ("Total", "Somme", ...): it says so and leaves cells empty. */
bool header_is_total(const struct row_cell *cells, size_t count);

#endif
