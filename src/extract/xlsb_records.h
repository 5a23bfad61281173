/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef EXTRACT_XLSB_RECORDS_H
#define EXTRACT_XLSB_RECORDS_H

#include "base/buf.h"
#include "extract/package.h"

/* A part of a binary workbook ([MS-XLSB]): one record after another. */
typedef int xlsb_each(void *state, uint32_t type, struct slice body, struct tq_error *err);

/* Damage is noted; what went before it counts. */
int xlsb_records_read(struct package *package, size_t part, xlsb_each *each, void *state,
                      struct tq_error *err) MUST_CHECK;

/* Numbers of a record; 0 past its end. */
uint32_t xlsb_u16(struct slice body, size_t at);
uint32_t xlsb_u32(struct slice body, size_t at);

/* Add the text at `at` (XLWideString); the offset behind it. None (NULL) adds nothing. */
size_t xlsb_text(struct slice body, size_t at, struct buf *out);

#endif
