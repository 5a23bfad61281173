/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Who each record of a table is about, batch by batch, then in view of all others: records that
 * share a subject by the reading link as a group; elsewhere a subject that a surer record is about
 * is a less likely one of others.
 */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "inquiry/table_examination.h"

/* ---- batch by batch ---- */

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
    bool grouped = examination->reading.repeated_subject;
    struct linked_batch linked;
    int r = examination_load(examination, number, thread, &linked, err);

    if (r < 0)
        return r;
    result->links = alloc_zeroed(linked.batch->row_count, sizeof(*result->links));
    result->dated = alloc_zeroed(linked.batch->row_count, sizeof(*result->dated));
    if (!result->links || !result->dated)
        return tq_no_memory(err);
    r = match_link_batch(examination->model, worker->match, linked.batch, linked.keys,
                         result->links, &result->record_count, grouped ? NULL : &result->contenders,
                         err);
    if (r < 0)
        return r;
    linked.links = result->links;
    if (grouped)
        r = keep_anchors(examination, linked.batch, worker, result, err);
    else
        r = judge_intervals(examination->judge, worker->judge, &linked, result->dated, err);
    examination_report_batch(examination);
    return r;
}

static int date_one(void *state, size_t number, unsigned thread, struct tq_error *err)
{
    struct examination *examination = state;
    struct linked_batch linked;
    int r = examination_load(examination, number, thread, &linked, err);

    if (r < 0)
        return r;
    r = judge_intervals(examination->judge, examination->workers[thread].judge, &linked,
                        examination->results[number].dated, err);
    examination_report_batch(examination);
    return r;
}

static int date_if_relinked(void *state, size_t number, unsigned thread, struct tq_error *err)
{
    struct batch_result *result = &((struct examination *)state)->results[number];

    if (!result->is_relinked)
        return TQ_OK;
    batch_claims_clear(&result->claims); /* they are against what other subjects hold */
    return date_one(state, number, thread, err);
}

/* ---- in view of all ---- */

/* The links of all batches, one after another; owned. NULL: no memory. */
static struct link *gather_links(const struct examination *examination, uint64_t count)
{
    struct link *links = alloc_zeroed(count + 1, sizeof(*links));
    uint64_t at = 0;

    for (uint32_t i = 0; links && i < examination->batch_count; i++) {
        const struct batch_result *result = &examination->results[i];

        memcpy(links + at, result->links, result->record_count * sizeof(*links));
        at += result->record_count;
    }
    return links;
}

static void put_links_back(struct examination *examination, const struct link *links)
{
    for (uint32_t i = 0; i < examination->batch_count; i++) {
        struct batch_result *result = &examination->results[i];

        for (uint32_t k = 0; k < result->record_count; k++) {
            result->is_relinked |= links[k].subject != result->links[k].subject;
            result->links[k] = links[k];
        }
        links += result->record_count;
    }
}

/* Records that did not link by themselves may link with their group. */
static int link_groups(struct examination *examination, struct tq_error *err)
{
    uint64_t count = examination_record_count(examination), at = 0;
    CLEANUP(free_cleanup) struct link *links = gather_links(examination, count);
    CLEANUP(free_cleanup) uint64_t *anchor = alloc_zeroed(count + 1, sizeof(*anchor));
    int r;

    if (!links || !anchor)
        return tq_no_memory(err);
    for (uint32_t i = 0; i < examination->batch_count; i++) {
        const struct batch_result *result = &examination->results[i];

        memcpy(anchor + at, result->anchor, result->record_count * sizeof(*anchor));
        at += result->record_count;
    }
    r = match_groups(anchor, links, count, err);
    if (r < 0)
        return r;
    put_links_back(examination, links);
    return examination_run(examination, "link", date_one, err);
}

/* The contenders of all batches, whose records count from the first of the table. */
static int gather_contenders(struct examination *examination, struct contender_list *out,
                             struct tq_error *err)
{
    uint32_t first_record = 0;
    size_t count = 0;

    for (uint32_t i = 0; i < examination->batch_count; i++)
        count += examination->results[i].contenders.count;
    out->items = alloc_zeroed(count + 1, sizeof(*out->items));
    if (!out->items)
        return tq_no_memory(err);
    for (uint32_t i = 0; i < examination->batch_count; i++) {
        struct batch_result *result = &examination->results[i];

        for (size_t k = 0; k < result->contenders.count; k++) {
            struct contender *contender = &out->items[out->count++];

            *contender = result->contenders.items[k];
            contender->record += first_record;
        }
        contender_list_clear(&result->contenders);
        first_record += result->record_count;
    }
    return TQ_OK;
}

static int settle_contests(struct examination *examination, struct tq_error *err)
{
    const struct reg *reg = examination->inquiry->request->reg;
    uint64_t count = examination_record_count(examination);
    CLEANUP(contender_list_clear) struct contender_list contenders = {0};
    CLEANUP(free_cleanup) struct link *links = gather_links(examination, count);
    bool changed;
    int r;

    if (!links)
        return tq_no_memory(err);
    r = gather_contenders(examination, &contenders, err);
    if (r < 0)
        return r;
    r = match_settle_contests(links, count, &contenders,
                              reg->kinds[examination->reading.kind].subject_count, &changed, err);
    if (r < 0 || !changed)
        return r;
    put_links_back(examination, links);
    return examination_run(examination, "link", date_if_relinked, err);
}

int examination_link_rows(struct examination *examination, struct tq_error *err)
{
    int r = examination_run(examination, "link", link_one, err);

    if (r < 0)
        return r;
    return examination->reading.repeated_subject ? link_groups(examination, err)
                                                 : settle_contests(examination, err);
}

int examination_date_rows(struct examination *examination, struct tq_error *err)
{
    return examination_run(examination, "date", date_one, err);
}
