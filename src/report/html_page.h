/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef REPORT_HTML_PAGE_H
#define REPORT_HTML_PAGE_H

#include "report/phrase.h"
#include "report/report_data.h"

#define TABLE_ROWS_MAX 200u /* of one table of the page; the exports have all */

/* The report page being written. */
struct html_page {
    const struct report_data *data;
    enum language language;
    struct buf *out;
};

void html_add(struct html_page *page, const char *html);   /* as it is */
void html_text(struct html_page *page, struct slice text); /* escaped */
void html_phrase(struct html_page *page, enum phrase which);
void html_count(struct html_page *page, uint64_t number);

/* The phrase with numbers in the places of %s. */
void html_sentence(struct html_page *page, enum phrase which, uint64_t first, uint64_t second);

/* Begins a section; the caller ends it. */
void html_heading(struct html_page *page, enum phrase title, enum phrase lead);

/* "and 12 further ones"; nothing for none. */
void html_further(struct html_page *page, uint64_t count);

/* Cells of a table. A share is 1 for 100 %. */
void html_head_cell(struct html_page *page, enum phrase which, bool number);
void html_text_cell(struct html_page *page, struct slice text);
void html_count_cell(struct html_page *page, uint64_t number);
void html_share_cell(struct html_page *page, double share);
double html_share_of(uint64_t part, uint64_t whole); /* 0 of nothing */

#endif
