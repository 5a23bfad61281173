/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * One table from rows to verdicts: reading from a sample, linkage fitted on a stride, then three
 * kinds of passes over all batches (link, date, judge). Batches are numbered, so results are kept
 * by number and do not depend on which thread came first.
 */
#include <pthread.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/pool.h"
#include "inquiry/context.h"
#include "inquiry/rows.h"
#include "match/match.h"
#include "reading/table_reading.h"
#include "verdict/dating.h"
#include "verdict/judge.h"

#define LEARN_BATCHES_MAX 16u /* some 65,000 rows tell how columns are filled to half a percent */

/* What is known of the records of one batch after linking. */
struct batch_result {
    struct link *links; /* owned */
    struct dated_row *dated;
    uint64_t *anchor;       /* owned; NULL unless records share subjects */
    struct batch_keys keys; /* of the first batches, as far as the memory for them goes */
    uint32_t record_count;
};

/* Memory of one thread. */
struct worker {
    void *rows;
    struct match_scratch *match;
    struct judge_scratch *judge;
    struct batch_keys keys; /* of one batch in one pass, where they are not kept */
    struct finding_batch findings;
    struct buf text;
};

struct examination {
    struct inquiry *inquiry;
    const struct stored_table *stored;
    struct rows *rows;
    const struct batch_source *source;
    struct reading reading;
    struct match_model *model;
    struct judge *judge;
    struct dating dating;
    struct batch_result *results; /* by batch */
    struct worker *workers;
    struct column_meaning *meanings;
    uint64_t done; /* batches of the pass; guarded by lock */
    pthread_mutex_t lock;
    const char *stage;
};

static void report_batch(struct examination *examination)
{
    (void)pthread_mutex_lock(&examination->lock);
    examination->done++;
    inquiry_report(examination->inquiry, examination->stage, examination->done,
                   examination->source->batch_count, "batches");
    (void)pthread_mutex_unlock(&examination->lock);
}

static int run_pass(struct examination *examination, const char *stage, pool_work *work,
                    struct tq_error *err)
{
    examination->stage = stage;
    examination->done = 0;
    return pool_run(examination->inquiry->request->jobs, examination->source->batch_count, work,
                    examination, err);
}

static struct batch_keys *keys_of(struct examination *examination, size_t number, unsigned thread)
{
    size_t columns = examination->reading.column_count + (size_t)1;
    size_t bytes = columns * BATCH_ROWS_MAX * sizeof(uint32_t);
    struct batch_keys *keys = &examination->workers[thread].keys;

    if (number < KEPT_KEYS_BYTES_MAX / bytes)
        return &examination->results[number].keys;
    batch_keys_empty(keys);
    return keys;
}

static int load(struct examination *examination, size_t number, unsigned thread,
                const struct batch **out_batch, struct tq_error *err)
{
    struct worker *worker = &examination->workers[thread];

    return examination->source->load(examination->source->state, (uint32_t)number, worker->rows,
                                     out_batch, err);
}

/* ---- pass 1: who is each record about ---- */

static int keep_anchors(struct examination *examination, const struct batch *batch,
                        struct worker *worker, struct batch_result *result, struct tq_error *err)
{
    const struct reading *reading = &examination->reading;
    const struct column_reading *column = &reading->columns[reading->anchor_column];
    enum interpretation as =
        column->interpretation < AS_PLAIN_COUNT ? column->interpretation : AS_CODE;
    uint32_t record = 0;

    result->anchor = alloc_zeroed(batch->row_count, sizeof(*result->anchor));
    if (!result->anchor)
        return tq_no_memory(err);
    for (uint32_t row = 0; row < batch->row_count; row = batch_record_end(batch, row)) {
        struct slice cell = batch_cell(batch, row, reading->anchor_column);

        result->anchor[record++] = normalise_fingerprint(
            &examination->inquiry->request->reg->normaliser, as, cell, &worker->text);
    }
    return TQ_OK;
}

static int link_one(void *state, size_t number, unsigned thread, struct tq_error *err)
{
    struct examination *examination = state;
    struct worker *worker = &examination->workers[thread];
    struct batch_result *result = &examination->results[number];
    const struct batch *batch;
    struct batch_keys *keys;
    int r;

    r = load(examination, number, thread, &batch, err);
    if (r < 0)
        return r;
    result->links = alloc_zeroed(batch->row_count, sizeof(*result->links));
    result->dated = alloc_zeroed(batch->row_count, sizeof(*result->dated));
    if (!result->links || !result->dated)
        return tq_no_memory(err);
    keys = keys_of(examination, number, thread);
    r = match_link_batch(examination->model, worker->match, batch, keys, result->links,
                         &result->record_count, err);
    if (r < 0)
        return r;
    if (examination->reading.repeated_subject)
        r = keep_anchors(examination, batch, worker, result, err);
    else
        r = judge_intervals(examination->judge, worker->judge, batch, keys, result->links,
                            result->dated, err);
    report_batch(examination);
    return r;
}

static int date_one(void *state, size_t number, unsigned thread, struct tq_error *err)
{
    struct examination *examination = state;
    struct batch_result *result = &examination->results[number];
    const struct batch *batch;
    int r;

    r = load(examination, number, thread, &batch, err);
    if (r < 0)
        return r;
    r = judge_intervals(examination->judge, examination->workers[thread].judge, batch,
                        keys_of(examination, number, thread), result->links, result->dated, err);
    report_batch(examination);
    return r;
}

static uint64_t count_records(const struct examination *examination)
{
    uint64_t count = 0;

    for (uint32_t i = 0; i < examination->source->batch_count; i++)
        count += examination->results[i].record_count;
    return count;
}

/* Records that did not link by themselves may link with their group, which lies all over the
 * table: gather links and anchors, let match decide, and put the links back. */
static int link_groups(struct examination *examination, struct tq_error *err)
{
    uint64_t count = count_records(examination), at = 0;
    CLEANUP(free_cleanup) struct link *links = alloc_zeroed(count + 1, sizeof(*links));
    CLEANUP(free_cleanup) uint64_t *anchor = alloc_zeroed(count + 1, sizeof(*anchor));
    int r;

    if (!links || !anchor)
        return tq_no_memory(err);
    for (uint32_t i = 0; i < examination->source->batch_count; i++) {
        const struct batch_result *result = &examination->results[i];

        memcpy(links + at, result->links, result->record_count * sizeof(*links));
        memcpy(anchor + at, result->anchor, result->record_count * sizeof(*anchor));
        at += result->record_count;
    }
    r = match_groups(anchor, links, count, err);
    if (r < 0)
        return r;
    at = 0;
    for (uint32_t i = 0; i < examination->source->batch_count; i++) {
        struct batch_result *result = &examination->results[i];

        memcpy(result->links, links + at, result->record_count * sizeof(*links));
        at += result->record_count;
    }
    return run_pass(examination, "link", date_one, err);
}

/* ---- dating ---- */

static int fit_dating(struct examination *examination, struct tq_error *err)
{
    const struct reg *reg = examination->inquiry->request->reg;
    uint64_t count = count_records(examination), at = 0;
    CLEANUP(free_cleanup) struct dated_row *rows = alloc_zeroed(count + 1, sizeof(*rows));

    if (!rows)
        return tq_no_memory(err);
    for (uint32_t i = 0; i < examination->source->batch_count; i++) {
        const struct batch_result *result = &examination->results[i];

        memcpy(rows + at, result->dated, result->record_count * sizeof(*rows));
        at += result->record_count;
    }
    dating_clear(&examination->dating);
    return dating_fit(rows, count, reg->known_from, reg->known_to, &examination->dating, err);
}

static uint32_t learn_stride(const struct examination *examination)
{
    return (examination->source->batch_count + LEARN_BATCHES_MAX - 1) / LEARN_BATCHES_MAX;
}

static int learn_one(void *state, size_t index, unsigned thread, struct tq_error *err)
{
    struct examination *examination = state;
    size_t number = index * learn_stride(examination);
    const struct batch *batch;
    int r = load(examination, number, thread, &batch, err);

    if (r < 0)
        return r;
    return judge_learn(examination->judge, examination->workers[thread].judge, batch,
                       keys_of(examination, number, thread), examination->results[number].links,
                       &examination->dating, err);
}

/* Learn about the columns from a fixed stride of batches; true roles may change the dates. */
static int learn_columns(struct examination *examination, bool *out_changed, struct tq_error *err)
{
    uint32_t batch_count = examination->source->batch_count, stride = learn_stride(examination);
    int r = TQ_OK;

    if (batch_count > 0)
        r = pool_run(examination->inquiry->request->jobs, (batch_count + stride - 1) / stride,
                     learn_one, examination, err);
    if (r == TQ_OK)
        judge_set_roles(examination->judge, out_changed);
    return r;
}

static int date_table(struct examination *examination, struct tq_error *err)
{
    bool changed = false;
    int r = fit_dating(examination, err);

    if (r < 0)
        return r;
    r = learn_columns(examination, &changed, err);
    if (r < 0 || !changed)
        return r;
    r = run_pass(examination, "date", date_one, err); /* at most once more: algorithms.md 6 */
    if (r < 0)
        return r;
    return fit_dating(examination, err);
}

/* ---- pass 2: verdicts ---- */

static int judge_one(void *state, size_t number, unsigned thread, struct tq_error *err)
{
    struct examination *examination = state;
    struct worker *worker = &examination->workers[thread];
    const struct batch *batch;
    int r;

    r = load(examination, number, thread, &batch, err);
    if (r < 0)
        return r;
    finding_batch_empty(&worker->findings);
    r = judge_batch(examination->judge, worker->judge, batch, keys_of(examination, number, thread),
                    examination->results[number].links, &examination->dating, &worker->findings,
                    err);
    batch_keys_clear(&examination->results[number].keys);
    if (r < 0)
        return r;
    r = inquiry_keep_findings(examination->inquiry, examination->stored->number, (uint32_t)number,
                              examination->reading.kind,
                              examination->stored->head.shape == SHAPE_DOCUMENTS,
                              examination->meanings, &worker->findings, err);
    report_batch(examination);
    return r;
}

/* A table that names nobody: every record is unverifiable, and still a record. */
static int leave_unverified(void *state, size_t number, unsigned thread, struct tq_error *err)
{
    struct examination *examination = state;
    struct finding_batch *findings = &examination->workers[thread].findings;
    const struct batch *batch;
    int r;

    r = load(examination, number, thread, &batch, err);
    if (r < 0)
        return r;
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

/* ---- what is kept of the reading ---- */

static const char *status_name(enum reading_status status)
{
    static const char *const names[] = {[READING_NONE] = "none",
                                        [READING_WEAK] = "weak",
                                        [READING_FULL] = "full",
                                        [READING_REFERS_TO] = "refers-to"};

    return names[status];
}

static const char *role_name(const struct examination *examination, uint32_t column)
{
    if (examination->judge && judge_is_previous(examination->judge, column))
        return "previous";
    return examination->reading.columns[column].role == ROLE_MONTH ? "month" : "value";
}

/* "employer>name": the target without its period, which cells carry themselves. */
static void format_field(const struct reg *reg, const struct target *target, struct buf *out)
{
    struct target timeless = *target;

    timeless.period_mode = PERIOD_NONE;
    target_format(reg, &timeless, out);
}

static void format_period(const struct target *target, struct buf *out)
{
    if (target->period_mode == PERIOD_FIXED)
        month_format(out, target->period);
    else if (target->period_mode == PERIOD_ROW)
        buf_add_text(out, "row");
    else if (target->period_mode == PERIOD_ANY)
        buf_add_text(out, "any");
}

static int keep_column(struct examination *examination, uint32_t number, struct tq_error *err)
{
    const struct column_reading *column = &examination->reading.columns[number];
    const struct reg *reg = examination->inquiry->request->reg;
    bool has_target = column->status != READING_NONE && column->target.field != FIELD_NONE;
    CLEANUP(buf_clear_cleanup) struct buf field = {0};
    CLEANUP(buf_clear_cleanup) struct buf period = {0};
    struct reading_row row = {.table = examination->stored->number,
                              .column = (uint16_t)number,
                              .header = slice_of(examination->stored->head.headers[number]),
                              .status = slice_of(status_name(column->status)),
                              .role = slice_of(role_name(examination, number)),
                              .agreement = column_agreement(column),
                              .chance = column->chance,
                              .filled = column->filled,
                              .compared = column->compared};

    if (examination->reading.kind != KIND_NONE)
        row.kind = slice_of(reg->kinds[examination->reading.kind].name);
    if (has_target) {
        format_field(reg, &column->target, &field);
        format_period(&column->target, &period);
        row.field = buf_slice(&field);
        row.period = buf_slice(&period);
        row.interpretation = slice_of(interpretation_name(column->interpretation));
        row.category = slice_of(category_name(examination->meanings[number].category));
        row.periodic = column->target.period_mode != PERIOD_NONE;
    }
    if (buf_check(&field, err) < 0 || buf_check(&period, err) < 0)
        return TQ_E_NOMEM;
    return case_add_reading(examination->inquiry->request->store, &row, err);
}

static int keep_reading(struct examination *examination, struct tq_error *err)
{
    struct case_store *store = examination->inquiry->request->store;
    int r = case_set_table_kind(store, examination->stored->number, examination->reading.kind, err);

    for (uint32_t i = 0; i < examination->reading.column_count && r == TQ_OK; i++)
        r = keep_column(examination, i, err);
    if (r < 0)
        return r;
    return case_set_dating(store, examination->stored->number, &examination->dating, err);
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

/* ---- the whole ---- */

static int make_workers(struct examination *examination, struct tq_error *err)
{
    unsigned jobs = examination->inquiry->request->jobs;

    examination->workers = alloc_zeroed(jobs, sizeof(*examination->workers));
    if (!examination->workers)
        return tq_no_memory(err);
    for (unsigned i = 0; i < jobs; i++) {
        struct worker *worker = &examination->workers[i];

        worker->rows = examination->source->scratch_new(examination->source->state);
        if (!worker->rows)
            return tq_no_memory(err);
        if (!examination->model)
            continue;
        worker->match = match_scratch_new(examination->model);
        worker->judge = judge_scratch_new(examination->judge);
        if (!worker->match || !worker->judge)
            return tq_no_memory(err);
    }
    return TQ_OK;
}

static int link_and_judge(struct examination *examination, struct tq_error *err)
{
    const struct inquiry_request *request = examination->inquiry->request;
    const struct table *table = &examination->stored->head;
    int r;

    inquiry_report(examination->inquiry, "fit", 0, 1, "tables");
    r = match_model_fit(request->reg, table, &examination->reading, examination->source,
                        request->jobs, &examination->model, err);
    if (r < 0)
        return r;
    r = judge_new(request->reg, table, &examination->reading, &examination->judge, err);
    if (r < 0)
        return r;
    r = make_workers(examination, err);
    if (r < 0)
        return r;
    r = run_pass(examination, "link", link_one, err);
    if (r < 0)
        return r;
    if (examination->reading.repeated_subject)
        r = link_groups(examination, err);
    if (r < 0)
        return r;
    r = date_table(examination, err);
    if (r < 0)
        return r;
    return run_pass(examination, "judge", judge_one, err);
}

static int examine(struct examination *examination, struct tq_error *err)
{
    const struct inquiry_request *request = examination->inquiry->request;
    int r;

    inquiry_report(examination->inquiry, "read", 0, 1, "tables");
    r = table_reading_find(request->reg, &examination->stored->head, examination->source,
                           &examination->reading, err);
    if (r < 0)
        return r;
    if (examination->reading.lines_are_records)
        rows_set_lines_are_records(examination->rows);
    r = find_meanings(examination, err);
    if (r < 0)
        return r;
    if (examination->reading.kind != KIND_NONE) {
        r = link_and_judge(examination, err);
    } else {
        r = make_workers(examination, err);
        if (r == TQ_OK)
            r = run_pass(examination, "judge", leave_unverified, err);
    }
    if (r < 0)
        return r;
    return keep_reading(examination, err);
}

static void examination_clear(struct examination *examination)
{
    unsigned jobs = examination->inquiry->request->jobs;

    for (unsigned i = 0; examination->workers && i < jobs; i++) {
        struct worker *worker = &examination->workers[i];

        if (worker->rows)
            examination->source->scratch_free(worker->rows);
        (void)match_scratch_free(worker->match);
        (void)judge_scratch_free(worker->judge);
        batch_keys_clear(&worker->keys);
        finding_batch_clear(&worker->findings);
        buf_clear(&worker->text);
    }
    for (uint32_t i = 0; examination->results && i < examination->source->batch_count; i++) {
        free(examination->results[i].links);
        free(examination->results[i].dated);
        free(examination->results[i].anchor);
        batch_keys_clear(&examination->results[i].keys);
    }
    free(examination->workers);
    free(examination->results);
    free(examination->meanings);
    (void)judge_free(examination->judge);
    (void)match_model_free(examination->model);
    dating_clear(&examination->dating);
    reading_clear(&examination->reading);
    (void)pthread_mutex_destroy(&examination->lock);
}

int inquiry_examine_table(struct inquiry *inquiry, const struct stored_table *table,
                          struct rows *rows, struct tq_error *err)
{
    struct examination examination = {.inquiry = inquiry,
                                      .stored = table,
                                      .rows = rows,
                                      .source = rows_source(rows),
                                      .reading = {.kind = KIND_NONE},
                                      .lock = PTHREAD_MUTEX_INITIALIZER};
    int r;

    examination.results =
        alloc_zeroed((size_t)examination.source->batch_count + 1, sizeof(*examination.results));
    r = examination.results ? examine(&examination, err) : tq_no_memory(err);
    examination_clear(&examination);
    return r;
}
