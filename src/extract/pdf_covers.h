/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef EXTRACT_PDF_COVERS_H
#define EXTRACT_PDF_COVERS_H

#include <mupdf/fitz.h>
#include <stdint.h>

/*
 * What is painted over what on a page. Text under an opaque filled rectangle that was painted later
 * is in the file, and is not seen.
 */
#define PDF_COVERS_MAX 512u /* rectangles of a page; those behind them hide nothing */

struct pdf_covers {
    fz_rect boxes[PDF_COVERS_MAX];
    uint32_t order[PDF_COVERS_MAX]; /* of painting, among shapes and texts of the page */
    uint32_t count;
    uint32_t painted; /* shapes and texts so far */
};

/*
 * A device that gathers the covers of a page, and one that passes only the text on to `inner` that
 * none of them hides: the same page is run through both. Both throw as MuPDF does; the caller
 * closes and drops them. `covers` and `inner` are borrowed.
 */
fz_device *pdf_covers_gather(fz_context *context, struct pdf_covers *covers);
fz_device *pdf_covers_filter(fz_context *context, struct pdf_covers *covers, fz_device *inner);

#endif
