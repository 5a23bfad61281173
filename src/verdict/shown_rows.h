/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef VERDICT_SHOWN_ROWS_H
#define VERDICT_SHOWN_ROWS_H

#include "model/finding.h"
#include "model/reading.h"
#include "register/register.h"

/*
 * Rows as the tests for fabrication see them: what a table shows, and what subjects of the register
 * hold, brought into one shape, so that every test compares two samples of the same kind.
 */

enum shown_flag {
    SHOWN_NUMBER = 1 << 0,   /* `number` is one: hundredths, days, or an identifier of digits */
    SHOWN_CHECKED = 1 << 1,  /* its field has a check rule, */
    SHOWN_FAILS = 1 << 2,    /* which it fails */
    SHOWN_PAIRED = 1 << 3,   /* there is a next row, or a next identifier of the register, */
    SHOWN_FOLLOWED = 1 << 4, /* which is greater by one */
    SHOWN_DOUBTFUL = 1 << 5, /* the register does not bear it out, and it is no mere slip */
};

struct shown_value {
    uint64_t print; /* of the canonical form; FINGERPRINT_NONE: nothing is shown */
    int64_t number;
    uint8_t flags;
};

enum shown_group {
    SHOWN_BY_DOUBTFUL,  /* an unfounded or altered record */
    SHOWN_BY_BORNE_OUT, /* an authentic, stale or incomplete one */
    SHOWN_BY_REGISTER,
    SHOWN_GROUP_COUNT
};

/* A column that can be compared: fully read, and under the form that the register keeps. */
struct shown_column {
    uint16_t number; /* of the reading */
    enum value_type type;
    enum category category;
    bool periodic;
};

struct shown_rows {
    const struct shown_column *columns; /* borrowed */
    uint16_t column_count;
    struct shown_value *values; /* row by row; owned */
    uint8_t *groups;            /* enum shown_group by row; owned */
    size_t row_count, value_capacity, group_capacity;
};

void shown_rows_clear(struct shown_rows *rows);

/* Room for one more row, which is empty; *out_values is borrowed until the next. */
int shown_rows_add(struct shown_rows *rows, enum shown_group group, struct shown_value **out_values,
                   struct tq_error *err) MUST_CHECK;

/* Append all rows of `more`, which has the same columns. */
int shown_rows_append(struct shown_rows *rows, const struct shown_rows *more,
                      struct tq_error *err) MUST_CHECK;

/* The columns that can be compared; *out_columns is owned. None of a register of fingerprints. */
int shown_columns_find(const struct reg *reg, const struct reading *reading,
                       struct shown_column **out_columns, uint16_t *out_count,
                       struct tq_error *err) MUST_CHECK;

/* Of a batch: the doubtful records, and of the others, four neighbours of sixteen. A record of
 * several lines counts by its first. */
int shown_rows_of_batch(const struct reg *reg, const struct reading *reading,
                        const struct batch *batch, const struct finding_batch *findings,
                        struct shown_rows *rows, struct tq_error *err) MUST_CHECK;

/* What up to `most` subjects of the reading's kind, at a fixed stride, held at a moment. */
int shown_rows_of_register(const struct reg *reg, const struct reading *reading, int32_t at,
                           uint32_t most, struct shown_rows *rows, struct tq_error *err) MUST_CHECK;

#endif
