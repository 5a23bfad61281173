/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The report page: the questions of an inquiry in their order, each with its figures. */
#include "report/report_html.h"

#include <string.h>

#include "base/cleanup.h"
#include "base/escape.h"
#include "model/mask.h"
#include "report/chart.h"

#define TABLE_ROWS_MAX 200u /* of one table of the page; the exports have all */

static const char head[] =
    "<meta charset=\"utf-8\">\n"
    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
    "'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'\">\n"
    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
    "<meta name=\"referrer\" content=\"no-referrer\">\n";

static const char style[] =
    "<style>\n"
    ":root{--ink:#1c2430;--soft:#5b6673;--line:#d9dee4;--paper:#fff;--tint:#f5f7f9;"
    "--accent:#0b4f6c}\n"
    "*{box-sizing:border-box}\n"
    "body{margin:0;color:var(--ink);background:var(--paper);font:15px/1.55 'Noto Sans',"
    "'DejaVu Sans','Noto Naskh Arabic',system-ui,sans-serif}\n"
    "main{max-width:920px;margin:0 auto;padding:0 24px 64px}\n"
    "header{background:var(--accent);color:#fff;padding:32px 0 28px}\n"
    "header>div{max-width:920px;margin:0 auto;padding:0 24px}\n"
    "h1{font-size:28px;line-height:1.2;margin:0 0 6px}\n"
    "h2{font-size:20px;margin:44px 0 8px;padding-top:14px;border-top:2px solid var(--accent)}\n"
    "h3{font-size:16px;margin:24px 0 6px}\n"
    "p.lead{color:var(--soft);max-width:70ch;margin:0 0 14px}\n"
    "dl{display:grid;grid-template-columns:max-content 1fr;gap:2px 16px;margin:12px 0 0;"
    "font-size:13px}\n"
    "dt{opacity:.8}dd{margin:0;overflow-wrap:anywhere}\n"
    ".cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(150px,1fr));gap:12px;"
    "margin:18px 0}\n"
    ".card{background:var(--tint);border-inline-start:4px solid var(--accent);padding:10px "
    "14px}\n"
    ".card b{display:block;font-size:26px;line-height:1.2}\n"
    ".wide{overflow-x:auto}\n"
    "table{border-collapse:collapse;width:100%;font-size:13.5px;margin:10px 0 18px}\n"
    "th,td{text-align:start;padding:5px 10px;border-bottom:1px solid var(--line);"
    "vertical-align:top;overflow-wrap:anywhere}\n"
    "th{background:var(--tint);font-weight:600;white-space:nowrap}\n"
    "td.t{white-space:nowrap;font-variant-numeric:tabular-nums}\n"
    "td.n,th.n{text-align:end;font-variant-numeric:tabular-nums;white-space:nowrap}\n"
    "i.key{display:inline-block;width:11px;height:11px;margin-inline-end:7px}\n"
    "figure{margin:20px 0}figcaption{font-weight:600;margin-bottom:8px}\n"
    "svg{width:100%;height:auto;display:block}svg text{font-size:12px;fill:var(--ink)}\n"
    "li{margin:4px 0}\n"
    "footer{color:var(--soft);font-size:12.5px;margin-top:48px;border-top:1px solid "
    "var(--line);padding-top:12px}\n"
    "@media print{header{background:none;color:inherit;border-bottom:3px solid "
    "var(--accent)}h2{break-after:avoid}figure,tr{break-inside:avoid}}\n"
    "</style>\n";

/* A page being written. */
struct page_out {
    const struct report_data *data;
    enum language language;
    struct buf *out;
};

static void add(struct page_out *page, const char *html)
{
    buf_add_text(page->out, html);
}

static void add_text(struct page_out *page, struct slice text)
{
    escape_html(page->out, text);
}

static void add_phrase(struct page_out *page, enum phrase which)
{
    add_text(page, slice_of(phrase(page->language, which)));
}

static void add_count(struct page_out *page, uint64_t number)
{
    number_format(page->language, number, page->out);
}

static void heading(struct page_out *page, enum phrase title, enum phrase lead)
{
    add(page, "<section><h2>");
    add_phrase(page, title);
    add(page, "</h2>\n<p class=\"lead\">");
    add_phrase(page, lead);
    add(page, "</p>\n");
}

static void head_cell(struct page_out *page, enum phrase which, bool number)
{
    add(page, number ? "<th class=\"n\">" : "<th>");
    add_phrase(page, which);
    add(page, "</th>");
}

static void text_cell(struct page_out *page, struct slice text)
{
    add(page, "<td><bdi>");
    add_text(page, text);
    add(page, "</bdi></td>");
}

static void count_cell(struct page_out *page, uint64_t number)
{
    add(page, "<td class=\"n\">");
    add_count(page, number);
    add(page, "</td>");
}

static void share_cell(struct page_out *page, double share)
{
    buf_format(page->out, "<td class=\"n\">%.1f&nbsp;%%</td>", 100 * share);
}

/* Text with numbers in the places of %s. */
static void add_sentence(struct page_out *page, enum phrase which, uint64_t first, uint64_t second)
{
    const char *text = phrase(page->language, which);
    const uint64_t numbers[] = {first, second};
    unsigned next = 0;

    for (const char *mark = strstr(text, "%s"); mark && next < 2; mark = strstr(text, "%s")) {
        add_text(page, slice_make(text, (size_t)(mark - text)));
        add_count(page, numbers[next++]);
        text = mark + 2;
    }
    add_text(page, slice_of(text));
}

static void further(struct page_out *page, uint64_t count)
{
    if (count == 0)
        return;
    add(page, "<p class=\"lead\">");
    add_sentence(page, PHRASE_FURTHER, count, 0);
    add(page, "</p>\n");
}

/* ---- header and cards ---- */

static void definition(struct page_out *page, enum phrase name, struct slice value)
{
    add(page, "<dt>");
    add_phrase(page, name);
    add(page, "</dt><dd><bdi>");
    add_text(page, value);
    add(page, "</bdi></dd>");
}

static void write_header(struct page_out *page)
{
    const struct report_data *data = page->data;

    add(page, "<header><div><h1>");
    add_phrase(page, PHRASE_REPORT);
    add(page, "</h1>");
    add_phrase(page, PHRASE_MASKED);
    add(page, "<dl>");
    definition(page, PHRASE_CASE, buf_slice(&data->title));
    definition(page, PHRASE_REGISTER, buf_slice(&data->register_name));
    definition(page, PHRASE_SEAL, buf_slice(&data->register_seal));
    add(page, "</dl></div></header>\n<main>\n");
}

static void card(struct page_out *page, enum phrase name, uint64_t number)
{
    add(page, "<div class=\"card\"><b>");
    add_count(page, number);
    add(page, "</b>");
    add_phrase(page, name);
    add(page, "</div>");
}

static void write_cards(struct page_out *page)
{
    const struct report_data *data = page->data;

    add(page, "<div class=\"cards\">");
    card(page, PHRASE_EXHIBITS, data->view.exhibits.count);
    card(page, PHRASE_RECORDS, data->records);
    card(page, PHRASE_AFFECTED, report_data_count(data, "affected", NULL, NULL).value);
    card(page, PHRASE_NAMED_FALSELY, report_data_count(data, "named_falsely", NULL, NULL).value);
    card(page, PHRASE_EXPOSED, report_data_count(data, "exposed", NULL, NULL).value);
    add(page, "</div>\n");
}

/* ---- 1: is it real? ---- */

static bool says_something(const struct table_rule *rule)
{
    return rule->row.broken > 0 || rule->row.sign != SIGN_NONE;
}

static double share_of(uint64_t part, uint64_t whole)
{
    return whole ? (double)part / (double)whole : 0;
}

static void write_rule(struct page_out *page, const struct table_rule *rule)
{
    const struct case_view *view = &page->data->view;
    const struct consistency_row *row = &rule->row;

    add(page, "<tr>");
    text_cell(page, slice_of(view->tables[rule->table].stored->head.name));
    add(page, "<td><bdi dir=\"auto\">");
    add_text(page, slice_of(rule_about(case_view_rule(view, row->rule), page->language)));
    add(page, "</bdi></td>");
    count_cell(page, row->records);
    count_cell(page, row->broken);
    share_cell(page, share_of(row->failed, row->facts));
    share_cell(page, share_of(row->register_failed, row->register_facts));
    buf_format(page->out, "<td class=\"n\"><bdi dir=\"ltr\">%+.2f</bdi></td><td>", row->effect);
    if (row->sign != SIGN_NONE)
        add_phrase(page, row->sign == SIGN_MORE ? PHRASE_SIGN_MORE : PHRASE_SIGN_LESS);
    add(page, "</td></tr>\n");
}

/* Rules that no record breaks are left out, unless that is remarkable. */
static void write_rules(struct page_out *page)
{
    static const enum phrase numbers[] = {PHRASE_TESTED, PHRASE_BROKEN, PHRASE_SHARE_SHOWN,
                                          PHRASE_SHARE_HELD, PHRASE_EFFECT};
    const struct case_view *view = &page->data->view;
    size_t shown = 0, left_out = 0;

    for (size_t i = 0; i < view->table_rule_count; i++)
        left_out += says_something(&view->table_rules[i]);
    if (left_out == 0)
        return;
    add(page, "<h3>");
    add_phrase(page, PHRASE_RULES);
    add(page, "</h3>\n<p class=\"lead\">");
    add_phrase(page, PHRASE_RULES_LEAD);
    add(page, "</p>\n<div class=\"wide\"><table><tr>");
    head_cell(page, PHRASE_TABLE, false);
    head_cell(page, PHRASE_RULE, false);
    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
        head_cell(page, numbers[i], true);
    head_cell(page, PHRASE_SIGN, false);
    add(page, "</tr>\n");
    for (size_t i = 0; i < view->table_rule_count && shown < TABLE_ROWS_MAX; i++) {
        if (!says_something(&view->table_rules[i]))
            continue;
        write_rule(page, &view->table_rules[i]);
        shown++;
    }
    add(page, "</table></div>\n");
    further(page, left_out - shown);
}

static void figure_cell(struct page_out *page, const struct sign_row *row, double figure)
{
    if (figure < 0)
        add(page, "<td class=\"n\"></td>");
    else if (row->test == TEST_DEPENDENCE)
        buf_format(page->out, "<td class=\"n\"><bdi dir=\"ltr\">%.3f</bdi></td>", figure);
    else
        share_cell(page, figure);
}

static void write_sign(struct page_out *page, const struct table_sign *sign)
{
    const struct case_view *view = &page->data->view;
    const struct sign_row *row = &sign->row;
    CLEANUP(buf_clear_cleanup) struct buf fields = {0};

    case_view_sign_fields(view, sign, &fields);
    add(page, "<tr>");
    text_cell(page, slice_of(view->tables[sign->table].stored->head.name));
    text_cell(page, slice_of(phrase_sign_test(page->language, row->test)));
    text_cell(page, buf_slice(&fields));
    count_cell(page, row->doubtful);
    figure_cell(page, row, row->doubtful_figure);
    figure_cell(page, row, row->borne_out_figure);
    figure_cell(page, row, row->held_figure);
    buf_format(page->out,
               "<td class=\"n\"><bdi dir=\"ltr\">%+.2f</bdi></td>"
               "<td class=\"n\"><bdi dir=\"ltr\">%.1e</bdi></td></tr>\n",
               row->effect, row->chance);
}

/* Tests that found nothing are in the exports; the page says that there were some. */
static void write_signs(struct page_out *page)
{
    static const enum phrase numbers[] = {PHRASE_TESTED,     PHRASE_SHARE_SHOWN, PHRASE_BORNE_OUT,
                                          PHRASE_SHARE_HELD, PHRASE_EFFECT_OF,   PHRASE_CHANCE_OF};
    const struct case_view *view = &page->data->view;
    size_t shown = 0, signs = 0;

    for (size_t i = 0; i < view->table_sign_count; i++)
        signs += view->table_signs[i].row.sign;
    if (view->table_sign_count == 0)
        return;
    add(page, "<h3>");
    add_phrase(page, PHRASE_SIGNS);
    add(page, "</h3>\n<p class=\"lead\">");
    add_phrase(page, signs ? PHRASE_SIGNS_LEAD : PHRASE_SIGNS_NONE);
    add(page, "</p>\n");
    if (signs == 0)
        return;
    add(page, "<div class=\"wide\"><table><tr>");
    head_cell(page, PHRASE_TABLE, false);
    head_cell(page, PHRASE_SIGN, false);
    head_cell(page, PHRASE_FIELD, false);
    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
        head_cell(page, numbers[i], true);
    add(page, "</tr>\n");
    for (size_t i = 0; i < view->table_sign_count && shown < TABLE_ROWS_MAX; i++) {
        if (!view->table_signs[i].row.sign)
            continue;
        write_sign(page, &view->table_signs[i]);
        shown++;
    }
    add(page, "</table></div>\n");
    further(page, signs - shown);
}

/* ---- were documents edited? ---- */

/* Values of people, which the page shows masked. */
static void masked_cell(struct page_out *page, struct slice value)
{
    CLEANUP(buf_clear_cleanup) struct buf masked = {0};

    mask_value(&masked, value);
    text_cell(page, buf_slice(&masked));
}

static void write_document_sign(struct page_out *page, const struct viewed_sign *sign)
{
    const struct document_sign_row *row = &sign->row;

    add(page, "<tr>");
    text_cell(page, slice_of(page->data->view.exhibits.items[sign->exhibit].path));
    text_cell(page, slice_of(phrase_document_sign(page->language, row->sign)));
    text_cell(page, slice_of(phrase_document_weight(page->language, row->weight)));
    if (row->page > 0)
        count_cell(page, row->page);
    else
        add(page, "<td></td>");
    masked_cell(page, row->before);
    masked_cell(page, row->after);
    text_cell(page, row->detail);
    add(page, "</tr>\n");
}

static void write_document_table(struct page_out *page)
{
    static const enum phrase heads[] = {PHRASE_EXHIBIT, PHRASE_SIGN,  PHRASE_WEIGHT, PHRASE_PAGE,
                                        PHRASE_BEFORE,  PHRASE_AFTER, PHRASE_DETAIL};
    const struct document_view *documents = &page->data->documents;
    size_t shown = documents->count < TABLE_ROWS_MAX ? documents->count : TABLE_ROWS_MAX;

    add(page, "<div class=\"wide\"><table><tr>");
    for (size_t i = 0; i < sizeof(heads) / sizeof(heads[0]); i++)
        head_cell(page, heads[i], heads[i] == PHRASE_PAGE);
    add(page, "</tr>\n");
    for (size_t i = 0; i < shown; i++)
        write_document_sign(page, &documents->signs[i]);
    add(page, "</table></div>\n");
    further(page, documents->count - shown);
}

static void write_cluster(struct page_out *page, const struct document_cluster *cluster)
{
    add(page, "<tr>");
    text_cell(page, slice_of(cluster->layout));
    count_cell(page, cluster->documents);
    text_cell(page, cluster->producer);
    text_cell(page, cluster->creator);
    text_cell(page, cluster->page);
    text_cell(page, cluster->fonts);
    count_cell(page, cluster->records);
    share_cell(page, share_of(cluster->doubtful, cluster->records));
    count_cell(page, cluster->with_signs);
    add(page, "</tr>\n");
}

static void write_clusters(struct page_out *page)
{
    const struct document_clusters *clusters = &page->data->clusters;
    size_t shown = clusters->count < TABLE_ROWS_MAX ? clusters->count : TABLE_ROWS_MAX;

    add(page, "<h3>");
    add_phrase(page, PHRASE_CLUSTERS);
    add(page, "</h3>\n<p class=\"lead\">");
    add_phrase(page, PHRASE_CLUSTERS_LEAD);
    add(page, "</p>\n<div class=\"wide\"><table><tr>");
    head_cell(page, PHRASE_TABLE, false);
    head_cell(page, PHRASE_DOCUMENT_COUNT, true);
    head_cell(page, PHRASE_PROGRAM, false);
    add(page, "<th></th>");
    head_cell(page, PHRASE_PAGE, false);
    head_cell(page, PHRASE_FONTS, false);
    head_cell(page, PHRASE_RECORDS, true);
    head_cell(page, PHRASE_DOUBTFUL, true);
    head_cell(page, PHRASE_WITH_SIGNS, true);
    add(page, "</tr>\n");
    for (size_t i = 0; i < shown; i++)
        write_cluster(page, &clusters->items[i]);
    add(page, "</table></div>\n");
    further(page, clusters->count - shown);
}

static void write_documents(struct page_out *page)
{
    const struct document_view *documents = &page->data->documents;

    if (documents->pdf_count == 0)
        return;
    add(page, "<h3>");
    add_phrase(page, PHRASE_DOCUMENTS);
    add(page, "</h3>\n<p class=\"lead\">");
    if (documents->count == 0) {
        add_sentence(page, PHRASE_DOCUMENTS_NONE, documents->pdf_count, 0);
        add(page, "</p>\n");
        write_clusters(page);
        return;
    }
    add_phrase(page, PHRASE_DOCUMENTS_LEAD);
    add(page, "</p>\n<p>");
    add_sentence(page, PHRASE_DOCUMENTS_COUNT, documents->exhibits_signed, documents->pdf_count);
    add(page, "</p>\n");
    write_document_table(page);
    write_clusters(page);
}

static void write_verdicts(struct page_out *page)
{
    const struct report_data *data = page->data;

    heading(page, PHRASE_REAL, PHRASE_REAL_LEAD);
    add(page, "<table><tr>");
    head_cell(page, PHRASE_VERDICT, false);
    add(page, "<th></th>");
    head_cell(page, PHRASE_RECORDS, true);
    head_cell(page, PHRASE_SHARE, true);
    add(page, "</tr>\n");
    for (int i = RECORD_VERDICT_COUNT - 1; i >= 0; i--) {
        enum record_verdict verdict = (enum record_verdict)i;

        buf_format(page->out, "<tr><td><i class=\"key\" style=\"background:%s\"></i>",
                   chart_colour(verdict));
        add_text(page, slice_of(phrase_verdict(page->language, verdict)));
        add(page, "</td>");
        text_cell(page, slice_of(phrase_verdict_meaning(page->language, verdict)));
        count_cell(page, data->verdicts[i]);
        share_cell(page, data->records ? (double)data->verdicts[i] / (double)data->records : 0);
        add(page, "</tr>\n");
    }
    add(page, "</table>\n");
    chart_verdicts(data, page->language, page->out);
    chart_exhibits(data, page->language, page->out);
    write_rules(page);
    write_signs(page);
    write_documents(page);
    add(page, "</section>\n");
}

/* ---- 2: whose? ---- */

static void write_kind(struct page_out *page, const char *kind)
{
    const struct report_data *data = page->data;
    struct subject_count affected = report_data_count(data, "affected", kind, NULL);

    add(page, "<tr>");
    text_cell(page, slice_of(kind));
    count_cell(page, affected.value);
    count_cell(page, affected.low);
    count_cell(page, affected.high);
    count_cell(page, report_data_count(data, "named_falsely", kind, NULL).value);
    count_cell(page, report_data_count(data, "exposed", kind, NULL).value);
    add(page, "</tr>\n");
}

/* Whom documents may name that could not be read; nothing if all were. */
static void write_unseen(struct page_out *page)
{
    static const enum phrase numbers[] = {PHRASE_DOCUMENTS_READ, PHRASE_DOCUMENTS_UNREAD,
                                          PHRASE_MORE_AFFECTED, PHRASE_AT_LEAST, PHRASE_AT_MOST};
    const struct report_data *data = page->data;

    if (data->unseen_count == 0)
        return;
    add(page, "<h3>");
    add_phrase(page, PHRASE_UNSEEN);
    add(page, "</h3>\n<p class=\"lead\">");
    add_phrase(page, PHRASE_UNSEEN_LEAD);
    add(page, "</p>\n<table><tr>");
    head_cell(page, PHRASE_KIND, false);
    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
        head_cell(page, numbers[i], true);
    add(page, "</tr>\n");
    for (size_t i = 0; i < data->unseen_count; i++) {
        const struct unseen_row *row = &data->unseen[i];

        add(page, "<tr>");
        text_cell(page, slice_of(case_kind_name(data->view.store, row->kind)));
        count_cell(page, row->read);
        count_cell(page, row->unread);
        count_cell(page, row->value);
        count_cell(page, row->low);
        count_cell(page, row->high);
        add(page, "</tr>\n");
    }
    add(page, "</table>\n");
}

static void write_subjects(struct page_out *page)
{
    static const enum phrase numbers[] = {PHRASE_AFFECTED, PHRASE_AT_LEAST, PHRASE_AT_MOST,
                                          PHRASE_NAMED_FALSELY, PHRASE_EXPOSED};
    const struct report_data *data = page->data;

    heading(page, PHRASE_WHOSE, PHRASE_WHOSE_LEAD);
    add(page, "<table><tr>");
    head_cell(page, PHRASE_KIND, false);
    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
        head_cell(page, numbers[i], true);
    add(page, "</tr>\n");
    for (uint8_t i = 0; case_kind_name(data->view.store, i)[0] != '\0'; i++)
        write_kind(page, case_kind_name(data->view.store, i));
    add(page, "</table>\n");
    write_unseen(page);
    chart_categories(data, page->language, page->out);
    add(page, "</section>\n");
}

/* ---- 3: when? ---- */

static void moment_cell(struct page_out *page, int32_t minutes)
{
    CLEANUP(buf_clear_cleanup) struct buf text = {0};

    if (minutes == MOMENT_MIN || minutes == MOMENT_MAX)
        buf_add_text(&text, phrase(page->language, PHRASE_NO_BOUND));
    else
        moment_format(&text, minutes);
    if (text.length >= 16 && text.data[10] == 'T') {
        text.data[10] = ' ';
        text.length = 16; /* to the minute: the heading says UTC */
    }
    add(page, "<td class=\"t\"><bdi>");
    add_text(page, buf_slice(&text));
    add(page, "</bdi></td>");
}

static void write_dated_table(struct page_out *page, size_t number)
{
    const struct dating *dating = &page->data->tables[number].dating;
    struct slice name = slice_of(page->data->view.tables[number].stored->head.name);

    if (dating->count == 0) {
        add(page, "<tr>");
        text_cell(page, name);
        add(page, "<td colspan=\"5\">");
        add_phrase(page, PHRASE_NOT_DATED);
        add(page, "</td></tr>\n");
        return;
    }
    for (uint32_t i = 0; i < dating->count; i++) {
        add(page, "<tr>");
        text_cell(page, name);
        moment_cell(page, dating->snapshots[i].from);
        moment_cell(page, dating->snapshots[i].to);
        moment_cell(page, dating->snapshots[i].best);
        share_cell(page, dating->snapshots[i].share);
        buf_format(page->out, "<td class=\"n\">%.2f ", dating->resolution_days);
        add_phrase(page, PHRASE_DAYS);
        add(page, "</td></tr>\n");
    }
}

static void write_dates(struct page_out *page)
{
    const struct report_data *data = page->data;
    size_t shown =
        data->view.table_count < TABLE_ROWS_MAX ? data->view.table_count : TABLE_ROWS_MAX;

    heading(page, PHRASE_WHEN, PHRASE_WHEN_LEAD);
    chart_dating(data, page->language, page->out);
    add(page, "<div class=\"wide\"><table><tr>");
    head_cell(page, PHRASE_TABLE, false);
    head_cell(page, PHRASE_FROM, false);
    head_cell(page, PHRASE_TO, false);
    head_cell(page, PHRASE_BEST, false);
    head_cell(page, PHRASE_SHARE, true);
    head_cell(page, PHRASE_RESOLUTION, true);
    add(page, "</tr>\n");
    for (size_t i = 0; i < shown; i++)
        write_dated_table(page, i);
    add(page, "</table></div>\n");
    further(page, data->view.table_count - shown);
    add(page, "</section>\n");
}

/* ---- from what, and of whom? ---- */

static void share_or_none_cell(struct page_out *page, double share)
{
    if (share < 0)
        add(page, "<td class=\"n\"></td>");
    else
        share_cell(page, share);
}

static void write_source(struct page_out *page, const struct mosaic_row *row)
{
    bool is_explained = row->part == MOSAIC_SOURCE;

    add(page, "<tr>");
    text_cell(page, slice_of(page->data->view.tables[row->table].stored->head.name));
    text_cell(page, row->columns);
    if (is_explained) {
        text_cell(page, row->name);
        text_cell(page, row->detail);
    } else {
        text_cell(page, slice_of(phrase(page->language, PHRASE_UNEXPLAINED)));
        text_cell(page, row->name);
    }
    share_or_none_cell(page, is_explained ? row->share : -1);
    share_or_none_cell(page, is_explained ? row->held_share : -1);
    add(page, "</tr>\n");
}

static void write_lead(struct page_out *page, const struct mosaic_row *row)
{
    CLEANUP(buf_clear_cleanup) struct buf detail = {0};

    case_view_mosaic_detail(row, false, &detail);
    add(page, "<tr>");
    text_cell(page, slice_of(page->data->view.tables[row->table].stored->head.name));
    text_cell(page, row->name);
    text_cell(page, buf_slice(&detail));
    share_cell(page, row->share);
    share_cell(page, row->held_share);
    buf_format(page->out,
               "<td class=\"n\"><bdi dir=\"ltr\">%+.2f</bdi></td>"
               "<td class=\"n\"><bdi dir=\"ltr\">%.1e</bdi></td></tr>\n",
               row->effect, row->chance);
}

static bool is_source_row(const struct mosaic_row *row)
{
    return row->part == MOSAIC_SOURCE || row->part == MOSAIC_UNEXPLAINED;
}

static bool is_lead_row(const struct mosaic_row *row)
{
    return row->lead && (row->part == MOSAIC_FILTER || row->part == MOSAIC_COVERAGE);
}

/* The rows of one sort, as far as the page has room. */
static void write_mosaic_rows(struct page_out *page, bool (*is_wanted)(const struct mosaic_row *),
                              void (*write)(struct page_out *, const struct mosaic_row *))
{
    const struct mosaic_list *list = &page->data->view.mosaic;
    size_t shown = 0, left_out = 0;

    for (size_t i = 0; i < list->count; i++) {
        if (!is_wanted(&list->items[i].row))
            continue;
        if (shown < TABLE_ROWS_MAX) {
            write(page, &list->items[i].row);
            shown++;
        } else {
            left_out++;
        }
    }
    add(page, "</table></div>\n");
    further(page, left_out);
}

static size_t count_leads(const struct mosaic_list *list)
{
    size_t count = 0;

    for (size_t i = 0; i < list->count; i++)
        count += is_lead_row(&list->items[i].row);
    return count;
}

static void write_leads(struct page_out *page)
{
    static const enum phrase numbers[] = {PHRASE_SHARE_SHOWN, PHRASE_SHARE_HELD, PHRASE_EFFECT_OF,
                                          PHRASE_CHANCE_OF};
    size_t leads = count_leads(&page->data->view.mosaic);

    add(page, "<h3>");
    add_phrase(page, PHRASE_COVERED);
    add(page, "</h3>\n<p class=\"lead\">");
    add_phrase(page, leads ? PHRASE_COVERED_LEAD : PHRASE_COVERED_NONE);
    add(page, "</p>\n");
    if (leads == 0)
        return;
    add(page, "<div class=\"wide\"><table><tr>");
    head_cell(page, PHRASE_TABLE, false);
    head_cell(page, PHRASE_FIELD, false);
    head_cell(page, PHRASE_VALUE, false);
    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
        head_cell(page, numbers[i], true);
    add(page, "</tr>\n");
    write_mosaic_rows(page, is_lead_row, write_lead);
}

/* "date 99/99/9999 (5) · delimiter ;": what follows of one table; the number of the row after. */
static size_t write_form(struct page_out *page, size_t first)
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
    add(page, "<tr>");
    text_cell(page, slice_of(page->data->view.tables[table].stored->head.name));
    text_cell(page, buf_slice(&forms));
    add(page, "</tr>\n");
    return i;
}

static void write_forms(struct page_out *page)
{
    size_t at = 0, shown = 0;

    add(page, "<h3>");
    add_phrase(page, PHRASE_FORM);
    add(page, "</h3>\n<p class=\"lead\">");
    add_phrase(page, PHRASE_FORM_LEAD);
    add(page, "</p>\n<div class=\"wide\"><table><tr>");
    head_cell(page, PHRASE_TABLE, false);
    head_cell(page, PHRASE_FORM, false);
    add(page, "</tr>\n");
    for (; at < page->data->view.mosaic.count && shown < TABLE_ROWS_MAX; shown++)
        at = write_form(page, at);
    add(page, "</table></div>\n");
}

static void write_mosaic(struct page_out *page)
{
    if (page->data->view.mosaic.count == 0)
        return;
    heading(page, PHRASE_MOSAIC, PHRASE_MOSAIC_LEAD);
    add(page, "<div class=\"wide\"><table><tr>");
    head_cell(page, PHRASE_TABLE, false);
    head_cell(page, PHRASE_COLUMN, false);
    head_cell(page, PHRASE_SOURCE, false);
    head_cell(page, PHRASE_JOIN, false);
    head_cell(page, PHRASE_SHARE_SHOWN, true);
    head_cell(page, PHRASE_SHARE_HELD, true);
    add(page, "</tr>\n");
    write_mosaic_rows(page, is_source_row, write_source);
    write_leads(page);
    write_forms(page);
    add(page, "</section>\n");
}

/* ---- 4: how bad? ---- */

static void write_severity(struct page_out *page)
{
    static const enum phrase levels[SEVERITY_LEVELS] = {PHRASE_SEVERITY_LOW, PHRASE_SEVERITY_MEDIUM,
                                                        PHRASE_SEVERITY_HIGH,
                                                        PHRASE_SEVERITY_VERY_HIGH};

    heading(page, PHRASE_HOW_BAD, PHRASE_HOW_BAD_LEAD);
    add(page, "<table><tr>");
    head_cell(page, PHRASE_SEVERITY, false);
    head_cell(page, PHRASE_SUBJECTS, true);
    add(page, "</tr>\n");
    for (unsigned i = SEVERITY_LEVELS; i-- > 0;) {
        add(page, "<tr><td>");
        add_phrase(page, levels[i]);
        add(page, "</td>");
        count_cell(page, page->data->severity[i]);
        add(page, "</tr>\n");
    }
    add(page, "</table></section>\n");
}

/* ---- 5: what may be said? ---- */

static void sentence(struct page_out *page, enum phrase which, uint64_t first, uint64_t second)
{
    add(page, "<li>");
    add_sentence(page, which, first, second);
    add(page, "</li>\n");
}

static void write_sentences(struct page_out *page)
{
    const uint64_t *verdicts = page->data->verdicts;

    heading(page, PHRASE_SAY, PHRASE_SAY_LEAD);
    add(page, "<ul>\n");
    sentence(page, PHRASE_SAY_TRUE, verdicts[RECORD_AUTHENTIC] + verdicts[RECORD_STALE],
             page->data->records);
    sentence(page, PHRASE_SAY_PARTLY, verdicts[RECORD_INCOMPLETE], 0);
    sentence(page, PHRASE_SAY_FALSE,
             verdicts[RECORD_ALTERED] + verdicts[RECORD_MISATTRIBUTED] + verdicts[RECORD_UNFOUNDED],
             0);
    sentence(page, PHRASE_SAY_UNKNOWN, verdicts[RECORD_UNVERIFIABLE], 0);
    sentence(page, PHRASE_SAY_NEVER, 0, 0);
    add(page, "</ul></section>\n");
}

/* ---- readings, what was not read, method ---- */

static void write_reading(struct page_out *page, const struct table_view *table, uint32_t column)
{
    const struct column_label *label = &table->columns[column];
    CLEANUP(buf_clear_cleanup) struct buf field = {0};

    buf_add_text(&field, label->field);
    if (label->period[0] != '\0')
        buf_format(&field, "@%s", label->period);
    buf_format(page->out, "<tr><td class=\"n\">%u</td>", label->source + 1u);
    text_cell(page, slice_of(label->header));
    text_cell(page, buf_slice(&field));
    text_cell(page, slice_of(label->interpretation));
    share_cell(page, label->agreement);
    share_cell(page, label->chance);
    share_cell(page, label->filled);
    text_cell(page, slice_of(label->status));
    add(page, "</tr>\n");
}

static void write_reading_table(struct page_out *page, const struct table_view *table)
{
    add(page, "<h3><bdi>");
    add_text(page, slice_of(table->stored->head.name));
    add(page, "</bdi>");
    if (table->kind[0] != '\0') {
        add(page, " · ");
        add_text(page, slice_of(table->kind));
    }
    add(page, "</h3>\n<div class=\"wide\"><table><tr>");
    head_cell(page, PHRASE_COLUMN, true);
    head_cell(page, PHRASE_HEADER, false);
    head_cell(page, PHRASE_FIELD, false);
    head_cell(page, PHRASE_READ_AS, false);
    head_cell(page, PHRASE_AGREEMENT, true);
    head_cell(page, PHRASE_CHANCE, true);
    head_cell(page, PHRASE_FILLED, true);
    head_cell(page, PHRASE_STATUS, false);
    add(page, "</tr>\n");
    for (uint32_t i = 0; i < table->column_count; i++) {
        if (table->columns[i].status)
            write_reading(page, table, i);
    }
    add(page, "</table></div>\n");
}

static void write_readings(struct page_out *page)
{
    const struct case_view *view = &page->data->view;
    size_t shown = 0, left_out = 0;

    heading(page, PHRASE_READINGS, PHRASE_READINGS_LEAD);
    for (size_t i = 0; i < view->table_count; i++) {
        /* Free text is read word by word: there are no columns to account for. */
        if (strcmp(view->tables[i].stored->head.origin, "text") == 0)
            continue;
        if (shown++ < TABLE_ROWS_MAX / 4)
            write_reading_table(page, &view->tables[i]);
        else
            left_out++;
    }
    further(page, left_out);
    add(page, "</section>\n");
}

static void write_note(struct page_out *page, struct slice exhibit, uint64_t place,
                       struct slice text)
{
    add(page, "<tr>");
    text_cell(page, exhibit);
    if (place > UINT32_MAX)
        buf_format(page->out, "<td class=\"n\">p%u:l%u</td>", (unsigned)(place >> 32),
                   (unsigned)place);
    else if (place > 0)
        buf_format(page->out, "<td class=\"n\">%u</td>", (unsigned)place);
    else
        add(page, "<td></td>");
    text_cell(page, text);
    add(page, "</tr>\n");
}

static void write_unread(struct page_out *page)
{
    const struct report_data *data = page->data;
    size_t shown = data->note_count < TABLE_ROWS_MAX ? data->note_count : TABLE_ROWS_MAX;

    heading(page, PHRASE_UNREAD, PHRASE_UNREAD_LEAD);
    if (data->note_count == 0) {
        add(page, "<p>");
        add_phrase(page, PHRASE_UNREAD_NONE);
        add(page, "</p></section>\n");
        return;
    }
    add(page, "<table><tr>");
    head_cell(page, PHRASE_EXHIBIT, false);
    add(page, "<th></th>");
    head_cell(page, PHRASE_NOTE, false);
    add(page, "</tr>\n");
    for (size_t i = 0; i < shown; i++) {
        const struct exhibit_note *note = &data->notes[i];

        write_note(page, slice_of(data->view.exhibits.items[note->position].path), note->place,
                   slice_of(note->text));
    }
    add(page, "</table>\n");
    further(page, data->note_count - shown);
    add(page, "</section>\n");
}

static void write_end(struct page_out *page)
{
    heading(page, PHRASE_CHECK, PHRASE_CHECK_LEAD);
    add(page, "</section>\n<section><h2>");
    add_phrase(page, PHRASE_METHOD);
    add(page, "</h2>\n<p>");
    add_phrase(page, PHRASE_METHOD_TEXT);
    add(page,
        "</p></section>\n<footer>Tahqiq " TAHQIQ_VERSION "</footer>\n</main></body></html>\n");
}

void report_html(const struct report_data *data, enum language language, struct buf *out)
{
    struct page_out page = {data, language, out};

    buf_format(out, "<!doctype html>\n<html lang=\"%s\" dir=\"%s\">\n<head>\n",
               language_code(language), language_is_right_to_left(language) ? "rtl" : "ltr");
    add(&page, head);
    add(&page, "<title>");
    add_phrase(&page, PHRASE_REPORT);
    add(&page, "</title>\n");
    add(&page, style);
    add(&page, "</head>\n<body>\n");
    write_header(&page);
    write_cards(&page);
    write_verdicts(&page);
    write_subjects(&page);
    write_dates(&page);
    write_mosaic(&page);
    write_severity(&page);
    write_sentences(&page);
    write_readings(&page);
    write_unread(&page);
    write_end(&page);
}
