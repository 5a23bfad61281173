/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef VERDICT_CONSISTENCY_H
#define VERDICT_CONSISTENCY_H

#include <pthread.h>
#include <stdatomic.h>

#include "base/arena.h"
#include "model/finding.h"
#include "rules/subject_facts.h"
#include "verdict/claim.h"
#include "verdict/judge.h"
#include "verdict/record_time.h"

/*
 * What a table shows against consistency rules. Only cells that the register does not bear out are
 * put to the test, so most records cost nothing: where all agrees, the record breaks a rule exactly
 * where the register does. Within this module only.
 */

/* A rule and a field that it is tested on. */
struct rule_use {
    uint32_t rule; /* number in the set */
    uint16_t slot;
    bool *slots;   /* that it looks at; owned */
    bool *columns; /* of the judge whose cells may decide it; owned */
};

struct consistency {
    const struct rule_binding *binding;
    int32_t today;
    uint8_t kind;          /* of the table's subjects */
    struct rule_use *uses; /* owned */
    size_t use_count, use_capacity;
    bool *touched;          /* owned, by column: some use asks for its cells */
    uint16_t *column_of;    /* owned, by column of the reading: that of the judge, or UINT16_MAX */
    atomic_bool *loaded;    /* owned, by slot */
    uint16_t *period_first; /* owned, by slot; once it is loaded */
    pthread_mutex_t lock;   /* guards what loading writes, and the tallies */
    struct rule_tally *tallies; /* owned, by rule */
};

/* A cell of the present record that shows what the register does not hold. */
struct own_cell {
    const struct cell_finding *finding;
    const struct claim *claim;
    struct slice text;
    uint16_t column; /* of the judge */
    uint16_t period; /* of the claim */
};

/* Memory of one thread. */
struct consistency_scratch {
    struct own_cell *own; /* owned */
    size_t own_count, own_capacity;
    bool *slots;                /* owned: that the uses of this record look at */
    struct subject_facts *held; /* owned: what the register holds in them, */
    struct rule_fact *facts;    /* owned: the same with the record's own cells in place, */
    size_t fact_count, fact_capacity;
    size_t *starts;           /* owned: by slot, */
    struct rule_facts *shown; /* owned: and by slot */
    struct held_list list;    /* of whom a cell refers to */
    struct arena texts;
    struct buf text;
    struct rule_tally *tallies; /* owned, by rule: of the batch so far */
    uint64_t *tested, *broken;  /* owned, by rule: the last record it was tested in, or broke it */
    uint64_t record;            /* number of the present one, from 1 */
};

int consistency_new(const struct judge *judge, const struct rule_binding *binding, int32_t today,
                    struct consistency **out_consistency, struct tq_error *err) MUST_CHECK;
struct consistency *consistency_free(struct consistency *consistency);
struct consistency_scratch *consistency_scratch_free(struct consistency_scratch *scratch);

/* Test a record whose cells are the last of `findings`, and which is about to be added to them. */
int consistency_judge(const struct judge *judge, struct judge_scratch *scratch,
                      const struct batch *batch, const struct record_rows *rows,
                      const struct record_finding *record, struct finding_batch *findings,
                      struct tq_error *err) MUST_CHECK;

/* At the end of a batch; `scratch` may be NULL. */
void consistency_add_tallies(struct consistency *consistency, struct consistency_scratch *scratch);
const struct rule_tally *consistency_tallies(const struct consistency *consistency);

/* ---- consistency_facts.c ---- */

/* Whether a cell of the column says something about the slot: it is of its field, or names whom the
 * slot's reference points to. */
bool column_feeds(const struct judge_column *column, const struct rule_slot *slot);

/* What the register holds in scratch->slots, and the same with the record's own cells in the place
 * of what is held for their months. */
int consistency_gather(const struct judge *judge, struct consistency_scratch *scratch,
                       uint32_t subject, struct tq_error *err) MUST_CHECK;

#endif
