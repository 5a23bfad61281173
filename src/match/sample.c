/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "match/sample.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/pool.h"

/* Random pairs for u of the levels: algorithms.md 3.2. */
#define RANDOM_PAIRS 4000u

/* Under the start values candidates far behind may still come near once weights are fitted. */
#define MARGIN_FIT (2 * MARGIN_PRUNE)

/* Work over chunks on several threads. */
struct work {
    struct sample *sample;
    const struct match_model *model;
    const struct batch_source *source;
    struct linker *linkers; /* one a thread */
    void **scratch;         /* one a thread, of the source */
    uint64_t *counts;       /* by chunk, column and level */
};

static int copy_record(struct batch_builder *builder, const struct batch *batch, uint32_t row,
                       uint32_t end, struct tq_error *err)
{
    for (; row < end; row++) {
        int r;

        for (uint32_t c = 0; c < batch->column_count; c++) {
            r = batch_builder_cell(builder, batch_cell(batch, row, c), err);
            if (r < 0)
                return r;
        }
        r = batch_builder_row(builder, batch->exhibit[row], batch->record[row], batch->place[row],
                              batch->flags[row], err);
        if (r < 0)
            return r;
    }
    return 0;
}

/* Every record in which a multiple of the stride falls. */
static int copy_sample(struct sample_chunk *chunk, const struct batch *batch, uint32_t quota,
                       struct tq_error *err)
{
    uint32_t stride = (batch->row_count + quota - 1) / quota;
    uint32_t next = 0, end;

    batch_builder_init(&chunk->builder, batch->column_count);
    batch_builder_empty(&chunk->builder, batch->first_row);
    for (uint32_t row = 0; row < batch->row_count; row = end) {
        int r;

        end = batch_record_end(batch, row);
        if (next >= end || chunk->builder.batch.row_count >= quota)
            continue;
        r = copy_record(&chunk->builder, batch, row, end, err);
        if (r < 0)
            return r;
        while (next < end)
            next += stride;
    }
    return 0;
}

static int load_chunk(void *state, size_t index, unsigned thread, struct tq_error *err)
{
    const struct work *work = state;
    struct sample *sample = work->sample;
    struct sample_chunk *chunk = &sample->chunks[index];
    uint32_t number = (uint32_t)((uint64_t)index * work->source->batch_count / sample->chunk_count);
    const struct batch *batch;
    int r;

    if (!work->scratch[thread]) {
        work->scratch[thread] = work->source->scratch_new(work->source->state);
        if (!work->scratch[thread])
            return tq_no_memory(err);
    }
    r = work->source->load(work->source->state, number, work->scratch[thread], &batch, err);
    if (r < 0)
        return r;
    r = copy_sample(chunk, batch, SAMPLE_ROWS / sample->chunk_count, err);
    if (r == TQ_OK)
        r = reading_join_dates(work->model->reading, &chunk->builder.batch, &chunk->joined, err);
    if (r < 0)
        return r;
    return evidence_gather(&chunk->evidence, &work->model->columns, work->model->reading,
                           &chunk->builder.batch, NULL, err);
}

int sample_load(struct sample *sample, const struct match_model *model,
                const struct batch_source *source, unsigned threads, struct tq_error *err)
{
    struct work work = {.sample = sample, .model = model, .source = source};
    int r;

    *sample = (struct sample){0};
    sample->chunk_count =
        source->batch_count < SAMPLE_BATCHES ? source->batch_count : SAMPLE_BATCHES;
    sample->chunks = alloc_zeroed(sample->chunk_count + 1u, sizeof(*sample->chunks));
    work.scratch = alloc_zeroed(threads, sizeof(*work.scratch));
    if (!sample->chunks || !work.scratch) {
        free(work.scratch);
        return tq_no_memory(err);
    }
    r = pool_run(threads, sample->chunk_count, load_chunk, &work, err);
    for (unsigned i = 0; i < threads; i++) {
        if (work.scratch[i])
            source->scratch_free(work.scratch[i]);
    }
    free(work.scratch);
    for (uint32_t i = 0; i < sample->chunk_count; i++) {
        sample->chunks[i].first_record = sample->record_count;
        sample->record_count += sample->chunks[i].evidence.record_count;
    }
    return r;
}

/* Let the linker work on the chunk's evidence: it is lent, and given back at once. */
static void lend_evidence(struct linker *linker, struct sample_chunk *chunk)
{
    struct evidence evidence = linker->evidence;

    linker->evidence = chunk->evidence;
    chunk->evidence = evidence;
}

static int count_levels(struct linker *linker, const struct match_model *model,
                        const struct batch *batch, uint32_t record, uint32_t subject,
                        uint64_t *counts, struct tq_error *err)
{
    int r = linker_begin(linker, model, batch, record, err);

    if (r == 0)
        r = linker_compare(linker, model, subject, linker->level, err);
    for (size_t i = 0; r == 0 && i < linker->count; i++) {
        if (linker->level[i] < LEVEL_COUNT)
            counts[(size_t)linker->items[i].column * LEVEL_COUNT + linker->level[i]]++;
    }
    return r;
}

/* Those of the random pairs whose record lies in the chunk. */
static int measure_chunk(void *state, size_t index, unsigned thread, struct tq_error *err)
{
    const struct work *work = state;
    const struct sample *sample = work->sample;
    const struct match_columns *columns = &work->model->columns;
    struct sample_chunk *chunk = &work->sample->chunks[index];
    struct linker *linker = &work->linkers[thread];
    uint64_t *counts = work->counts + index * columns->count * LEVEL_COUNT;
    int r = 0;

    lend_evidence(linker, chunk);
    for (uint64_t i = 0; r == 0 && i < RANDOM_PAIRS; i++) {
        uint64_t hash = hash_mix(i + 1), record = hash % sample->record_count - chunk->first_record;

        if (record < linker->evidence.record_count) /* one before the chunk is huge */
            r = count_levels(linker, work->model, &chunk->builder.batch, (uint32_t)record,
                             (uint32_t)(hash_mix(hash) % columns->kind->subject_count), counts,
                             err);
    }
    lend_evidence(linker, chunk);
    return r;
}

/* Do something with each chunk that needs a linker. */
static int run_linkers(struct work *work, unsigned threads, int64_t margin, pool_work *each,
                       struct tq_error *err)
{
    int r = 0;

    work->linkers = alloc_zeroed(threads, sizeof(*work->linkers));
    if (!work->linkers)
        return tq_no_memory(err);
    for (unsigned i = 0; r == 0 && i < threads; i++) {
        r = linker_init(&work->linkers[i], work->model, err);
        work->linkers[i].margin = margin;
    }
    if (r == 0)
        r = pool_run(threads, work->sample->chunk_count, each, work, err);
    for (unsigned i = 0; i < threads; i++)
        linker_clear(&work->linkers[i]);
    free(work->linkers);
    return r;
}

int sample_measure_levels(struct sample *sample, struct match_model *model, unsigned threads,
                          struct tq_error *err)
{
    struct work work = {.sample = sample, .model = model};
    size_t cells = (size_t)model->columns.count * LEVEL_COUNT;
    int r = 0;

    work.counts = alloc_zeroed(cells * (sample->chunk_count + 1u), sizeof(*work.counts));
    if (!work.counts)
        return tq_no_memory(err);
    if (sample->record_count > 0)
        r = run_linkers(&work, threads, MARGIN_PRUNE, measure_chunk, err);
    for (size_t i = 0; r == 0 && i < cells * sample->chunk_count; i++)
        work.counts[cells * sample->chunk_count + i % cells] += work.counts[i];
    for (size_t c = 0; r == 0 && c < model->columns.count; c++) {
        const uint64_t *count = work.counts + cells * sample->chunk_count + c * LEVEL_COUNT;
        double all = .5 * LEVEL_COUNT;

        for (size_t l = 0; l < LEVEL_COUNT; l++)
            all += (double)count[l];
        for (size_t l = 0; l < LEVEL_COUNT; l++)
            model->weights.u[c * LEVEL_COUNT + l] = ((double)count[l] + .5) / all;
    }
    weights_update(&model->weights);
    free(work.counts);
    return r;
}

static int store_record(struct sample_chunk *chunk, const struct linker *linker, uint32_t number,
                        struct tq_error *err)
{
    size_t levels = linker->scored_count * linker->count;
    size_t first = (size_t)(linker->items - linker->evidence.items);
    int r = alloc_reserve(&chunk->levels, &chunk->level_capacity, chunk->level_count + levels + 1,
                          sizeof(*chunk->levels), err);

    if (r < 0)
        return r;
    chunk->records[number] = (struct sample_record){.item_first = (uint32_t)first,
                                                    .item_count = (uint32_t)linker->count,
                                                    .scored_count = linker->scored_count,
                                                    .unresolved = linker->unseen > 0,
                                                    .level_first = chunk->level_count};
    if (levels > 0)
        memcpy(chunk->levels + chunk->level_count, linker->levels, levels);
    if (linker->count > 0)
        memcpy(chunk->open + first, linker->open, linker->count * sizeof(*chunk->open));
    chunk->level_count += levels;
    chunk->looked_at += linker->looked_at;
    return 0;
}

static int compare_chunk(void *state, size_t index, unsigned thread, struct tq_error *err)
{
    const struct work *work = state;
    struct sample_chunk *chunk = &work->sample->chunks[index];
    struct linker *linker = &work->linkers[thread];
    size_t records = chunk->evidence.record_count;
    int r = 0;

    chunk->records = alloc_zeroed(records + 1, sizeof(*chunk->records));
    chunk->open = alloc_zeroed(chunk->evidence.item_count + 1, sizeof(*chunk->open));
    if (!chunk->records || !chunk->open)
        return tq_no_memory(err);
    lend_evidence(linker, chunk);
    for (uint32_t i = 0; r == 0 && i < records; i++) {
        r = linker_examine(linker, work->model, &chunk->builder.batch, i, err);
        if (r == 0)
            r = store_record(chunk, linker, i, err);
    }
    lend_evidence(linker, chunk);
    return r;
}

int sample_compare(struct sample *sample, const struct match_model *model, unsigned threads,
                   struct tq_error *err)
{
    struct work work = {.sample = sample, .model = model};

    return run_linkers(&work, threads, MARGIN_FIT, compare_chunk, err);
}

void sample_clear(struct sample *sample)
{
    for (uint32_t i = 0; sample->chunks && i < sample->chunk_count; i++) {
        struct sample_chunk *chunk = &sample->chunks[i];

        batch_builder_clear(&chunk->builder);
        joined_cells_clear(&chunk->joined);
        evidence_clear(&chunk->evidence);
        free(chunk->records);
        free(chunk->open);
        free(chunk->levels);
    }
    free(sample->chunks);
    *sample = (struct sample){0};
}
