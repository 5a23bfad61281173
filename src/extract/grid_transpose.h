/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef EXTRACT_GRID_TRANSPOSE_H
#define EXTRACT_GRID_TRANSPOSE_H

#include "extract/header.h"

/*
 * Whether the first column of a whole table names the fields, and each further column is a record:
 * the first cells are different words, turned round they are a header, and the rows are of one kind
 * each where no column is. `turned` has room for all cells, and gets them turned round.
 */
bool grid_is_transposed(const struct row_sample *sample, struct row_cell *turned);

#endif
