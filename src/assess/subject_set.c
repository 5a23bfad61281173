/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "assess/subject_set.h"

#include <stdlib.h>

#include "base/alloc.h"

#define WORD_BITS 64

static size_t word_count(uint32_t subject_count)
{
    return ((size_t)subject_count + WORD_BITS - 1) / WORD_BITS;
}

static int make_bits(struct subject_set *set, uint32_t subject_count, enum certainty certainty,
                     struct tq_error *err)
{
    if (!set->bits[certainty])
        set->bits[certainty] = alloc_zeroed(word_count(subject_count) + 1, sizeof(uint64_t));
    return set->bits[certainty] ? TQ_OK : tq_no_memory(err);
}

int subject_set_add(struct subject_set *set, uint32_t subject_count, uint32_t subject,
                    enum certainty certainty, struct tq_error *err)
{
    int r = make_bits(set, subject_count, certainty, err);

    if (r < 0)
        return r;
    set->bits[certainty][subject / WORD_BITS] |= (uint64_t)1 << subject % WORD_BITS;
    return TQ_OK;
}

int subject_set_merge(struct subject_set *set, const struct subject_set *other,
                      uint32_t subject_count, struct tq_error *err)
{
    for (enum certainty certainty = CERTAIN; certainty < CERTAINTY_COUNT; certainty++) {
        int r;

        if (!other->bits[certainty])
            continue;
        r = make_bits(set, subject_count, certainty, err);
        if (r < 0)
            return r;
        for (size_t i = 0; i < word_count(subject_count); i++)
            set->bits[certainty][i] |= other->bits[certainty][i];
    }
    return TQ_OK;
}

void subject_set_clear(struct subject_set *set)
{
    for (enum certainty certainty = CERTAIN; certainty < CERTAINTY_COUNT; certainty++)
        free(set->bits[certainty]);
    *set = (struct subject_set){0};
}

static uint64_t word_at(const struct subject_set *set, size_t word, enum certainty at_least)
{
    uint64_t bits = 0;

    for (enum certainty certainty = CERTAIN; certainty <= at_least; certainty++)
        bits |= set->bits[certainty] ? set->bits[certainty][word] : 0;
    return bits;
}

uint64_t subject_set_count(const struct subject_set *set, uint32_t subject_count,
                           enum certainty at_least)
{
    uint64_t count = 0;

    for (size_t i = 0; i < word_count(subject_count); i++)
        count += (uint64_t)__builtin_popcountll(word_at(set, i, at_least));
    return count;
}

uint64_t subject_set_count_beyond(const struct subject_set *set, const struct subject_set *other,
                                  uint32_t subject_count)
{
    uint64_t count = 0;

    for (size_t i = 0; i < word_count(subject_count); i++)
        count += (uint64_t)__builtin_popcountll(word_at(set, i, POSSIBLE)
                                                & ~word_at(other, i, POSSIBLE));
    return count;
}

bool subject_set_has(const struct subject_set *set, uint32_t subject, enum certainty at_least)
{
    return word_at(set, subject / WORD_BITS, at_least) >> subject % WORD_BITS & 1;
}
