/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "register/posting.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "model/reading.h"

int posting_count(const struct posting_source *source, uint64_t *start, struct tq_error *err)
{
    /* The last subject seen with each key, plus one: a subject counts once however many facts. */
    CLEANUP(free_cleanup)
    uint32_t *seen = alloc_zeroed((size_t)source->key_count + 1, sizeof(*seen));

    if (!seen)
        return tq_no_memory(err);
    for (uint32_t subject = 0; subject < source->subject_count; subject++) {
        for (uint64_t i = source->fact_start[subject]; i < source->fact_start[subject + 1]; i++) {
            uint32_t key = source->value_key[source->fact_value[i]];

            if (key == KEY_NONE || seen[key] == subject + 1)
                continue;
            seen[key] = subject + 1;
            start[key + 1]++;
        }
    }
    for (uint32_t key = 0; key < source->key_count; key++)
        start[key + 1] += start[key];
    return TQ_OK;
}

int posting_fill(const struct posting_source *source, const uint64_t *start, uint32_t *posting,
                 struct tq_error *err)
{
    CLEANUP(free_cleanup)
    uint64_t *next = alloc_resize(NULL, (size_t)source->key_count + 1, sizeof(*next));

    if (!next)
        return tq_no_memory(err);
    memcpy(next, start, ((size_t)source->key_count + 1) * sizeof(*next));
    for (uint32_t subject = 0; subject < source->subject_count; subject++) {
        for (uint64_t i = source->fact_start[subject]; i < source->fact_start[subject + 1]; i++) {
            uint32_t key = source->value_key[source->fact_value[i]];

            if (key == KEY_NONE || (next[key] > start[key] && posting[next[key] - 1] == subject))
                continue;
            posting[next[key]++] = subject;
        }
    }
    return TQ_OK;
}
