/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef EXTRACT_PDF_HYPHENS_H
#define EXTRACT_PDF_HYPHENS_H

#include "extract/page_builder.h"

/*
 * Join a word that was parted at the end of a line: `first` is the first word of the line that was
 * added last, and the word before it ends the line above in the same paragraph. Both parts must be
 * in small letters next to the hyphen, so neither names (Jean-Marc) nor numbers are joined. The
 * whole word stands where its first part stood.
 */
void pdf_hyphens_join(struct page_builder *builder, size_t first);

#endif
