/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef REGISTER_ARRAY_ROUND_H
#define REGISTER_ARRAY_ROUND_H

#include "register/sealed_state.h"

/* Open a chunk into its array. */
struct array_step {
    uint64_t chunk;
    const struct stored_array *array;
    size_t first, count; /* items */
};

/*
 * Arrays to be read from a sealed file. Some are coded against others, which are read before: level
 * by level, all chunks of a level at once. With the file's lock held; start with {0}.
 */
struct array_round {
    struct sealed *sealed;
    const struct reg *reg;
    bool *queued;             /* owned, by array */
    bool *held;               /* owned, by array: as others are coded against it, until the end */
    struct array_step *steps; /* owned: of the present level */
    size_t count, capacity;
};

int array_round_init(struct array_round *round, struct sealed *sealed, const struct reg *reg,
                     struct tq_error *err) MUST_CHECK;
void array_round_clear(struct array_round *round);

/* Queue array number `number` of the layout, which stays in memory from now on. */
int array_round_ask_for(struct array_round *round, size_t number, struct tq_error *err) MUST_CHECK;

/* Hold what an array is coded against until the end of the round. */
int array_round_hold_needed(struct array_round *round, const struct stored_array *array,
                            struct tq_error *err) MUST_CHECK;

/* Read all that is queued and what it needs. */
int array_round_read(struct array_round *round, struct tq_error *err) MUST_CHECK;

/* Read one chunk and decode it into `out`; without a round, from any thread. `scratch`:
 * SEALED_SCRATCH_BYTES. */
int array_step_open(const struct sealed *sealed, const struct reg *reg,
                    const struct array_step *step, void *out, unsigned char *scratch,
                    struct tq_error *err) MUST_CHECK;

#endif
