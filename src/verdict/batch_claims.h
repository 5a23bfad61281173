/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef VERDICT_BATCH_CLAIMS_H
#define VERDICT_BATCH_CLAIMS_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

/*
 * The claims of the cells of one batch and the facts they agree with, found when they are first
 * asked for. Dating, learning and judging want the same facts of the same cells, which lie all
 * over the register: whoever goes over a batch more than once keeps them. Used by one thread at a
 * time; start with {0}.
 */
struct batch_claims {
    struct claim_block *blocks; /* owned; NULL: none yet */
    uint32_t block_count;
};

void batch_claims_clear(struct batch_claims *claims);

/* Bytes that a full batch takes, at about one fact a claim. */
struct judge;
size_t batch_claims_size(const struct judge *judge);

/* Within this module only. */

struct claim;
struct held;
struct judge_scratch;
struct linked_batch;

/* Some hundred rows of whole records. */
struct claim_block {
    struct claim *claims; /* by row, then column */
    struct held *held;    /* facts of the claims that agree */
    uint32_t held_count;
};

/* Make block number `number`, rows [first, last), the present one of `scratch`: as kept, or filled
 * and then kept. */
int batch_claims_find(const struct linked_batch *linked, uint32_t number, const struct judge *judge,
                      struct judge_scratch *scratch, uint32_t first, uint32_t last,
                      struct tq_error *err) MUST_CHECK;

#endif
