/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef EXTRACT_SQL_ROW_H
#define EXTRACT_SQL_ROW_H

#include "extract/sql_lex.h"

#define SQL_ROW_CELLS_MAX (2 * TABLE_COLUMNS_MAX) /* further ones are left out */

/* The values of one row, as text. */
struct sql_row {
    struct buf text;
    size_t *ends; /* owned: where the text of each cell ends */
    size_t count, capacity;
    uint64_t line; /* where it starts */
    bool torn;     /* the text ended, or was damaged, before its closing parenthesis */
    bool is_query; /* its values are those of a SELECT: FROM and UNION end them */
};

void sql_row_clear(struct sql_row *row);
void sql_row_empty(struct sql_row *row);
struct slice sql_row_cell(const struct sql_row *row, size_t index);

/* End the cell that was added to row->text. */
int sql_row_end_cell(struct sql_row *row, struct tq_error *err) MUST_CHECK;

/*
 * Read the values of a row; the lexer stands behind its "(", and afterwards behind its ")". A value
 * that is an expression is the first text in it, or else its first number: TO_DATE('2024-05-01',
 * 'YYYY-MM-DD'), CAST(N'1.5' AS decimal(3, 1)), 'abc'::text. Parts joined by || are joined.
 */
int sql_row_read(struct sql_row *row, struct sql_lexer *lexer, struct tq_error *err) MUST_CHECK;

/*
 * Read one value up to a "," or the end of the list: *out_end, where a sign that is not ours to
 * take is given again.
 */
int sql_row_read_value(struct sql_row *row, struct sql_lexer *lexer, bool *out_end,
                       struct tq_error *err) MUST_CHECK;

#endif
