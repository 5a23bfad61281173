/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef EXTRACT_XLS_TEXT_H
#define EXTRACT_XLS_TEXT_H

#include "base/buf.h"
#include "extract/codepage.h"
#include "extract/xlsx_book.h"

/*
 * Texts of BIFF records ([MS-XLS] 2.5.293 and 2.5.294). A record goes on in others, and a text may
 * be cut between two: the rest begins with a byte that says how wide its characters are.
 */
struct xls_bytes {
    const char *data;
    size_t length, at;
    const size_t *ends; /* where each record of `data` ends, end_count; NULL: it is one */
    size_t end_count, end;
};

/* A text with a count of two bytes, or of one, into `out` as UTF-8; false: it is cut. */
bool xls_text_read(struct xls_bytes *bytes, bool is_short, struct buf *out);

/* Bytes of an older file in the encoding that it names. */
void xls_text_decode(struct slice text, const struct codepage *page, struct buf *out);

/* The table of shared texts into `book`. */
int xls_texts_read(struct xls_bytes *bytes, struct xlsx_book *book,
                   struct tq_error *err) MUST_CHECK;

#endif
