/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Weighted draws in constant time. */
#include "drill/lottery.h"

#include <assert.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/cleanup.h"

/* Pair each column below the mean (on `small`) with one above it, which lends it the rest. */
static void lottery_pair(struct lottery *lottery, uint64_t *share, uint64_t mean, uint32_t *small,
                         uint32_t *large)
{
    uint32_t small_count = 0, large_count = 0;

    for (uint32_t i = lottery->count; i-- > 0;) {
        if (share[i] < mean)
            small[small_count++] = i;
        else
            large[large_count++] = i;
    }
    while (small_count > 0 && large_count > 0) {
        uint32_t s = small[--small_count], l = large[large_count - 1];

        lottery->threshold[s] = (uint32_t)((double)share[s] / (double)mean * 0x1p32);
        lottery->alias[s] = l;
        share[l] -= mean - share[s];
        if (share[l] < mean) {
            large_count--;
            small[small_count++] = l;
        }
    }
}

int lottery_init(struct lottery *lottery, const uint32_t *weights, uint32_t count,
                 struct tq_error *err)
{
    uint32_t *threshold CLEANUP(free_cleanup) = alloc_zeroed(count, sizeof(*threshold));
    uint32_t *alias CLEANUP(free_cleanup) = alloc_zeroed(count, sizeof(*alias));
    uint32_t *lists CLEANUP(free_cleanup) = alloc_zeroed(count, 2 * sizeof(*lists));
    uint64_t *share CLEANUP(free_cleanup) = alloc_zeroed(count, sizeof(*share));
    uint64_t total = 0;

    if (!threshold || !alias || !lists || !share)
        return tq_no_memory(err);
    for (uint32_t i = 0; i < count; i++) {
        total += weights[i];
        share[i] = (uint64_t)weights[i] * count;
        threshold[i] = UINT32_MAX;
        alias[i] = i;
    }
    assert(total > 0);
    struct lottery made = {count, threshold, alias};

    lottery_pair(&made, share, total, lists, lists + count);
    *lottery = (struct lottery){count, TAKE(threshold), TAKE(alias)};
    return TQ_OK;
}

void lottery_clear(struct lottery *lottery)
{
    free(lottery->threshold);
    free(lottery->alias);
    *lottery = (struct lottery){0};
}
