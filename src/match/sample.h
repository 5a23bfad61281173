/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef MATCH_SAMPLE_H
#define MATCH_SAMPLE_H

#include "match/linker.h"

/* Rows from which the weights are fitted, taken from evenly spaced batches. */
#define SAMPLE_ROWS    20000u
#define SAMPLE_BATCHES 64u

struct sample_record {
    uint32_t item_first, item_count;
    uint32_t scored_count;
    bool unresolved;    /* all blocking keys were asked */
    size_t level_first; /* scored_count * item_count levels */
};

/* The sampled records of one batch, compared with their candidates once and for all. */
struct sample_chunk {
    struct batch_builder builder; /* the sampled rows */
    struct joined_cells joined;   /* of these */
    struct evidence evidence;     /* lent to a linker while one works on the chunk */
    uint64_t first_record;        /* of all in the sample */
    struct sample_record *records;
    bool *open; /* of each item */
    uint8_t *levels;
    size_t level_count, level_capacity;
    uint64_t looked_at;
};

struct sample {
    struct sample_chunk *chunks; /* owned */
    uint32_t chunk_count;
    uint64_t record_count;
};

/* Read the sampled rows. `sample` may be cleared on failure as well as on success. */
int sample_load(struct sample *sample, const struct match_model *model,
                const struct batch_source *source, unsigned threads,
                struct tq_error *err) MUST_CHECK;

/* Measure u of the levels near and different from random pairs of records and subjects. */
int sample_measure_levels(struct sample *sample, struct match_model *model, unsigned threads,
                          struct tq_error *err) MUST_CHECK;

/* Find the candidates of all records and their levels, under the model's present weights. */
int sample_compare(struct sample *sample, const struct match_model *model, unsigned threads,
                   struct tq_error *err) MUST_CHECK;
void sample_clear(struct sample *sample);

#endif
