/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The report page: the questions of an inquiry in their order, each with its figures. */
#include "report/report_html.h"

#include "base/cleanup.h"
#include "report/chart.h"
#include "report/sections.h"

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
    "vertical-align:top;overflow-wrap:anywhere;min-width:7em}\n"
    "th{background:var(--tint);font-weight:600}\n"
    "td.t{white-space:nowrap;font-variant-numeric:tabular-nums}\n"
    "td.n,th.n{text-align:end;font-variant-numeric:tabular-nums;min-width:0;overflow-wrap:normal}\n"
    "td.n{white-space:nowrap}\n"
    "i.key{display:inline-block;width:11px;height:11px;margin-inline-end:7px}\n"
    "figure{margin:20px 0}figcaption{font-weight:600;margin-bottom:8px}\n"
    "svg{width:100%;height:auto;display:block}svg text{font-size:12px;fill:var(--ink)}\n"
    "li{margin:4px 0}\n"
    "footer{color:var(--soft);font-size:12.5px;margin-top:48px;border-top:1px solid "
    "var(--line);padding-top:12px}\n"
    "@media print{header{background:none;color:inherit;border-bottom:3px solid "
    "var(--accent)}main{max-width:none;padding:0}table{font-size:11px}th,td{padding:3px 6px}"
    "h2,h3,p.lead{break-after:avoid}figure,tr{break-inside:avoid}}\n"
    "</style>\n";

/* ---- header and cards ---- */

static void definition(struct html_page *page, enum phrase name, struct slice value)
{
    html_add(page, "<dt>");
    html_phrase(page, name);
    html_add(page, "</dt><dd><bdi>");
    html_text(page, value);
    html_add(page, "</bdi></dd>");
}

static void write_header(struct html_page *page)
{
    const struct report_data *data = page->data;

    html_add(page, "<header><div><h1>");
    html_phrase(page, PHRASE_REPORT);
    html_add(page, "</h1>");
    html_phrase(page, PHRASE_MASKED);
    html_add(page, "<dl>");
    definition(page, PHRASE_CASE, buf_slice(&data->title));
    definition(page, PHRASE_REGISTER, buf_slice(&data->register_name));
    definition(page, PHRASE_SEAL, buf_slice(&data->register_seal));
    html_add(page, "</dl></div></header>\n<main>\n");
}

static void card(struct html_page *page, enum phrase name, uint64_t number)
{
    html_add(page, "<div class=\"card\"><b>");
    html_count(page, number);
    html_add(page, "</b>");
    html_phrase(page, name);
    html_add(page, "</div>");
}

static void write_cards(struct html_page *page)
{
    const struct report_data *data = page->data;

    html_add(page, "<div class=\"cards\">");
    card(page, PHRASE_EXHIBITS, data->view.exhibits.count);
    card(page, PHRASE_RECORDS, data->records);
    card(page, PHRASE_AFFECTED, report_data_count(data, "affected", NULL, NULL).value);
    card(page, PHRASE_NAMED_FALSELY, report_data_count(data, "named_falsely", NULL, NULL).value);
    card(page, PHRASE_EXPOSED, report_data_count(data, "exposed", NULL, NULL).value);
    html_add(page, "</div>\n");
}

/* ---- 1: is it real? ---- */

static void write_verdicts(struct html_page *page)
{
    const struct report_data *data = page->data;

    html_heading(page, PHRASE_REAL, PHRASE_REAL_LEAD);
    html_add(page, "<table><tr>");
    html_head_cell(page, PHRASE_VERDICT, false);
    html_add(page, "<th></th>");
    html_head_cell(page, PHRASE_RECORDS, true);
    html_head_cell(page, PHRASE_SHARE, true);
    html_add(page, "</tr>\n");
    for (int i = RECORD_VERDICT_COUNT - 1; i >= 0; i--) {
        enum record_verdict verdict = (enum record_verdict)i;

        buf_format(page->out, "<tr><td><i class=\"key\" style=\"background:%s\"></i>",
                   chart_colour(verdict));
        html_text(page, slice_of(phrase_verdict(page->language, verdict)));
        html_add(page, "</td>");
        html_text_cell(page, slice_of(phrase_verdict_meaning(page->language, verdict)));
        html_count_cell(page, data->verdicts[i]);
        html_share_cell(page,
                        data->records ? (double)data->verdicts[i] / (double)data->records : 0);
        html_add(page, "</tr>\n");
    }
    html_add(page, "</table>\n");
    chart_verdicts(data, page->language, page->out);
    chart_exhibits(data, page->language, page->out);
    section_rules(page);
    section_signs(page);
    section_documents(page);
    html_add(page, "</section>\n");
}

/* ---- 2: whose? ---- */

static void write_kind(struct html_page *page, const char *kind)
{
    const struct report_data *data = page->data;
    struct subject_count affected = report_data_count(data, "affected", kind, NULL);

    html_add(page, "<tr>");
    html_text_cell(page, slice_of(kind));
    html_count_cell(page, affected.value);
    html_count_cell(page, affected.low);
    html_count_cell(page, affected.high);
    html_count_cell(page, report_data_count(data, "named_falsely", kind, NULL).value);
    html_count_cell(page, report_data_count(data, "exposed", kind, NULL).value);
    html_add(page, "</tr>\n");
}

/* Whom documents may name that could not be read; nothing if all were. */
static void write_unseen(struct html_page *page)
{
    static const enum phrase numbers[] = {PHRASE_DOCUMENTS_READ, PHRASE_DOCUMENTS_UNREAD,
                                          PHRASE_MORE_AFFECTED, PHRASE_AT_LEAST, PHRASE_AT_MOST};
    const struct report_data *data = page->data;

    if (data->unseen_count == 0)
        return;
    html_add(page, "<h3>");
    html_phrase(page, PHRASE_UNSEEN);
    html_add(page, "</h3>\n<p class=\"lead\">");
    html_phrase(page, PHRASE_UNSEEN_LEAD);
    html_add(page, "</p>\n<table><tr>");
    html_head_cell(page, PHRASE_KIND, false);
    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
        html_head_cell(page, numbers[i], true);
    html_add(page, "</tr>\n");
    for (size_t i = 0; i < data->unseen_count; i++) {
        const struct unseen_row *row = &data->unseen[i];

        html_add(page, "<tr>");
        html_text_cell(page, slice_of(case_kind_name(data->view.store, row->kind)));
        html_count_cell(page, row->read);
        html_count_cell(page, row->unread);
        html_count_cell(page, row->value);
        html_count_cell(page, row->low);
        html_count_cell(page, row->high);
        html_add(page, "</tr>\n");
    }
    html_add(page, "</table>\n");
}

static void write_subjects(struct html_page *page)
{
    static const enum phrase numbers[] = {PHRASE_AFFECTED, PHRASE_AT_LEAST, PHRASE_AT_MOST,
                                          PHRASE_NAMED_FALSELY, PHRASE_EXPOSED};
    const struct report_data *data = page->data;

    html_heading(page, PHRASE_WHOSE, PHRASE_WHOSE_LEAD);
    html_add(page, "<table><tr>");
    html_head_cell(page, PHRASE_KIND, false);
    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
        html_head_cell(page, numbers[i], true);
    html_add(page, "</tr>\n");
    for (uint8_t i = 0; case_kind_name(data->view.store, i)[0] != '\0'; i++)
        write_kind(page, case_kind_name(data->view.store, i));
    html_add(page, "</table>\n");
    write_unseen(page);
    section_recapture(page);
    chart_categories(data, page->language, page->out);
    html_add(page, "</section>\n");
}

/* ---- 3: when? ---- */

static void moment_cell(struct html_page *page, int32_t minutes)
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
    html_add(page, "<td class=\"t\"><bdi>");
    html_text(page, buf_slice(&text));
    html_add(page, "</bdi></td>");
}

static void write_dated_table(struct html_page *page, size_t number)
{
    const struct dating *dating = &page->data->tables[number].dating;
    struct slice name = slice_of(page->data->view.tables[number].stored->head.name);

    if (dating->count == 0) {
        html_add(page, "<tr>");
        html_text_cell(page, name);
        html_add(page, "<td colspan=\"5\">");
        html_phrase(page, PHRASE_NOT_DATED);
        html_add(page, "</td></tr>\n");
        return;
    }
    for (uint32_t i = 0; i < dating->count; i++) {
        html_add(page, "<tr>");
        html_text_cell(page, name);
        moment_cell(page, dating->snapshots[i].from);
        moment_cell(page, dating->snapshots[i].to);
        moment_cell(page, dating->snapshots[i].best);
        html_share_cell(page, dating->snapshots[i].share);
        buf_format(page->out, "<td class=\"n\">%.2f ", dating->resolution_days);
        html_phrase(page, PHRASE_DAYS);
        html_add(page, "</td></tr>\n");
    }
}

static void write_dates(struct html_page *page)
{
    const struct report_data *data = page->data;
    size_t shown =
        data->view.table_count < TABLE_ROWS_MAX ? data->view.table_count : TABLE_ROWS_MAX;

    html_heading(page, PHRASE_WHEN, PHRASE_WHEN_LEAD);
    chart_dating(data, page->language, page->out);
    html_add(page, "<div class=\"wide\"><table><tr>");
    html_head_cell(page, PHRASE_TABLE, false);
    html_head_cell(page, PHRASE_FROM, false);
    html_head_cell(page, PHRASE_TO, false);
    html_head_cell(page, PHRASE_BEST, false);
    html_head_cell(page, PHRASE_SHARE, true);
    html_head_cell(page, PHRASE_RESOLUTION, true);
    html_add(page, "</tr>\n");
    for (size_t i = 0; i < shown; i++)
        write_dated_table(page, i);
    html_add(page, "</table></div>\n");
    html_further(page, data->view.table_count - shown);
    html_add(page, "</section>\n");
}

/* ---- 4: how bad? ---- */

static void write_severity(struct html_page *page)
{
    static const enum phrase levels[SEVERITY_LEVELS] = {PHRASE_SEVERITY_LOW, PHRASE_SEVERITY_MEDIUM,
                                                        PHRASE_SEVERITY_HIGH,
                                                        PHRASE_SEVERITY_VERY_HIGH};

    html_heading(page, PHRASE_HOW_BAD, PHRASE_HOW_BAD_LEAD);
    html_add(page, "<table><tr>");
    html_head_cell(page, PHRASE_SEVERITY, false);
    html_head_cell(page, PHRASE_SUBJECTS, true);
    html_add(page, "</tr>\n");
    for (unsigned i = SEVERITY_LEVELS; i-- > 0;) {
        html_add(page, "<tr><td>");
        html_phrase(page, levels[i]);
        html_add(page, "</td>");
        html_count_cell(page, page->data->severity[i]);
        html_add(page, "</tr>\n");
    }
    html_add(page, "</table></section>\n");
}

/* ---- 5: what may be said? ---- */

static void sentence(struct html_page *page, enum phrase which, uint64_t first, uint64_t second)
{
    html_add(page, "<li>");
    html_sentence(page, which, first, second);
    html_add(page, "</li>\n");
}

static void write_sentences(struct html_page *page)
{
    const uint64_t *verdicts = page->data->verdicts;

    html_heading(page, PHRASE_SAY, PHRASE_SAY_LEAD);
    html_add(page, "<ul>\n");
    sentence(page, PHRASE_SAY_TRUE, verdicts[RECORD_AUTHENTIC] + verdicts[RECORD_STALE],
             page->data->records);
    sentence(page, PHRASE_SAY_PARTLY, verdicts[RECORD_INCOMPLETE], 0);
    sentence(page, PHRASE_SAY_FALSE,
             verdicts[RECORD_ALTERED] + verdicts[RECORD_MISATTRIBUTED] + verdicts[RECORD_UNFOUNDED],
             0);
    sentence(page, PHRASE_SAY_UNKNOWN, verdicts[RECORD_UNVERIFIABLE], 0);
    sentence(page, PHRASE_SAY_NEVER, 0, 0);
    html_add(page, "</ul></section>\n");
}

/* ---- readings, what was not read, method ---- */

static void write_reading(struct html_page *page, const struct table_view *table, uint32_t column)
{
    const struct column_label *label = &table->columns[column];
    CLEANUP(buf_clear_cleanup) struct buf field = {0};

    buf_add_text(&field, label->field);
    if (label->period[0] != '\0')
        buf_format(&field, "@%s", label->period);
    html_add(page, "<tr><td class=\"n\">");
    column_label_add_numbers(label, ", ", page->out);
    html_add(page, "</td>");
    html_text_cell(page, slice_of(label->header));
    html_text_cell(page, buf_slice(&field));
    html_text_cell(page, slice_of(label->interpretation));
    html_share_cell(page, label->agreement);
    html_share_cell(page, label->chance);
    html_share_cell(page, label->filled);
    html_text_cell(page, slice_of(label->status));
    html_add(page, "</tr>\n");
}

static void write_reading_table(struct html_page *page, const struct table_view *table)
{
    html_add(page, "<h3><bdi>");
    html_text(page, slice_of(table->stored->head.name));
    html_add(page, "</bdi>");
    if (table->kind[0] != '\0') {
        html_add(page, " · ");
        html_text(page, slice_of(table->kind));
    }
    html_add(page, "</h3>\n<div class=\"wide\"><table><tr>");
    html_head_cell(page, PHRASE_COLUMN, true);
    html_head_cell(page, PHRASE_HEADER, false);
    html_head_cell(page, PHRASE_FIELD, false);
    html_head_cell(page, PHRASE_READ_AS, false);
    html_head_cell(page, PHRASE_AGREEMENT, true);
    html_head_cell(page, PHRASE_CHANCE, true);
    html_head_cell(page, PHRASE_FILLED, true);
    html_head_cell(page, PHRASE_STATUS, false);
    html_add(page, "</tr>\n");
    for (uint32_t i = 0; i < table->column_count; i++) {
        if (table->columns[i].status && !table_view_is_part(table, i))
            write_reading(page, table, i);
    }
    html_add(page, "</table></div>\n");
}

static void write_readings(struct html_page *page)
{
    const struct case_view *view = &page->data->view;
    size_t shown = 0, left_out = 0;

    html_heading(page, PHRASE_READINGS, PHRASE_READINGS_LEAD);
    for (size_t i = 0; i < view->table_count; i++) {
        /* Free text is read word by word: there are no columns to account for. */
        if (strcmp(view->tables[i].stored->head.origin, "text") == 0)
            continue;
        if (shown++ < TABLE_ROWS_MAX / 4)
            write_reading_table(page, &view->tables[i]);
        else
            left_out++;
    }
    html_further(page, left_out);
    html_add(page, "</section>\n");
}

static void write_note(struct html_page *page, struct slice exhibit, uint64_t place,
                       struct slice text)
{
    html_add(page, "<tr>");
    html_text_cell(page, exhibit);
    if (place > UINT32_MAX)
        buf_format(page->out, "<td class=\"n\">p%u:l%u</td>", (unsigned)(place >> 32),
                   (unsigned)place);
    else if (place > 0)
        buf_format(page->out, "<td class=\"n\">%u</td>", (unsigned)place);
    else
        html_add(page, "<td></td>");
    html_text_cell(page, text);
    html_add(page, "</tr>\n");
}

static void write_unread(struct html_page *page)
{
    const struct report_data *data = page->data;
    size_t shown = data->note_count < TABLE_ROWS_MAX ? data->note_count : TABLE_ROWS_MAX;

    html_heading(page, PHRASE_UNREAD, PHRASE_UNREAD_LEAD);
    section_ends(page);
    if (data->note_count == 0) {
        html_add(page, "<p>");
        html_phrase(page, PHRASE_UNREAD_NONE);
        html_add(page, "</p></section>\n");
        return;
    }
    html_add(page, "<table><tr>");
    html_head_cell(page, PHRASE_EXHIBIT, false);
    html_add(page, "<th></th>");
    html_head_cell(page, PHRASE_NOTE, false);
    html_add(page, "</tr>\n");
    for (size_t i = 0; i < shown; i++) {
        const struct exhibit_note *note = &data->notes[i];

        write_note(page, slice_of(data->view.exhibits.items[note->position].path), note->place,
                   slice_of(note->text));
    }
    html_add(page, "</table>\n");
    html_further(page, data->note_count - shown);
    html_add(page, "</section>\n");
}

static void write_end(struct html_page *page)
{
    html_heading(page, PHRASE_CHECK, PHRASE_CHECK_LEAD);
    html_add(page, "</section>\n<section><h2>");
    html_phrase(page, PHRASE_METHOD);
    html_add(page, "</h2>\n<p>");
    html_phrase(page, PHRASE_METHOD_TEXT);
    html_add(page,
             "</p></section>\n<footer>Tahqiq " TAHQIQ_VERSION "</footer>\n</main></body></html>\n");
}

void report_html(const struct report_data *data, enum language language, struct buf *out)
{
    struct html_page page = {data, language, out};

    buf_format(out, "<!doctype html>\n<html lang=\"%s\" dir=\"%s\">\n<head>\n",
               language_code(language), language_is_right_to_left(language) ? "rtl" : "ltr");
    html_add(&page, head);
    html_add(&page, "<title>");
    html_phrase(&page, PHRASE_REPORT);
    html_add(&page, "</title>\n");
    html_add(&page, style);
    html_add(&page, "</head>\n<body>\n");
    write_header(&page);
    write_cards(&page);
    write_verdicts(&page);
    write_subjects(&page);
    write_dates(&page);
    section_mosaic(&page);
    write_severity(&page);
    write_sentences(&page);
    write_readings(&page);
    write_unread(&page);
    write_end(&page);
}
