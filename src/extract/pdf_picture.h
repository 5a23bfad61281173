/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef EXTRACT_PDF_PICTURE_H
#define EXTRACT_PDF_PICTURE_H

#include <mupdf/fitz.h>

/* A page of a PDF as a picture. None of these throws; a page that fails counts as far as it came.
 */

float pdf_area(fz_rect box);

/* The area of a page that is drawn on; what it is drawn with does not matter. */
float pdf_drawn_area(fz_context *context, fz_page *page, fz_rect bounds);

/* The area of its pictures, as far as they lie on it. */
float pdf_pictures_area(fz_context *context, fz_page *page, fz_rect bounds);

/* The page in grey, at *out_scale pixels a point; NULL if it cannot be drawn. Owned. */
fz_pixmap *pdf_draw(fz_context *context, fz_page *page, fz_rect bounds, float *out_scale);

#endif
