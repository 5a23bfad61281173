/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef VERDICT_JUDGE_H
#define VERDICT_JUDGE_H

#include "model/finding.h"
#include "model/link.h"
#include "model/reading.h"
#include "model/snapshot.h"
#include "model/table.h"
#include "register/batch_keys.h"
#include "register/register.h"
#include "rules/binding.h"
#include "verdict/batch_claims.h"
#include "verdict/dating.h"

/*
 * Judging one table (DESIGN section 6, algorithms.md section 4). Order of use, by inquiry:
 *
 *   judge_new, judge_intervals for all batches, dating_fit, judge_learn on the sampled batches,
 *   judge_set_roles (if it says a role changed: judge_intervals and dating_fit again), then
 *   judge_batch for all batches.
 *
 * A judge is shared by threads except in judge_learn (integer sums behind a lock) and
 * judge_set_roles (one thread).
 */
struct judge;

/* A batch with its links, and what is kept of it from one of these to the next. All borrowed. */
struct linked_batch {
    const struct batch *batch;
    const struct link *links;    /* one per record */
    struct batch_keys *keys;     /* NULL: nobody keeps them */
    struct batch_claims *claims; /* the same; of these links */
};

/* `reading` and `table` are borrowed for the life of the judge. */
int judge_new(const struct reg *reg, const struct table *table, const struct reading *reading,
              struct judge **out_judge, struct tq_error *err) MUST_CHECK;
struct judge *judge_free(struct judge *judge);

/*
 * Hold what records show against rules, too: what a record shows and the register does not hold,
 * beside what the register holds of the subject. A cell gets a rule that it breaks as a further
 * ground (struct rule_break) unless the register's own facts break it in the same place; verdicts
 * do not change. Once, before judge_batch. `rules` is borrowed. `today`: minutes UTC, or MOMENT_MAX
 * if it is not known. Does nothing with a register of fingerprints only.
 */
int judge_use_rules(struct judge *judge, const struct rule_binding *rules, int32_t today,
                    struct tq_error *err) MUST_CHECK;

/* What came of one rule in the records that show something which the register does not hold. */
struct rule_tally {
    uint64_t records, broken; /* records that it was tested in, and those with a ground */
    uint64_t facts, failed;   /* ... whatever the register's own facts do */
};

/* By number of the rule; NULL without rules. Complete after judge_batch of all batches. */
const struct rule_tally *judge_rule_tallies(const struct judge *judge);

struct judge_scratch;                                               /* memory of one thread */
struct judge_scratch *judge_scratch_new(const struct judge *judge); /* NULL: no memory */
struct judge_scratch *judge_scratch_free(struct judge_scratch *scratch);

/* The known-time interval of each record (rows[i] for links[i]). Where several records share a
 * subject, neighbours about one subject count as one: the first has their common interval, the
 * others none. */
int judge_intervals(const struct judge *judge, struct judge_scratch *scratch,
                    const struct linked_batch *linked, struct dated_row *rows,
                    struct tq_error *err) MUST_CHECK;

/* Count, over one batch: how often columns are filled where the register holds a value, how often
 * they agree only with an earlier time, block lags, and what else judge_batch needs of the whole
 * table. */
int judge_learn(struct judge *judge, struct judge_scratch *scratch,
                const struct linked_batch *linked, const struct dating *dating,
                struct tq_error *err) MUST_CHECK;

/* Decide column roles from what was learnt; *out_changed if a column became ROLE_PREVIOUS. */
void judge_set_roles(struct judge *judge, bool *out_changed);

/* Whether a column holds previous values. */
bool judge_is_previous(const struct judge *judge, uint32_t column);

/* Append the findings of one batch, in record order. */
int judge_batch(const struct judge *judge, struct judge_scratch *scratch,
                const struct linked_batch *linked, const struct dating *dating,
                struct finding_batch *findings, struct tq_error *err) MUST_CHECK;

#endif
