/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <stdlib.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "match/chance.h"
#include "match/decision.h"
#include "match/estimate.h"
#include "match/linker.h"
#include "match/match.h"
#include "match/sample.h"

/* Memory of one thread: what the linker needs, and nothing more. */
struct match_scratch {
    struct linker linker;
};

DEFINE_CLEANUP(struct match_model *, match_model_free)

static void sample_clear_cleanup(struct sample *sample)
{
    sample_clear(sample);
}

static int fit(struct match_model *model, const struct batch_source *source, unsigned threads,
               struct tq_error *err)
{
    CLEANUP(sample_clear_cleanup) struct sample sample = {0};
    uint64_t looked_at = 0;
    int r;

    r = chance_measure(&model->weights, &model->columns, threads, err);
    if (r < 0)
        return r;
    r = profile_init(&model->profile, &model->columns, threads, err);
    if (r < 0)
        return r;
    r = composites_init(&model->composites, &model->columns, threads, err);
    if (r < 0)
        return r;
    r = sample_load(&sample, model, source, threads, err);
    if (r < 0)
        return r;
    r = sample_measure_levels(&sample, model, threads, err);
    if (r < 0)
        return r;
    r = sample_compare(&sample, model, threads, err);
    if (r < 0)
        return r;
    r = estimate_weights(model, &sample, err);
    if (r < 0)
        return r;
    for (uint32_t i = 0; i < sample.chunk_count; i++)
        looked_at += sample.chunks[i].looked_at;
    model->summary.share_in_register = model->weights.share;
    if (sample.record_count > 0)
        model->summary.mean_candidates = (double)looked_at / (double)sample.record_count;
    return 0;
}

int match_model_fit(const struct reg *reg, const struct table *table, const struct reading *reading,
                    const struct batch_source *source, unsigned threads,
                    struct match_model **out_model, struct tq_error *err)
{
    CLEANUP(match_model_free_cleanup)
    struct match_model *model = alloc_zeroed(1, sizeof(*model));
    int r;

    if (!model)
        return tq_no_memory(err);
    model->table = table;
    model->reading = reading;
    r = match_columns_init(&model->columns, reg, table, reading, err);
    if (r < 0)
        return r;
    r = weights_init(&model->weights, &model->columns, err);
    if (r < 0)
        return r;
    if (model->columns.count > 0 && model->columns.kind->subject_count > 0) {
        r = fit(model, source, threads, err);
        if (r < 0)
            return r;
    }
    *out_model = TAKE(model);
    return 0;
}

struct match_model *match_model_free(struct match_model *model)
{
    if (!model)
        return NULL;
    match_columns_clear(&model->columns);
    weights_clear(&model->weights);
    composites_clear(&model->composites);
    profile_clear(&model->profile);
    free(model);
    return NULL;
}

struct match_scratch *match_scratch_new(const struct match_model *model)
{
    struct match_scratch *scratch = alloc_zeroed(1, sizeof(*scratch));
    struct tq_error err;

    if (scratch && linker_init(&scratch->linker, model, &err) < 0)
        return match_scratch_free(scratch);
    return scratch;
}

struct match_scratch *match_scratch_free(struct match_scratch *scratch)
{
    if (!scratch)
        return NULL;
    linker_clear(&scratch->linker);
    free(scratch);
    return NULL;
}

/* Nothing is read: all that can be said is how many records there are. */
static uint32_t link_unread(const struct batch *batch, struct link *links)
{
    uint32_t count = 0;

    for (uint32_t row = 0; row < batch->row_count; row = batch_record_end(batch, row))
        links[count++] = decision_unread();
    return count;
}

int match_link_batch(const struct match_model *model, struct match_scratch *scratch,
                     const struct batch *batch, struct batch_keys *keys, struct link *links,
                     uint32_t *out_count, struct contender_list *contenders, struct tq_error *err)
{
    struct linker *linker = &scratch->linker;
    uint32_t count;
    int r;

    if (model->columns.count == 0 || model->columns.kind->subject_count == 0) {
        *out_count = link_unread(batch, links);
        return 0;
    }
    r = linker_read(linker, model, batch, keys, &count, err);
    if (r < 0)
        return r;
    for (uint32_t i = 0; i < count; i++) {
        linker_prefetch(linker, model, i);
        r = linker_examine(linker, model, batch, i, err);
        if (r < 0)
            return r;
        links[i] = decision_make(linker, model);
        if (contenders)
            r = decision_contenders(linker, model, &links[i], i, contenders, err);
        if (r < 0)
            return r;
    }
    *out_count = count;
    return 0;
}

void match_model_summary(const struct match_model *model, struct match_summary *out)
{
    *out = model->summary;
}
