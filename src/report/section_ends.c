/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* How the exhibits ended, and how much was not read. */
#include "report/sections.h"

static void write_row(struct html_page *page, enum phrase name, uint64_t number)
{
    if (number == 0)
        return;
    html_add(page, "<tr><td>");
    html_phrase(page, name);
    html_add(page, "</td>");
    html_count_cell(page, number);
    html_add(page, "</tr>\n");
}

void section_ends(struct html_page *page)
{
    static const enum phrase names[EXHIBIT_END_COUNT] = {
        [EXHIBIT_ENDED_AS_RECORDS] = PHRASE_ENDED_AS_RECORDS,
        [EXHIBIT_ENDED_AS_TEXT] = PHRASE_ENDED_AS_TEXT,
        [EXHIBIT_ENDED_AS_MEMBERS] = PHRASE_ENDED_AS_MEMBERS,
        [EXHIBIT_ENDED_AS_NOTE] = PHRASE_ENDED_AS_NOTE,
        [EXHIBIT_ENDED_EMPTY] = PHRASE_ENDED_EMPTY,
        [EXHIBIT_NOT_READ_YET] = PHRASE_NOT_READ_YET,
    };
    const struct exhibit_ends *ends = &page->data->ends;

    html_add(page, "<table><tr>");
    html_head_cell(page, PHRASE_EXHIBITS, false);
    html_head_cell(page, PHRASE_COUNT, true);
    html_add(page, "</tr>\n");
    for (unsigned i = 0; i < EXHIBIT_END_COUNT; i++)
        write_row(page, names[i], ends->exhibits[i]);
    write_row(page, PHRASE_LOCKED, ends->locked);
    write_row(page, PHRASE_BYTES_UNREAD, ends->bytes_unread);
    html_add(page, "</table>\n");
    if (ends->pictures > ends->pictures_granted)
        html_sentence(page, PHRASE_PICTURES_UNREAD, ends->pictures - ends->pictures_granted,
                      ends->pictures);
}
