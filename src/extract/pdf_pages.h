/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef EXTRACT_PDF_PAGES_H
#define EXTRACT_PDF_PAGES_H

#include "extract/extract.h"

/*
 * The pages of a PDF, and its facts (producer, creator, created, modified, title, ...), to the
 * sink. What cannot be read is a note. The one door through which format_pdf.c reads; behind it
 * stands MuPDF, and may stand something faster with MuPDF for what that declines.
 */
int pdf_pages_read(const struct extract_input *input, const struct extract_limits *limits,
                   const struct sink *sink, struct tq_error *err) MUST_CHECK;

/*
 * One page, and of it only the text that nothing painted later hides. May be called by the sink of
 * the reading of the same exhibit. The sink hears of nothing but the page, and of none if it cannot
 * be read.
 */
int pdf_visible_page_read(const struct extract_input *input, const struct extract_limits *limits,
                          uint32_t number, const struct sink *sink,
                          struct tq_error *err) MUST_CHECK;

/* Make what is made at first use (caches, code pages), so that it is there before the jail. */
void pdf_pages_prepare(void);

#endif
