/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef MATCH_TABLE_H
#define MATCH_TABLE_H

#include "match/linker.h"
#include "match/match.h"
#include "toy_register.h"

/*
 * A register of some 600 people with families, twins and homonyms, made by rule, and tables
 * about them that are read by hand. Any failure ends the test.
 */
#define CITIZENS 600u

struct reg *citizens_register(void);

/* The same people, of whom the register knows no names. */
struct reg *nameless_register(void);

/* And of whom it knows no given name of those with an even number. */
struct reg *families_register(void);

/* The register key of citizen `number`: its subject number is the same. */
void citizen_key(unsigned number, char out[16]);

/* What the register holds of citizen `number`: fields in the order id, national_id, family_name,
 * given_name, birth_date (DD/MM/YYYY), phone, address, account. */
enum citizen_cell {
    CELL_ID,
    CELL_NATIONAL_ID,
    CELL_FAMILY,
    CELL_GIVEN,
    CELL_BIRTH,
    CELL_PHONE,
    CELL_ADDRESS,
    CELL_ACCOUNT,
    CITIZEN_CELLS
};

/* The fields of a register of citizens, in the words of toy_register(). */
#define CITIZEN_FIELDS                                \
    "field person number id identity\n"               \
    "field person national_id id identity\n"          \
    "field person family_name family-name identity\n" \
    "field person given_name given-name identity\n"   \
    "field person birth_date date identity\n"         \
    "field person phone phone contact\n"              \
    "field person address address contact\n"          \
    "field person account account financial\n"

struct citizen {
    char cells[CITIZEN_CELLS][48];
};

struct citizen citizen_of(unsigned number);

/* Somebody whom the register does not have. */
struct citizen stranger_of(unsigned number);

/* A table in memory whose batches hold `rows_per_batch` rows. */
struct match_table {
    const struct reg *reg;
    struct table table;
    struct reading reading;
    struct batch_builder *batches;
    uint32_t batch_count, batch_capacity, rows_per_batch;
    uint32_t rows, records;
    struct batch_source source;
};

/* Columns as in struct citizen, all read; with_ids false: the two identifiers are not. */
void match_table_init(struct match_table *table, const struct reg *reg, uint32_t rows_per_batch,
                      bool with_ids);
void match_table_add(struct match_table *table, const struct citizen *citizen);
void match_table_clear(struct match_table *table);

/* A row of any table: `cells` are as many as the table has columns. */
void match_table_row(struct match_table *table, uint32_t record, const char *const *cells);

/* Fit, and link all records on `threads` threads (each batch by one of as many scratches). */
struct match_model *match_table_fit(struct match_table *table, unsigned threads);
void match_table_link(struct match_table *table, const struct match_model *model,
                      struct link *links);

#endif
