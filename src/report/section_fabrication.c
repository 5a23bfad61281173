/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* How tables stand against consistency rules, and whether doubtful rows look made up. */
#include "base/cleanup.h"
#include "report/sections.h"

static bool says_something(const struct table_rule *rule)
{
    return rule->row.broken > 0 || rule->row.sign != SIGN_NONE;
}

static void write_rule(struct html_page *page, const struct table_rule *rule)
{
    const struct case_view *view = &page->data->view;
    const struct consistency_row *row = &rule->row;

    html_add(page, "<tr>");
    html_text_cell(page, slice_of(view->tables[rule->table].stored->head.name));
    html_add(page, "<td><bdi dir=\"auto\">");
    html_text(page, slice_of(rule_about(case_view_rule(view, row->rule), page->language)));
    html_add(page, "</bdi></td>");
    html_count_cell(page, row->records);
    html_count_cell(page, row->broken);
    html_share_cell(page, html_share_of(row->failed, row->facts));
    html_share_cell(page, html_share_of(row->register_failed, row->register_facts));
    buf_format(page->out, "<td class=\"n\"><bdi dir=\"ltr\">%+.2f</bdi></td><td>", row->effect);
    if (row->sign != SIGN_NONE)
        html_phrase(page, row->sign == SIGN_MORE ? PHRASE_SIGN_MORE : PHRASE_SIGN_LESS);
    html_add(page, "</td></tr>\n");
}

/* Rules that no record breaks are left out, unless that is remarkable. */
void section_rules(struct html_page *page)
{
    static const enum phrase numbers[] = {PHRASE_TESTED, PHRASE_BROKEN, PHRASE_SHARE_SHOWN,
                                          PHRASE_SHARE_HELD, PHRASE_EFFECT};
    const struct case_view *view = &page->data->view;
    size_t shown = 0, left_out = 0;

    for (size_t i = 0; i < view->table_rule_count; i++)
        left_out += says_something(&view->table_rules[i]);
    if (left_out == 0)
        return;
    html_add(page, "<h3>");
    html_phrase(page, PHRASE_RULES);
    html_add(page, "</h3>\n<p class=\"lead\">");
    html_phrase(page, PHRASE_RULES_LEAD);
    html_add(page, "</p>\n<div class=\"wide\"><table><tr>");
    html_head_cell(page, PHRASE_TABLE, false);
    html_head_cell(page, PHRASE_RULE, false);
    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
        html_head_cell(page, numbers[i], true);
    html_head_cell(page, PHRASE_SIGN, false);
    html_add(page, "</tr>\n");
    for (size_t i = 0; i < view->table_rule_count && shown < TABLE_ROWS_MAX; i++) {
        if (!says_something(&view->table_rules[i]))
            continue;
        write_rule(page, &view->table_rules[i]);
        shown++;
    }
    html_add(page, "</table></div>\n");
    html_further(page, left_out - shown);
}

static void figure_cell(struct html_page *page, const struct sign_row *row, double figure)
{
    if (figure < 0)
        html_add(page, "<td class=\"n\"></td>");
    else if (row->test == TEST_DEPENDENCE)
        buf_format(page->out, "<td class=\"n\"><bdi dir=\"ltr\">%.3f</bdi></td>", figure);
    else
        html_share_cell(page, figure);
}

static void write_sign(struct html_page *page, const struct table_sign *sign)
{
    const struct case_view *view = &page->data->view;
    const struct sign_row *row = &sign->row;
    CLEANUP(buf_clear_cleanup) struct buf fields = {0};

    case_view_sign_fields(view, sign, &fields);
    html_add(page, "<tr>");
    html_text_cell(page, slice_of(view->tables[sign->table].stored->head.name));
    html_text_cell(page, slice_of(phrase_sign_test(page->language, row->test)));
    html_text_cell(page, buf_slice(&fields));
    html_count_cell(page, row->doubtful);
    figure_cell(page, row, row->doubtful_figure);
    figure_cell(page, row, row->borne_out_figure);
    figure_cell(page, row, row->held_figure);
    buf_format(page->out,
               "<td class=\"n\"><bdi dir=\"ltr\">%+.2f</bdi></td>"
               "<td class=\"n\"><bdi dir=\"ltr\">%.1e</bdi></td></tr>\n",
               row->effect, row->chance);
}

/* Tests that found nothing are in the exports; the page says that there were some. */
void section_signs(struct html_page *page)
{
    static const enum phrase numbers[] = {PHRASE_TESTED,     PHRASE_SHARE_SHOWN, PHRASE_BORNE_OUT,
                                          PHRASE_SHARE_HELD, PHRASE_EFFECT_OF,   PHRASE_CHANCE_OF};
    const struct case_view *view = &page->data->view;
    size_t shown = 0, signs = 0;

    for (size_t i = 0; i < view->table_sign_count; i++)
        signs += view->table_signs[i].row.sign;
    if (view->table_sign_count == 0)
        return;
    html_add(page, "<h3>");
    html_phrase(page, PHRASE_SIGNS);
    html_add(page, "</h3>\n<p class=\"lead\">");
    html_phrase(page, signs ? PHRASE_SIGNS_LEAD : PHRASE_SIGNS_NONE);
    html_add(page, "</p>\n");
    if (signs == 0)
        return;
    html_add(page, "<div class=\"wide\"><table><tr>");
    html_head_cell(page, PHRASE_TABLE, false);
    html_head_cell(page, PHRASE_SIGN, false);
    html_head_cell(page, PHRASE_FIELD, false);
    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
        html_head_cell(page, numbers[i], true);
    html_add(page, "</tr>\n");
    for (size_t i = 0; i < view->table_sign_count && shown < TABLE_ROWS_MAX; i++) {
        if (!view->table_signs[i].row.sign)
            continue;
        write_sign(page, &view->table_signs[i]);
        shown++;
    }
    html_add(page, "</table></div>\n");
    html_further(page, signs - shown);
}
