/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef EXTRACT_SQL_TABLES_H
#define EXTRACT_SQL_TABLES_H

#include "base/arena.h"
#include "extract/row_writer.h"
#include "extract/sql_row.h"

#define SQL_TABLES_MAX  16384u     /* described; the largest products have some 10,000 */
#define SQL_COLUMNS_MAX (1u << 20) /* of all descriptions together */

/* A table as CREATE TABLE, a list of columns, or else its first row describes it. */
struct sql_table {
    struct slice name;
    struct slice *columns; /* of the arena */
    uint32_t column_count;
};

/*
 * The tables of a dump, and the rows on their way to the sink. A statement that gives rows begins
 * with sql_tables_begin(), which says where the values of its rows go.
 */
struct sql_tables {
    const struct sink *sink;
    struct row_writer writer;
    struct arena arena;
    struct sql_table **items; /* owned array */
    size_t count, capacity;

    const struct sql_table *announced; /* the rows of which the sink gets */
    uint32_t announcements, columns_described;
    bool is_mixed; /* too many tables, or changes: all rows go to one table of two columns */

    struct buf target_text; /* name and columns of the last begin, to see that they are the same */
    struct sql_table *target;
    uint32_t *places; /* owned: the column of each value; none: in order */
    uint32_t place_count;
    size_t place_capacity;
    struct row_cell *cells; /* owned: of one row, by column */
    size_t cell_capacity;
    struct buf mixed;
    struct note_kind torn, mixed_note;
};

void sql_tables_init(struct sql_tables *tables, const struct sink *sink);
void sql_tables_clear(struct sql_tables *tables);

/* Remember the columns of a table that is created; a second description replaces the first. */
int sql_tables_describe(struct sql_tables *tables, struct slice name, const struct sql_row *columns,
                        struct tq_error *err) MUST_CHECK;

/* Rows of `name` follow, with these columns (none: all). */
int sql_tables_begin(struct sql_tables *tables, struct slice name, const struct sql_row *columns,
                     struct tq_error *err) MUST_CHECK;

int sql_tables_row(struct sql_tables *tables, const struct sql_row *row,
                   struct tq_error *err) MUST_CHECK;

/* Give the last rows, and the notes. */
int sql_tables_finish(struct sql_tables *tables, struct tq_error *err) MUST_CHECK;

static inline void sql_tables_clear_cleanup(struct sql_tables *tables)
{
    sql_tables_clear(tables);
}

#endif
