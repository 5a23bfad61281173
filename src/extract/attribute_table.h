/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef EXTRACT_ATTRIBUTE_TABLE_H
#define EXTRACT_ATTRIBUTE_TABLE_H

#include "base/arena.h"
#include "base/buf.h"
#include "extract/row_writer.h"

#define ATTRIBUTE_VALUES_MAX 4u /* of one attribute, in columns of their own; further ones join */

/*
 * Records of named values - entries of a directory, cards - as a table, in two passes over the
 * exhibit: the first finds the columns, in order of appearance, the second writes rows. A second
 * value of an attribute goes to a column of its own, "mail[1]", "mail[2]". Names differ in more
 * than case.
 */
struct attribute_table {
    bool is_second_pass;
    struct arena arena;
    struct slice *columns; /* owned; texts of the arena */
    size_t column_count, column_capacity;
    uint32_t *slots;   /* owned: column numbers + 1 by hash */
    uint64_t *stamps;  /* owned, by column: the record that has it */
    struct buf *cells; /* owned, by column; second pass */
    struct row_writer writer;
    uint64_t record, line; /* the open one; where it starts */
    bool is_open, has_others;
    struct buf key;
};

int attribute_table_init(struct attribute_table *table, const struct sink *sink,
                         struct tq_error *err) MUST_CHECK;
void attribute_table_clear(struct attribute_table *table);

/* The first pass is over: the table is announced, if there were any values. */
int attribute_table_settle(struct attribute_table *table, struct slice name,
                           struct tq_error *err) MUST_CHECK;

void attribute_table_open(struct attribute_table *table, uint64_t line);
int attribute_table_value(struct attribute_table *table, struct slice name, struct slice value,
                          struct tq_error *err) MUST_CHECK;

/* End the open record, if there is one; one without values is none. */
int attribute_table_close(struct attribute_table *table, uint8_t flags,
                          struct tq_error *err) MUST_CHECK;

/* Give the last rows, and the notes of the table. */
int attribute_table_finish(struct attribute_table *table, struct tq_error *err) MUST_CHECK;

#endif
