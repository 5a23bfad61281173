/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef EXTRACT_XLSX_SHEET_H
#define EXTRACT_XLSX_SHEET_H

#include "extract/grid.h"
#include "extract/xlsx_book.h"

/* The rows of one worksheet (ECMA-376 part 1, 18.3) into `grid`, which has its sheet begun. */
int xlsx_sheet_read(struct package *package, size_t part, const struct xlsx_book *book,
                    struct grid *grid, struct tq_error *err) MUST_CHECK;

#endif
