/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef READING_SAMPLE_H
#define READING_SAMPLE_H

#include <stdlib.h>

#include "base/arena.h"
#include "model/date_parts.h"
#include "model/piece.h"
#include "model/redaction.h"
#include "model/table.h"
#include "register/register.h"

#define COLUMN_REDACTIONS_MAX 8u

/*
 * Rows of a table taken by a fixed stride, with the fingerprints of every column under every
 * interpretation that can read it. All later work of reading is on these integers.
 */
struct sample_column {
    uint32_t filled; /* non-empty cells */

    struct redaction redactions[COLUMN_REDACTIONS_MAX]; /* that its cells may show */
    uint32_t redaction_count;
    bool is_masked;                   /* most cells have marks that hide something */
    bool shows_mail, shows_letters;   /* redacted: most cells do */
    uint64_t *prints[AS_PLAIN_COUNT]; /* row_count fingerprints; NULL: cannot be read so */
    uint16_t *months[2];              /* of AS_YM and AS_MY, MONTH_NONE: no month; NULL likewise */
};

/* A column of the sample that is a piece of one of the table's, or a date whose parts are several.
 */
struct derived_column {
    uint32_t source; /* of a piece */
    struct cell_piece piece;
    struct date_parts parts; /* of a date */
};

struct derived_list {
    struct derived_column *items; /* owned */
    size_t count, capacity;
};

static inline void derived_list_clear(struct derived_list *list)
{
    free(list->items);
}

int derived_list_add(struct derived_list *list, const struct derived_column *column,
                     struct tq_error *err) MUST_CHECK;

struct sample {
    const struct reg *reg;
    const struct table *table;
    struct batch_builder rows; /* copies of the rows; cells trimmed */
    uint32_t row_count, column_count;
    const struct derived_column *derived; /* of the columns behind those of the table */
    bool whole;                           /* it holds every row of the table */
    uint32_t *document;                   /* row_count: rows of one record share a number */
    struct sample_column *columns;
    struct arena arena; /* of all arrays */
};

/* Take at most `rows_max` rows. *out_sample is owned by the caller; row_sample_clear(). */
int row_sample_take(const struct reg *reg, const struct table *table,
                    const struct batch_source *source, uint32_t rows_max, struct sample *out_sample,
                    struct tq_error *err) MUST_CHECK;

/* Fill a sample of other columns for the rows of `sample`, which are in out_sample->rows. */
int row_sample_of_rows(const struct sample *sample, uint32_t column_count,
                       struct sample *out_sample, struct tq_error *err) MUST_CHECK;
void row_sample_clear(struct sample *sample);

/* The cell of a derived column; borrowed from the sample or from `room`, of DATE_PARTS_BYTES. */
struct slice row_sample_derive_cell(const struct sample *sample, uint32_t row,
                                    const struct derived_column *column, char *room);

/* Add derived columns as columns, once. On failure the sample has the columns it had. */
int row_sample_derive(struct sample *sample, const struct derived_list *list,
                      struct tq_error *err) MUST_CHECK;

/* Have the dictionaries of all fields in memory in which some column may be looked up. */
int row_sample_load_dictionaries(const struct sample *sample, struct tq_error *err) MUST_CHECK;

static inline struct slice row_sample_cell(const struct sample *sample, uint32_t row,
                                           uint32_t column)
{
    return batch_cell(&sample->rows.batch, row, column);
}

#endif
