/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "report/html_page.h"

#include <string.h>

#include "base/escape.h"
#include "report/chart.h"

void html_add(struct html_page *page, const char *html)
{
    buf_add_text(page->out, html);
}

void html_text(struct html_page *page, struct slice text)
{
    escape_html(page->out, text);
}

void html_phrase(struct html_page *page, enum phrase which)
{
    html_text(page, slice_of(phrase(page->language, which)));
}

void html_count(struct html_page *page, uint64_t number)
{
    number_format(page->language, number, page->out);
}

void html_heading(struct html_page *page, enum phrase title, enum phrase lead)
{
    html_add(page, "<section><h2>");
    html_phrase(page, title);
    html_add(page, "</h2>\n<p class=\"lead\">");
    html_phrase(page, lead);
    html_add(page, "</p>\n");
}

void html_head_cell(struct html_page *page, enum phrase which, bool number)
{
    html_add(page, number ? "<th class=\"n\">" : "<th>");
    html_phrase(page, which);
    html_add(page, "</th>");
}

void html_text_cell(struct html_page *page, struct slice text)
{
    html_add(page, "<td><bdi>");
    html_text(page, text);
    html_add(page, "</bdi></td>");
}

void html_count_cell(struct html_page *page, uint64_t number)
{
    html_add(page, "<td class=\"n\">");
    html_count(page, number);
    html_add(page, "</td>");
}

void html_share_cell(struct html_page *page, double share)
{
    buf_format(page->out, "<td class=\"n\">%.1f&nbsp;%%</td>", 100 * share);
}

void html_sentence(struct html_page *page, enum phrase which, uint64_t first, uint64_t second)
{
    const char *text = phrase(page->language, which);
    const uint64_t numbers[] = {first, second};
    unsigned next = 0;

    for (const char *mark = strstr(text, "%s"); mark && next < 2; mark = strstr(text, "%s")) {
        html_text(page, slice_make(text, (size_t)(mark - text)));
        html_count(page, numbers[next++]);
        text = mark + 2;
    }
    html_text(page, slice_of(text));
}

void html_further(struct html_page *page, uint64_t count)
{
    if (count == 0)
        return;
    html_add(page, "<p class=\"lead\">");
    html_sentence(page, PHRASE_FURTHER, count, 0);
    html_add(page, "</p>\n");
}

double html_share_of(uint64_t part, uint64_t whole)
{
    return whole ? (double)part / (double)whole : 0;
}
