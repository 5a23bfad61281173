/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "rules/check.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/pool.h"
#include "rules/check_plan.h"
#include "rules/subject_facts.h"

#define BLOCK_SUBJECTS 1024u /* a multiple of 8: threads have bytes of their own in bit sets */
#define STEP_BLOCKS    64u

/* What one thread needs, and what it counted. */
struct worker {
    struct subject_facts *facts;
    struct rule_count *counts; /* by rule; owned */
};

/* Which subjects were tested and failed by a rule that is about several fields: each counts once.
 */
struct subject_bits {
    uint8_t *tested, *failed; /* owned; NULL: the rule is about one field */
};

struct run {
    const struct rule_check *check;
    struct check_plan plan;
    struct worker *workers;    /* owned */
    struct subject_bits *bits; /* by rule; owned */
    uint64_t subjects, done;   /* of all rounds, for the progress */

    uint16_t round;
    size_t part_first, part_end; /* of the round */
    bool *slots;                 /* that the round looks at; owned */
    bool *kind_slots;            /* of them those of the present kind; owned */

    uint8_t kind;
    uint64_t kind_first;  /* number of its first subject among those of all kinds that are tested */
    uint32_t stride;      /* between its subjects that are tested */
    uint32_t count;       /* of those */
    uint32_t block_first; /* in the present step */
};

/* ---- how many subjects ---- */

static uint32_t stride_of(const struct rule_check *check, uint8_t kind)
{
    uint32_t count = check->binding->reg->kinds[kind].subject_count;

    if (check->subjects_most == 0 || count <= check->subjects_most)
        return 1;
    return (uint32_t)(((uint64_t)count + check->subjects_most - 1) / check->subjects_most);
}

static uint32_t tested_of(const struct rule_check *check, uint8_t kind)
{
    uint32_t count = check->binding->reg->kinds[kind].subject_count;
    uint32_t stride = stride_of(check, kind);

    return (uint32_t)(((uint64_t)count + stride - 1) / stride);
}

/* Room of a kind in the numbers of all subjects. */
static uint64_t room_of(const struct rule_check *check, uint8_t kind)
{
    return ((uint64_t)tested_of(check, kind) + 7) / 8 * 8;
}

static uint64_t room_of_all(const struct rule_check *check)
{
    uint64_t room = 0;

    for (uint8_t i = 0; i < check->binding->reg->kind_count; i++)
        room += room_of(check, i);
    return room;
}

/* ---- counting ---- */

static void add_counts(struct rule_count *sum, const struct rule_count *part)
{
    sum->facts += part->facts;
    sum->failed += part->failed;
    sum->untested += part->untested;
    sum->subjects += part->subjects;
    sum->subjects_failed += part->subjects_failed;
}

static void mark(uint8_t *bits, uint64_t number)
{
    bits[number / 8] |= (uint8_t)(1u << number % 8);
}

static void test_part(const struct run *run, struct worker *worker, const struct check_part *part,
                      uint64_t number)
{
    const struct rule_binding *binding = run->check->binding;
    const struct rule_subject subject = {.set = binding->set,
                                         .fields = worker->facts->fields,
                                         .today = run->check->today,
                                         .offset = binding->offset};
    const struct subject_bits *bits = &run->bits[part->rule];
    struct rule_count count = {0};

    rule_test_subject(&subject, binding->rules[part->rule].rule, &worker->facts->fields[part->slot],
                      &count);
    if (bits->tested) {
        if (count.subjects > 0)
            mark(bits->tested, number);
        if (count.subjects_failed > 0)
            mark(bits->failed, number);
        count.subjects = 0;
        count.subjects_failed = 0;
    }
    add_counts(&worker->counts[part->rule], &count);
}

static int check_block(void *state, size_t index, unsigned thread, struct tq_error *err)
{
    const struct run *run = state;
    const struct rule_binding *binding = run->check->binding;
    struct worker *worker = &run->workers[thread];
    uint32_t first = run->block_first + (uint32_t)index * BLOCK_SUBJECTS;

    for (uint32_t i = first; i < first + BLOCK_SUBJECTS && i < run->count; i++) {
        int r = subject_facts_gather(worker->facts, run->kind_slots, true, i * run->stride, err);

        if (r < 0)
            return r;
        for (size_t k = run->part_first; k < run->part_end; k++) {
            const struct check_part *part = &run->plan.parts[k];

            if (binding->slots[part->slot].kind == run->kind)
                test_part(run, worker, part, run->kind_first + i);
        }
    }
    return TQ_OK;
}

/* ---- a round ---- */

static int load(const struct run *run, struct tq_error *err)
{
    const struct rule_binding *binding = run->check->binding;
    int r = TQ_OK;

    for (size_t i = 0; r == TQ_OK && i < binding->slot_count; i++) {
        struct rule_slot *slot = &binding->slots[i];

        if (!run->slots[i])
            continue;
        r = rule_slot_load(binding->reg, slot, true, err);
        if (r == TQ_OK)
            slot->period_first = rule_slot_first_period(binding->reg, slot);
    }
    return r;
}

/* Of the fields in memory keep those that rounds from this on need. */
static int give_back(const struct run *run, struct tq_error *err)
{
    const struct rule_binding *binding = run->check->binding;
    CLEANUP(free_cleanup)
    bool *fields = alloc_zeroed((size_t)binding->reg->field_count + 1, sizeof(*fields));

    if (run->check->keeps_fields)
        return TQ_OK;
    if (!fields)
        return tq_no_memory(err);
    check_plan_fields(&run->plan, binding, run->round, true, fields);
    reg_keep(binding->reg, fields);
    return TQ_OK;
}

static void report(const struct run *run, uint32_t done)
{
    const struct rule_check *check = run->check;

    if (check->progress)
        check->progress(check->state, "check", run->done + done, run->subjects);
}

static bool find_kind_slots(struct run *run)
{
    const struct rule_binding *binding = run->check->binding;
    bool any = false;

    for (size_t i = 0; i < binding->slot_count; i++) {
        run->kind_slots[i] = run->slots[i] && binding->slots[i].kind == run->kind;
        any |= run->kind_slots[i];
    }
    return any;
}

static int check_kind(struct run *run, struct tq_error *err)
{
    uint32_t step = BLOCK_SUBJECTS * STEP_BLOCKS;

    run->stride = stride_of(run->check, run->kind);
    run->count = tested_of(run->check, run->kind);
    if (!find_kind_slots(run))
        return TQ_OK;
    for (uint64_t first = 0; first < run->count; first += step) {
        uint64_t left = (run->count - first + BLOCK_SUBJECTS - 1) / BLOCK_SUBJECTS;
        int r;

        run->block_first = (uint32_t)first;
        report(run, run->block_first);
        r = pool_run(run->check->threads, left < STEP_BLOCKS ? left : STEP_BLOCKS, check_block, run,
                     err);
        if (r < 0)
            return r;
    }
    return TQ_OK;
}

static int check_round(struct run *run, struct tq_error *err)
{
    const struct rule_binding *binding = run->check->binding;
    int r = give_back(run, err);

    if (r < 0)
        return r;
    check_plan_slots(&run->plan, binding, run->round, run->slots);
    r = load(run, err);
    run->part_first = run->part_end;
    while (run->part_end < run->plan.count && run->plan.parts[run->part_end].round == run->round)
        run->part_end++;
    run->kind_first = 0;
    for (run->kind = 0; r == TQ_OK && run->kind < binding->reg->kind_count; run->kind++) {
        r = check_kind(run, err);
        run->kind_first += room_of(run->check, run->kind);
        run->done += run->count;
        report(run, 0);
    }
    return r;
}

/* ---- the whole ---- */

static void run_clear(struct run *run)
{
    for (unsigned i = 0; run->workers && i < run->check->threads; i++) {
        (void)subject_facts_free(run->workers[i].facts);
        free(run->workers[i].counts);
    }
    for (size_t i = 0; run->bits && i < run->check->binding->set->rule_count; i++) {
        free(run->bits[i].tested);
        free(run->bits[i].failed);
    }
    free(run->workers);
    free(run->bits);
    free(run->slots);
    free(run->kind_slots);
    check_plan_clear(&run->plan);
}

static bool make_bits(struct run *run)
{
    const struct rule_binding *binding = run->check->binding;
    size_t bytes = (size_t)(room_of_all(run->check) / 8 + 1);
    bool whole = true;

    for (size_t i = 0; i < run->plan.count && whole; i++) {
        struct subject_bits *bits = &run->bits[run->plan.parts[i].rule];

        if (binding->rules[run->plan.parts[i].rule].slot_count < 2 || bits->tested)
            continue;
        bits->tested = alloc_zeroed(bytes, 1);
        bits->failed = alloc_zeroed(bytes, 1);
        whole = bits->tested && bits->failed;
    }
    return whole;
}

static bool make_workers(struct run *run)
{
    const struct rule_binding *binding = run->check->binding;
    bool whole = true;

    for (unsigned i = 0; whole && i < run->check->threads; i++) {
        struct worker *worker = &run->workers[i];

        worker->facts = subject_facts_new(binding);
        worker->counts = alloc_zeroed(binding->set->rule_count + 1, sizeof(*worker->counts));
        whole = worker->facts && worker->counts;
    }
    return whole;
}

static int run_init(struct run *run, struct tq_error *err)
{
    const struct rule_binding *binding = run->check->binding;
    int r = check_plan_make(binding, run->check->rules, &run->plan, err);

    if (r < 0)
        return r;
    run->workers = alloc_zeroed(run->check->threads, sizeof(*run->workers));
    run->bits = alloc_zeroed(binding->set->rule_count + 1, sizeof(*run->bits));
    run->slots = alloc_zeroed(binding->slot_count + 1, sizeof(*run->slots));
    run->kind_slots = alloc_zeroed(binding->slot_count + 1, sizeof(*run->kind_slots));
    if (!run->workers || !run->bits || !run->slots || !run->kind_slots || !make_bits(run)
        || !make_workers(run))
        return tq_no_memory(err);
    for (uint8_t i = 0; i < binding->reg->kind_count; i++)
        run->subjects += (uint64_t)tested_of(run->check, i) * run->plan.round_count;
    return TQ_OK;
}

static uint64_t bits_set(const uint8_t *bits, uint64_t count)
{
    uint64_t set = 0;

    for (uint64_t i = 0; i < count / 8; i++)
        set += (unsigned)__builtin_popcount(bits[i]);
    return set;
}

static void sum_up(const struct run *run, struct rule_count *out_counts)
{
    uint64_t room = room_of_all(run->check);

    for (size_t i = 0; i < run->check->binding->set->rule_count; i++) {
        const struct subject_bits *bits = &run->bits[i];

        out_counts[i] = (struct rule_count){0};
        for (unsigned k = 0; k < run->check->threads; k++)
            add_counts(&out_counts[i], &run->workers[k].counts[i]);
        if (!bits->tested)
            continue;
        out_counts[i].subjects = bits_set(bits->tested, room);
        out_counts[i].subjects_failed = bits_set(bits->failed, room);
    }
}

int rule_check_run(const struct rule_check *check, struct rule_count *out_counts,
                   struct tq_error *err)
{
    struct run run = {.check = check};
    int r = run_init(&run, err);

    for (; r == TQ_OK && run.round < run.plan.round_count; run.round++)
        r = check_round(&run, err);
    if (r == TQ_OK)
        sum_up(&run, out_counts);
    run_clear(&run);
    return r;
}
