/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef EXTRACT_PDF_FORENSICS_H
#define EXTRACT_PDF_FORENSICS_H

#include "extract/extract.h"

/*
 * Read a PDF as pdf_pages_read() does, and tell how it was put together: one fact for its structure
 * (model/document_structure.h), one for each text that was edited. The bytes are scanned once; only
 * a document with several revisions is read again as it was before, cut behind its older %%EOF.
 */
int pdf_forensics_read(const struct extract_input *input, const struct extract_limits *limits,
                       const struct sink *sink, struct tq_error *err) MUST_CHECK;

#endif
