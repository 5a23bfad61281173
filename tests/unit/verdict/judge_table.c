/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "judge_table.h"
#include "toy_register.h"

static uint16_t month_of(const char *text)
{
    int year;
    unsigned month;

    assert_int_equal(sscanf(text, "%d-%u", &year, &month), 2);
    return month_number(year, month);
}

void judge_table_start(struct judge_table *table, const struct reg *reg, const char *kind,
                       const struct test_column *columns, uint32_t column_count)
{
    judge_table_start_beyond(table, reg, kind, columns, column_count, column_count);
}

void judge_table_start_beyond(struct judge_table *table, const struct reg *reg, const char *kind,
                              const struct test_column *columns, uint32_t column_count,
                              uint32_t table_columns)
{
    struct tq_error err;

    *table = (struct judge_table){.reg = reg};
    assert_int_equal(
        table_init(&table->head, slice_of("test.csv"), slice_of("csv"), table_columns, &err),
        TQ_OK);
    assert_int_equal(reading_init(&table->reading, column_count, &err), TQ_OK);
    table->reading.kind = reg_find_kind(reg, slice_of(kind));
    table->reading.month_column = UINT16_MAX;
    batch_builder_init(&table->builder, table_columns);
    for (uint32_t i = 0; i < column_count; i++) {
        struct column_reading *reading = &table->reading.columns[i];

        reading->interpretation = columns[i].as;
        reading->redaction = columns[i].redaction;
        reading->age_day = columns[i].age_day;
        reading->piece = columns[i].piece;
        reading->source = columns[i].source;
        if (columns[i].is_month) {
            reading->role = ROLE_MONTH;
            table->reading.month_column = (uint16_t)i;
            table->reading.month_interpretation = columns[i].as;
        }
        if (!columns[i].field)
            continue;
        reading->status = READING_FULL;
        reading->target = toy_target(reg, kind, columns[i].through, columns[i].field);
        reading->target.period_mode = columns[i].period_mode;
        reading->target.period = columns[i].period ? month_of(columns[i].period) : MONTH_NONE;
        reading->month_inferred = columns[i].inferred;
    }
}

void judge_table_set_slots(struct judge_table *table, uint32_t slot_count)
{
    table->head.shape = SHAPE_DOCUMENTS;
    table->head.slot_count = slot_count;
}

void judge_table_row(struct judge_table *table, const char *row, const char *subject,
                     bool same_record)
{
    struct tq_error err;

    for (const char *cell = row; cell;) {
        const char *end = strchr(cell, '|');
        size_t length = end ? (size_t)(end - cell) : strlen(cell);

        assert_int_equal(batch_builder_cell(&table->builder, slice_make(cell, length), &err),
                         TQ_OK);
        cell = end ? end + 1 : NULL;
    }
    if (!same_record) {
        struct link link = {.subject = SUBJECT_NONE, .other = SUBJECT_NONE};

        if (subject) {
            link.subject = reg_find_subject(table->reg, table->reading.kind, slice_of(subject));
            assert_true(link.subject != SUBJECT_NONE);
            link.posterior = PROBABILITY_ONE;
        }
        assert_int_equal(alloc_reserve(&table->links, &table->link_capacity,
                                       table->record_count + 1, sizeof(link), &err),
                         TQ_OK);
        table->links[table->record_count++] = link;
    }
    assert_int_equal(batch_builder_row(&table->builder, 1, table->record_count, table->record_count,
                                       table->row_flags, &err),
                     TQ_OK);
}

void judge_table_snapshot(struct judge_table *table, const char *from, const char *to)
{
    struct snapshot *snapshot = &table->dating.snapshots[table->dating.count++];

    snapshot->from = toy_moment(from);
    snapshot->to = toy_moment(to);
    snapshot->best = snapshot->from;
    snapshot->share = 1;
}

void judge_table_run(struct judge_table *table, unsigned times)
{
    struct batch_claims claims = {0};
    struct linked_batch linked = {
        .batch = &table->builder.batch, .links = table->links, .claims = &claims};
    bool changed;
    struct tq_error err;

    assert_int_equal(judge_new(table->reg, &table->head, &table->reading, &table->judge, &err),
                     TQ_OK);
    if (table->rules)
        assert_int_equal(judge_use_rules(table->judge, table->rules, table->today, &err), TQ_OK);
    table->scratch = judge_scratch_new(table->judge);
    assert_non_null(table->scratch);
    for (unsigned i = 0; i < times; i++)
        assert_int_equal(judge_learn(table->judge, table->scratch, &linked, &table->dating, &err),
                         TQ_OK);
    judge_set_roles(table->judge, &changed);
    assert_int_equal(
        judge_batch(table->judge, table->scratch, &linked, &table->dating, &table->findings, &err),
        TQ_OK);
    batch_claims_clear(&claims);
    assert_int_equal(table->findings.record_count, table->record_count);
}

const struct cell_finding *judge_table_cell(const struct judge_table *table, uint32_t record,
                                            unsigned line, unsigned column)
{
    const struct record_finding *finding = &table->findings.records[record];

    for (uint32_t i = 0; i < finding->cell_count; i++) {
        const struct cell_finding *cell = &table->findings.cells[finding->cell_first + i];

        if (cell->line == line && cell->column == column)
            return cell;
    }
    return NULL;
}

const char *judge_table_cells(const struct judge_table *table, uint32_t record, unsigned line)
{
    static char text[512];
    size_t length = 0;

    text[0] = '\0';
    for (unsigned i = 0; i < table->reading.column_count; i++) {
        const struct cell_finding *cell = judge_table_cell(table, record, line, i);
        const char *name = cell ? cell_verdict_name(cell->verdict) : "-";

        if (table->reading.columns[i].status != READING_FULL)
            continue;
        length += (size_t)snprintf(text + length, sizeof(text) - length, "%s%s",
                                   length > 0 ? " " : "", name);
    }
    return text;
}

const char *judge_table_verdict(const struct judge_table *table, uint32_t record)
{
    return record_verdict_name(table->findings.records[record].verdict);
}

void judge_table_end(struct judge_table *table)
{
    finding_batch_clear(&table->findings);
    (void)judge_scratch_free(table->scratch);
    (void)judge_free(table->judge);
    batch_builder_clear(&table->builder);
    reading_clear(&table->reading);
    table_clear(&table->head);
    free(table->links);
}
