/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "rules/check.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/pool.h"
#include "register/held.h"

#define BLOCK_SUBJECTS 1024u
#define ROUND_BLOCKS   64u
#define DAY_MINUTES    1440

/* What one thread needs, and what it counted. */
struct worker {
    struct held_list held;
    struct rule_fact *facts; /* of one subject, slot by slot; owned */
    size_t fact_count, fact_capacity;
    size_t *starts; /* of each slot in `facts`; owned */
    struct rule_facts *fields;
    struct rule_count *counts;
};

struct run {
    const struct rule_check *check;
    struct worker *workers;
    uint8_t kind;
    uint32_t first; /* subject of the round */
};

/* ---- facts of a subject ---- */

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

static struct rule_fact make_fact(const struct rule_slot *slot, const struct held *held)
{
    const struct field *field = slot->field;
    struct rule_fact fact = {.text = field_key_text(field, held->key),
                             .raw = field_value_text(field, held->value),
                             .period = held->period,
                             .valid_from = held->valid_from,
                             .valid_to = held->valid_to,
                             .known_from = held->known_from,
                             .known_to = held->known_to};

    if (slot->holders)
        fact.holders = field_key_frequency(field, held->key);
    if (field->form == FORM_NUMBER || field->form == FORM_DATE || field->form == FORM_MONTH) {
        fact.number = number_of(field, fact.text);
        fact.has_number = true;
    } else {
        fact.has_number = digits_of(fact.text, &fact.number);
    }
    return fact;
}

static int gather_slot(const struct run *run, struct worker *worker, const struct rule_slot *slot,
                       uint32_t subject, struct tq_error *err)
{
    int r =
        held_find(run->check->binding->reg, &slot->target, subject, MONTH_NONE, &worker->held, err);

    if (r == TQ_OK)
        r = alloc_reserve(&worker->facts, &worker->fact_capacity,
                          worker->fact_count + worker->held.count, sizeof(*worker->facts), err);
    for (size_t i = 0; r == TQ_OK && i < worker->held.count; i++)
        worker->facts[worker->fact_count++] = make_fact(slot, &worker->held.items[i]);
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

/* All that a subject holds in the fields that rules need. */
static int gather(const struct run *run, struct worker *worker, uint32_t subject,
                  struct tq_error *err)
{
    const struct rule_binding *binding = run->check->binding;

    worker->fact_count = 0;
    for (size_t i = 0; i < binding->slot_count; i++) {
        const struct rule_slot *slot = &binding->slots[i];

        worker->starts[i] = worker->fact_count;
        if (slot->kind != run->kind || !slot->tested)
            continue;
        int r = gather_slot(run, worker, slot, subject, err);

        if (r < 0)
            return r;
    }
    worker->starts[binding->slot_count] = worker->fact_count;
    for (size_t i = 0; i < binding->slot_count; i++) {
        const struct rule_fact *facts = worker->facts ? worker->facts + worker->starts[i] : NULL;
        size_t count = worker->starts[i + 1] - worker->starts[i];

        worker->fields[i] = (struct rule_facts){.items = facts,
                                                .count = count,
                                                .by_period = rises_by_period(facts, count),
                                                .times = binding->slots[i].times,
                                                .scheme = binding->slots[i].scheme,
                                                .period_first = binding->slots[i].period_first};
    }
    return TQ_OK;
}

static void add_counts(struct rule_count *sum, const struct rule_count *part)
{
    sum->facts += part->facts;
    sum->failed += part->failed;
    sum->untested += part->untested;
    sum->subjects += part->subjects;
    sum->subjects_failed += part->subjects_failed;
}

static void test_rules(const struct run *run, struct worker *worker)
{
    const struct rule_binding *binding = run->check->binding;
    const struct rule_subject subject = {.set = binding->set,
                                         .fields = worker->fields,
                                         .today = run->check->today,
                                         .offset = binding->offset};

    for (size_t i = 0; i < binding->set->rule_count; i++) {
        const struct bound_rule *bound = &binding->rules[i];
        struct rule_count count = {0};

        for (size_t k = 0; k < bound->slot_count; k++) {
            if (binding->slots[bound->slots[k]].kind == run->kind)
                rule_test_subject(&subject, bound->rule, &worker->fields[bound->slots[k]], &count);
        }
        count.subjects = count.subjects > 0; /* one, in however many fields */
        count.subjects_failed = count.subjects_failed > 0;
        add_counts(&worker->counts[i], &count);
    }
}

static int check_block(void *state, size_t index, unsigned thread, struct tq_error *err)
{
    const struct run *run = state;
    struct worker *worker = &run->workers[thread];
    uint64_t subject = run->first + (uint64_t)index * BLOCK_SUBJECTS,
             end = subject + BLOCK_SUBJECTS;
    uint32_t count = run->check->binding->reg->kinds[run->kind].subject_count;

    for (; subject < end && subject < count; subject++) {
        int r = gather(run, worker, (uint32_t)subject, err);

        if (r < 0)
            return r;
        test_rules(run, worker);
    }
    return TQ_OK;
}

/* ---- the whole ---- */

static int load(const struct rule_check *check, struct tq_error *err)
{
    const struct rule_binding *binding = check->binding;
    const struct reg *reg = binding->reg;
    int r = TQ_OK;

    for (size_t i = 0; r == TQ_OK && i < binding->slot_count; i++) {
        const struct rule_slot *slot = &binding->slots[i];

        if (slot->kind == KIND_NONE || !slot->tested)
            continue;
        r = reg_load_field(reg, slot->target.field,
                           FIELD_HELD | FIELD_TIMES | (slot->holders ? FIELD_HOLDERS : 0), err);
        if (r == TQ_OK && slot->target.through != FIELD_NONE)
            r = reg_load_field(reg, slot->target.through, FIELD_HELD | FIELD_TIMES, err);
    }
    return r;
}

/* The first month that a field has: windows that begin before it are not complete. */
static void find_first_periods(const struct rule_binding *binding)
{
    for (size_t i = 0; i < binding->slot_count; i++) {
        struct rule_slot *slot = &binding->slots[i];
        uint16_t first = MONTH_NONE;

        if (slot->kind == KIND_NONE || !slot->tested || !slot->field->fact_period)
            continue;
        for (uint64_t k = 0; k < slot->field->fact_count; k++) {
            uint16_t period = slot->field->fact_period[k];

            first = first == MONTH_NONE || period < first ? period : first;
        }
        slot->period_first = first;
    }
}

static void report(const struct run *run, uint32_t done)
{
    const struct rule_check *check = run->check;
    const struct kind *kind = &check->binding->reg->kinds[run->kind];

    if (check->progress)
        check->progress(check->state, kind->name,
                        done < kind->subject_count ? done : kind->subject_count,
                        kind->subject_count);
}

static int check_kind(struct run *run, struct tq_error *err)
{
    uint32_t count = run->check->binding->reg->kinds[run->kind].subject_count;

    for (uint64_t first = 0; first < count; first += (uint64_t)BLOCK_SUBJECTS * ROUND_BLOCKS) {
        uint64_t left = (count - first + BLOCK_SUBJECTS - 1) / BLOCK_SUBJECTS;
        int r;

        run->first = (uint32_t)first;
        report(run, run->first);
        r = pool_run(run->check->threads, left < ROUND_BLOCKS ? left : ROUND_BLOCKS, check_block,
                     run, err);
        if (r < 0)
            return r;
    }
    report(run, count);
    return TQ_OK;
}

static void workers_free(struct worker *workers, unsigned count)
{
    for (unsigned i = 0; workers && i < count; i++) {
        held_list_clear(&workers[i].held);
        free(workers[i].facts);
        free(workers[i].starts);
        free(workers[i].fields);
        free(workers[i].counts);
    }
    free(workers);
}

static struct worker *workers_new(const struct rule_check *check)
{
    const struct rule_binding *binding = check->binding;
    struct worker *workers = alloc_zeroed(check->threads, sizeof(*workers));
    bool whole = workers != NULL;

    for (unsigned i = 0; whole && i < check->threads; i++) {
        workers[i].starts = alloc_zeroed(binding->slot_count + 1, sizeof(*workers[i].starts));
        workers[i].fields = alloc_zeroed(binding->slot_count + 1, sizeof(*workers[i].fields));
        workers[i].counts = alloc_zeroed(binding->set->rule_count + 1, sizeof(*workers[i].counts));
        whole = workers[i].starts && workers[i].fields && workers[i].counts;
    }
    if (whole)
        return workers;
    workers_free(workers, check->threads);
    return NULL;
}

int rule_check_run(const struct rule_check *check, struct rule_count *out_counts,
                   struct tq_error *err)
{
    struct run run = {.check = check};
    size_t rules = check->binding->set->rule_count;
    int r = load(check, err);

    if (r < 0)
        return r;
    find_first_periods(check->binding);
    run.workers = workers_new(check);
    if (!run.workers)
        return tq_no_memory(err);
    for (; r == TQ_OK && run.kind < check->binding->reg->kind_count; run.kind++)
        r = check_kind(&run, err);
    for (size_t i = 0; r == TQ_OK && i < rules; i++) {
        out_counts[i] = (struct rule_count){0};
        for (unsigned k = 0; k < check->threads; k++)
            add_counts(&out_counts[i], &run.workers[k].counts[i]);
    }
    workers_free(run.workers, check->threads);
    return r;
}
