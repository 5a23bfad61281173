/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Were documents edited, and how were they made? */
#include "base/cleanup.h"
#include "model/document_detail.h"
#include "model/mask.h"
#include "report/sections.h"

/* Values of people, which the page shows masked. */
static void masked_cell(struct html_page *page, struct slice value)
{
    CLEANUP(buf_clear_cleanup) struct buf masked = {0};

    mask_value(&masked, value);
    html_text_cell(page, buf_slice(&masked));
}

static void detail_cell(struct html_page *page, struct slice detail)
{
    struct detail_words words = document_detail_words(page->language, detail);
    struct slice piece;
    bool is_part;

    html_add(page, "<td>");
    while (document_detail_next(&words, &piece, &is_part)) {
        html_add(page, is_part ? "<bdi dir=\"ltr\">" : "");
        html_text(page, piece);
        html_add(page, is_part ? "</bdi>" : "");
    }
    html_add(page, "</td>");
}

static void write_document_sign(struct html_page *page, const struct viewed_sign *sign)
{
    const struct document_sign_row *row = &sign->row;

    html_add(page, "<tr>");
    html_text_cell(page, slice_of(page->data->view.exhibits.items[sign->exhibit].path));
    html_text_cell(page, slice_of(phrase_document_sign(page->language, row->sign)));
    html_text_cell(page, slice_of(phrase_document_weight(page->language, row->weight)));
    if (row->page > 0)
        html_count_cell(page, row->page);
    else
        html_add(page, "<td></td>");
    masked_cell(page, row->before);
    masked_cell(page, row->after);
    detail_cell(page, row->detail);
    html_add(page, "</tr>\n");
}

static void write_document_table(struct html_page *page)
{
    static const enum phrase heads[] = {PHRASE_EXHIBIT, PHRASE_SIGN,  PHRASE_WEIGHT, PHRASE_PAGE,
                                        PHRASE_BEFORE,  PHRASE_AFTER, PHRASE_DETAIL};
    const struct document_view *documents = &page->data->documents;
    size_t shown = documents->count < TABLE_ROWS_MAX ? documents->count : TABLE_ROWS_MAX;

    html_add(page, "<div class=\"wide\"><table><tr>");
    for (size_t i = 0; i < sizeof(heads) / sizeof(heads[0]); i++)
        html_head_cell(page, heads[i], heads[i] == PHRASE_PAGE);
    html_add(page, "</tr>\n");
    for (size_t i = 0; i < shown; i++)
        write_document_sign(page, &documents->signs[i]);
    html_add(page, "</table></div>\n");
    html_further(page, documents->count - shown);
}

static void write_cluster(struct html_page *page, const struct document_cluster *cluster)
{
    html_add(page, "<tr>");
    html_text_cell(page, slice_of(cluster->layout));
    html_count_cell(page, cluster->documents);
    html_text_cell(page, cluster->producer);
    html_text_cell(page, cluster->creator);
    html_text_cell(page, cluster->page);
    html_text_cell(page, cluster->fonts);
    html_count_cell(page, cluster->records);
    html_share_cell(page, html_share_of(cluster->doubtful, cluster->records));
    html_count_cell(page, cluster->with_signs);
    html_add(page, "</tr>\n");
}

static void write_clusters(struct html_page *page)
{
    const struct document_clusters *clusters = &page->data->clusters;
    size_t shown = clusters->count < TABLE_ROWS_MAX ? clusters->count : TABLE_ROWS_MAX;

    html_add(page, "<h3>");
    html_phrase(page, PHRASE_CLUSTERS);
    html_add(page, "</h3>\n<p class=\"lead\">");
    html_phrase(page, PHRASE_CLUSTERS_LEAD);
    html_add(page, "</p>\n<div class=\"wide\"><table><tr>");
    html_head_cell(page, PHRASE_TABLE, false);
    html_head_cell(page, PHRASE_DOCUMENT_COUNT, true);
    html_head_cell(page, PHRASE_PROGRAM, false);
    html_head_cell(page, PHRASE_CREATOR, false);
    html_head_cell(page, PHRASE_PAGE, false);
    html_head_cell(page, PHRASE_FONTS, false);
    html_head_cell(page, PHRASE_RECORDS, true);
    html_head_cell(page, PHRASE_DOUBTFUL, true);
    html_head_cell(page, PHRASE_WITH_SIGNS, true);
    html_add(page, "</tr>\n");
    for (size_t i = 0; i < shown; i++)
        write_cluster(page, &clusters->items[i]);
    html_add(page, "</table></div>\n");
    html_further(page, clusters->count - shown);
}

void section_documents(struct html_page *page)
{
    const struct document_view *documents = &page->data->documents;

    if (documents->pdf_count == 0)
        return;
    html_add(page, "<h3>");
    html_phrase(page, PHRASE_DOCUMENTS);
    html_add(page, "</h3>\n<p class=\"lead\">");
    if (documents->count == 0) {
        html_sentence(page, PHRASE_DOCUMENTS_NONE, documents->pdf_count, 0);
        html_add(page, "</p>\n");
        write_clusters(page);
        return;
    }
    html_phrase(page, PHRASE_DOCUMENTS_LEAD);
    html_add(page, "</p>\n<p>");
    html_sentence(page, PHRASE_DOCUMENTS_COUNT, documents->exhibits_signed, documents->pdf_count);
    html_add(page, "</p>\n");
    write_document_table(page);
    write_clusters(page);
}
