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
    for (uint32_t i = 0; i < sample->chunk_count; i++)
        sample->record_count += sample->chunks[i].evidence.record_count;
    return r;
}

/* The chunk and the number within it of the sample's record number `record`. */
static struct sample_chunk *find_record(const struct sample *sample, uint64_t record,
                                        uint32_t *out_number)
{
    uint32_t i = 0;

    while (record >= sample->chunks[i].evidence.record_count)
        record -= sample->chunks[i++].evidence.record_count;
    *out_number = (uint32_t)record;
    return &sample->chunks[i];
}

/* Let the linker work on the chunk's evidence: it is lent, and given back at once. */
static void lend_evidence(struct linker *linker, struct sample_chunk *chunk)
{
    struct evidence evidence = linker->evidence;

    linker->evidence = chunk->evidence;
    chunk->evidence = evidence;
}

static int count_levels(struct linker *linker, const struct sample *sample,
                        const struct match_model *model, uint64_t number, uint64_t *counts,
                        struct tq_error *err)
{
    uint64_t hash = hash_mix(number + 1);
    uint32_t subject = (uint32_t)(hash_mix(hash) % model->columns.kind->subject_count);
    uint32_t record;
    struct sample_chunk *chunk = find_record(sample, hash % sample->record_count, &record);
    int r;

    lend_evidence(linker, chunk);
    r = linker_begin(linker, model, &chunk->builder.batch, record, err);
    if (r == 0)
        r = linker_compare(linker, model, subject, linker->level, err);
    for (size_t i = 0; r == 0 && i < linker->count; i++) {
        if (linker->level[i] < LEVEL_COUNT)
            counts[(size_t)linker->items[i].column * LEVEL_COUNT + linker->level[i]]++;
    }
    lend_evidence(linker, chunk);
    return r;
}

int sample_measure_levels(const struct sample *sample, struct match_model *model,
                          struct tq_error *err)
{
    size_t columns = model->columns.count;
    uint64_t *counts = alloc_zeroed(columns * LEVEL_COUNT + 1, sizeof(*counts));
    struct linker linker;
    int r;

    if (!counts)
        return tq_no_memory(err);
    r = linker_init(&linker, model, err);
    for (uint64_t i = 0; r == 0 && i < RANDOM_PAIRS && sample->record_count > 0; i++)
        r = count_levels(&linker, sample, model, i, counts, err);
    for (size_t c = 0; r == 0 && c < columns; c++) {
        const uint64_t *count = counts + c * LEVEL_COUNT;
        double all = (double)(count[0] + count[1] + count[2]) + 1.5;

        for (size_t l = 0; l < LEVEL_COUNT; l++)
            model->weights.u[c * LEVEL_COUNT + l] = ((double)count[l] + .5) / all;
    }
    weights_update(&model->weights);
    linker_clear(&linker);
    free(counts);
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
    int r = 0;

    work.linkers = alloc_zeroed(threads, sizeof(*work.linkers));
    if (!work.linkers)
        return tq_no_memory(err);
    for (unsigned i = 0; r == 0 && i < threads; i++) {
        r = linker_init(&work.linkers[i], model, err);
        work.linkers[i].margin = MARGIN_FIT;
    }
    if (r == 0)
        r = pool_run(threads, sample->chunk_count, compare_chunk, &work, err);
    for (unsigned i = 0; i < threads; i++)
        linker_clear(&work.linkers[i]);
    free(work.linkers);
    return r;
}

void sample_clear(struct sample *sample)
{
    for (uint32_t i = 0; sample->chunks && i < sample->chunk_count; i++) {
        struct sample_chunk *chunk = &sample->chunks[i];

        batch_builder_clear(&chunk->builder);
        evidence_clear(&chunk->evidence);
        free(chunk->records);
        free(chunk->open);
        free(chunk->levels);
    }
    free(sample->chunks);
    *sample = (struct sample){0};
}
