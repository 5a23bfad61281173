/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef REPORT_CASE_VIEW_H
#define REPORT_CASE_VIEW_H

#include "model/language.h"
#include "model/reading.h"
#include "store/case_store.h"

/*
 * A case as reports need it: exhibits by path, tables by name with their readings, and every
 * record in the order of the contract. Loaded once, read-only.
 */
struct column_label {
    char *header;
    char *field;  /* "employer>name"; "" if not read */
    char *period; /* "2024-03", "row", "any" or "" */
    char *status;
    char *interpretation;
    char *category;
    char *role;
    bool periodic;
    double agreement, chance, filled;
    uint32_t compared;
    uint16_t source;         /* the table's column, from 0 */
    struct date_parts parts; /* those of a date whose parts stand in several */
};

struct table_view {
    const struct stored_table *stored;
    const char *kind; /* "" if nothing was read */
    uint8_t kind_number;
    uint32_t finding_batches;
    struct column_label *columns; /* by column number; column_count of them */
    uint32_t column_count;
    struct finding_batch findings; /* the batch loaded last */
    uint32_t loaded;               /* its number, UINT32_MAX: none */
};

/* Where the finding of a record lies. */
struct record_place {
    uint32_t exhibit; /* position in exhibits */
    uint32_t record;
    uint32_t table; /* position in tables */
    uint32_t batch;
    uint32_t index; /* within the batch */
};

/* A rule in words; "" for what the case does not have. */
struct rule_text {
    char *name;                  /* owned, as the next */
    char *about[LANGUAGE_COUNT]; /* "": not told in this language */
    bool must;
};

/* How a table stands against a rule. */
struct table_rule {
    uint32_t table; /* position in tables */
    struct consistency_row row;
};

/* A test for made-up rows, of a table. */
struct table_sign {
    uint32_t table; /* position in tables */
    struct sign_row row;
};

struct case_view {
    struct case_store *store;
    struct exhibit_list exhibits;
    struct stored_table_list stored;
    struct table_view *tables; /* examined ones, by name */
    size_t table_count;
    struct record_place *records; /* by exhibit path, then record number */
    size_t record_count;
    struct rule_text *rules; /* by number; the last one stands for those that are not there */
    size_t rule_count, rule_capacity;
    struct table_rule *table_rules; /* by table, then rule */
    size_t table_rule_count, table_rule_capacity;
    struct table_sign *table_signs; /* by table, then in the order of the tests */
    size_t table_sign_count, table_sign_capacity;
    struct mosaic_list mosaic; /* `table` is a position in tables, by which they are sorted */
};

/* TQ_E_USAGE if the case was not examined yet: nothing found must not look like nothing to find. */
int case_view_check_examined(struct case_store *store, struct tq_error *err) MUST_CHECK;

/* TQ_E_USAGE if the case was not examined yet. */
int case_view_open(struct case_store *store, struct case_view *out_view,
                   struct tq_error *err) MUST_CHECK;
void case_view_close(struct case_view *view);

/* The finding of a record and its cells; borrowed until the next call for the same table. */
int case_view_record(struct case_view *view, const struct record_place *place,
                     const struct record_finding **out_record,
                     const struct cell_finding **out_cells, struct tq_error *err) MUST_CHECK;

/* The rules that its cells break; borrowed until the next case_view_record() for the same table,
 * which must have been for this record. */
const struct rule_break *case_view_breaks(const struct case_view *view,
                                          const struct record_place *place, size_t *out_count);

const struct rule_text *case_view_rule(const struct case_view *view, uint16_t number);

/* What it demands; in the first other language that has it, or its name, if this one has not. */
const char *rule_about(const struct rule_text *rule, enum language language);

/* "salary", "salary, employer>name", or nothing: what a test was about. */
void case_view_sign_fields(const struct case_view *view, const struct table_sign *sign,
                           struct buf *out);

/* What a row of the mosaic says, masked unless it is of no person or `reveal` is true. */
void case_view_mosaic_detail(const struct mosaic_row *row, bool reveal, struct buf *out);

/* "salary@2024-03": the field a cell speaks about. */
void column_label_format(const struct column_label *label, uint16_t period, struct buf *out);

/* How many of the table's columns a reading is of, and which, from 0. */
unsigned column_label_source_count(const struct column_label *label);
uint16_t column_label_source(const struct column_label *label, unsigned number);

/* Their numbers, from 1, parted by `separator`. */
void column_label_add_numbers(const struct column_label *label, const char *separator,
                              struct buf *out);

/* The header of one of them; that of the reading, where it is of one. */
const char *column_label_header(const struct table_view *table, const struct column_label *label,
                                unsigned number);

/* Whether a column of the table is read as a part of a date, and so not by itself. */
bool table_view_is_part(const struct table_view *table, uint32_t column);

#endif
