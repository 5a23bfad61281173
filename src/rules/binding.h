/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef RULES_BINDING_H
#define RULES_BINDING_H

#include "register/register.h"
#include "rules/rule_test.h"

/*
 * A set of rules brought together with a register: which fields the rules' names are, which fields
 * a rule is about, and why a rule cannot be applied, if so. Borrows the set and the register.
 */
struct rule_slot {
    uint8_t kind;         /* of the subject; KIND_NONE: the register has no such field */
    struct target target; /* where its values are */
    const struct field *field;
    const struct scheme *scheme;
    bool times;   /* dates and months */
    bool is_code; /* texts are folded as codes */
    bool tested;  /* a bound rule needs it */
    bool holders; /* a bound rule asks who else holds a value */
    uint16_t period_first;
};

struct bound_rule {
    const struct rule *rule;
    uint16_t *slots; /* the fields it is about */
    size_t slot_count, slot_capacity;
    char skipped[160]; /* why it is not applied; "" if it is */
};

struct rule_binding {
    const struct rule_set *set;
    const struct reg *reg;
    struct rule_slot *slots; /* those of set->names first, then one for each field */
    size_t slot_count;
    struct bound_rule *rules; /* as set->rules */
    int32_t offset;           /* of local time, as in struct rule_subject */
};

/* *out_binding is owned; rule_binding_free() (NULL allowed). */
int rule_binding_new(const struct rule_set *set, const struct reg *reg,
                     struct rule_binding **out_binding, struct tq_error *err) MUST_CHECK;
struct rule_binding *rule_binding_free(struct rule_binding *binding);

/* Mark what testing rule number `rule` on the field of `slot` looks at: slots, that one included,
 * and the fields of the register that these need in memory. */
void rule_binding_slots(const struct rule_binding *binding, size_t rule, uint16_t slot,
                        bool *slots);
void rule_binding_fields(const struct rule_binding *binding, size_t rule, uint16_t slot,
                         bool *fields);

#endif
