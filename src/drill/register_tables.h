/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef DRILL_REGISTER_TABLES_H
#define DRILL_REGISTER_TABLES_H

#include "base/buf.h"
#include "drill/employer.h"
#include "drill/person.h"

/* The tables that hold something of a person. */
enum person_table {
    TABLE_INSURED,
    TABLE_CONTACT,
    TABLE_ACCOUNTS,
    TABLE_JOBS,
    TABLE_DECLARATIONS,
    TABLE_PENSION,
    TABLE_FAMILY,
    TABLE_HEALTH,
    PERSON_TABLES
};

/* File names and header rows of the tables of persons, and of the one of employers. */
extern const char *const person_table_files[PERSON_TABLES];
extern const char *const person_table_headers[PERSON_TABLES];
extern const char employer_table_file[];
extern const char employer_table_header[];

/* The description (YAML) that says what the tables mean. */
extern const char register_description[];

/* Add all rows of one person to the tables, and of one employer to its table. Rows added are
 * counted in out_rows[PERSON_TABLES]. */
void register_add_person(const struct world *world, const struct person *person,
                         struct buf out[PERSON_TABLES], uint64_t out_rows[PERSON_TABLES]);
uint64_t register_add_employer(const struct world *world, const struct employer *employer,
                               struct buf *out);

#endif
