/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef MODEL_READING_H
#define MODEL_READING_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/slice.h"
#include "model/batch.h"
#include "model/date_parts.h"
#include "model/interpretation.h"
#include "model/piece.h"
#include "model/redaction.h"

#define FIELD_NONE   UINT16_MAX
#define KIND_NONE    UINT8_MAX
#define SUBJECT_NONE UINT32_MAX
#define KEY_NONE     UINT32_MAX

/* What a column is compared with: a field of the table's kind, or, `through` a reference field, a
 * field of the kind it points to; for a periodic field, in which period. */
enum target_period {
    PERIOD_NONE,  /* the field is not periodic */
    PERIOD_FIXED, /* one period for the whole column: `period` */
    PERIOD_ANY,   /* whichever period agrees */
    PERIOD_ROW    /* the period named by the row's own month column */
};

struct target {
    uint16_t field;   /* number of the field whose values are compared */
    uint16_t through; /* number of the reference field of the table's kind, or FIELD_NONE */
    enum target_period period_mode;
    uint16_t period; /* month_number(); MONTH_NONE unless PERIOD_FIXED */
};

enum reading_status {
    READING_NONE,     /* nothing in the register explains this column */
    READING_WEAK,     /* correlates; reported, never judged */
    READING_FULL,     /* read: every cell is a claim about this target */
    READING_REFERS_TO /* holds identifiers of other subjects; reported, not compared */
};

enum column_role {
    ROLE_VALUE,
    ROLE_PREVIOUS, /* holds the previous value of its field (found after dating) */
    ROLE_MONTH     /* names the period of its row */
};

/* One entry of a learnt codebook: the fingerprint of a cell text, and the key it stands for. */
struct codebook_entry {
    uint64_t cell; /* fingerprint of the cell's FORM_CODE */
    uint32_t key;  /* key number in the target field's dictionary */
};

struct column_reading {
    enum reading_status status;
    enum column_role role;
    uint32_t source;         /* a piece: number of the table's column that it is of */
    struct cell_piece piece; /* the whole cell, but for the readings beyond the table's columns */
    struct date_parts parts; /* a date: the table's columns that are read as one */
    uint32_t joined;         /* a date: its number among those of the reading */
    struct target target;
    enum interpretation interpretation;
    struct redaction redaction;      /* AS_CUT, AS_MASKED */
    struct cell_piece value_piece;   /* AS_PIECE: of the register's values */
    int32_t age_day;                 /* AS_AGE: the day on which ages are told, since 1970 */
    struct codebook_entry *codebook; /* AS_CODEBOOK: sorted by cell; owned */
    uint32_t codebook_count;
    bool month_inferred; /* a fixed or any period, and no month column says so */

    /* Grounds, over the linked rows of the sample whose subject has a value for the target. */
    uint32_t compared; /* n */
    uint32_t agreed;   /* h */
    double chance;     /* b, the exact permutation expectation */
    double gain_nats;  /* G */
    double kappa;      /* (a - b) / (1 - b) */
    double filled;     /* share of non-empty cells in the sample */
};

/* How a table is read. Columns not read have status READING_NONE. After the readings of the table's
 * columns come those of pieces of columns, and of dates whose parts stand in several. */
struct reading {
    uint8_t kind; /* number of the kind its records are about; KIND_NONE: nothing is read */
    uint32_t column_count;          /* of readings: at least that of the table */
    struct column_reading *columns; /* owned */
    uint16_t month_column;          /* ROLE_MONTH column, or UINT16_MAX */
    enum interpretation month_interpretation;
    bool lines_are_records; /* SHAPE_DOCUMENTS: each line is a record of its own */
    bool repeated_subject;  /* several rows share a subject (a row a month): linked as groups */
    uint16_t anchor_column; /* with repeated_subject: the column that names the group */
    uint32_t sample_rows, sample_linked;
    bool single_anchor;  /* linked by one column alone */
    uint32_t date_count; /* of dates whose parts stand in several columns */
};

void reading_clear(struct reading *reading);
int reading_init(struct reading *reading, uint32_t column_count, struct tq_error *err) MUST_CHECK;

/* Append the reading of a piece of column `source`; *out_column is borrowed until the next. */
int reading_add_piece(struct reading *reading, uint32_t source, struct cell_piece piece,
                      struct column_reading **out_column, struct tq_error *err) MUST_CHECK;

/* Number the dates of the reading: once it is complete, before rows are looked at. */
void reading_number_dates(struct reading *reading);

/*
 * Join the cells of the reading's dates, in all rows of a batch, so that column_cell() finds them;
 * a reading without any does nothing. `joined` is the caller's, and lives as long as the batch.
 */
int reading_join_dates(const struct reading *reading, struct batch *batch,
                       struct joined_cells *joined, struct tq_error *err) MUST_CHECK;

/* The table's column that reading `number` is about; of a date, that of its year. */
static inline uint32_t column_source(const struct column_reading *column, uint32_t number)
{
    if (column->parts.count > 0)
        return column->parts.columns[DATE_PART_YEAR];
    return piece_is_whole(column->piece) ? number : column->source;
}

/* What reading `number` is about, in a row. */
static inline struct slice column_cell(const struct column_reading *column,
                                       const struct batch *batch, uint32_t row, uint32_t number)
{
    if (column->parts.count > 0)
        return batch_joined_cell(batch, row, column->joined);
    if (piece_is_whole(column->piece))
        return batch_cell(batch, row, number);
    return piece_of(column->piece, batch_cell(batch, row, column->source));
}

/* The cell that names the month of a row, where there is a month column. */
static inline struct slice reading_month_cell(const struct reading *reading,
                                              const struct batch *batch, uint32_t row)
{
    return column_cell(&reading->columns[reading->month_column], batch, row, reading->month_column);
}

static inline double column_agreement(const struct column_reading *column)
{
    return column->compared ? (double)column->agreed / column->compared : 0;
}

#endif
