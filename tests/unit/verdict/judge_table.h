/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef TEST_JUDGE_TABLE_H
#define TEST_JUDGE_TABLE_H

#include "verdict/judge.h"

/* A table in memory, read by hand, with the subject of each record given: what comes before a
 * judge, for tests of judging. */
struct test_column {
    const char *through, *field; /* as in "employer", "name"; through NULL: direct */
    enum interpretation as;
    enum target_period period_mode; /* of periodic fields */
    const char *period;             /* PERIOD_FIXED: "2024-05" */
    bool inferred, is_month;
    struct redaction redaction;
    int32_t age_day;         /* AS_AGE */
    struct cell_piece piece; /* of column `source` */
    uint32_t source;
};

struct judge_table {
    const struct reg *reg;
    struct table head;
    struct reading reading;
    struct batch_builder builder;
    struct link *links;
    size_t link_capacity;
    uint32_t record_count;
    uint8_t row_flags; /* of the rows that are added from now on */
    struct dating dating;
    const struct rule_binding *rules; /* NULL: none are used */
    int32_t today;
    struct judge *judge;
    struct judge_scratch *scratch;
    struct finding_batch findings;
};

void judge_table_start(struct judge_table *table, const struct reg *reg, const char *kind,
                       const struct test_column *columns, uint32_t column_count);

/* The same with readings beyond the table's `table_columns` columns. */
void judge_table_start_beyond(struct judge_table *table, const struct reg *reg, const char *kind,
                              const struct test_column *columns, uint32_t column_count,
                              uint32_t table_columns);

/* A document of several lines: its first columns are slots. */
void judge_table_set_slots(struct judge_table *table, uint32_t slot_count);

/* Add a row "a|b|c" about `subject` (NULL: nobody); `same_record`: another line of the last one. */
void judge_table_row(struct judge_table *table, const char *row, const char *subject,
                     bool same_record);

void judge_table_snapshot(struct judge_table *table, const char *from, const char *to);

/* Learn from the rows `times` times over, then judge them. */
void judge_table_run(struct judge_table *table, unsigned times);

/* "agrees variant -" and so on: the verdicts of the cells of one line, "-" for cells not judged;
 * static memory. */
const char *judge_table_cells(const struct judge_table *table, uint32_t record, unsigned line);
const struct cell_finding *judge_table_cell(const struct judge_table *table, uint32_t record,
                                            unsigned line, unsigned column);
const char *judge_table_verdict(const struct judge_table *table, uint32_t record);

void judge_table_end(struct judge_table *table);

#endif
