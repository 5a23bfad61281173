/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* report.json: the figures of the page for programs. */
#include <inttypes.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/escape.h"
#include "model/document_detail.h"
#include "model/mask.h"
#include "report/report_html.h"

static void add_string(struct buf *out, const char *name, struct slice value)
{
    escape_json(out, slice_of(name));
    buf_add_byte(out, ':');
    escape_json(out, value);
}

static void add_verdicts(struct buf *out, const uint64_t *verdicts)
{
    buf_add_text(out, "\"verdicts\":{");
    for (unsigned i = 0; i < RECORD_VERDICT_COUNT; i++)
        buf_format(out, "%s\"%s\":%" PRIu64, i ? "," : "",
                   record_verdict_name((enum record_verdict)i), verdicts[i]);
    buf_add_byte(out, '}');
}

static void add_moment(struct buf *out, const char *name, int32_t minutes)
{
    buf_format(out, "\"%s\":\"", name);
    moment_format(out, minutes);
    buf_add_byte(out, '"');
}

static void add_snapshots(struct buf *out, const struct dating *dating)
{
    buf_add_text(out, "\"snapshots\":[");
    for (uint32_t i = 0; i < dating->count; i++) {
        buf_add_text(out, i ? ",{" : "{");
        add_moment(out, "from", dating->snapshots[i].from);
        buf_add_byte(out, ',');
        add_moment(out, "to", dating->snapshots[i].to);
        buf_add_byte(out, ',');
        add_moment(out, "best", dating->snapshots[i].best);
        buf_format(out, ",\"share\":%.6f}", dating->snapshots[i].share);
    }
    buf_format(out, "],\"resolution_days\":%.4f", dating->count ? dating->resolution_days : 0.0);
}

static void add_columns(struct buf *out, const struct table_view *table)
{
    bool first = true;

    buf_add_text(out, "\"columns\":[");
    for (uint32_t i = 0; i < table->column_count; i++) {
        const struct column_label *label = &table->columns[i];

        if (!label->status || table_view_is_part(table, i))
            continue;
        buf_format(out, "%s{\"column\":%u,", first ? "" : ",", label->source + 1u);
        first = false;
        if (label->parts.count > 0) {
            buf_add_text(out, "\"columns\":[");
            column_label_add_numbers(label, ",", out);
            buf_add_text(out, "],");
        }
        add_string(out, "header", slice_of(label->header));
        buf_add_byte(out, ',');
        add_string(out, "field", slice_of(label->field));
        buf_add_byte(out, ',');
        add_string(out, "period", slice_of(label->period));
        buf_add_byte(out, ',');
        add_string(out, "interpretation", slice_of(label->interpretation));
        buf_add_byte(out, ',');
        add_string(out, "status", slice_of(label->status));
        buf_add_byte(out, ',');
        add_string(out, "role", slice_of(label->role));
        buf_format(out, ",\"agreement\":%.6f,\"chance\":%.6f,\"filled\":%.6f,\"compared\":%u}",
                   label->agreement, label->chance, label->filled, label->compared);
    }
    buf_add_byte(out, ']');
}

static void add_rules(struct buf *out, const struct case_view *view, size_t table)
{
    bool first = true;

    buf_add_text(out, "\"rules\":[");
    for (size_t i = 0; i < view->table_rule_count; i++) {
        const struct consistency_row *row = &view->table_rules[i].row;

        if (view->table_rules[i].table != table)
            continue;
        buf_add_text(out, first ? "{" : ",{");
        first = false;
        add_string(out, "rule", slice_of(case_view_rule(view, row->rule)->name));
        buf_add_byte(out, ',');
        add_string(out, "about",
                   slice_of(rule_about(case_view_rule(view, row->rule), LANGUAGE_EN)));
        buf_format(out,
                   ",\"records\":%" PRIu64 ",\"broken\":%" PRIu64 ",\"facts\":%" PRIu64
                   ",\"failed\":%" PRIu64 ",\"register_facts\":%" PRIu64
                   ",\"register_failed\":%" PRIu64
                   ",\"effect\":%.6f,\"chance\":%.6f,\"sign\":\"%s\"}",
                   row->records, row->broken, row->facts, row->failed, row->register_facts,
                   row->register_failed, row->effect, row->chance,
                   row->sign == SIGN_MORE   ? "more"
                   : row->sign == SIGN_LESS ? "less"
                                            : "");
    }
    buf_add_byte(out, ']');
}

static void add_figure(struct buf *out, const char *name, double figure)
{
    if (figure < 0)
        buf_format(out, ",\"%s\":null", name);
    else
        buf_format(out, ",\"%s\":%.6f", name, figure);
}

static void add_sign(struct buf *out, const struct case_view *view, const struct table_sign *sign)
{
    const struct sign_row *row = &sign->row;
    CLEANUP(buf_clear_cleanup) struct buf fields = {0};

    case_view_sign_fields(view, sign, &fields);
    add_string(out, "test", slice_of(sign_test_name(row->test)));
    buf_add_byte(out, ',');
    add_string(out, "field", buf_slice(&fields));
    buf_format(out, ",\"doubtful\":%" PRIu64 ",\"borne_out\":%" PRIu64 ",\"held\":%" PRIu64,
               row->doubtful, row->borne_out, row->held);
    add_figure(out, "doubtful_figure", row->doubtful_figure);
    add_figure(out, "borne_out_figure", row->borne_out_figure);
    add_figure(out, "register_figure", row->held_figure);
    buf_format(out, ",\"effect\":%.6f,\"chance\":%.6f,\"sign\":%s}", row->effect, row->chance,
               row->sign ? "true" : "false");
}

static void add_signs(struct buf *out, const struct case_view *view, size_t table)
{
    bool first = true;

    buf_add_text(out, "\"signs\":[");
    for (size_t i = 0; i < view->table_sign_count; i++) {
        if (view->table_signs[i].table != table)
            continue;
        buf_add_text(out, first ? "{" : ",{");
        first = false;
        add_sign(out, view, &view->table_signs[i]);
    }
    buf_add_byte(out, ']');
}

static void add_mosaic_row(struct buf *out, const struct mosaic_row *row)
{
    CLEANUP(buf_clear_cleanup) struct buf detail = {0};

    case_view_mosaic_detail(row, false, &detail);
    add_string(out, "part", slice_of(mosaic_part_name(row->part)));
    buf_add_byte(out, ',');
    add_string(out, "name", row->name);
    buf_add_byte(out, ',');
    add_string(out, "detail", buf_slice(&detail));
    buf_add_byte(out, ',');
    add_string(out, "columns", row->columns);
    buf_format(out, ",\"rows\":%" PRIu64 ",\"of\":%" PRIu64, row->rows, row->of);
    add_figure(out, "share", row->share);
    add_figure(out, "register_share", row->held_share);
    if (row->chance < 0)
        buf_add_text(out, ",\"effect\":null");
    else
        buf_format(out, ",\"effect\":%.6f", row->effect);
    add_figure(out, "chance", row->chance);
    buf_format(out, ",\"lead\":%s}", row->lead ? "true" : "false");
}

static void add_mosaic(struct buf *out, const struct case_view *view, size_t table)
{
    bool first = true;

    buf_add_text(out, "\"mosaic\":[");
    for (size_t i = 0; i < view->mosaic.count; i++) {
        if (view->mosaic.items[i].row.table != table)
            continue;
        buf_add_text(out, first ? "{" : ",{");
        first = false;
        add_mosaic_row(out, &view->mosaic.items[i].row);
    }
    buf_add_byte(out, ']');
}

static void add_tables(struct buf *out, const struct report_data *data)
{
    buf_add_text(out, ",\n\"tables\":[");
    for (size_t i = 0; i < data->view.table_count; i++) {
        const struct table_view *table = &data->view.tables[i];

        buf_add_text(out, i ? ",\n{" : "\n{");
        add_string(out, "table", slice_of(table->stored->head.name));
        buf_add_byte(out, ',');
        add_string(out, "kind", slice_of(table->kind));
        buf_format(out, ",\"records\":%" PRIu64 ",", data->tables[i].records);
        add_verdicts(out, data->tables[i].verdicts);
        buf_add_byte(out, ',');
        add_snapshots(out, &data->tables[i].dating);
        buf_add_byte(out, ',');
        add_columns(out, table);
        buf_add_byte(out, ',');
        add_rules(out, &data->view, i);
        buf_add_byte(out, ',');
        add_signs(out, &data->view, i);
        buf_add_byte(out, ',');
        add_mosaic(out, &data->view, i);
        buf_add_byte(out, '}');
    }
    buf_add_byte(out, ']');
}

static void add_counts(struct buf *out, const struct report_data *data)
{
    buf_add_text(out, ",\n\"counts\":[");
    for (size_t i = 0; i < data->count_count; i++) {
        const struct subject_count *count = &data->counts[i];

        buf_add_text(out, i ? ",\n{" : "\n{");
        add_string(out, "measure", slice_of(count->measure));
        buf_add_byte(out, ',');
        add_string(out, "kind", slice_of(count->kind));
        buf_add_byte(out, ',');
        add_string(out, "category", slice_of(count->category));
        buf_add_byte(out, ',');
        add_string(out, "verdict", slice_of(count->verdict));
        buf_format(out, ",\"value\":%" PRIu64 ",\"low\":%" PRIu64 ",\"high\":%" PRIu64 "}",
                   count->value, count->low, count->high);
    }
    buf_add_byte(out, ']');
}

/* Subjects that only unread documents may name. */
static void add_unseen(struct buf *out, const struct report_data *data)
{
    buf_add_text(out, ",\n\"unseen\":[");
    for (size_t i = 0; i < data->unseen_count; i++) {
        const struct unseen_row *row = &data->unseen[i];

        buf_add_text(out, i ? ",\n{" : "\n{");
        add_string(out, "kind", slice_of(case_kind_name(data->view.store, row->kind)));
        buf_format(out,
                   ",\"read\":%" PRIu64 ",\"unread\":%" PRIu64 ",\"value\":%" PRIu64
                   ",\"low\":%" PRIu64 ",\"high\":%" PRIu64 "}",
                   row->read, row->unread, row->value, row->low, row->high);
    }
    buf_add_byte(out, ']');
}

/* Whom no finder holds. */
static void add_recapture(struct buf *out, const struct report_data *data)
{
    buf_add_text(out, ",\n\"recapture\":[");
    for (size_t i = 0; i < data->recaptures.count; i++) {
        const struct recapture_row *row = &data->recaptures.items[i];

        buf_add_text(out, i ? ",\n{" : "\n{");
        add_string(out, "kind", slice_of(case_kind_name(data->view.store, row->kind)));
        buf_add_byte(out, ',');
        add_string(out, "first", row->first);
        buf_add_byte(out, ',');
        add_string(out, "second", row->second);
        buf_add_byte(out, ',');
        add_string(out, "status", slice_of(recapture_status_name(row->status)));
        buf_format(
            out,
            ",\"once\":%" PRIu64 ",\"twice\":%" PRIu64 ",\"seen\":%" PRIu64 ",\"value\":%" PRIu64
            ",\"low\":%" PRIu64 ",\"high\":%" PRIu64 ",\"stratified\":%" PRIu64 "}",
            row->once, row->twice, row->seen, row->value, row->low, row->high, row->stratified);
    }
    buf_add_byte(out, ']');
}

static void add_document_sign(struct buf *out, const struct case_view *view,
                              const struct viewed_sign *sign)
{
    const struct document_sign_row *row = &sign->row;
    CLEANUP(buf_clear_cleanup) struct buf before = {0};
    CLEANUP(buf_clear_cleanup) struct buf after = {0};
    CLEANUP(buf_clear_cleanup) struct buf detail = {0};

    mask_value(&before, row->before);
    mask_value(&after, row->after);
    document_detail_say(&detail, LANGUAGE_EN, row->detail);
    add_string(out, "exhibit", slice_of(view->exhibits.items[sign->exhibit].path));
    buf_add_byte(out, ',');
    add_string(out, "table", slice_of(sign->layout));
    buf_add_byte(out, ',');
    add_string(out, "sign", slice_of(document_sign_name(row->sign)));
    buf_add_byte(out, ',');
    add_string(out, "weight", slice_of(document_weight_name(row->weight)));
    buf_format(out, ",\"page\":%u,", row->page);
    add_string(out, "before", buf_slice(&before));
    buf_add_byte(out, ',');
    add_string(out, "after", buf_slice(&after));
    buf_add_byte(out, ',');
    add_string(out, "detail", buf_slice(&detail));
    buf_add_byte(out, '}');
}

static void add_cluster(struct buf *out, const struct document_cluster *cluster)
{
    const struct {
        const char *name;
        struct slice value;
    } texts[] = {{"table", slice_of(cluster->layout)},
                 {"producer", cluster->producer},
                 {"creator", cluster->creator},
                 {"page", cluster->page},
                 {"fonts", cluster->fonts},
                 {"first", slice_of(cluster->first)},
                 {"last", slice_of(cluster->last)}};

    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        add_string(out, texts[i].name, texts[i].value);
        buf_add_byte(out, ',');
    }
    buf_format(out,
               "\"documents\":%" PRIu64 ",\"records\":%" PRIu64 ",\"borne_out\":%" PRIu64
               ",\"doubtful\":%" PRIu64 ",\"signs\":%" PRIu64 "}",
               cluster->documents, cluster->records, cluster->borne_out, cluster->doubtful,
               cluster->with_signs);
}

static void add_documents(struct buf *out, const struct report_data *data)
{
    const struct document_view *documents = &data->documents;

    buf_format(out, ",\n\"pdf\":{\"documents\":%zu,\"with_signs\":%zu,\"signs\":[",
               documents->pdf_count, documents->exhibits_signed);
    for (size_t i = 0; i < documents->count; i++) {
        buf_add_text(out, i ? ",\n{" : "\n{");
        add_document_sign(out, &data->view, &documents->signs[i]);
    }
    buf_add_text(out, "],\"clusters\":[");
    for (size_t i = 0; i < data->clusters.count; i++) {
        buf_add_text(out, i ? ",\n{" : "\n{");
        add_cluster(out, &data->clusters.items[i]);
    }
    buf_add_text(out, "]}");
}

static void add_notes(struct buf *out, const struct report_data *data)
{
    buf_add_text(out, ",\n\"notes\":[");
    for (size_t i = 0; i < data->note_count; i++) {
        const struct exhibit_note *note = &data->notes[i];

        buf_add_text(out, i ? ",\n{" : "\n{");
        add_string(out, "exhibit", slice_of(data->view.exhibits.items[note->position].path));
        buf_format(out, ",\"place\":%" PRIu64 ",", note->place);
        add_string(out, "note", slice_of(note->text));
        buf_add_byte(out, '}');
    }
    buf_add_byte(out, ']');
}

void report_json(const struct report_data *data, enum language language, struct buf *out)
{
    buf_add_text(out, "{");
    add_string(out, "version", slice_of(TAHQIQ_VERSION));
    buf_format(out, ",\"language\":\"%s\",\n", language_code(language));
    add_string(out, "case", buf_slice(&data->title));
    buf_add_text(out, ",\n\"register\":{");
    add_string(out, "name", buf_slice(&data->register_name));
    buf_add_byte(out, ',');
    add_string(out, "seal", buf_slice(&data->register_seal));
    buf_format(out, "},\n\"exhibits\":%zu,\"bytes\":%" PRIu64 ",\"records\":%" PRIu64 ",\n",
               data->view.exhibits.count, data->bytes, data->records);
    exhibit_ends_json(&data->ends, out);
    buf_add_text(out, ",\n");
    add_verdicts(out, data->verdicts);
    buf_format(out,
               ",\n\"severity\":{\"low\":%" PRIu64 ",\"medium\":%" PRIu64 ",\"high\":%" PRIu64
               ",\"very_high\":%" PRIu64 "}",
               data->severity[0], data->severity[1], data->severity[2], data->severity[3]);
    add_counts(out, data);
    add_unseen(out, data);
    add_recapture(out, data);
    add_tables(out, data);
    add_documents(out, data);
    add_notes(out, data);
    buf_add_text(out, "\n}\n");
}
