/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The first step of an examination: reading from a sample, linkage fitted on a stride, then passes
 * over all batches (link, intervals) and the table's own dating. Batches are numbered, so results
 * are kept by number and do not depend on which thread came first.
 */
#include "inquiry/table_examination.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "reading/table_reading.h"

#define LEARN_ROWS_MAX (1u << 16) /* they tell how columns are filled to half a percent */

/* ---- for both steps ---- */

void examination_report_batch(struct examination *examination)
{
    (void)pthread_mutex_lock(&examination->lock);
    examination->done++;
    inquiry_report(examination->inquiry, examination->stage, examination->done,
                   examination->batch_count, "batches");
    (void)pthread_mutex_unlock(&examination->lock);
}

int examination_run(struct examination *examination, const char *stage, pool_work *work,
                    struct tq_error *err)
{
    examination->stage = stage;
    examination->done = 0;
    return pool_run(examination->inquiry->request->jobs, examination->batch_count, work,
                    examination, err);
}

int32_t examination_moment(const struct examination *examination)
{
    int32_t last = examination->inquiry->request->reg->known_to;

    if (examination->dating.count == 0)
        return last;
    return examination->dating.snapshots[0].best < last ? examination->dating.snapshots[0].best
                                                        : last;
}

static size_t keys_bytes(const struct examination *examination)
{
    return (examination->reading.column_count + (size_t)1) * BATCH_ROWS_MAX * sizeof(uint32_t);
}

/* Take as much of the room for what batches keep as is left, in the order of the tables. */
static uint32_t reserve(size_t *used, size_t most, size_t bytes_each, uint32_t batch_count)
{
    size_t batches = (most - *used) / bytes_each;

    if (batches > batch_count)
        batches = batch_count;
    *used += batches * bytes_each;
    return (uint32_t)batches;
}

static void reserve_room(struct examination *examination)
{
    struct inquiry *inquiry = examination->inquiry;

    examination->kept_keys_batches = reserve(&inquiry->kept_keys_bytes, KEPT_KEYS_BYTES_MAX,
                                             keys_bytes(examination), examination->batch_count);
    examination->claims_bytes = batch_claims_size(examination->judge);
    examination->kept_claims_batches = reserve(&inquiry->kept_claims_bytes, KEPT_CLAIMS_BYTES_MAX,
                                               examination->claims_bytes, examination->batch_count);
}

static void release_room(struct examination *examination)
{
    struct inquiry *inquiry = examination->inquiry;

    inquiry->kept_keys_bytes -= examination->kept_keys_batches * keys_bytes(examination);
    inquiry->kept_claims_bytes -= examination->kept_claims_batches * examination->claims_bytes;
}

static struct batch_keys *keys_of(struct examination *examination, size_t number, unsigned thread)
{
    struct batch_keys *keys = &examination->workers[thread].keys;

    if (number < examination->kept_keys_batches)
        return &examination->results[number].keys;
    batch_keys_empty(keys);
    return keys;
}

int examination_load(struct examination *examination, size_t number, unsigned thread,
                     struct linked_batch *out_linked, struct tq_error *err)
{
    struct batch_result *result = &examination->results[number];
    struct worker *worker = &examination->workers[thread];
    bool keeps = number < examination->kept_claims_batches;
    const struct batch *batch;
    int r;

    *out_linked = (struct linked_batch){.links = result->links,
                                        .keys = keys_of(examination, number, thread),
                                        .claims = keeps ? &result->claims : NULL};
    r = examination->source->load(examination->source->state, (uint32_t)number, worker->rows,
                                  &batch, err);
    if (r < 0)
        return r;
    worker->batch = *batch;
    out_linked->batch = &worker->batch;
    return reading_join_dates(&examination->reading, &worker->batch, &worker->joined, err);
}

int examination_open_rows(struct examination *examination, struct tq_error *err)
{
    struct inquiry *inquiry = examination->inquiry;
    int r = rows_open(inquiry->request->store, &inquiry->exhibits, examination->parts,
                      examination->part_count, &examination->rows, err);

    if (r < 0)
        return r;
    examination->source = rows_source(examination->rows);
    examination->batch_count = examination->source->batch_count;
    if (examination->reading.lines_are_records)
        rows_set_lines_are_records(examination->rows);
    return TQ_OK;
}

int examination_make_workers(struct examination *examination, struct tq_error *err)
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
        if (examination->model) {
            worker->match = match_scratch_new(examination->model);
            if (!worker->match)
                return tq_no_memory(err);
        }
        if (examination->judge) {
            worker->judge = judge_scratch_new(examination->judge);
            if (!worker->judge)
                return tq_no_memory(err);
        }
    }
    return TQ_OK;
}

void examination_end_step(struct examination *examination)
{
    unsigned jobs = examination->inquiry->request->jobs;

    for (unsigned i = 0; examination->workers && i < jobs; i++) {
        struct worker *worker = &examination->workers[i];

        if (worker->rows)
            examination->source->scratch_free(worker->rows);
        (void)match_scratch_free(worker->match);
        (void)judge_scratch_free(worker->judge);
        joined_cells_clear(&worker->joined);
        batch_keys_clear(&worker->keys);
        finding_batch_clear(&worker->findings);
        buf_clear(&worker->text);
    }
    free(examination->workers);
    examination->workers = NULL;
    examination->judge = judge_free(examination->judge);
    examination->model = match_model_free(examination->model);
    examination->rows = rows_close(examination->rows);
    examination->source = NULL;
}

uint64_t examination_record_count(const struct examination *examination)
{
    uint64_t count = 0;

    for (uint32_t i = 0; i < examination->batch_count; i++)
        count += examination->results[i].record_count;
    return count;
}

/* ---- dating ---- */

static int fit_dating(struct examination *examination, struct tq_error *err)
{
    const struct reg *reg = examination->inquiry->request->reg;
    uint64_t count = examination_record_count(examination), at = 0;
    CLEANUP(free_cleanup) struct dated_row *rows = alloc_zeroed(count + 1, sizeof(*rows));

    if (!rows)
        return tq_no_memory(err);
    for (uint32_t i = 0; i < examination->batch_count; i++) {
        const struct batch_result *result = &examination->results[i];

        memcpy(rows + at, result->dated, result->record_count * sizeof(*rows));
        at += result->record_count;
    }
    dating_clear(&examination->dating);
    dating_evidence_clear(&examination->evidence);
    return dating_fit(rows, count, reg->known_from, reg->known_to, &examination->dating,
                      &examination->evidence, err);
}

static uint32_t learn_stride(const struct examination *examination)
{
    return (uint32_t)(examination->stored->head.row_count / LEARN_ROWS_MAX) + 1;
}

static int learn_one(void *state, size_t index, unsigned thread, struct tq_error *err)
{
    struct examination *examination = state;
    struct linked_batch linked;
    int r = examination_load(examination, index * learn_stride(examination), thread, &linked, err);

    if (r < 0)
        return r;
    return judge_learn(examination->judge, examination->workers[thread].judge, &linked,
                       &examination->dating, err);
}

int examination_learn(struct examination *examination, bool *out_changed, struct tq_error *err)
{
    uint32_t batch_count = examination->batch_count, stride = learn_stride(examination);
    int r = TQ_OK;

    if (batch_count > 0)
        r = pool_run(examination->inquiry->request->jobs, (batch_count + stride - 1) / stride,
                     learn_one, examination, err);
    if (r == TQ_OK)
        judge_set_roles(examination->judge, out_changed);
    return r;
}

static void keep_roles(struct examination *examination)
{
    for (uint32_t i = 0; i < examination->reading.column_count; i++) {
        if (judge_is_previous(examination->judge, i))
            examination->reading.columns[i].role = ROLE_PREVIOUS;
    }
}

/* The records themselves are not needed any more. */
static void drop_dated_rows(struct examination *examination)
{
    for (uint32_t i = 0; i < examination->batch_count; i++) {
        struct batch_result *result = &examination->results[i];

        free(result->dated);
        free(result->anchor);
        result->dated = NULL;
        result->anchor = NULL;
    }
}

static int date_table(struct examination *examination, struct tq_error *err)
{
    bool changed = false;
    int r = fit_dating(examination, err);

    if (r < 0)
        return r;
    r = examination_learn(examination, &changed, err);
    if (r < 0)
        return r;
    if (changed) { /* at most once more: algorithms.md 6 */
        keep_roles(examination);
        r = examination_date_rows(examination, err);
        if (r == TQ_OK)
            r = fit_dating(examination, err);
    }
    drop_dated_rows(examination);
    return r;
}

/* ---- the whole step ---- */

static int link_and_date(struct examination *examination, struct tq_error *err)
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
    reserve_room(examination);
    r = examination_make_workers(examination, err);
    if (r < 0)
        return r;
    r = examination_link_rows(examination, err);
    return r < 0 ? r : date_table(examination, err);
}

static int first_step(struct examination *examination, struct tq_error *err)
{
    const struct reg *reg = examination->inquiry->request->reg;
    int r = examination_open_rows(examination, err);

    if (r < 0)
        return r;
    examination->results =
        alloc_zeroed((size_t)examination->batch_count + 1, sizeof(*examination->results));
    if (!examination->results)
        return tq_no_memory(err);
    inquiry_report(examination->inquiry, "read", 0, 1, "tables");
    r = table_reading_find(reg, &examination->stored->head, examination->source,
                           &examination->reading, err);
    if (r < 0 || examination->reading.kind == KIND_NONE)
        return r;
    if (examination->reading.lines_are_records)
        rows_set_lines_are_records(examination->rows);
    return link_and_date(examination, err);
}

struct examination *examination_free(struct examination *examination)
{
    if (!examination)
        return NULL;
    examination_end_step(examination);
    release_room(examination);
    for (uint32_t i = 0; examination->results && i < examination->batch_count; i++) {
        free(examination->results[i].links);
        free(examination->results[i].dated);
        free(examination->results[i].anchor);
        contender_list_clear(&examination->results[i].contenders);
        batch_keys_clear(&examination->results[i].keys);
        batch_claims_clear(&examination->results[i].claims);
    }
    free(examination->results);
    free(examination->meanings);
    dating_clear(&examination->dating);
    dating_evidence_clear(&examination->evidence);
    reading_clear(&examination->reading);
    (void)pthread_mutex_destroy(&examination->lock);
    free(examination);
    return NULL;
}

DEFINE_CLEANUP(struct examination *, examination_free)

int examination_link(struct inquiry *inquiry, const struct stored_table *stored,
                     const struct rows_part *parts, size_t part_count,
                     struct examination **out_examination, struct tq_error *err)
{
    CLEANUP(examination_free_cleanup)
    struct examination *examination = alloc_zeroed(1, sizeof(*examination));
    int r;

    if (!examination)
        return tq_no_memory(err);
    examination->inquiry = inquiry;
    examination->stored = stored;
    examination->parts = parts;
    examination->part_count = part_count;
    examination->reading.kind = KIND_NONE;
    (void)pthread_mutex_init(&examination->lock, NULL);
    r = first_step(examination, err);
    if (r < 0)
        return r;
    examination_end_step(examination);
    *out_examination = TAKE(examination);
    return TQ_OK;
}
