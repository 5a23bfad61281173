/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef EXTRACT_PDF_METADATA_H
#define EXTRACT_PDF_METADATA_H

#include <mupdf/fitz.h>

#include "model/document_metadata.h"

/* What the XMP packet of an open document says; empty if it has none that can be read. */
void pdf_metadata_find(fz_context *context, fz_document *document,
                       struct document_metadata *out_found);

#endif
