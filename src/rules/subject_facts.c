/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "rules/subject_facts.h"

#include <stdlib.h>

#include "base/alloc.h"

#define DAY_MINUTES 1440

struct subject_facts *subject_facts_free(struct subject_facts *facts)
{
    if (!facts)
        return NULL;
    held_list_clear(&facts->held);
    free(facts->facts);
    free(facts->starts);
    free(facts->fields);
    free(facts);
    return NULL;
}

struct subject_facts *subject_facts_new(const struct rule_binding *binding)
{
    struct subject_facts *facts = alloc_zeroed(1, sizeof(*facts));

    if (!facts)
        return NULL;
    facts->binding = binding;
    facts->starts = alloc_zeroed(binding->slot_count + 1, sizeof(*facts->starts));
    facts->fields = alloc_zeroed(binding->slot_count + 1, sizeof(*facts->fields));
    return facts->starts && facts->fields ? facts : subject_facts_free(facts);
}

/* ---- one fact ---- */

static int64_t number_of(const struct field *field, struct slice canonical)
{
    int64_t number = canonical_number(canonical);
    int year = (int)(number / 12);

    if (field->type == TYPE_DATE)
        return number * DAY_MINUTES;
    if (field->type == TYPE_MONTH)
        return (int64_t)days_from_civil(year, (unsigned)(number % 12) + 1, 1) * DAY_MINUTES;
    return number;
}

/* An identifier or code of digits, in hundredths. */
static bool digits_of(struct slice text, int64_t *out)
{
    int64_t number = 0;

    for (size_t i = 0; i < text.length; i++) {
        if (text.data[i] < '0' || text.data[i] > '9' || i == 16)
            return false;
        number = number * 10 + (text.data[i] - '0');
    }
    *out = number * 100;
    return text.length > 0;
}

bool rule_fact_number(const struct field *field, struct slice canonical, int64_t *out_number)
{
    if (field->form != FORM_NUMBER && field->form != FORM_DATE && field->form != FORM_MONTH)
        return digits_of(canonical, out_number);
    *out_number = number_of(field, canonical);
    return true;
}

struct rule_fact rule_fact_make(const struct rule_slot *slot, const struct held *held)
{
    const struct field *field = slot->field;
    struct rule_fact fact = {.text = field_key_text(field, held->key),
                             .raw = field_value_text(field, held->value),
                             .period = held->period,
                             .valid_from = held->valid_from,
                             .valid_to = held->valid_to,
                             .known_from = held->known_from,
                             .known_to = held->known_to};

    fact.has_number = rule_fact_number(field, fact.text, &fact.number);
    return fact;
}

/* ---- a subject ---- */

static int gather_slot(struct subject_facts *facts, const struct rule_slot *slot, bool holders,
                       uint32_t subject, struct tq_error *err)
{
    int r = held_find(facts->binding->reg, &slot->target, subject, MONTH_NONE, &facts->held, err);

    if (r == TQ_OK)
        r = alloc_reserve(&facts->facts, &facts->fact_capacity,
                          facts->fact_count + facts->held.count, sizeof(*facts->facts), err);
    for (size_t i = 0; r == TQ_OK && i < facts->held.count; i++) {
        struct rule_fact *fact = &facts->facts[facts->fact_count++];

        *fact = rule_fact_make(slot, &facts->held.items[i]);
        if (holders && slot->holders)
            fact->holders = field_key_frequency(slot->field, facts->held.items[i].key);
    }
    return r;
}

static bool rises_by_period(const struct rule_fact *facts, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (facts[i].period == MONTH_NONE || (i > 0 && facts[i].period < facts[i - 1].period))
            return false;
    }
    return true;
}

struct rule_facts rule_facts_of(const struct rule_slot *slot, const struct rule_fact *facts,
                                size_t count)
{
    return (struct rule_facts){.items = facts,
                               .count = count,
                               .by_period = rises_by_period(facts, count),
                               .times = slot->times,
                               .scheme = slot->scheme,
                               .period_first = slot->period_first};
}

int subject_facts_gather(struct subject_facts *facts, const bool *wanted, bool holders,
                         uint32_t subject, struct tq_error *err)
{
    const struct rule_binding *binding = facts->binding;

    facts->fact_count = 0;
    for (size_t i = 0; i < binding->slot_count; i++) {
        int r = TQ_OK;

        facts->starts[i] = facts->fact_count;
        if (wanted[i])
            r = gather_slot(facts, &binding->slots[i], holders, subject, err);
        if (r < 0)
            return r;
    }
    facts->starts[binding->slot_count] = facts->fact_count;
    for (size_t i = 0; i < binding->slot_count; i++) {
        const struct rule_fact *first = facts->facts ? facts->facts + facts->starts[i] : NULL;

        facts->fields[i] =
            rule_facts_of(&binding->slots[i], first, facts->starts[i + 1] - facts->starts[i]);
    }
    return TQ_OK;
}

/* ---- a slot ---- */

int rule_slot_load(const struct reg *reg, const struct rule_slot *slot, bool holders,
                   struct tq_error *err)
{
    unsigned parts = FIELD_HELD | FIELD_TIMES | (holders && slot->holders ? FIELD_HOLDERS : 0);
    int r = reg_load_field(reg, slot->target.field, parts, err);

    if (r == TQ_OK && slot->target.through != FIELD_NONE)
        r = reg_load_field(reg, slot->target.through, FIELD_HELD | FIELD_TIMES, err);
    return r;
}

uint16_t rule_slot_first_period(const struct reg *reg, const struct rule_slot *slot)
{
    const struct field *field = slot->field;
    uint16_t first = MONTH_NONE;

    if (!field->fact_period)
        return MONTH_NONE;
    /* The facts of a subject rise by period. */
    for (uint32_t i = 0; i < reg->kinds[field->kind].subject_count; i++) {
        uint64_t fact = field->fact_start[i];

        if (fact < field->fact_start[i + 1]
            && (first == MONTH_NONE || field->fact_period[fact] < first))
            first = field->fact_period[fact];
    }
    return first;
}
