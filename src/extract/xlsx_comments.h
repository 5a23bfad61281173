/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef EXTRACT_XLSX_COMMENTS_H
#define EXTRACT_XLSX_COMMENTS_H

#include "extract/grid.h"
#include "extract/package.h"

/*
 * The comments on the cells of a sheet, of which `sheet` is the part: they are text beside its
 * records (aside.h). Those that no sheet refers to are left to office_read_texts().
 */
int xlsx_comments_read(struct package *package, size_t sheet, struct grid *grid,
                       struct tq_error *err) MUST_CHECK;

#endif
