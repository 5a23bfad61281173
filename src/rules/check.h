/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef RULES_CHECK_H
#define RULES_CHECK_H

#include "rules/binding.h"

/* How a whole register, or a sample of its subjects, stands against a set of rules: counts only. */
struct rule_check {
    const struct rule_binding *binding;
    unsigned threads;       /* at least 1 */
    int32_t today;          /* minutes UTC */
    const bool *rules;      /* those to be tested, by number; NULL: all */
    uint32_t subjects_most; /* of each kind, in even steps; 0: all */
    bool keeps_fields;      /* leave in memory what is there; else give each field back when the
                             * last rule that needs it is done: see reg_keep() */

    /* Called now and then by one thread; may be NULL. Counts subjects, once in each round. */
    void (*progress)(void *state, const char *stage, uint64_t done, uint64_t total);
    void *state;
};

/* out_counts[i]: of the set's rule i, over all fields that it is about. */
int rule_check_run(const struct rule_check *check, struct rule_count *out_counts,
                   struct tq_error *err) MUST_CHECK;

#endif
