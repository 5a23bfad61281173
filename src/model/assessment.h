/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef MODEL_ASSESSMENT_H
#define MODEL_ASSESSMENT_H

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
