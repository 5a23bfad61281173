/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "report/case_view.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "model/mask.h"

static void label_clear(struct column_label *label)
{
    free(label->header);
    free(label->field);
    free(label->period);
    free(label->status);
    free(label->interpretation);
    free(label->category);
    free(label->role);
}

void case_view_close(struct case_view *view)
{
    for (size_t i = 0; i < view->table_count; i++) {
        struct table_view *table = &view->tables[i];

        for (uint32_t c = 0; table->columns && c < table->column_count; c++)
            label_clear(&table->columns[c]);
        free(table->columns);
        finding_batch_clear(&table->findings);
    }
    for (size_t i = 0; i < view->rule_count; i++) {
        free(view->rules[i].name);
        for (unsigned k = 0; k < LANGUAGE_COUNT; k++)
            free(view->rules[i].about[k]);
    }
    free(view->rules);
    free(view->table_rules);
    free(view->table_signs);
    mosaic_list_clear(&view->mosaic);
    free(view->tables);
    free(view->records);
    stored_table_list_clear(&view->stored);
    exhibit_list_clear(&view->exhibits);
    *view = (struct case_view){0};
}

static char *copy(struct slice text)
{
    char *made = alloc_zeroed(text.length + 1, 1);

    if (made && text.length > 0)
        memcpy(made, text.data, text.length);
    return made;
}

/* Columns are those of the table, or, in free text, the fields of the register. */
static int grow_columns(struct table_view *table, uint32_t count, struct tq_error *err)
{
    struct column_label *columns;

    if (count <= table->column_count && table->columns)
        return TQ_OK;
    columns = alloc_resize(table->columns, count, sizeof(*columns));
    if (!columns)
        return tq_no_memory(err);
    memset(columns + table->column_count, 0, (count - table->column_count) * sizeof(*columns));
    table->columns = columns;
    table->column_count = count;
    return TQ_OK;
}

static int add_reading(void *state, const struct reading_row *row, struct tq_error *err)
{
    struct table_view *table = state;
    struct column_label *label;
    int r = grow_columns(table, row->column + 1u, err);

    if (r < 0)
        return r;
    label = &table->columns[row->column];
    label_clear(label);
    *label = (struct column_label){.header = copy(row->header),
                                   .field = copy(row->field),
                                   .period = copy(row->period),
                                   .status = copy(row->status),
                                   .interpretation = copy(row->interpretation),
                                   .category = copy(row->category),
                                   .role = copy(row->role),
                                   .periodic = row->periodic,
                                   .agreement = row->agreement,
                                   .chance = row->chance,
                                   .filled = row->filled,
                                   .compared = row->compared,
                                   .source = row->source,
                                   .parts = row->parts};
    if (!label->header || !label->field || !label->period || !label->status
        || !label->interpretation || !label->category || !label->role)
        return tq_no_memory(err);
    return TQ_OK;
}

static int compare_tables(const void *a, const void *b)
{
    const struct table_view *first = a, *second = b;

    return strcmp(first->stored->head.name, second->stored->head.name);
}

/* Only tables that were examined by themselves: those in a pool have no findings. */
static int load_tables(struct case_view *view, struct tq_error *err)
{
    int r = case_load_tables(view->store, UINT32_MAX, &view->stored, err);

    if (r < 0)
        return r;
    view->tables = alloc_zeroed(view->stored.count + 1, sizeof(*view->tables));
    if (!view->tables)
        return tq_no_memory(err);
    for (size_t i = 0; i < view->stored.count; i++) {
        struct table_view *table = &view->tables[view->table_count];

        *table = (struct table_view){.stored = &view->stored.items[i], .loaded = UINT32_MAX};
        r = case_finding_batches(view->store, table->stored->number, &table->finding_batches, err);
        if (r < 0)
            return r;
        if (table->finding_batches == 0)
            continue;
        view->table_count++;
        table->kind_number = case_table_kind(view->store, table->stored->number);
        table->kind =
            table->kind_number == KIND_NONE ? "" : case_kind_name(view->store, table->kind_number);
        r = case_readings(view->store, table->stored->number, add_reading, table, err);
        if (r < 0)
            return r;
    }
    qsort(view->tables, view->table_count, sizeof(*view->tables), compare_tables);
    return TQ_OK;
}

static int load_batch(struct case_view *view, struct table_view *table, uint32_t batch,
                      struct tq_error *err)
{
    int r;

    if (table->loaded == batch)
        return TQ_OK;
    table->loaded = UINT32_MAX;
    r = case_load_findings(view->store, table->stored->number, batch, &table->findings, err);
    if (r == TQ_OK)
        table->loaded = batch;
    return r;
}

static int add_batch(struct case_view *view, size_t number, uint32_t batch, size_t *capacity,
                     struct tq_error *err)
{
    struct table_view *table = &view->tables[number];
    int r = load_batch(view, table, batch, err);

    if (r < 0)
        return r;
    r = alloc_reserve(&view->records, capacity, view->record_count + table->findings.record_count,
                      sizeof(*view->records), err);
    if (r < 0)
        return r;
    for (size_t i = 0; i < table->findings.record_count; i++) {
        const struct record_finding *finding = &table->findings.records[i];

        if (finding->exhibit >= view->exhibits.position_count)
            return tq_fail(err, TQ_E_SYNTAX, "a finding names an exhibit that is not there");
        view->records[view->record_count++] =
            (struct record_place){.exhibit = view->exhibits.position[finding->exhibit],
                                  .record = finding->record,
                                  .table = (uint32_t)number,
                                  .batch = batch,
                                  .index = (uint32_t)i};
    }
    return TQ_OK;
}

static int compare_records(const void *a, const void *b)
{
    const struct record_place *first = a, *second = b;

    if (first->exhibit != second->exhibit)
        return first->exhibit < second->exhibit ? -1 : 1;
    if (first->record != second->record)
        return first->record < second->record ? -1 : 1;
    return (first->table > second->table) - (first->table < second->table);
}

static int load_records(struct case_view *view, struct tq_error *err)
{
    size_t capacity = 0;

    for (size_t i = 0; i < view->table_count; i++) {
        for (uint32_t batch = 0; batch < view->tables[i].finding_batches; batch++) {
            int r = add_batch(view, i, batch, &capacity, err);

            if (r < 0)
                return r;
        }
    }
    if (view->record_count > 0)
        qsort(view->records, view->record_count, sizeof(*view->records), compare_records);
    return TQ_OK;
}

/* ---- rules ---- */

/* They are numbered from 0, none left out. */
static int add_rule(void *state, const struct rule_row *row, struct tq_error *err)
{
    struct case_view *view = state;
    struct rule_text *rule;
    int r = alloc_reserve(&view->rules, &view->rule_capacity, view->rule_count + 1,
                          sizeof(*view->rules), err);

    if (r < 0)
        return r;
    if (row->number != view->rule_count)
        return tq_fail(err, TQ_E_SYNTAX, "the case is damaged: a rule is missing");
    rule = &view->rules[view->rule_count++];
    *rule = (struct rule_text){.name = copy(row->name), .must = row->must};
    for (unsigned i = 0; i < LANGUAGE_COUNT; i++) {
        rule->about[i] = copy(row->about[i]);
        if (!rule->about[i])
            return tq_no_memory(err);
    }
    return rule->name ? TQ_OK : tq_no_memory(err);
}

/* Position of a stored table; table_count if it was not examined. */
static uint32_t find_table(const struct case_view *view, uint32_t number)
{
    uint32_t table = 0;

    while (table < view->table_count && view->tables[table].stored->number != number)
        table++;
    return table;
}

static int add_table_rule(void *state, const struct consistency_row *row, struct tq_error *err)
{
    struct case_view *view = state;
    uint32_t table = find_table(view, row->table);
    int r;

    if (table == view->table_count)
        return TQ_OK;
    r = alloc_reserve(&view->table_rules, &view->table_rule_capacity, view->table_rule_count + 1,
                      sizeof(*view->table_rules), err);
    if (r == TQ_OK)
        view->table_rules[view->table_rule_count++] = (struct table_rule){table, *row};
    return r;
}

static int compare_table_rules(const void *a, const void *b)
{
    const struct table_rule *first = a, *second = b;

    if (first->table != second->table)
        return first->table < second->table ? -1 : 1;
    return (first->row.rule > second->row.rule) - (first->row.rule < second->row.rule);
}

static int load_rules(struct case_view *view, struct tq_error *err)
{
    struct rule_row unknown = {0};
    int r = case_rules(view->store, add_rule, view, err);

    unknown.number = (uint16_t)view->rule_count;
    if (r == TQ_OK)
        r = add_rule(view, &unknown, err);
    if (r == TQ_OK)
        r = case_consistencies(view->store, add_table_rule, view, err);
    if (r == TQ_OK && view->table_rule_count > 0)
        qsort(view->table_rules, view->table_rule_count, sizeof(*view->table_rules),
              compare_table_rules);
    return r;
}

/* ---- signs of fabrication ---- */

static int add_table_sign(void *state, const struct sign_row *row, struct tq_error *err)
{
    struct case_view *view = state;
    uint32_t table = find_table(view, row->table);
    int r;

    if (table == view->table_count)
        return TQ_OK;
    r = alloc_reserve(&view->table_signs, &view->table_sign_capacity, view->table_sign_count + 1,
                      sizeof(*view->table_signs), err);
    if (r == TQ_OK)
        view->table_signs[view->table_sign_count++] = (struct table_sign){table, *row};
    return r;
}

static int compare_table_signs(const void *a, const void *b)
{
    const struct table_sign *first = a, *second = b;

    if (first->table != second->table)
        return first->table < second->table ? -1 : 1;
    if (first->row.test != second->row.test)
        return first->row.test < second->row.test ? -1 : 1;
    if (first->row.column != second->row.column)
        return first->row.column < second->row.column ? -1 : 1;
    return (first->row.other > second->row.other) - (first->row.other < second->row.other);
}

static int load_signs(struct case_view *view, struct tq_error *err)
{
    int r = case_signs(view->store, add_table_sign, view, err);

    if (r == TQ_OK && view->table_sign_count > 0)
        qsort(view->table_signs, view->table_sign_count, sizeof(*view->table_signs),
              compare_table_signs);
    return r;
}

void case_view_sign_fields(const struct case_view *view, const struct table_sign *sign,
                           struct buf *out)
{
    const struct table_view *table = &view->tables[sign->table];
    const uint16_t columns[] = {sign->row.column, sign->row.other};

    for (unsigned i = 0; i < 2; i++) {
        if (columns[i] >= table->column_count || !table->columns[columns[i]].field)
            continue;
        buf_add_text(out, i ? ", " : "");
        buf_add_text(out, table->columns[columns[i]].field);
    }
}

/* ---- the mosaic ---- */

static int add_mosaic(void *state, const struct mosaic_row *row, struct tq_error *err)
{
    struct case_view *view = state;
    struct mosaic_row placed = *row;

    placed.table = find_table(view, row->table);
    return placed.table == view->table_count ? TQ_OK : mosaic_list_add(&view->mosaic, &placed, err);
}

static int compare_mosaic(const void *a, const void *b)
{
    const struct mosaic_item *first = a, *second = b;

    if (first->row.table != second->row.table)
        return first->row.table < second->row.table ? -1 : 1;
    return (first->number > second->number) - (first->number < second->number);
}

static int load_mosaic(struct case_view *view, struct tq_error *err)
{
    int r = case_mosaic(view->store, add_mosaic, view, err);

    if (r == TQ_OK && view->mosaic.count > 0)
        qsort(view->mosaic.items, view->mosaic.count, sizeof(*view->mosaic.items), compare_mosaic);
    return r;
}

void case_view_mosaic_detail(const struct mosaic_row *row, bool reveal, struct buf *out)
{
    if (row->personal && !reveal)
        mask_value(out, row->detail);
    else
        buf_add(out, row->detail.data, row->detail.length);
}

int case_view_check_examined(struct case_store *store, struct tq_error *err)
{
    CLEANUP(buf_clear_cleanup) struct buf examined = {0};
    int r = case_get_value(store, "examined", &examined, err);

    if (r < 0)
        return r;
    if (examined.length == 0)
        return tq_fail(err, TQ_E_USAGE, "this case was not examined yet: run 'tahqiq examine'");
    return TQ_OK;
}

int case_view_open(struct case_store *store, struct case_view *out_view, struct tq_error *err)
{
    struct case_view view = {.store = store};
    int r = case_view_check_examined(store, err);

    if (r == TQ_OK)
        r = case_load_exhibits(store, &view.exhibits, err);
    if (r == TQ_OK)
        r = load_tables(&view, err);
    if (r == TQ_OK)
        r = load_rules(&view, err);
    if (r == TQ_OK)
        r = load_signs(&view, err);
    if (r == TQ_OK)
        r = load_mosaic(&view, err);
    if (r == TQ_OK)
        r = load_records(&view, err);
    if (r == TQ_OK)
        r = case_load_subject_keys(store, err);
    if (r < 0) {
        case_view_close(&view);
        return r;
    }
    *out_view = view;
    return TQ_OK;
}

int case_view_record(struct case_view *view, const struct record_place *place,
                     const struct record_finding **out_record,
                     const struct cell_finding **out_cells, struct tq_error *err)
{
    struct table_view *table = &view->tables[place->table];
    int r = load_batch(view, table, place->batch, err);

    if (r < 0)
        return r;
    *out_record = &table->findings.records[place->index];
    *out_cells = table->findings.cells + (*out_record)->cell_first;
    return TQ_OK;
}

void column_label_format(const struct column_label *label, uint16_t period, struct buf *out)
{
    buf_add_text(out, label->field ? label->field : "");
    if (period == MONTH_NONE)
        return;
    buf_add_byte(out, '@');
    month_format(out, period);
}

unsigned column_label_source_count(const struct column_label *label)
{
    return label->parts.count > 0 ? label->parts.count : 1;
}

uint16_t column_label_source(const struct column_label *label, unsigned number)
{
    return label->parts.count > 0 ? label->parts.columns[number] : label->source;
}

void column_label_add_numbers(const struct column_label *label, const char *separator,
                              struct buf *out)
{
    for (unsigned i = 0; i < column_label_source_count(label); i++)
        buf_format(out, "%s%u", i ? separator : "", column_label_source(label, i) + 1u);
}

const char *column_label_header(const struct table_view *table, const struct column_label *label,
                                unsigned number)
{
    const struct table *head = &table->stored->head;
    uint16_t column = column_label_source(label, number);

    if (label->parts.count == 0)
        return label->header ? label->header : "";
    return column < head->column_count ? head->headers[column] : "";
}

bool table_view_is_part(const struct table_view *table, uint32_t column)
{
    for (uint32_t i = column + 1; i < table->column_count; i++) {
        const struct column_label *label = &table->columns[i];

        for (unsigned k = 0; label->status && k < label->parts.count; k++) {
            if (label->parts.columns[k] == column && strcmp(label->status, "full") == 0)
                return true;
        }
    }
    return false;
}

const struct rule_break *case_view_breaks(const struct case_view *view,
                                          const struct record_place *place, size_t *out_count)
{
    const struct finding_batch *findings = &view->tables[place->table].findings;
    size_t first = 0, high = findings->break_count, end;

    while (first < high) { /* they are in record order */
        size_t middle = first + (high - first) / 2;

        if (findings->breaks[middle].record < place->index)
            first = middle + 1;
        else
            high = middle;
    }
    for (end = first; end < findings->break_count && findings->breaks[end].record == place->index;)
        end++;
    *out_count = end - first;
    return findings->breaks + first;
}

const struct rule_text *case_view_rule(const struct case_view *view, uint16_t number)
{
    return &view->rules[number < view->rule_count ? number : view->rule_count - 1];
}

const char *rule_about(const struct rule_text *rule, enum language language)
{
    if (rule->about[language][0])
        return rule->about[language];
    for (unsigned i = 0; i < LANGUAGE_COUNT; i++) {
        if (rule->about[i][0])
            return rule->about[i];
    }
    return rule->name;
}
