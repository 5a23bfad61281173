/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef DRILL_POSTGRES_TABLES_H
#define DRILL_POSTGRES_TABLES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

/* Where a CSV table of the drill goes in the reference schema, and how it is had back. */
struct postgres_table {
    const char *file;    /* of the drill's register */
    const char *table;   /* of schema/ */
    const char *columns; /* of the table, in the order of the CSV's columns */
    bool months;         /* the second column is a month, for which the table has a date */
    const char *query;   /* gives the CSV's columns by their names */
};

/* Identification and employers first: others refer to their numbers. */
extern const struct postgres_table postgres_tables[];
extern const size_t postgres_table_count;

/* Collect the numbers issued from a table of states that was loaded. */
struct postgres_numbers {
    const char *after; /* file */
    const char *table;
    const char *statement;
};
extern const struct postgres_numbers postgres_numbers[];
extern const size_t postgres_numbers_count;

/* The drill's description with queries in the place of files. */
void postgres_description(struct buf *out);

#endif
