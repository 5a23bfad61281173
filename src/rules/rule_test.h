/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef RULES_RULE_TEST_H
#define RULES_RULE_TEST_H

#include "normalise/scheme.h"
#include "rules/rules.h"

/*
 * Testing what is held, or claimed, of one subject. The facts may come from a register or from the
 * records of a leak: whoever calls brings them into this shape.
 */
struct rule_fact {
    bool has_number;
    int64_t number;    /* hundredths, or minutes of local time for dates and months */
    struct slice text; /* canonical; of codes as the register folds them */
    struct slice raw;  /* as written */
    uint32_t holders;  /* subjects that ever held it; 0: not known */
    uint16_t period;   /* MONTH_NONE if it is for no month */
    int32_t valid_from, valid_to, known_from, known_to; /* minutes UTC; half-open */
};

/* What one subject holds in one field. */
struct rule_facts {
    const struct rule_fact *items;
    size_t count;
    bool by_period; /* all have periods and rise by them */
    bool times;     /* numbers are minutes, not hundredths */
    const struct scheme *scheme;
    uint16_t period_first; /* of the field in the whole register or table; MONTH_NONE: not known */
};

struct rule_subject {
    const struct rule_set *set;
    const struct rule_facts *fields; /* by number in set->names */
    int64_t today;                   /* minutes UTC */
    int32_t offset; /* minutes that local time is ahead of UTC, summer time left aside */
};

enum rule_outcome {
    RULE_UNTESTED, /* something that it needs is not there, or `where` does not hold */
    RULE_HOLDS,
    RULE_FAILS
};

/*
 * Whether a rule holds for one fact of a field. Another field is what the subject holds in it for
 * the same month at overlapping times, of the same row if times tell. Where it holds several
 * values, `where` must be true of all, and the rule fails only if it fails for each of them.
 */
enum rule_outcome rule_test_fact(const struct rule_subject *subject, const struct rule *rule,
                                 const struct rule_facts *tested, const struct rule_fact *fact);

struct rule_count {
    uint64_t facts, failed, untested;
    uint64_t subjects, subjects_failed; /* with a fact that was tested, or failed */
};

/* All facts of a field of one subject: adds to `count`. A subject with more than RULE_FACTS_MAX
 * facts is nobody: such facts stay untested. */
void rule_test_subject(const struct rule_subject *subject, const struct rule *rule,
                       const struct rule_facts *tested, struct rule_count *count);

#define RULE_FACTS_MAX 4096u /* of one subject and field; 120 months in 30 versions */

#endif
