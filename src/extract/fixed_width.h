/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef EXTRACT_FIXED_WIDTH_H
#define EXTRACT_FIXED_WIDTH_H

#include "extract/dialect.h"
#include "extract/row_writer.h"

/*
 * Text whose columns are aligned by spaces: a border is a run of character positions that hold
 * spaces in more than 95 % of the lines. Fills the fixed part of *out_dialect and says true if
 * at least three borders stand in at least five lines.
 */
bool fixed_width_find(struct slice sample, struct dialect *out_dialect);

/* Split a line (without its end); cells are trimmed and point into it. `cells` has room for
 * dialect->fixed_count. */
void fixed_width_split(const struct dialect *dialect, struct slice line, struct row_cell *cells);

#endif
