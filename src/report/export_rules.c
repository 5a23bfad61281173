/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Consistency rules: how tables stand against them, and which cells break one. */
#include "base/cleanup.h"
#include "report/case_view.h"
#include "report/exports.h"

static const char *sign_name(enum consistency_sign sign)
{
    return sign == SIGN_MORE ? "more" : sign == SIGN_LESS ? "less" : "";
}

static double share_of(uint64_t part, uint64_t whole)
{
    return whole ? (double)part / (double)whole : 0;
}

static void write_rule(const struct case_view *view, const struct table_rule *row,
                       struct line_writer *writer)
{
    const struct consistency_row *found = &row->row;
    const struct rule_text *rule = case_view_rule(view, found->rule);
    CLEANUP(buf_clear_cleanup) struct buf effect = {0};

    buf_format(&effect, "%.6f", found->effect);
    row_text(writer, slice_of(view->tables[row->table].stored->head.name));
    row_text(writer, slice_of(rule->name));
    row_text(writer, slice_of(rule_about(rule, LANGUAGE_EN)));
    row_text(writer, slice_of(rule->must ? "must" : "should"));
    row_number(writer, found->records);
    row_number(writer, found->broken);
    row_decimal(writer, share_of(found->failed, found->facts));
    row_decimal(writer, share_of(found->register_failed, found->register_facts));
    row_json(writer, buf_slice(&effect));
    row_decimal(writer, found->chance);
    row_text(writer, slice_of(sign_name(found->sign)));
    row_end(writer);
}

int export_rules(struct case_store *store, FILE *file, enum row_format format, struct tq_error *err)
{
    static const char *const columns[] = {"table",   "rule",   "about", "strength",
                                          "records", "broken", "share", "register_share",
                                          "effect",  "chance", "sign",  NULL};
    struct line_writer writer;
    struct case_view view;
    int r = case_view_open(store, &view, err);

    if (r < 0)
        return r;
    line_writer_start(&writer, file, format, columns);
    for (size_t i = 0; i < view.table_rule_count; i++)
        write_rule(&view, &view.table_rules[i], &writer);
    case_view_close(&view);
    return line_writer_finish(&writer, err);
}

/* ---- cells ---- */

static const struct cell_finding *find_cell(const struct record_finding *record,
                                            const struct cell_finding *cells,
                                            const struct rule_break *broken)
{
    static const struct cell_finding none = {.period = MONTH_NONE};

    for (uint32_t i = 0; i < record->cell_count; i++) {
        if (cells[i].column == broken->column && cells[i].line == broken->line)
            return &cells[i];
    }
    return &none;
}

static int write_break(struct case_view *view, const struct record_place *place,
                       const struct record_finding *record, const struct cell_finding *cells,
                       const struct rule_break *broken, struct line_writer *writer,
                       struct tq_error *err)
{
    static const struct column_label unnamed;
    const struct table_view *table = &view->tables[place->table];
    const struct column_label *label =
        broken->column < table->column_count ? &table->columns[broken->column] : &unnamed;
    const struct rule_text *rule = case_view_rule(view, broken->rule);
    CLEANUP(buf_clear_cleanup) struct buf column = {0};
    CLEANUP(buf_clear_cleanup) struct buf field = {0};

    if (table->stored->head.shape == SHAPE_DOCUMENTS)
        buf_add_text(&column, label->header ? label->header : "");
    else
        column_label_add_numbers(label, ";", &column);
    column_label_format(label, find_cell(record, cells, broken)->period, &field);
    if (buf_check(&column, err) < 0 || buf_check(&field, err) < 0)
        return TQ_E_NOMEM;
    row_text(writer, slice_of(view->exhibits.items[place->exhibit].path));
    row_number(writer, record->record);
    row_text(writer, slice_of(table->stored->head.name));
    row_text(writer, buf_slice(&column));
    row_text(writer, buf_slice(&field));
    row_text(writer, slice_of(rule->name));
    row_text(writer, slice_of(rule_about(rule, LANGUAGE_EN)));
    row_end(writer);
    return TQ_OK;
}

static int write_breaks(struct case_view *view, const struct record_place *place,
                        struct line_writer *writer, struct tq_error *err)
{
    const struct record_finding *record;
    const struct cell_finding *cells;
    const struct rule_break *breaks;
    size_t count;
    int r = case_view_record(view, place, &record, &cells, err);

    if (r < 0)
        return r;
    breaks = case_view_breaks(view, place, &count);
    for (size_t i = 0; i < count && r == TQ_OK; i++)
        r = write_break(view, place, record, cells, &breaks[i], writer, err);
    return r;
}

int export_breaks(struct case_store *store, FILE *file, enum row_format format,
                  struct tq_error *err)
{
    static const char *const columns[] = {"exhibit", "record", "table", "column",
                                          "field",   "rule",   "about", NULL};
    struct line_writer writer;
    struct case_view view;
    int r = case_view_open(store, &view, err);

    if (r < 0)
        return r;
    line_writer_start(&writer, file, format, columns);
    for (size_t i = 0; i < view.record_count && r == TQ_OK; i++)
        r = write_breaks(&view, &view.records[i], &writer, err);
    if (r == TQ_OK)
        r = line_writer_finish(&writer, err);
    else
        buf_clear(&writer.line);
    case_view_close(&view);
    return r;
}
