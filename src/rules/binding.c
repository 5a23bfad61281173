/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "rules/binding.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unicode/ucal.h>
#include <unicode/ustring.h>

#include "base/alloc.h"
#include "base/cleanup.h"

#define ZONE_NAME_MAX 64

DEFINE_CLEANUP(struct rule_binding *, rule_binding_free)

struct rule_binding *rule_binding_free(struct rule_binding *binding)
{
    if (!binding)
        return NULL;
    for (size_t i = 0; binding->rules && i < binding->set->rule_count; i++)
        free(binding->rules[i].slots);
    free(binding->rules);
    free(binding->slots);
    free(binding);
    return NULL;
}

/* Minutes that the zone is ahead of UTC, summer time left aside; 0 if it is not known. */
static int32_t zone_offset(const char *name)
{
    UChar wide[ZONE_NAME_MAX + 1];
    UErrorCode status = U_ZERO_ERROR;
    int32_t length = 0, offset_ms = 0;
    UCalendar *calendar;

    (void)u_strFromUTF8(wide, ZONE_NAME_MAX, &length, name, -1, &status);
    if (U_FAILURE(status))
        return 0;
    calendar = ucal_open(wide, length, NULL, UCAL_GREGORIAN, &status);
    if (U_SUCCESS(status))
        offset_ms = ucal_get(calendar, UCAL_ZONE_OFFSET, &status);
    ucal_close(calendar);
    return U_SUCCESS(status) ? offset_ms / 60000 : 0;
}

/* ---- names ---- */

/* The register's word for one of the rules'. */
static struct slice translate(const struct rule_set *set, struct slice word)
{
    for (size_t i = 0; i < set->alias_count; i++) {
        if (slice_is(word, set->aliases[i].ours))
            return slice_of(set->aliases[i].theirs);
    }
    return word;
}

static void fill_slot(const struct reg *reg, struct rule_slot *slot, uint8_t kind, uint16_t field,
                      uint16_t through)
{
    const struct field *found = &reg->fields[field];
    bool periodic = found->periodic || (through != FIELD_NONE && reg->fields[through].periodic);

    slot->kind = kind;
    slot->field = found;
    slot->target = (struct target){.field = field,
                                   .through = through,
                                   .period_mode = periodic ? PERIOD_ANY : PERIOD_NONE,
                                   .period = MONTH_NONE};
    slot->scheme = found->check ? scheme_find(slice_of(found->check)) : NULL;
    slot->times = found->type == TYPE_DATE || found->type == TYPE_MONTH;
    slot->is_code = found->type == TYPE_CODE;
}

/* "field" or "reference>field" of a kind. */
static void resolve(const struct rule_set *set, const struct reg *reg, const struct rule_name *name,
                    struct rule_slot *slot)
{
    uint8_t kind = reg_find_kind(reg, translate(set, slice_of(name->kind)));
    const char *arrow = strchr(name->field, '>');
    uint16_t through = FIELD_NONE, field;

    if (kind == KIND_NONE)
        return;
    if (!arrow) {
        field = reg_find_field(reg, kind, translate(set, slice_of(name->field)));
    } else {
        struct slice first = slice_make(name->field, (size_t)(arrow - name->field));

        through = reg_find_field(reg, kind, translate(set, first));
        if (through == FIELD_NONE || reg->fields[through].type != TYPE_REF)
            return;
        field =
            reg_find_field(reg, reg->fields[through].ref_kind, translate(set, slice_of(arrow + 1)));
    }
    if (field != FIELD_NONE)
        fill_slot(reg, slot, kind, field, through);
}

static void fill_slots(struct rule_binding *binding)
{
    const struct rule_set *set = binding->set;
    const struct reg *reg = binding->reg;

    for (size_t i = 0; i < binding->slot_count; i++)
        binding->slots[i].kind = KIND_NONE;
    for (size_t i = 0; i < set->name_count; i++)
        resolve(set, reg, &set->names[i], &binding->slots[i]);
    for (uint16_t i = 0; i < reg->field_count; i++) {
        if (!reg->fields[i].derived)
            fill_slot(reg, &binding->slots[set->name_count + i], reg->fields[i].kind, i,
                      FIELD_NONE);
    }
}

/* ---- what a rule needs ---- */

/* Walks over the conditions of a rule; stops at the first that cannot be applied. */
struct fitting {
    struct rule_binding *binding;
    struct bound_rule *bound;
    const struct rule_slot *tested; /* of the field it is about */
    bool apply;                     /* mark what is needed; else only look */
};

/* The rule is not applied, and why. */
__attribute__((format(printf, 2, 3))) static bool skip(struct fitting *fitting, const char *format,
                                                       ...)
{
    va_list arguments;

    va_start(arguments, format);
    (void)vsnprintf(fitting->bound->skipped, sizeof(fitting->bound->skipped), format, arguments);
    va_end(arguments);
    return false;
}

static bool is_time(const struct fitting *fitting, const struct rule_term *term)
{
    switch (term->source) {
    case RULE_NUMBER:
    case RULE_TABLE:
    case RULE_SUM:
        return false;
    case RULE_VALUE:
        return fitting->tested->times;
    case RULE_FIELD:
        return fitting->binding->slots[term->name].times;
    default:
        return true;
    }
}

static bool fit_name(struct fitting *fitting, uint16_t name)
{
    const struct rule_name *named = &fitting->binding->set->names[name];
    struct rule_slot *slot = &fitting->binding->slots[name];

    if (slot->kind == KIND_NONE)
        return skip(fitting, "the register has no field '%s' of '%s'", named->field, named->kind);
    slot->tested |= fitting->apply;
    return true;
}

static bool fit_term(struct fitting *fitting, const struct rule_term *term)
{
    const struct rule_slot *slot = fitting->tested;

    if (term->source == RULE_FIELD || term->source == RULE_SUM) {
        slot = &fitting->binding->slots[term->name];
        if (!fit_name(fitting, term->name))
            return false;
    }
    if (term->code_count > 0 && !slot->is_code)
        return skip(fitting, "field '%s' is not of the type 'code'", slot->field->name);
    if (term->source == RULE_SUM && !slot->field->periodic)
        return skip(fitting, "field '%s' has no months to sum over", slot->field->name);
    if (is_time(fitting, term) ? term->plus || term->times != 1000000 || term->has_missing
                               : term->plus_months || term->plus_days)
        return skip(fitting,
                    "plus, times and missing go with numbers, plus_days and the like with dates");
    return true;
}

static bool fit_operand(struct fitting *fitting, const struct rule_operand *operand, bool is_first,
                        bool *times)
{
    for (uint16_t i = 0; i < operand->count; i++) {
        const struct rule_term *term = &operand->terms[i];

        if (!fit_term(fitting, term))
            return false;
        if (is_first && i == 0)
            *times = is_time(fitting, term);
        else if (*times != is_time(fitting, term))
            return skip(fitting, "it compares a date with a number");
    }
    return true;
}

static bool fit_condition(struct fitting *fitting, const struct rule_condition *condition)
{
    const struct rule_term *left = condition->left.terms;
    const struct rule_slot *slot =
        left->source == RULE_FIELD ? &fitting->binding->slots[left->name] : fitting->tested;
    bool times = false;

    if (!fit_operand(fitting, &condition->left, true, &times))
        return false;
    switch (condition->relation) {
    case RULE_IN:
    case RULE_NOT_IN:
        return slot->is_code
               || skip(fitting, "field '%s' is not of the type 'code'", slot->field->name);
    case RULE_CHECK:
    case RULE_UNIQUE:
    case RULE_AT_ONCE:
    case RULE_NOT_YET:
        return true;
    default:
        return fit_operand(fitting, &condition->right, false, &times);
    }
}

static bool fit_rule(struct fitting *fitting)
{
    const struct rule *rule = fitting->bound->rule;

    for (uint16_t i = 0; i < rule->where_count; i++) {
        if (!fit_condition(fitting, &rule->where[i]))
            return false;
    }
    for (uint16_t i = 0; i < rule->condition_count; i++) {
        if (!fit_condition(fitting, &rule->conditions[i]))
            return false;
    }
    return true;
}

/* ---- which fields a rule is about ---- */

static bool asks_for(const struct rule *rule, enum rule_relation relation)
{
    for (uint16_t i = 0; i < rule->condition_count; i++) {
        if (rule->conditions[i].relation == relation)
            return true;
    }
    return false;
}

/* The rule is about this field, if it fits. */
static int bind_slot(struct rule_binding *binding, struct bound_rule *bound, size_t number,
                     struct tq_error *err)
{
    struct rule_slot *slot = &binding->slots[number];
    struct fitting fitting = {.binding = binding, .bound = bound, .tested = slot};
    int r;

    if (!fit_rule(&fitting))
        return TQ_OK;
    fitting.apply = true;
    (void)fit_rule(&fitting);
    slot->tested = true;
    slot->holders |= asks_for(bound->rule, RULE_UNIQUE);
    r = alloc_reserve(&bound->slots, &bound->slot_capacity, bound->slot_count + 1,
                      sizeof(*bound->slots), err);
    if (r == TQ_OK)
        bound->slots[bound->slot_count++] = (uint16_t)number;
    return r;
}

static bool every_includes(const struct rule_binding *binding, const struct rule *rule,
                           const struct rule_slot *slot)
{
    if (slot->kind == KIND_NONE || (rule->type >= 0 && (int)slot->field->type != rule->type))
        return false;
    if (asks_for(rule, RULE_CHECK) && !slot->scheme)
        return false;
    return !rule->kind
           || slot->kind
                  == reg_find_kind(binding->reg, translate(binding->set, slice_of(rule->kind)));
}

static int bind_rule(struct rule_binding *binding, struct bound_rule *bound, struct tq_error *err)
{
    const struct rule *rule = bound->rule;
    struct fitting fitting = {.binding = binding, .bound = bound};
    int r = TQ_OK;

    if (rule->field != RULE_EVERY) {
        if (!fit_name(&fitting, rule->field))
            return TQ_OK;
        return bind_slot(binding, bound, rule->field, err);
    }
    for (size_t i = binding->set->name_count; r == TQ_OK && i < binding->slot_count; i++) {
        if (every_includes(binding, rule, &binding->slots[i]))
            r = bind_slot(binding, bound, i, err);
    }
    if (bound->slot_count > 0)
        bound->skipped[0] = '\0';
    else if (!bound->skipped[0])
        (void)skip(&fitting, "the register has no field that it is about");
    return r;
}

int rule_binding_new(const struct rule_set *set, const struct reg *reg,
                     struct rule_binding **out_binding, struct tq_error *err)
{
    CLEANUP(rule_binding_free_cleanup)
    struct rule_binding *binding = alloc_zeroed(1, sizeof(*binding));

    if (!binding)
        return tq_no_memory(err);
    binding->set = set;
    binding->reg = reg;
    binding->slot_count = set->name_count + reg->field_count;
    binding->slots = alloc_zeroed(binding->slot_count + 1, sizeof(*binding->slots));
    binding->rules = alloc_zeroed(set->rule_count + 1, sizeof(*binding->rules));
    if (!binding->slots || !binding->rules)
        return tq_no_memory(err);
    binding->offset = zone_offset(reg->timezone);
    fill_slots(binding);
    for (size_t i = 0; i < set->rule_count; i++) {
        binding->rules[i].rule = &set->rules[i];
        int r = bind_rule(binding, &binding->rules[i], err);

        if (r < 0)
            return r;
    }
    *out_binding = TAKE(binding);
    return TQ_OK;
}

/* ---- what testing a rule looks at ---- */

typedef void mark_slot(const struct rule_binding *binding, uint16_t slot, bool *marks);

static void mark_operand(const struct rule_binding *binding, const struct rule_operand *operand,
                         mark_slot *mark, bool *marks)
{
    for (uint16_t i = 0; i < operand->count; i++) {
        const struct rule_term *term = &operand->terms[i];

        if (term->source == RULE_FIELD || term->source == RULE_SUM)
            mark(binding, term->name, marks);
    }
}

static void mark_all(const struct rule_binding *binding, size_t rule, uint16_t slot,
                     mark_slot *mark, bool *marks)
{
    const struct rule *tested = &binding->set->rules[rule];

    mark(binding, slot, marks);
    for (uint16_t i = 0; i < tested->where_count; i++) {
        mark_operand(binding, &tested->where[i].left, mark, marks);
        mark_operand(binding, &tested->where[i].right, mark, marks);
    }
    for (uint16_t i = 0; i < tested->condition_count; i++) {
        mark_operand(binding, &tested->conditions[i].left, mark, marks);
        mark_operand(binding, &tested->conditions[i].right, mark, marks);
    }
}

static void mark_itself(const struct rule_binding *binding, uint16_t slot, bool *marks)
{
    (void)binding;
    marks[slot] = true;
}

static void mark_fields(const struct rule_binding *binding, uint16_t slot, bool *marks)
{
    const struct target *target = &binding->slots[slot].target;

    marks[target->field] = true;
    if (target->through != FIELD_NONE)
        marks[target->through] = true;
}

void rule_binding_slots(const struct rule_binding *binding, size_t rule, uint16_t slot, bool *slots)
{
    mark_all(binding, rule, slot, mark_itself, slots);
}

void rule_binding_fields(const struct rule_binding *binding, size_t rule, uint16_t slot,
                         bool *fields)
{
    mark_all(binding, rule, slot, mark_fields, fields);
}
