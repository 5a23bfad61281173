/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The second step of an examination: verdicts, at the snapshots that all tables agreed upon. */
#include "base/alloc.h"
#include "base/cleanup.h"
#include "inquiry/fabrication.h"
#include "inquiry/mosaic.h"
#include "inquiry/referred.h"

static int judge_one(void *state, size_t number, unsigned thread, struct tq_error *err)
{
    struct examination *examination = state;
    struct worker *worker = &examination->workers[thread];
    struct linked_batch linked;
    int r = examination_load(examination, number, thread, &linked, err);

    if (r < 0)
        return r;
    finding_batch_empty(&worker->findings);
    r = judge_batch(examination->judge, worker->judge, &linked, &examination->dating,
                    &worker->findings, err);
    batch_keys_clear(&examination->results[number].keys);
    batch_claims_clear(&examination->results[number].claims);
    if (r == TQ_OK)
        r = fabrication_sample_add(examination, number, linked.batch, &worker->findings, err);
    if (r < 0)
        return r;
    r = inquiry_keep_findings(examination->inquiry, examination->stored->number, (uint32_t)number,
                              examination->reading.kind,
                              examination->stored->head.shape == SHAPE_DOCUMENTS,
                              examination->meanings, &worker->findings, err);
    examination_report_batch(examination);
    return r;
}

/* A table that names nobody: every record is unverifiable, and still a record. */
static int leave_unverified(void *state, size_t number, unsigned thread, struct tq_error *err)
{
    struct examination *examination = state;
    struct finding_batch *findings = &examination->workers[thread].findings;
    struct linked_batch linked;
    const struct batch *batch;
    int r = examination_load(examination, number, thread, &linked, err);

    if (r < 0)
        return r;
    batch = linked.batch;
    finding_batch_empty(findings);
    for (uint32_t row = 0; row < batch->row_count; row = batch_record_end(batch, row)) {
        struct record_finding record = {.exhibit = batch->exhibit[row],
                                        .record = batch->record[row],
                                        .place = batch->place[row],
                                        .subject = SUBJECT_NONE,
                                        .verdict = RECORD_UNVERIFIABLE,
                                        .flags = batch->flags[row]};

        r = finding_batch_add_record(findings, &record, err);
        if (r < 0)
            return r;
    }
    return inquiry_keep_findings(examination->inquiry, examination->stored->number,
                                 (uint32_t)number, KIND_NONE, false, NULL, findings, err);
}

/* Which category a column speaks about, and whose value it shows. */
static int find_meanings(struct examination *examination, struct tq_error *err)
{
    const struct reg *reg = examination->inquiry->request->reg;
    uint32_t count = examination->reading.column_count;

    examination->meanings = alloc_zeroed(count + 1, sizeof(*examination->meanings));
    if (!examination->meanings)
        return tq_no_memory(err);
    for (uint32_t i = 0; i < count; i++) {
        const struct target *target = &examination->reading.columns[i].target;
        struct column_meaning *meaning = &examination->meanings[i];

        meaning->holder_kind = examination->reading.kind;
        if (target->field == FIELD_NONE)
            continue;
        meaning->through = target->through != FIELD_NONE;
        meaning->type = reg->fields[target->field].type;
        meaning->holder_category = reg->fields[target->field].category;
        meaning->category =
            meaning->through ? reg->fields[target->through].category : meaning->holder_category;
        meaning->holder_kind = reg->fields[target->field].kind;
    }
    return TQ_OK;
}

/* A finding must come out the same whenever it is made: "today" is the last time that the register
 * knows of. */
static int use_rules(struct examination *examination, struct tq_error *err)
{
    const struct inquiry_request *request = examination->inquiry->request;

    return request->rules
               ? judge_use_rules(examination->judge, request->rules, request->reg->known_to, err)
               : TQ_OK;
}

/* What was learnt for dating was learnt at the table's own snapshots. */
static int judge_linked(struct examination *examination, struct tq_error *err)
{
    bool changed;
    int r = judge_new(examination->inquiry->request->reg, &examination->stored->head,
                      &examination->reading, &examination->judge, err);

    if (r == TQ_OK)
        r = use_rules(examination, err);
    if (r == TQ_OK)
        r = examination_make_workers(examination, err);
    if (r == TQ_OK)
        r = examination_learn(examination, &changed, err);
    if (r == TQ_OK)
        r = fabrication_sample_open(examination, err);
    if (r == TQ_OK)
        r = examination_run(examination, "judge", judge_one, err);
    if (r == TQ_OK)
        r = fabrication_sample_test(examination, err);
    if (r == TQ_OK)
        r = mosaic_add_table(examination, err);
    if (r == TQ_OK)
        r = inquiry_keep_tallies(examination->inquiry, examination->stored->number,
                                 judge_rule_tallies(examination->judge), err);
    return r;
}

static int judge(struct examination *examination, struct tq_error *err)
{
    int r = find_meanings(examination, err);

    if (r == TQ_OK)
        r = examination_open_rows(examination, err);
    if (r < 0)
        return r;
    if (examination->reading.kind != KIND_NONE) {
        r = judge_linked(examination, err);
        if (r == TQ_OK)
            r = referred_add(examination, err);
    } else {
        r = examination_make_workers(examination, err);
        if (r == TQ_OK)
            r = examination_run(examination, "judge", leave_unverified, err);
    }
    if (r == TQ_OK)
        r = mosaic_add_form(examination, err);
    return r < 0 ? r : examination_keep_reading(examination, err);
}

int examination_judge(struct examination *examination, struct tq_error *err)
{
    int r = judge(examination, err);

    fabrication_sample_close(&examination->shown);
    examination_end_step(examination);
    return r;
}
