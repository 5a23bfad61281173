/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef EXTRACT_XLSX_BOOK_H
#define EXTRACT_XLSX_BOOK_H

#include "extract/number_format.h"
#include "extract/part.h"

/* What the sheets of a workbook share: its texts and formats (ECMA-376 part 1, 18.4 and 18.8). */
struct xlsx_book {
    bool is_1904;
    char *texts; /* owned, as `ends` */
    size_t text_length, text_capacity;
    uint32_t *ends; /* text_count: where the text of each ends */
    size_t text_count, end_capacity;
    struct number_style *styles; /* style_count, owned: by number of a cell's format */
    size_t style_count, style_capacity;
    bool texts_left_out;
};

/* Texts are kept in memory; a workbook of a million rows has some 50 MiB of them. */
#define XLSX_TEXT_BYTES_MAX ((size_t)1 << 30)
#define XLSX_STYLES_MAX     65536u
#define XLSX_CODES_MAX      4096u /* a spreadsheet program allows some 250 */

void xlsx_book_clear(struct xlsx_book *book);
int xlsx_texts_read(struct package *package, size_t part, struct xlsx_book *book,
                    struct tq_error *err) MUST_CHECK;
int xlsx_styles_read(struct package *package, size_t part, struct xlsx_book *book,
                     struct tq_error *err) MUST_CHECK;

/* One more text of a form that is not XML; and the note if there was no room for all. */
int xlsx_text_add(struct xlsx_book *book, struct slice text, struct tq_error *err) MUST_CHECK;
int xlsx_texts_report(struct package *package, const struct xlsx_book *book,
                      struct tq_error *err) MUST_CHECK;

/* Text number `index`; false if there is none. */
bool xlsx_text(const struct xlsx_book *book, uint64_t index, struct slice *out_text);

/* Undo "_x000D_": how OOXML writes characters that XML cannot (22.9.2.19). In place; the length. */
size_t xlsx_unescape(char *text, size_t length);

#endif
