/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef EXTRACT_PDF_XMP_H
#define EXTRACT_PDF_XMP_H

#include "model/document_metadata.h"

/*
 * What the XMP packet of a document (ISO 16684-1, ISO 32000-1, 14.3.2) says of what its information
 * dictionary says as well. Never fails, whatever the bytes are: no tree is built, properties are
 * looked for by their usual names, as elements or attributes. Texts are cut at
 * DOCUMENT_METADATA_BYTES; *out_found is empty if there are none.
 */
void pdf_xmp_read(struct slice packet, struct document_metadata *out_found);

#endif
