/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef EXTRACT_XLSB_BOOK_H
#define EXTRACT_XLSB_BOOK_H

#include "extract/xlsx_book.h"

/* What the sheets of a binary workbook share, and the sheets themselves, as of others. */

/* For each sheet that the workbook lists, with the id of its relationship. */
typedef int xlsb_each_sheet(void *state, struct slice name, struct slice id, bool is_hidden,
                            struct tq_error *err);
int xlsb_book_read(struct package *package, size_t part, struct xlsx_book *book,
                   xlsb_each_sheet *each, void *state, struct tq_error *err) MUST_CHECK;
int xlsb_texts_read(struct package *package, size_t part, struct xlsx_book *book,
                    struct tq_error *err) MUST_CHECK;
int xlsb_styles_read(struct package *package, size_t part, struct xlsx_book *book,
                     struct tq_error *err) MUST_CHECK;

#endif
