/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef RULES_SUBJECT_FACTS_H
#define RULES_SUBJECT_FACTS_H

#include "register/held.h"
#include "rules/binding.h"

/*
 * What one subject of a register holds in the fields that rules name, in the shape that rules are
 * tested in. The memory is used again for the next subject.
 */
struct subject_facts {
    const struct rule_binding *binding;
    struct held_list held;
    struct rule_fact *facts; /* slot by slot; owned */
    size_t fact_count, fact_capacity;
    size_t *starts;            /* of each slot in `facts`; owned */
    struct rule_facts *fields; /* by slot; owned; what struct rule_subject borrows */
};

/* NULL when memory runs out. subject_facts_free() (NULL allowed). */
struct subject_facts *subject_facts_new(const struct rule_binding *binding);
struct subject_facts *subject_facts_free(struct subject_facts *facts);

/* Replace the content by what `subject` holds in the wanted slots, which are of its kind and
 * loaded. How many hold a value is told where `holders` are asked for and loaded. */
int subject_facts_gather(struct subject_facts *facts, const bool *wanted, bool holders,
                         uint32_t subject, struct tq_error *err) MUST_CHECK;

/* A fact of a slot; how many hold it is left open. */
struct rule_fact rule_fact_make(const struct rule_slot *slot, const struct held *held);

/* The number that a canonical text of a field stands for; false if it is none. */
bool rule_fact_number(const struct field *field, struct slice canonical, int64_t *out_number);

/* The facts of a slot as rules want them. */
struct rule_facts rule_facts_of(const struct rule_slot *slot, const struct rule_fact *facts,
                                size_t count);

/* What a wanted slot needs in memory: what is held and when, and its reference. */
int rule_slot_load(const struct reg *reg, const struct rule_slot *slot, bool holders,
                   struct tq_error *err) MUST_CHECK;

/* The first month that a loaded slot's field has; MONTH_NONE if it has none. Windows that begin
 * before it are not complete. */
uint16_t rule_slot_first_period(const struct reg *reg, const struct rule_slot *slot);

#endif
