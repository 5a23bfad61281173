/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "layout/tally.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "layout/document.h"

#define RADIX_MIN 2048u /* below, comparing is quicker */

#define REPEAT_SHARE 20 /* hundredths of the documents that have it */

void tally_sort(uint64_t *items, size_t count, uint64_t *room)
{
    if (count < RADIX_MIN) {
        if (count > 1)
            qsort(items, count, sizeof(*items), feature_compare);
        return;
    }
    for (unsigned shift = 0; shift < 64; shift += 8) { /* an even number of passes */
        size_t start[257] = {0};

        for (size_t i = 0; i < count; i++)
            start[(items[i] >> shift & 0xFF) + 1]++;
        for (unsigned b = 0; b < 256; b++)
            start[b + 1] += start[b];
        for (size_t i = 0; i < count; i++)
            room[start[items[i] >> shift & 0xFF]++] = items[i];
        memcpy(items, room, count * sizeof(*items));
    }
}

int tally_make(const uint64_t *sorted, size_t count, struct tally **out, size_t *out_count,
               struct tq_error *err)
{
    struct tally *tallies;
    size_t distinct = 0, kept = 0;

    for (size_t i = 0; i < count; i++)
        distinct += i == 0 || sorted[i] >> 1 != sorted[i - 1] >> 1;
    tallies = alloc_zeroed(distinct + 1, sizeof(*tallies));
    if (!tallies)
        return tq_no_memory(err);
    for (size_t i = 0; i < count; i++) {
        if (kept == 0 || tallies[kept - 1].feature != sorted[i] >> 1)
            tallies[kept++].feature = sorted[i] >> 1;
        tallies[kept - 1].count++;
        tallies[kept - 1].repeats += sorted[i] & FEATURE_REPEATS;
    }
    *out = tallies;
    *out_count = kept;
    return TQ_OK;
}

size_t tally_common(const struct tally *tallies, size_t count, size_t wanted, uint64_t *out)
{
    size_t kept = 0;

    for (size_t i = 0; i < count; i++) {
        struct tally sum = tallies[i];

        if (i > 0 && tallies[i - 1].feature + 1 == sum.feature) {
            sum.count += tallies[i - 1].count;
            sum.repeats += tallies[i - 1].repeats;
        }
        if (i + 1 < count && tallies[i + 1].feature == sum.feature + 1) {
            sum.count += tallies[i + 1].count;
            sum.repeats += tallies[i + 1].repeats;
        }
        if (sum.count >= wanted && sum.repeats * 100 <= sum.count * REPEAT_SHARE)
            out[kept++] = tallies[i].feature;
    }
    return kept;
}
