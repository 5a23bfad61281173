/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef RULES_RULES_H
#define RULES_RULES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/slice.h"
#include "model/language.h"
#include "model/type.h"

/*
 * Consistency rules as data: what a fact of a field must or should be like, beside the other facts
 * of its subject, its own times and tables of amounts by date. The vocabulary is that of the manual
 * page tahqiq-register-check. All texts are NUL-terminated and live in the set's arena.
 *
 * Two sorts of numbers: hundredths (amounts, counts), and minutes of local time (dates, moments).
 */
enum rule_source {
    RULE_NUMBER,     /* `number`, hundredths */
    RULE_DATE,       /* `number`, minutes */
    RULE_VALUE,      /* of the fact that is tested */
    RULE_TODAY,      /* when the test is made */
    RULE_PERIOD,     /* first day of the fact's month */
    RULE_PERIOD_END, /* last day of it */
    RULE_VALID_FROM, /* times of the fact; open ends are not there */
    RULE_VALID_TO,
    RULE_KNOWN_FROM,
    RULE_KNOWN_TO,
    RULE_FIELD, /* what the subject holds in field `name` beside the fact: see rule_test.h */
    RULE_TABLE, /* table `table` at the date of the fact */
    RULE_SUM    /* of field `name` over `months` to the fact's month, or its calendar year */
};

/* A code and the number it stands for. */
struct rule_code {
    const char *code;
    int64_t number;
};

struct rule_term {
    enum rule_source source;
    int64_t number;
    uint16_t name; /* RULE_FIELD, RULE_SUM: number in set.names */
    uint16_t table;
    uint16_t months; /* RULE_SUM; 0: the calendar year */
    int64_t times;   /* in millionths */
    int64_t plus;    /* hundredths */
    int32_t plus_months, plus_days;
    bool has_missing;
    int64_t missing; /* RULE_FIELD: stands in where the subject holds nothing */
    const struct rule_code *codes;
    uint16_t code_count;
};

enum rule_join {
    RULE_SINGLE,
    RULE_LEAST,
    RULE_GREATEST,
    RULE_TOTAL
};

#define RULE_TERMS_MAX 8u

struct rule_operand {
    enum rule_join join;
    uint16_t count;
    struct rule_term *terms;
};

enum rule_relation {
    RULE_AT_LEAST,
    RULE_AT_MOST,
    RULE_ABOVE,
    RULE_BELOW,
    RULE_EQUALS,
    RULE_IN,      /* the text is one of `words` */
    RULE_NOT_IN,  /* or none of them */
    RULE_CHECK,   /* passes the scheme `words[0]`, or "declared": that of its field */
    RULE_UNIQUE,  /* no other subject ever held it */
    RULE_AT_ONCE, /* the subject holds at most `most` values of the field at a time */
    RULE_NOT_YET  /* no amount that `table` has only for a later date */
};

struct rule_condition {
    struct rule_operand left; /* a single RULE_VALUE unless given */
    enum rule_relation relation;
    struct rule_operand right; /* of the first five */
    int64_t within;            /* of RULE_EQUALS: the difference allowed */
    const char **words;        /* folded as codes are, but a scheme's name */
    uint16_t word_count;
    uint16_t table;
    uint32_t most;
};

struct rule {
    const char *name;
    const char *about[LANGUAGE_COUNT]; /* what it demands; "": not told in this language */
    bool must;        /* no right record breaks it; else some do, and the register says how many */
    const char *kind; /* of subjects, in the rules' words; NULL: of every kind */
    uint16_t field;   /* number in set.names; RULE_EVERY: all fields of `type` */
    int type;         /* enum value_type, or -1: any */
    struct rule_condition *where, *conditions;
    uint16_t where_count, condition_count;
};

#define RULE_EVERY UINT16_MAX

/* A field that rules name: "salary", "declared_by>employer_status". */
struct rule_name {
    const char *kind, *field;
};

/* An amount from a date on. */
struct rule_step {
    int32_t day; /* since 1970-01-01 */
    int64_t number;
};

struct rule_table {
    const char *name;
    struct rule_step *steps; /* rising by day */
    uint16_t step_count;
};

/* The rules' word for a field or a kind, and the register's. */
struct rule_alias {
    const char *ours, *theirs;
};

struct rule_set {
    struct arena arena;
    struct rule *rules; /* these four owned */
    size_t rule_count, rule_capacity;
    struct rule_name *names;
    size_t name_count, name_capacity;
    struct rule_table *tables;
    size_t table_count, table_capacity;
    struct rule_alias *aliases;
    size_t alias_count, alias_capacity;
};

/*
 * Read a file of rules. TQ_E_IO if it cannot be read; TQ_E_SYNTAX for any mistake, with
 * "file:line:column: what is wrong and what would be right". *out_set is owned; rule_set_free().
 */
int rule_set_load(const char *path, struct rule_set **out_set, struct tq_error *err) MUST_CHECK;

/* The same of text in memory; `file` is its name in complaints. */
int rule_set_parse(struct slice text, const char *file, struct rule_set **out_set,
                   struct tq_error *err) MUST_CHECK;

/* The rules that come with the program for a country (two letters, or ""). */
int rule_set_shipped(const char *country, struct rule_set **out_set,
                     struct tq_error *err) MUST_CHECK;

struct rule_set *rule_set_free(struct rule_set *set);

/* The rules of a file, or without one (NULL) those that come with the program for a country. */
int rule_set_open(const char *path, const char *country, struct rule_set **out_set,
                  struct tq_error *err) MUST_CHECK;

/* Days since 1970-01-01 of "2024-01-31"; false if it is anything else. */
bool rule_date_parse(struct slice text, int32_t *out_day);

/* The value of a table on a day; false if it begins later. */
bool rule_table_at(const struct rule_table *table, int64_t day, int64_t *out_number);

#endif
