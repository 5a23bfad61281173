/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef RULES_CHECK_PLAN_H
#define RULES_CHECK_PLAN_H

#include "rules/binding.h"

/*
 * In which order a whole register is held against its rules, so that little of it is in memory at a
 * time: each rule and field that it is about is a part, parts that share what they look at go
 * through the subjects together, and a field is given back after the last of its parts.
 */
struct check_part {
    uint32_t rule; /* number in the set */
    uint16_t slot; /* the field it is tested on */
    uint16_t round;
};

struct check_plan {
    struct check_part *parts; /* by round; owned */
    size_t count;
    uint16_t round_count;
};

/* `rules`: those to be tested, by number; NULL: all. check_plan_clear(). */
int check_plan_make(const struct rule_binding *binding, const bool *rules,
                    struct check_plan *out_plan, struct tq_error *err) MUST_CHECK;
void check_plan_clear(struct check_plan *plan);

/* The slots that the parts of a round look at (slot_count of them), and the fields (field_count)
 * that those of this round and, with `later`, of the rounds after it need in memory. */
void check_plan_slots(const struct check_plan *plan, const struct rule_binding *binding,
                      uint16_t round, bool *out_slots);
void check_plan_fields(const struct check_plan *plan, const struct rule_binding *binding,
                       uint16_t round, bool later, bool *out_fields);

#endif
