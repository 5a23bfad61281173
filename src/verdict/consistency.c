/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "verdict/consistency.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"

DEFINE_CLEANUP(struct consistency *, consistency_free)

/* ---- which rules a table can be held against ---- */

static bool asks_source(const struct rule_operand *operand, enum rule_source first,
                        enum rule_source last)
{
    for (uint16_t i = 0; i < operand->count; i++) {
        if (operand->terms[i].source >= first && operand->terms[i].source <= last)
            return true;
    }
    return false;
}

static bool condition_asks(const struct rule_condition *condition, enum rule_source first,
                           enum rule_source last)
{
    return asks_source(&condition->left, first, last)
           || asks_source(&condition->right, first, last);
}

/* Some rules are about how a register is kept: a published value has no times of its own, and
 * stands for itself. */
static bool is_about_values(const struct rule *rule, bool has_today)
{
    for (uint16_t i = 0; i < rule->condition_count; i++) {
        const struct rule_condition *condition = &rule->conditions[i];

        if (condition->relation == RULE_UNIQUE || condition->relation == RULE_AT_ONCE
            || (!has_today && condition_asks(condition, RULE_TODAY, RULE_TODAY))
            || (rule->field == RULE_EVERY
                && condition_asks(condition, RULE_VALID_FROM, RULE_KNOWN_TO)))
            return false;
    }
    return true;
}

/* A rule about every field is asked about a field that the table shows; another may be decided by
 * any cell that it looks at. */
static bool find_columns(const struct judge *judge, const struct consistency *consistency,
                         struct rule_use *use)
{
    const struct rule_binding *binding = consistency->binding;
    bool every = binding->set->rules[use->rule].field == RULE_EVERY, any = false;

    for (unsigned i = 0; i < judge->column_count; i++) {
        for (size_t k = 0; k < binding->slot_count && !use->columns[i]; k++)
            use->columns[i] = (every ? k == use->slot : use->slots[k])
                              && column_feeds(&judge->columns[i], &binding->slots[k]);
        any |= use->columns[i];
    }
    return any;
}

static int add_use(const struct judge *judge, struct consistency *consistency, size_t rule,
                   uint16_t slot, struct tq_error *err)
{
    const struct rule_binding *binding = consistency->binding;
    struct rule_use *use;
    int r = alloc_reserve(&consistency->uses, &consistency->use_capacity,
                          consistency->use_count + 1, sizeof(*consistency->uses), err);

    if (r < 0)
        return r;
    use = &consistency->uses[consistency->use_count++]; /* freed with the rest, whole or not */
    *use = (struct rule_use){.rule = (uint32_t)rule, .slot = slot};
    use->slots = alloc_zeroed(binding->slot_count + 1, sizeof(*use->slots));
    use->columns = alloc_zeroed((size_t)judge->column_count + 1, sizeof(*use->columns));
    if (!use->slots || !use->columns)
        return tq_no_memory(err);
    rule_binding_slots(binding, rule, slot, use->slots);
    if (find_columns(judge, consistency, use))
        return TQ_OK;
    free(use->slots);
    free(use->columns);
    consistency->use_count--;
    return TQ_OK;
}

static int find_uses(const struct judge *judge, struct consistency *consistency,
                     struct tq_error *err)
{
    const struct rule_binding *binding = consistency->binding;
    int r = TQ_OK;

    for (size_t i = 0; i < binding->set->rule_count; i++) {
        const struct bound_rule *bound = &binding->rules[i];

        if (!is_about_values(bound->rule, consistency->today != MOMENT_MAX))
            continue;
        for (size_t k = 0; k < bound->slot_count && r == TQ_OK; k++) {
            if (binding->slots[bound->slots[k]].kind == consistency->kind)
                r = add_use(judge, consistency, i, bound->slots[k], err);
        }
    }
    for (size_t i = 0; i < consistency->use_count; i++) {
        for (unsigned k = 0; k < judge->column_count; k++)
            consistency->touched[k] |= consistency->uses[i].columns[k];
    }
    return r;
}

int consistency_new(const struct judge *judge, const struct rule_binding *binding, int32_t today,
                    struct consistency **out_consistency, struct tq_error *err)
{
    CLEANUP(consistency_free_cleanup)
    struct consistency *made = alloc_zeroed(1, sizeof(*made));
    size_t columns = (size_t)judge->column_count + 1, slots = binding->slot_count + 1;
    int r;

    if (!made)
        return tq_no_memory(err);
    (void)pthread_mutex_init(&made->lock, NULL);
    made->binding = binding;
    made->today = today;
    made->kind = judge->reading->kind;
    made->touched = alloc_zeroed(columns, sizeof(*made->touched));
    made->column_of =
        alloc_zeroed((size_t)judge->reading->column_count + 1, sizeof(*made->column_of));
    made->loaded = alloc_zeroed(slots, sizeof(*made->loaded));
    made->period_first = alloc_zeroed(slots, sizeof(*made->period_first));
    made->tallies = alloc_zeroed(binding->set->rule_count + 1, sizeof(*made->tallies));
    if (!made->touched || !made->column_of || !made->loaded || !made->period_first
        || !made->tallies)
        return tq_no_memory(err);
    memset(made->column_of, 0xff, judge->reading->column_count * sizeof(*made->column_of));
    for (unsigned i = 0; i < judge->column_count; i++)
        made->column_of[judge->columns[i].number] = (uint16_t)i;
    r = find_uses(judge, made, err);
    if (r == TQ_OK)
        *out_consistency = TAKE(made);
    return r;
}

struct consistency *consistency_free(struct consistency *consistency)
{
    if (!consistency)
        return NULL;
    for (size_t i = 0; i < consistency->use_count; i++) {
        free(consistency->uses[i].slots);
        free(consistency->uses[i].columns);
    }
    free(consistency->uses);
    free(consistency->touched);
    free(consistency->column_of);
    free(consistency->loaded);
    free(consistency->period_first);
    free(consistency->tallies);
    (void)pthread_mutex_destroy(&consistency->lock);
    free(consistency);
    return NULL;
}

struct consistency_scratch *consistency_scratch_free(struct consistency_scratch *scratch)
{
    if (!scratch)
        return NULL;
    free(scratch->own);
    free(scratch->slots);
    (void)subject_facts_free(scratch->held);
    free(scratch->facts);
    free(scratch->starts);
    free(scratch->shown);
    held_list_clear(&scratch->list);
    arena_clear(&scratch->texts);
    buf_clear(&scratch->text);
    free(scratch->tallies);
    free(scratch->tested);
    free(scratch->broken);
    free(scratch);
    return NULL;
}

/* NULL when memory runs out. */
static struct consistency_scratch *scratch_new(const struct consistency *consistency)
{
    struct consistency_scratch *scratch = alloc_zeroed(1, sizeof(*scratch));
    size_t slots = consistency->binding->slot_count + 1;
    size_t rules = consistency->binding->set->rule_count + 1;

    if (!scratch)
        return NULL;
    scratch->slots = alloc_zeroed(slots, sizeof(*scratch->slots));
    scratch->held = subject_facts_new(consistency->binding);
    scratch->starts = alloc_zeroed(slots, sizeof(*scratch->starts));
    scratch->shown = alloc_zeroed(slots, sizeof(*scratch->shown));
    scratch->tallies = alloc_zeroed(rules, sizeof(*scratch->tallies));
    scratch->tested = alloc_zeroed(rules, sizeof(*scratch->tested));
    scratch->broken = alloc_zeroed(rules, sizeof(*scratch->broken));
    if (scratch->slots && scratch->held && scratch->starts && scratch->shown && scratch->tallies
        && scratch->tested && scratch->broken)
        return scratch;
    return consistency_scratch_free(scratch);
}

/* ---- tallies ---- */

void consistency_add_tallies(struct consistency *consistency, struct consistency_scratch *scratch)
{
    size_t count = consistency->binding->set->rule_count;

    if (!scratch)
        return;
    (void)pthread_mutex_lock(&consistency->lock);
    for (size_t i = 0; i < count; i++) {
        consistency->tallies[i].records += scratch->tallies[i].records;
        consistency->tallies[i].broken += scratch->tallies[i].broken;
        consistency->tallies[i].facts += scratch->tallies[i].facts;
        consistency->tallies[i].failed += scratch->tallies[i].failed;
    }
    (void)pthread_mutex_unlock(&consistency->lock);
    memset(scratch->tallies, 0, count * sizeof(*scratch->tallies));
}

const struct rule_tally *consistency_tallies(const struct consistency *consistency)
{
    return consistency->tallies;
}

/* ---- one record ---- */

/* What a record claims on its own account. A variant, a part, and what was held at another time are
 * the register's. */
static bool is_own(const struct cell_finding *cell)
{
    return cell->verdict == CELL_CONTRADICTS || cell->verdict == CELL_OTHER_SUBJECT
           || cell->verdict == CELL_UNKNOWN;
}

static int add_own(const struct judge *judge, struct judge_scratch *scratch,
                   const struct batch *batch, const struct record_rows *rows,
                   const struct cell_finding *cell, struct tq_error *err)
{
    struct consistency_scratch *mine = scratch->rules;
    uint16_t number = judge->rules->column_of[cell->column];
    uint32_t row = rows->first + cell->line;
    struct own_cell own = {.finding = cell, .column = number};
    int r;

    if (row >= rows->last || cell->line == UINT16_MAX)
        return TQ_OK;
    own.claim = claim_at(scratch, row, number);
    own.period = own.claim->period;
    own.text = column_cell(judge->columns[number].reading, batch, row, cell->column);
    r = alloc_reserve(&mine->own, &mine->own_capacity, mine->own_count + 1, sizeof(*mine->own),
                      err);
    if (r == TQ_OK)
        mine->own[mine->own_count++] = own;
    return r;
}

static int find_own(const struct judge *judge, struct judge_scratch *scratch,
                    const struct batch *batch, const struct record_rows *rows,
                    const struct record_finding *record, const struct finding_batch *findings,
                    struct tq_error *err)
{
    int r = TQ_OK;

    if (scratch->rules)
        scratch->rules->own_count = 0;
    for (uint32_t i = 0; i < record->cell_count && r == TQ_OK; i++) {
        const struct cell_finding *cell = &findings->cells[record->cell_first + i];

        if (!is_own(cell) || !judge->rules->touched[judge->rules->column_of[cell->column]])
            continue;
        if (!scratch->rules)
            scratch->rules = scratch_new(judge->rules);
        if (!scratch->rules)
            return tq_no_memory(err);
        r = add_own(judge, scratch, batch, rows, cell, err);
    }
    return r;
}

static bool is_touched(const struct consistency_scratch *scratch, const struct rule_use *use)
{
    for (size_t i = 0; i < scratch->own_count; i++) {
        if (use->columns[scratch->own[i].column])
            return true;
    }
    return false;
}

static bool meet(uint16_t a, uint16_t b)
{
    return a == b || a == MONTH_NONE || b == MONTH_NONE;
}

/* An own cell may have decided what the rule says of a fact of this month. */
static bool may_decide(const struct consistency_scratch *scratch, const struct rule_use *use,
                       size_t own, uint16_t period)
{
    return use->columns[scratch->own[own].column] && meet(scratch->own[own].period, period);
}

static bool is_decided(const struct consistency_scratch *scratch, const struct rule_use *use,
                       uint16_t period)
{
    for (size_t i = 0; i < scratch->own_count; i++) {
        if (may_decide(scratch, use, i, period))
            return true;
    }
    return false;
}

/* The register breaks the rule as well, with what it holds for this month. */
static bool breaks_itself(const struct consistency *consistency,
                          const struct consistency_scratch *scratch, const struct rule_use *use,
                          uint16_t period)
{
    const struct rule_facts *held = &scratch->held->fields[use->slot];
    const struct rule_subject subject = {.set = consistency->binding->set,
                                         .fields = scratch->held->fields,
                                         .today = consistency->today,
                                         .offset = consistency->binding->offset};

    for (size_t i = 0; i < held->count; i++) {
        if (meet(held->items[i].period, period)
            && rule_test_fact(&subject, &consistency->binding->set->rules[use->rule], held,
                              &held->items[i])
                   == RULE_FAILS)
            return true;
    }
    return false;
}

/* Each of the record's own cells that may have decided it gets the ground, once. */
static int add_breaks(const struct consistency_scratch *scratch, const struct rule_use *use,
                      uint16_t period, struct finding_batch *findings, struct tq_error *err)
{
    int r = TQ_OK;

    for (size_t i = 0; i < scratch->own_count && r == TQ_OK; i++) {
        const struct cell_finding *cell = scratch->own[i].finding;
        struct rule_break broken = {.record = (uint32_t)findings->record_count,
                                    .rule = (uint16_t)use->rule,
                                    .column = cell->column,
                                    .line = cell->line};
        bool known = !may_decide(scratch, use, i, period);

        for (size_t k = findings->break_count;
             k > 0 && !known && findings->breaks[k - 1].record == broken.record; k--)
            known = findings->breaks[k - 1].rule == broken.rule
                    && findings->breaks[k - 1].column == broken.column
                    && findings->breaks[k - 1].line == broken.line;
        if (!known)
            r = finding_batch_add_break(findings, &broken, err);
    }
    return r;
}

static void count_record(uint64_t *last, uint64_t record, uint64_t *count)
{
    *count += *last != record;
    *last = record;
}

static int test_use(const struct consistency *consistency, struct consistency_scratch *scratch,
                    const struct rule_use *use, struct finding_batch *findings,
                    struct tq_error *err)
{
    const struct rule_facts *shown = &scratch->shown[use->slot];
    struct rule_tally *tally = &scratch->tallies[use->rule];
    const struct rule_subject subject = {.set = consistency->binding->set,
                                         .fields = scratch->shown,
                                         .today = consistency->today,
                                         .offset = consistency->binding->offset};
    int r = TQ_OK;

    for (size_t i = 0; i < shown->count && shown->count <= RULE_FACTS_MAX && r == TQ_OK; i++) {
        const struct rule_fact *fact = &shown->items[i];
        enum rule_outcome outcome = RULE_UNTESTED;

        if (is_decided(scratch, use, fact->period))
            outcome =
                rule_test_fact(&subject, &consistency->binding->set->rules[use->rule], shown, fact);
        if (outcome == RULE_UNTESTED)
            continue;
        tally->facts++;
        count_record(&scratch->tested[use->rule], scratch->record, &tally->records);
        if (outcome != RULE_FAILS)
            continue;
        tally->failed++;
        if (breaks_itself(consistency, scratch, use, fact->period))
            continue;
        count_record(&scratch->broken[use->rule], scratch->record, &tally->broken);
        r = add_breaks(scratch, use, fact->period, findings, err);
    }
    return r;
}

int consistency_judge(const struct judge *judge, struct judge_scratch *scratch,
                      const struct batch *batch, const struct record_rows *rows,
                      const struct record_finding *record, struct finding_batch *findings,
                      struct tq_error *err)
{
    const struct consistency *consistency = judge->rules;
    struct consistency_scratch *mine;
    int r = find_own(judge, scratch, batch, rows, record, findings, err);

    mine = scratch->rules;
    if (r < 0 || !mine || mine->own_count == 0)
        return r;
    mine->record++;
    arena_reset(&mine->texts);
    memset(mine->slots, 0, consistency->binding->slot_count * sizeof(*mine->slots));
    for (size_t i = 0; i < consistency->use_count; i++) {
        if (is_touched(mine, &consistency->uses[i]))
            rule_binding_slots(consistency->binding, consistency->uses[i].rule,
                               consistency->uses[i].slot, mine->slots);
    }
    r = consistency_gather(judge, mine, rows->subject, err);
    for (size_t i = 0; i < consistency->use_count && r == TQ_OK; i++) {
        if (is_touched(mine, &consistency->uses[i]))
            r = test_use(consistency, mine, &consistency->uses[i], findings, err);
    }
    return r;
}
