/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "verdict/batch_claims.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "verdict/claim.h"

static int make_blocks(struct batch_claims *claims, const struct batch *batch, struct tq_error *err)
{
    uint32_t count = batch->row_count / CLAIM_BLOCK_ROWS + 1; /* only the last may have fewer */

    claims->blocks = alloc_zeroed(count, sizeof(*claims->blocks));
    if (!claims->blocks)
        return tq_no_memory(err);
    claims->block_count = count;
    return TQ_OK;
}

static int keep(struct claim_block *kept, const struct claim_block *block, size_t claim_count,
                struct tq_error *err)
{
    kept->held = alloc_resize(NULL, block->held_count + (size_t)1, sizeof(*kept->held));
    if (!kept->held)
        return tq_no_memory(err);
    kept->claims = alloc_resize(NULL, claim_count + 1, sizeof(*kept->claims));
    if (!kept->claims)
        return tq_no_memory(err);
    memcpy(kept->claims, block->claims, claim_count * sizeof(*kept->claims));
    if (block->held_count > 0)
        memcpy(kept->held, block->held, block->held_count * sizeof(*kept->held));
    kept->held_count = block->held_count;
    return TQ_OK;
}

int batch_claims_find(const struct linked_batch *linked, uint32_t number, const struct judge *judge,
                      struct judge_scratch *scratch, uint32_t first, uint32_t last,
                      struct tq_error *err)
{
    struct batch_claims *claims = linked->claims;
    int r;

    if (claims && !claims->blocks) {
        r = make_blocks(claims, linked->batch, err);
        if (r < 0)
            return r;
    }
    assert(!claims || number < claims->block_count);
    if (claims && claims->blocks[number].claims) {
        scratch->block = claims->blocks[number];
        scratch->block_first = first;
        scratch->block_last = last;
        return TQ_OK;
    }
    r = claims_fill(judge, scratch, linked->batch, first, last, err);
    if (r < 0 || !claims)
        return r;
    return keep(&claims->blocks[number], &scratch->block,
                (size_t)(last - first) * scratch->column_count, err);
}

size_t batch_claims_size(const struct judge *judge)
{
    size_t columns = judge->column_count + (size_t)1;

    return columns * BATCH_ROWS_MAX * (sizeof(struct claim) + sizeof(struct held));
}

void batch_claims_clear(struct batch_claims *claims)
{
    for (uint32_t i = 0; i < claims->block_count; i++) {
        free(claims->blocks[i].claims);
        free(claims->blocks[i].held);
    }
    free(claims->blocks);
    *claims = (struct batch_claims){0};
}
