/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef REPORT_SECTIONS_H
#define REPORT_SECTIONS_H

#include "report/html_page.h"

/* Parts of the report page that have a file of their own. Each adds nothing where there is nothing
 * to tell. */

/* section_fabrication.c: consistency rules that tables break, and signs that rows were made up. */
void section_rules(struct html_page *page);
void section_signs(struct html_page *page);

/* section_recapture.c: how many are affected whom no finder holds. */
void section_recapture(struct html_page *page);

/* section_ends.c: how many exhibits ended how. */
void section_ends(struct html_page *page);

/* section_documents.c: signs that documents were edited, and how they were made. */
void section_documents(struct html_page *page);

/* section_mosaic.c: what tables were put together from, whom they cover, how they are written. */
void section_mosaic(struct html_page *page);

#endif
