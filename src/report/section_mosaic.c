/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* From what were tables put together, whom do they cover, and how are they written? */
#include "base/cleanup.h"
#include "report/sections.h"

static void share_or_none_cell(struct html_page *page, double share)
{
    if (share < 0)
        html_add(page, "<td class=\"n\"></td>");
    else
        html_share_cell(page, share);
}

static void write_source(struct html_page *page, const struct mosaic_row *row)
{
    html_add(page, "<tr>");
    html_text_cell(page, slice_of(page->data->view.tables[row->table].stored->head.name));
    html_text_cell(page, row->columns);
    html_text_cell(page, row->name);
    html_text_cell(page, row->detail);
    share_or_none_cell(page, row->share);
    share_or_none_cell(page, row->held_share);
    html_add(page, "</tr>\n");
}

/* The columns of one table that no table of the register explains, in a row; the number of the
 * mosaic's row after them. */
static size_t write_unexplained(struct html_page *page, size_t first)
{
    const struct mosaic_list *list = &page->data->view.mosaic;
    uint32_t table = list->items[first].row.table;
    CLEANUP(buf_clear_cleanup) struct buf columns = {0};
    CLEANUP(buf_clear_cleanup) struct buf names = {0};
    size_t i = first;

    for (; i < list->count && list->items[i].row.table == table
           && list->items[i].row.part == MOSAIC_UNEXPLAINED;
         i++) {
        if (i > first) {
            buf_add_byte(&columns, ';');
            buf_add_text(&names, " · ");
        }
        buf_add_slice(&columns, list->items[i].row.columns);
        buf_add_slice(&names, list->items[i].row.name);
    }
    html_add(page, "<tr>");
    html_text_cell(page, slice_of(page->data->view.tables[table].stored->head.name));
    html_text_cell(page, buf_slice(&columns));
    html_text_cell(page, slice_of(phrase(page->language, PHRASE_UNEXPLAINED)));
    html_text_cell(page, buf_slice(&names));
    html_add(page, "<td></td><td></td></tr>\n");
    return i;
}

static void write_sources(struct html_page *page)
{
    const struct mosaic_list *list = &page->data->view.mosaic;
    size_t i = 0;

    while (i < list->count) {
        const struct mosaic_row *row = &list->items[i].row;

        if (row->part == MOSAIC_UNEXPLAINED) {
            i = write_unexplained(page, i);
            continue;
        }
        if (row->part == MOSAIC_SOURCE)
            write_source(page, row);
        i++;
    }
    html_add(page, "</table></div>\n");
}

static void write_lead(struct html_page *page, const struct mosaic_row *row)
{
    CLEANUP(buf_clear_cleanup) struct buf detail = {0};

    case_view_mosaic_detail(row, false, &detail);
    html_add(page, "<tr>");
    html_text_cell(page, slice_of(page->data->view.tables[row->table].stored->head.name));
    html_text_cell(page, row->name);
    html_text_cell(page, buf_slice(&detail));
    html_share_cell(page, row->share);
    html_share_cell(page, row->held_share);
    buf_format(page->out,
               "<td class=\"n\"><bdi dir=\"ltr\">%+.2f</bdi></td>"
               "<td class=\"n\"><bdi dir=\"ltr\">%.1e</bdi></td></tr>\n",
               row->effect, row->chance);
}

static bool is_lead_row(const struct mosaic_row *row)
{
    return row->lead && (row->part == MOSAIC_FILTER || row->part == MOSAIC_COVERAGE);
}

/* As far as the page has room. */
static void write_lead_rows(struct html_page *page)
{
    const struct mosaic_list *list = &page->data->view.mosaic;
    size_t shown = 0, left_out = 0;

    for (size_t i = 0; i < list->count; i++) {
        if (!is_lead_row(&list->items[i].row))
            continue;
        if (shown < TABLE_ROWS_MAX) {
            write_lead(page, &list->items[i].row);
            shown++;
        } else {
            left_out++;
        }
    }
    html_add(page, "</table></div>\n");
    html_further(page, left_out);
}

static size_t count_leads(const struct mosaic_list *list)
{
    size_t count = 0;

    for (size_t i = 0; i < list->count; i++)
        count += is_lead_row(&list->items[i].row);
    return count;
}

static void write_leads(struct html_page *page)
{
    static const enum phrase numbers[] = {PHRASE_SHARE_SHOWN, PHRASE_SHARE_HELD, PHRASE_EFFECT_OF,
                                          PHRASE_CHANCE_OF};
    size_t leads = count_leads(&page->data->view.mosaic);

    html_add(page, "<h3>");
    html_phrase(page, PHRASE_COVERED);
    html_add(page, "</h3>\n<p class=\"lead\">");
    html_phrase(page, leads ? PHRASE_COVERED_LEAD : PHRASE_COVERED_NONE);
    html_add(page, "</p>\n");
    if (leads == 0)
        return;
    html_add(page, "<div class=\"wide\"><table><tr>");
    html_head_cell(page, PHRASE_TABLE, false);
    html_head_cell(page, PHRASE_FIELD, false);
    html_head_cell(page, PHRASE_VALUE, false);
    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
        html_head_cell(page, numbers[i], true);
    html_add(page, "</tr>\n");
    write_lead_rows(page);
}

/* "date 99/99/9999 (5) · delimiter ;": what follows of one table; the number of the row after. */
static size_t write_form(struct html_page *page, size_t first)
{
    const struct mosaic_list *list = &page->data->view.mosaic;
    uint32_t table = list->items[first].row.table;
    CLEANUP(buf_clear_cleanup) struct buf forms = {0};
    size_t i = first;

    for (; i < list->count && list->items[i].row.table == table; i++) {
        const struct mosaic_row *row = &list->items[i].row;

        if (row->part != MOSAIC_FORMAT)
            continue;
        if (forms.length > 0)
            buf_add_text(&forms, " · ");
        buf_add_slice(&forms, row->name);
        buf_add_byte(&forms, ' ');
        buf_add_slice(&forms, row->detail);
        if (row->columns.length > 0)
            buf_format(&forms, " (%.*s)", (int)row->columns.length, row->columns.data);
    }
    if (forms.length == 0)
        return i;
    html_add(page, "<tr>");
    html_text_cell(page, slice_of(page->data->view.tables[table].stored->head.name));
    html_text_cell(page, buf_slice(&forms));
    html_add(page, "</tr>\n");
    return i;
}

static void write_forms(struct html_page *page)
{
    size_t at = 0, shown = 0;

    html_add(page, "<h3>");
    html_phrase(page, PHRASE_FORM);
    html_add(page, "</h3>\n<p class=\"lead\">");
    html_phrase(page, PHRASE_FORM_LEAD);
    html_add(page, "</p>\n<div class=\"wide\"><table><tr>");
    html_head_cell(page, PHRASE_TABLE, false);
    html_head_cell(page, PHRASE_FORM, false);
    html_add(page, "</tr>\n");
    for (; at < page->data->view.mosaic.count && shown < TABLE_ROWS_MAX; shown++)
        at = write_form(page, at);
    html_add(page, "</table></div>\n");
}

void section_mosaic(struct html_page *page)
{
    if (page->data->view.mosaic.count == 0)
        return;
    html_heading(page, PHRASE_MOSAIC, PHRASE_MOSAIC_LEAD);
    html_add(page, "<div class=\"wide\"><table><tr>");
    html_head_cell(page, PHRASE_TABLE, false);
    html_head_cell(page, PHRASE_COLUMN, false);
    html_head_cell(page, PHRASE_SOURCE, false);
    html_head_cell(page, PHRASE_JOIN, false);
    html_head_cell(page, PHRASE_SHARE_SHOWN, true);
    html_head_cell(page, PHRASE_SHARE_HELD, true);
    html_add(page, "</tr>\n");
    write_sources(page);
    write_leads(page);
    write_forms(page);
    html_add(page, "</section>\n");
}
