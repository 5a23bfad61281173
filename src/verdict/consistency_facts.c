/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The facts that a record would make of a subject. */
#include <string.h>

#include "base/alloc.h"
#include "verdict/consistency.h"

bool column_feeds(const struct judge_column *column, const struct rule_slot *slot)
{
    const struct target *shown = &column->reading->target, *wanted = &slot->target;

    if (!column->own_keys || column->previous)
        return false;
    if (shown->field == wanted->field && shown->through == wanted->through)
        return true;
    return wanted->through != FIELD_NONE && shown->through == FIELD_NONE
           && shown->field == wanted->through;
}

/* It names the holder of the slot's field rather than its value. */
static bool is_reference(const struct judge_column *column, const struct rule_slot *slot)
{
    return column->reading->target.field != slot->target.field;
}

static int add_fact(struct consistency_scratch *scratch, const struct rule_fact *fact,
                    struct tq_error *err)
{
    int r = alloc_reserve(&scratch->facts, &scratch->fact_capacity, scratch->fact_count + 1,
                          sizeof(*scratch->facts), err);

    if (r == TQ_OK)
        scratch->facts[scratch->fact_count++] = *fact;
    return r;
}

/* The canonical text of a cell; empty if it cannot be read. */
static int read_cell(const struct judge *judge, struct consistency_scratch *scratch,
                     const struct own_cell *own, struct slice *out_text, struct tq_error *err)
{
    const struct judge_column *column = &judge->columns[own->column];
    enum interpretation as = column->reading->interpretation;
    char *copy;

    *out_text = (struct slice){0};
    if (own->claim->key != KEY_NONE) {
        *out_text = field_key_text(column->field, own->claim->key);
        return TQ_OK;
    }
    buf_empty(&scratch->text);
    if (as >= AS_PLAIN_COUNT || !normalise(&judge->reg->normaliser, as, own->text, &scratch->text))
        return buf_check(&scratch->text, err);
    copy = arena_text(&scratch->texts, buf_slice(&scratch->text));
    if (!copy)
        return tq_no_memory(err);
    *out_text = slice_make(copy, scratch->text.length);
    return TQ_OK;
}

/* A published value: nobody said when it was true. */
static int add_value(const struct judge *judge, struct consistency_scratch *scratch,
                     const struct own_cell *own, struct tq_error *err)
{
    struct rule_fact fact = {.raw = slice_trim(own->text),
                             .period = own->period,
                             .valid_from = MOMENT_MIN,
                             .valid_to = MOMENT_MAX,
                             .known_from = MOMENT_MIN,
                             .known_to = MOMENT_MAX};
    int r = read_cell(judge, scratch, own, &fact.text, err);

    if (r < 0 || fact.text.length == 0)
        return r;
    fact.has_number = rule_fact_number(judge->columns[own->column].field, fact.text, &fact.number);
    return add_fact(scratch, &fact, err);
}

/* Whom a cell refers to; an employer whom nobody of the register refers to may be found by its key.
 */
static int find_holder(const struct judge *judge, const struct own_cell *own, uint32_t *out_holder,
                       struct tq_error *err)
{
    const struct field *reference = judge->columns[own->column].field;
    int r;

    *out_holder = SUBJECT_NONE;
    if (own->claim->key != KEY_NONE) {
        if (reference->key_subject)
            *out_holder = reference->key_subject[own->claim->key];
        return TQ_OK;
    }
    if (reference->ref_kind == KIND_NONE)
        return TQ_OK;
    r = reg_load_subjects(judge->reg, err);
    if (r == TQ_OK)
        *out_holder = reg_find_subject(judge->reg, reference->ref_kind, slice_trim(own->text));
    return r;
}

/* What the register holds of whom the cell refers to. */
static int add_of_reference(const struct judge *judge, struct consistency_scratch *scratch,
                            const struct own_cell *own, const struct rule_slot *slot,
                            struct tq_error *err)
{
    const struct target target = {
        .field = slot->target.field, .through = FIELD_NONE, .period = MONTH_NONE};
    uint32_t holder;
    int r = find_holder(judge, own, &holder, err);

    if (r < 0 || holder == SUBJECT_NONE)
        return r;
    r = held_find(judge->reg, &target, holder, MONTH_NONE, &scratch->list, err);
    for (size_t i = 0; r == TQ_OK && i < scratch->list.count; i++) {
        struct rule_fact fact = rule_fact_make(slot, &scratch->list.items[i]);

        fact.period = own->period;
        r = add_fact(scratch, &fact, err);
    }
    return r;
}

/* The record shows something else in its place. */
static bool is_replaced(const struct judge *judge, const struct consistency_scratch *scratch,
                        const struct rule_slot *slot, uint16_t period)
{
    for (size_t i = 0; i < scratch->own_count; i++) {
        if (scratch->own[i].period == period
            && column_feeds(&judge->columns[scratch->own[i].column], slot))
            return true;
    }
    return false;
}

/* Facts rise by period; those from `first` on do, but for the last few. */
static void sort_by_period(struct rule_fact *facts, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        struct rule_fact fact = facts[i];
        size_t k = i;

        for (; k > 0 && facts[k - 1].period > fact.period; k--)
            facts[k] = facts[k - 1];
        facts[k] = fact;
    }
}

static int show_slot(const struct judge *judge, struct consistency_scratch *scratch, size_t number,
                     struct tq_error *err)
{
    const struct rule_slot *slot = &scratch->held->binding->slots[number];
    const struct rule_facts *held = &scratch->held->fields[number];
    size_t first = scratch->fact_count;
    int r = TQ_OK;

    for (size_t i = 0; r == TQ_OK && i < held->count; i++) {
        if (!is_replaced(judge, scratch, slot, held->items[i].period))
            r = add_fact(scratch, &held->items[i], err);
    }
    for (size_t i = 0; r == TQ_OK && i < scratch->own_count; i++) {
        const struct own_cell *own = &scratch->own[i];
        const struct judge_column *column = &judge->columns[own->column];

        if (!column_feeds(column, slot))
            continue;
        r = is_reference(column, slot) ? add_of_reference(judge, scratch, own, slot, err)
                                       : add_value(judge, scratch, own, err);
    }
    if (r == TQ_OK && scratch->fact_count > first)
        sort_by_period(scratch->facts + first, scratch->fact_count - first);
    return r;
}

/* Have the wanted slots in memory, and say since when they have facts. */
static int load_slots(struct consistency *consistency, const bool *slots, struct tq_error *err)
{
    const struct rule_binding *binding = consistency->binding;
    int r = TQ_OK;

    for (size_t i = 0; i < binding->slot_count && r == TQ_OK; i++) {
        if (!slots[i] || atomic_load_explicit(&consistency->loaded[i], memory_order_acquire))
            continue;
        r = rule_slot_load(binding->reg, &binding->slots[i], false, err);
        if (r < 0)
            return r;
        (void)pthread_mutex_lock(&consistency->lock);
        if (!atomic_load_explicit(&consistency->loaded[i], memory_order_relaxed))
            consistency->period_first[i] = rule_slot_first_period(binding->reg, &binding->slots[i]);
        atomic_store_explicit(&consistency->loaded[i], true, memory_order_release);
        (void)pthread_mutex_unlock(&consistency->lock);
    }
    return r;
}

static int gather_held(struct consistency_scratch *scratch, uint32_t subject, struct tq_error *err)
{
    if (subject != SUBJECT_NONE)
        return subject_facts_gather(scratch->held, scratch->slots, false, subject, err);
    memset(scratch->held->fields, 0,
           scratch->held->binding->slot_count * sizeof(*scratch->held->fields));
    return TQ_OK;
}

int consistency_gather(const struct judge *judge, struct consistency_scratch *scratch,
                       uint32_t subject, struct tq_error *err)
{
    struct consistency *consistency = judge->rules;
    const struct rule_binding *binding = consistency->binding;
    int r = load_slots(consistency, scratch->slots, err);

    if (r == TQ_OK)
        r = gather_held(scratch, subject, err);
    scratch->fact_count = 0;
    for (size_t i = 0; r == TQ_OK && i < binding->slot_count; i++) {
        scratch->starts[i] = scratch->fact_count;
        if (scratch->slots[i])
            r = show_slot(judge, scratch, i, err);
    }
    if (r < 0)
        return r;
    scratch->starts[binding->slot_count] = scratch->fact_count;
    for (size_t i = 0; i < binding->slot_count; i++) {
        size_t count = scratch->starts[i + 1] - scratch->starts[i];
        const struct rule_fact *first = count ? scratch->facts + scratch->starts[i] : NULL;

        if (!scratch->slots[i])
            continue;
        scratch->shown[i] = rule_facts_of(&binding->slots[i], first, count);
        scratch->shown[i].period_first = consistency->period_first[i];
        scratch->held->fields[i].period_first = consistency->period_first[i];
    }
    return TQ_OK;
}
