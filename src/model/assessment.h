/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef MODEL_ASSESSMENT_H
#define MODEL_ASSESSMENT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "model/type.h"
#include "model/verdict.h"

/* A row of the counts export. An empty string means all. */
struct count_row {
    const char *measure; /* "records", "affected", "named_falsely", "exposed" */
    const char *kind;    /* borrowed */
    const char *category;
    const char *verdict;
    uint64_t value, low, high; /* low..high: interval for what could not be decided */
};

/* Subjects of a kind whom only documents name that could not be read: an estimate, and its limits.
 */
struct unseen_row {
    uint8_t kind;
    uint64_t read, unread; /* documents */
    uint64_t value, low, high;
};

/*
 * How a table stands against one rule. Counted are the records that show something which the
 * register does not hold, as far as the rule could be tested on it; what the register breaks is of
 * a sample of its subjects.
 */
enum consistency_sign {
    SIGN_NONE = 0, /* Stored; never renumber. */
    SIGN_MORE = 1, /* the table breaks the rule far more often than the register: made up */
    SIGN_LESS = 2  /* far less often: too clean to be real */
};

struct consistency_row {
    uint32_t table;
    uint16_t rule;
    uint64_t records,
        broken; /* records tested, and those that break it where the register does not */
    uint64_t facts, failed; /* of those records; whatever the register does */
    uint64_t register_facts, register_failed;
    double effect; /* Cohen's h of both shares of facts; positive: the table breaks it more often */
    double chance; /* of such a difference, corrected for all rules and tables of the case */
    enum consistency_sign sign;
};

/* What tells made-up rows. Stored; never renumber. */
enum sign_test {
    TEST_CHECK_DIGITS = 0, /* identifiers that fail their check rule */
    TEST_NEVER_ISSUED = 1, /* identifiers above the largest that the register held */
    TEST_SEQUENTIAL = 2,   /* identifiers of which the next row shows the next */
    TEST_DUPLICATES = 3,   /* rows that repeat another */
    TEST_SAME_AMOUNTS = 4, /* rows that repeat all amounts of another */
    TEST_CENTIMES = 5,     /* tenths of amounts */
    TEST_UNITS = 6,        /* last digits of whole amounts */
    TEST_HEAPING = 7,      /* amounts that are multiples of 100 */
    TEST_FIRST_DIGITS = 8, /* of amounts */
    TEST_AGES = 9,         /* that end in 0 or 5: Whipple */
    TEST_FEW_NAMES = 10,   /* names that occur again */
    TEST_DEPENDENCE = 11,  /* of two columns on each other */
    TEST_TOO_CLEAN = 12,   /* empty cells */
    TEST_COUNT
};

const char *sign_test_name(enum sign_test test);

/*
 * Doubtful rows (unfounded or altered) of a table in one test, beside the register and beside the
 * rows of the same table that it bears out. The figures are shares, or nats of mutual information;
 * -1 where there is none: of digits, and where too few rows are borne out.
 */
struct sign_row {
    uint32_t table;
    enum sign_test test;
    uint16_t column, other; /* of the reading, from 0; UINT16_MAX: of the rows as a whole */
    uint64_t doubtful, borne_out, held; /* values, or rows, of each */
    double doubtful_figure, borne_out_figure, held_figure;
    double effect; /* the smaller one of both comparisons; its meaning goes by the test */
    double chance; /* the larger one, corrected for all tests and tables of the case */
    bool sign;
};

/* One subject that occurs in the case. */
struct subject_row {
    uint8_t kind;
    uint32_t subject;
    bool affected, named_falsely, exposed;
    uint16_t categories; /* bit per enum category: the exposed ones */
    uint32_t records, documents;
    double severity; /* ENISA 2013: SE = DPC * EI + CB */
};

#endif
