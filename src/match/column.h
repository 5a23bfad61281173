/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef MATCH_COLUMN_H
#define MATCH_COLUMN_H

#include "base/prefetch.h"
#include "match/spelling.h"
#include "model/reading.h"
#include "model/table.h"
#include "register/register.h"
#include "register/view.h"

/* Weights are natural logarithms in fixed point: round(w * 2^20). */
#define WEIGHT_ONE  (1 << 20)
#define WEIGHT_NONE INT32_MIN

int32_t weight_of(double nats);
int32_t weight_of_log(double x); /* log(x), x > 0 */

/* How a cell compares with what one candidate holds (algorithms.md 3.2). */
enum level {
    LEVEL_AGREES,
    LEVEL_RESPELT, /* agrees, in other letters: told of candidates that are kept (spelling.h) */
    LEVEL_NEAR,
    LEVEL_EXCHANGED, /* a name that is his, in the column of another of his names */
    LEVEL_PARTLY,    /* a whole name of which some words are his, a date of which two parts are */
    LEVEL_DIFFERS,
    LEVEL_COUNT,
    LEVEL_NONE = LEVEL_COUNT, /* nothing to compare: the candidate holds nothing */
};

static inline bool level_agrees(uint8_t level)
{
    return level == LEVEL_AGREES || level == LEVEL_RESPELT;
}

/* The cell shows another value, though perhaps a part of his. */
static inline bool level_is_apart(uint8_t level)
{
    return level == LEVEL_PARTLY || level == LEVEL_DIFFERS;
}

/* A posting longer than this is not followed (algorithms.md 3.1). */
#define POSTING_MAX 50

/* A fully read column of the table, bound to the register. */
struct match_column {
    uint32_t number; /* of the reading */
    uint16_t twin;   /* the first of the columns that read the same field the same way */
    const struct column_reading *reading;
    const struct field *field;   /* whose values are compared */
    const struct field *through; /* the reference it is reached by, or NULL */
    struct view *view;           /* owned */
    enum value_type type;
    bool plain;     /* view keys are the field's own keys */
    bool simple;    /* direct and plain: compared by looking at the facts alone */
    bool direct;    /* an attribute of the subject itself, in no period */
    bool by_row;    /* compared in the period of the row */
    bool repeats;   /* a slot: the same in all rows of one record */
    bool sparse;    /* few share a value: first to be looked up */
    bool pairs;     /* too common alone: looked up in pairs (names, dates, texts, addresses) */
    bool exchanges; /* a family or given name: may stand in the column of another */
    bool identity;  /* names the subject: id, name, birth date */
    bool tells;     /* helps to recognise the subject: identity, contact, account */
    bool rho_fixed; /* the chance that an unknown subject's value exists is the field's density */
    double rho;     /* the fixed one */
    double population;      /* subjects (facts, if by_row) that hold any value */
    int32_t log_population; /* its weight */
    int32_t *log_share;     /* per view key: weight of its share of the population, WEIGHT_NONE: not
                               held; owned; NULL: from view_key_frequency() */
    uint32_t key_count;
    int32_t typical_share;       /* of the value of the median subject */
    struct spellings *spellings; /* of names, where nothing tells people apart better; owned */
};

/* Fields of names that a kind of subjects has, at most: more are a strange register. */
#define NAME_FIELDS_MAX 8u

struct match_columns {
    const struct reg *reg;
    const struct kind *kind;
    struct match_column *items; /* owned */
    uint32_t count;
    /* Family and given names of the kind, whether the table has them or not: a record may show one
     * in the place of the other. */
    const struct field *names[NAME_FIELDS_MAX];
    uint32_t name_count;
    bool names_alone;   /* no column but names tells people of one household apart */
    int32_t *log_count; /* weight of log n for n < LOG_COUNTS; owned */
};

#define LOG_COUNTS 4096u

/* Bind the fully read columns. On failure `columns` may be cleared as well as on success. */
int match_columns_init(struct match_columns *columns, const struct reg *reg,
                       const struct table *table, const struct reading *reading,
                       struct tq_error *err) MUST_CHECK;
void match_columns_clear(struct match_columns *columns);

/* Weight of the share of subjects that hold `key`; WEIGHT_NONE if none does. */
int32_t column_log_share(const struct match_columns *columns, const struct match_column *column,
                         uint32_t key);

/* Ask for what column_log_share() will read. */
PREFETCHING void column_prefetch_share(const struct match_column *column, uint32_t key)
{
    if (key == KEY_NONE)
        return;
    if (column->log_share)
        __builtin_prefetch(&column->log_share[key]);
    else if (column->plain)
        __builtin_prefetch(&column->field->posting_start[key]);
}

/* The subjects that hold a key of a direct column; borrowed. */
static inline const uint32_t *column_holders(const struct match_column *column, uint32_t key,
                                             uint32_t *out_count)
{
    const struct field *field = column->field;

    if (!column->plain)
        return view_key_holders(column->view, key, out_count);
    *out_count = field_key_frequency(field, key);
    return field->posting + field->posting_start[key];
}

/* What column_compare() does for columns that are not simple. */
enum level column_compare_any(const struct match_column *column, uint32_t subject,
                              uint16_t row_period, uint32_t key);

/* LEVEL_AGREES, LEVEL_DIFFERS or LEVEL_NONE: whether `subject` holds `key` at any time; in
 * `row_period`, if the column is compared by row. */
static inline enum level column_compare(const struct match_column *column, uint32_t subject,
                                        uint16_t row_period, uint32_t key)
{
    const struct field *field = column->field;
    uint64_t end;

    if (!column->simple)
        return column_compare_any(column, subject, row_period, key);
    end = field->fact_start[subject + 1];
    for (uint64_t i = field->fact_start[subject]; i < end; i++) {
        if (field->fact_key[i] == key)
            return LEVEL_AGREES;
    }
    return field->fact_start[subject] == end ? LEVEL_NONE : LEVEL_DIFFERS;
}

/* The distinct view keys that `subject` holds, at most `room`; how many. */
uint32_t column_held_keys(const struct match_column *column, uint32_t subject, uint16_t row_period,
                          uint32_t *out_keys, uint32_t room);

/* View key of fact number `fact` of the column's field. */
static inline uint32_t column_fact_key(const struct match_column *column, uint64_t fact)
{
    const struct field *field = column->field;
    struct held held;

    if (column->plain)
        return field->fact_key[fact];
    held = (struct held){.key = field->fact_key[fact], .value = field->fact_value[fact]};
    return view_held_key(column->view, &held);
}

#endif
