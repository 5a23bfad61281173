/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "rules/check_plan.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"

#define NO_ROUND UINT16_MAX

/* About what a field takes in memory: value, key and times of a fact; text, fingerprint, and place
 * in the index of a value. */
#define FACT_BYTES  24u
#define VALUE_BYTES 48u

void check_plan_clear(struct check_plan *plan)
{
    free(plan->parts);
    *plan = (struct check_plan){0};
}

/* ---- what parts need ---- */

static uint64_t bytes_of(const struct field *field)
{
    return (uint64_t)field->fact_count * FACT_BYTES + (uint64_t)field->value_count * VALUE_BYTES;
}

/* What planning works with. */
struct planning {
    const struct rule_binding *binding;
    struct check_plan *plan;
    bool *fields;   /* of one part */
    bool *loaded;   /* fields in memory */
    uint64_t bytes; /* of those */
};

static void find_needs(const struct planning *planning, const struct check_part *part)
{
    memset(planning->fields, 0, planning->binding->reg->field_count);
    rule_binding_fields(planning->binding, part->rule, part->slot, planning->fields);
}

/* Memory that a part needs beyond those in memory; with `all`, whatever is in memory. */
static uint64_t bytes_needed(const struct planning *planning, const struct check_part *part,
                             bool all)
{
    const struct reg *reg = planning->binding->reg;
    uint64_t bytes = 0;

    find_needs(planning, part);
    for (uint16_t i = 0; i < reg->field_count; i++) {
        if (planning->fields[i] && (all || !planning->loaded[i]))
            bytes += bytes_of(&reg->fields[i]);
    }
    return bytes;
}

/* ---- parts ---- */

static int add_parts(const struct rule_binding *binding, size_t rule, struct check_plan *plan,
                     size_t *capacity, struct tq_error *err)
{
    const struct bound_rule *bound = &binding->rules[rule];
    int r = alloc_reserve(&plan->parts, capacity, plan->count + bound->slot_count,
                          sizeof(*plan->parts), err);

    for (size_t i = 0; r == TQ_OK && i < bound->slot_count; i++)
        plan->parts[plan->count++] =
            (struct check_part){.rule = (uint32_t)rule, .slot = bound->slots[i], .round = NO_ROUND};
    return r;
}

static int list_parts(const struct rule_binding *binding, const bool *rules,
                      struct check_plan *plan, struct tq_error *err)
{
    size_t capacity = 0;
    int r = TQ_OK;

    for (size_t i = 0; r == TQ_OK && i < binding->set->rule_count; i++) {
        if (!rules || rules[i])
            r = add_parts(binding, i, plan, &capacity, err);
    }
    return r;
}

/* ---- rounds ---- */

/* The part without a round that needs the least memory more; NULL: all have one. */
static struct check_part *cheapest(const struct planning *planning, uint64_t *out_bytes)
{
    struct check_part *best = NULL;

    for (size_t i = 0; i < planning->plan->count; i++) {
        struct check_part *part = &planning->plan->parts[i];
        uint64_t bytes;

        if (part->round != NO_ROUND)
            continue;
        bytes = bytes_needed(planning, part, false);
        if (!best || bytes < *out_bytes) {
            best = part;
            *out_bytes = bytes;
        }
        if (bytes == 0)
            break;
    }
    return best;
}

/* What no part without a round needs is given back. */
static void give_back(struct planning *planning)
{
    const struct reg *reg = planning->binding->reg;

    check_plan_fields(planning->plan, planning->binding, NO_ROUND, false, planning->fields);
    planning->bytes = 0;
    for (uint16_t i = 0; i < reg->field_count; i++) {
        planning->loaded[i] &= planning->fields[i];
        planning->bytes += planning->loaded[i] ? bytes_of(&reg->fields[i]) : 0;
    }
}

static void take(struct planning *planning, struct check_part *part, uint64_t bytes)
{
    find_needs(planning, part);
    for (uint16_t i = 0; i < planning->binding->reg->field_count; i++)
        planning->loaded[i] |= planning->fields[i];
    planning->bytes += bytes;
    part->round = planning->plan->round_count;
}

/* A round takes parts as long as it needs no more memory than the hungriest part of all. */
static void find_rounds(struct planning *planning)
{
    struct check_part *part;
    uint64_t most = 0, bytes = 0;

    for (size_t i = 0; i < planning->plan->count; i++) {
        bytes = bytes_needed(planning, &planning->plan->parts[i], true);
        most = bytes > most ? bytes : most;
    }
    while ((part = cheapest(planning, &bytes)) != NULL) {
        do
            take(planning, part, bytes);
        while ((part = cheapest(planning, &bytes)) != NULL
               && (bytes == 0 || planning->bytes + bytes <= most));
        planning->plan->round_count++;
        give_back(planning);
    }
}

static int compare_parts(const void *a, const void *b)
{
    const struct check_part *first = a, *second = b;

    if (first->round != second->round)
        return first->round < second->round ? -1 : 1;
    if (first->rule != second->rule)
        return first->rule < second->rule ? -1 : 1;
    return (first->slot > second->slot) - (first->slot < second->slot);
}

int check_plan_make(const struct rule_binding *binding, const bool *rules,
                    struct check_plan *out_plan, struct tq_error *err)
{
    size_t field_count = (size_t)binding->reg->field_count + 1;
    CLEANUP(free_cleanup) bool *fields = alloc_zeroed(field_count, sizeof(*fields));
    CLEANUP(free_cleanup) bool *loaded = alloc_zeroed(field_count, sizeof(*loaded));
    struct check_plan plan = {0};
    struct planning planning = {binding, &plan, fields, loaded, 0};
    int r = fields && loaded ? list_parts(binding, rules, &plan, err) : tq_no_memory(err);

    if (r < 0) {
        check_plan_clear(&plan);
        return r;
    }
    find_rounds(&planning);
    if (plan.count > 0)
        qsort(plan.parts, plan.count, sizeof(*plan.parts), compare_parts);
    *out_plan = plan;
    return TQ_OK;
}

void check_plan_slots(const struct check_plan *plan, const struct rule_binding *binding,
                      uint16_t round, bool *out_slots)
{
    memset(out_slots, 0, binding->slot_count);
    for (size_t i = 0; i < plan->count; i++) {
        if (plan->parts[i].round == round)
            rule_binding_slots(binding, plan->parts[i].rule, plan->parts[i].slot, out_slots);
    }
}

void check_plan_fields(const struct check_plan *plan, const struct rule_binding *binding,
                       uint16_t round, bool later, bool *out_fields)
{
    memset(out_fields, 0, binding->reg->field_count);
    for (size_t i = 0; i < plan->count; i++) {
        const struct check_part *part = &plan->parts[i];

        if (part->round == round || (later && part->round > round))
            rule_binding_fields(binding, part->rule, part->slot, out_fields);
    }
}
