/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef EXTRACT_PDF_STRUCTURE_H
#define EXTRACT_PDF_STRUCTURE_H

#include "model/document_structure.h"

/* How a PDF was put together, and where each of its revisions ends. */
struct pdf_structure {
    struct document_structure found;
    uint64_t ends[DOCUMENT_REVISIONS_MAX]; /* by revision: offset behind its %%EOF */
};

/*
 * Scan the bytes of a PDF; never fails, whatever they are. Two passes that look for a byte each,
 * no object is built and nothing is unpacked, so the cost is that of reading the file. What stands
 * in compressed objects (fonts of files with object streams) is not seen.
 */
void pdf_structure_scan(struct slice bytes, struct pdf_structure *out_structure);

#endif
