/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef EXTRACT_XLSB_SHEET_H
#define EXTRACT_XLSB_SHEET_H

#include "extract/grid.h"
#include "extract/xlsx_book.h"

/* One sheet of a binary workbook into `grid`. */
int xlsb_sheet_read(struct package *package, size_t part, const struct xlsx_book *book,
                    struct grid *grid, struct tq_error *err) MUST_CHECK;

#endif
