/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * How tables stand against consistency rules beside the register: a table that breaks a rule far
 * more often than the register does, or far less often, was hardly taken from it.
 */
#include <math.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/significance.h"
#include "inquiry/context.h"
#include "rules/check.h"

#define SAMPLE_SUBJECTS 2048u /* of each kind: shares to a percent */
#define EFFECT_MIN      0.2   /* Cohen: a small effect; what is less is no sign, however certain */
#define CHANCE_MAX      0.01  /* after correction for all rules and tables */

int inquiry_keep_tallies(struct inquiry *inquiry, uint32_t table, const struct rule_tally *tallies,
                         struct tq_error *err)
{
    const struct rule_binding *rules = inquiry->request->rules;

    for (size_t i = 0; tallies && i < rules->set->rule_count; i++) {
        struct consistency_row row = {.table = table,
                                      .rule = (uint16_t)i,
                                      .records = tallies[i].records,
                                      .broken = tallies[i].broken,
                                      .facts = tallies[i].facts,
                                      .failed = tallies[i].failed};
        int r;

        if (row.records == 0)
            continue;
        r = alloc_reserve(&inquiry->consistency, &inquiry->consistency_capacity,
                          inquiry->consistency_count + 1, sizeof(*inquiry->consistency), err);
        if (r < 0)
            return r;
        inquiry->consistency[inquiry->consistency_count++] = row;
    }
    return TQ_OK;
}

/* ---- beside the register ---- */

/* What the register's own facts break, of the rules that some table was held against. */
static int sample_register(const struct inquiry *inquiry, struct rule_count *counts,
                           struct tq_error *err)
{
    const struct rule_binding *rules = inquiry->request->rules;
    CLEANUP(free_cleanup) bool *wanted = alloc_zeroed(rules->set->rule_count + 1, sizeof(*wanted));
    struct rule_check check = {.binding = rules,
                               .threads = inquiry->request->jobs,
                               .today = inquiry->request->reg->known_to,
                               .rules = wanted,
                               .subjects_most = SAMPLE_SUBJECTS,
                               .keeps_fields = true};

    if (!wanted)
        return tq_no_memory(err);
    for (size_t i = 0; i < inquiry->consistency_count; i++)
        wanted[inquiry->consistency[i].rule] = true;
    return rule_check_run(&check, counts, err);
}

static void compare(struct consistency_row *row, const struct rule_count *count)
{
    struct failures shown = {.facts = row->facts, .failed = row->failed, .units = row->records};
    struct failures held = {
        .facts = count->facts, .failed = count->failed, .units = count->subjects};

    row->register_facts = count->facts;
    row->register_failed = count->failed;
    row->effect = failures_effect(&shown, &held);
    row->chance = failures_chance(&shown, &held);
}

static int correct(struct inquiry *inquiry, struct tq_error *err)
{
    size_t count = inquiry->consistency_count;
    CLEANUP(free_cleanup) double *chances = alloc_zeroed(count + 1, sizeof(*chances));
    int r;

    if (!chances)
        return tq_no_memory(err);
    for (size_t i = 0; i < count; i++)
        chances[i] = inquiry->consistency[i].chance;
    r = chances_correct(chances, count, err);
    for (size_t i = 0; i < count && r == TQ_OK; i++) {
        struct consistency_row *row = &inquiry->consistency[i];

        row->chance = chances[i];
        if (row->chance < CHANCE_MAX && fabs(row->effect) >= EFFECT_MIN)
            row->sign = row->effect > 0 ? SIGN_MORE : SIGN_LESS;
    }
    return r;
}

/* ---- keeping ---- */

static int keep_rules(const struct inquiry *inquiry, struct tq_error *err)
{
    const struct rule_set *set = inquiry->request->rules->set;
    int r = TQ_OK;

    for (size_t i = 0; i < set->rule_count && r == TQ_OK; i++) {
        const struct rule *rule = &set->rules[i];
        struct rule_row row = {
            .number = (uint16_t)i, .name = slice_of(rule->name), .must = rule->must};

        for (unsigned k = 0; k < LANGUAGE_COUNT; k++)
            row.about[k] = slice_of(rule->about[k]);
        r = case_add_rule(inquiry->request->store, &row, err);
    }
    return r;
}

int inquiry_keep_consistency(struct inquiry *inquiry, struct tq_error *err)
{
    const struct rule_binding *rules = inquiry->request->rules;
    CLEANUP(free_cleanup) struct rule_count *counts = NULL;
    int r;

    if (!rules || inquiry->consistency_count == 0)
        return TQ_OK;
    counts = alloc_zeroed(rules->set->rule_count + 1, sizeof(*counts));
    if (!counts)
        return tq_no_memory(err);
    inquiry_report(inquiry, "check", 0, inquiry->consistency_count, "rules");
    r = sample_register(inquiry, counts, err);
    if (r < 0)
        return r;
    for (size_t i = 0; i < inquiry->consistency_count; i++)
        compare(&inquiry->consistency[i], &counts[inquiry->consistency[i].rule]);
    r = correct(inquiry, err);
    if (r == TQ_OK)
        r = keep_rules(inquiry, err);
    for (size_t i = 0; i < inquiry->consistency_count && r == TQ_OK; i++)
        r = case_add_consistency(inquiry->request->store, &inquiry->consistency[i], err);
    return r;
}
