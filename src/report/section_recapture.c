/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* How many are affected whom no finder holds? */
#include "report/sections.h"

static void head_cell(struct html_page *page, enum recapture_text which, bool is_number)
{
    html_add(page, is_number ? "<th class=\"n\">" : "<th>");
    html_text(page, slice_of(recapture_text(page->language, which)));
    html_add(page, "</th>");
}

static void write_finders(struct html_page *page, const struct recapture_row *row)
{
    html_add(page, "<td>");
    if (row->first.length == 0) {
        html_text(page, slice_of(recapture_text(page->language, RECAPTURE_TEXT_ALL)));
        html_add(page, "</td><td></td><td></td>");
        return;
    }
    html_text(page, row->first);
    html_add(page, " / ");
    html_text(page, row->second);
    html_add(page, "</td>");
    html_count_cell(page, row->found_first);
    html_count_cell(page, row->found_second);
}

static void write_remark(struct html_page *page, const struct recapture_row *row)
{
    html_add(page, "<td>");
    html_text(page, slice_of(recapture_status_text(page->language, row->status)));
    if (row->is_uneven) {
        html_text(page, slice_of(recapture_text(page->language, RECAPTURE_TEXT_UNEVEN)));
        if (row->parts.length > 0) {
            html_add(page, " (<bdi>");
            html_text(page, row->parts);
            html_add(page, "</bdi>)");
        }
        html_text(page, slice_of(recapture_text(page->language, RECAPTURE_TEXT_BY_PARTS)));
        html_add(page, " ");
        html_count(page, row->stratified);
    }
    html_add(page, "</td>");
}

static void write_row(struct html_page *page, const struct recapture_row *row)
{
    html_add(page, "<tr>");
    html_text_cell(page, slice_of(case_kind_name(page->data->view.store, row->kind)));
    write_finders(page, row);
    html_count_cell(page, row->twice);
    html_count_cell(page, row->seen);
    if (row->status == RECAPTURE_USABLE) {
        html_count_cell(page, row->low);
        html_count_cell(page, row->value);
        html_count_cell(page, row->high);
    } else {
        html_add(page, "<td></td><td></td><td></td>");
    }
    write_remark(page, row);
    html_add(page, "</tr>\n");
}

void section_recapture(struct html_page *page)
{
    const struct recapture_view *recaptures = &page->data->recaptures;

    if (recaptures->count == 0)
        return;
    html_add(page, "<h3>");
    html_text(page, slice_of(recapture_text(page->language, RECAPTURE_TEXT_TITLE)));
    html_add(page, "</h3>\n<p class=\"lead\">");
    html_text(page, slice_of(recapture_text(page->language, RECAPTURE_TEXT_LEAD)));
    html_add(page, "</p>\n<div class=\"wide\"><table><tr>");
    html_head_cell(page, PHRASE_KIND, false);
    head_cell(page, RECAPTURE_TEXT_FINDERS, false);
    head_cell(page, RECAPTURE_TEXT_FIRST, true);
    head_cell(page, RECAPTURE_TEXT_SECOND, true);
    head_cell(page, RECAPTURE_TEXT_TWICE, true);
    head_cell(page, RECAPTURE_TEXT_SEEN, true);
    html_head_cell(page, PHRASE_AT_LEAST, true);
    head_cell(page, RECAPTURE_TEXT_ESTIMATE, true);
    html_head_cell(page, PHRASE_AT_MOST, true);
    head_cell(page, RECAPTURE_TEXT_REMARK, false);
    html_add(page, "</tr>\n");
    for (size_t i = 0; i < recaptures->count; i++)
        write_row(page, &recaptures->items[i]);
    html_add(page, "</table></div>\n");
}
