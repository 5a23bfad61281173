/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "register/key_index.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "base/alloc.h"

/* 4.8 of 8 slots filled on average: 2 % of the keys overflow (measured.md 3). */
#define KEYS_PER_BUCKET 4.8
#define AHEAD           24u /* rolling prefetch distance (measured.md 3) */
#define BLOCK           256u

static inline uint32_t tag_of(uint64_t fingerprint)
{
    return (uint32_t)fingerprint | 1; /* 0 marks an empty slot */
}

/* The upper half of the fingerprint, scaled to the number of buckets. */
static inline uint32_t bucket_of(const struct key_index *index, uint64_t fingerprint)
{
    return (uint32_t)((fingerprint >> 32) * index->bucket_count >> 32);
}

static inline uint32_t bucket_after(const struct key_index *index, uint32_t bucket)
{
    return bucket + 1 < index->bucket_count ? bucket + 1 : 0;
}

/* Bit i: slot i has this tag. */
static inline unsigned slots_with(const struct key_bucket *bucket, uint32_t tag)
{
#ifdef __SSE2__
    __m128i wanted = _mm_set1_epi32((int)tag);
    __m128i low = _mm_loadu_si128((const __m128i *)(const void *)bucket->tag);
    __m128i high = _mm_loadu_si128((const __m128i *)(const void *)(bucket->tag + 4));

    return (unsigned)_mm_movemask_ps(_mm_castsi128_ps(_mm_cmpeq_epi32(low, wanted)))
           | (unsigned)_mm_movemask_ps(_mm_castsi128_ps(_mm_cmpeq_epi32(high, wanted))) << 4;
#else
    unsigned found = 0;

    for (unsigned i = 0; i < KEY_BUCKET_SLOTS; i++)
        found |= (unsigned)(bucket->tag[i] == tag) << i;
    return found;
#endif
}

static void insert(struct key_index *index, uint64_t fingerprint, uint32_t number)
{
    uint32_t at = bucket_of(index, fingerprint);

    for (;; at = bucket_after(index, at)) {
        struct key_bucket *bucket = &index->buckets[at];
        unsigned empty = slots_with(bucket, 0);

        if (!empty)
            continue;
        bucket->tag[__builtin_ctz(empty)] = tag_of(fingerprint);
        bucket->number[__builtin_ctz(empty)] = number;
        return;
    }
}

int key_index_build(struct register_file *file, struct field *field, struct tq_error *err)
{
    struct key_index index = {.bucket_count = (uint32_t)(field->key_count / KEYS_PER_BUCKET) + 1};

    index.buckets = register_file_array(file, index.bucket_count, sizeof(*index.buckets));
    if (!index.buckets)
        return tq_no_memory(err);
    alloc_fetch(index.buckets, index.bucket_count * sizeof(*index.buckets));

    for (uint32_t i = 0; i < field->key_count; i++) {
        if (i + AHEAD < field->key_count)
            __builtin_prefetch(&index.buckets[bucket_of(&index, field->key_fingerprint[i + AHEAD])],
                               1);
        insert(&index, field->key_fingerprint[i], i);
    }
    field->index = index;
    return TQ_OK;
}

/* The whole fingerprint is compared, so a chance hit of the tag is never taken for a key. */
uint32_t field_find_key(const struct field *field, uint64_t fingerprint)
{
    const struct key_index *index = &field->index;
    uint32_t at;

    if (fingerprint == FINGERPRINT_NONE || field->key_count == 0)
        return KEY_NONE;
    for (at = bucket_of(index, fingerprint);; at = bucket_after(index, at)) {
        const struct key_bucket *bucket = &index->buckets[at];
        unsigned found = slots_with(bucket, tag_of(fingerprint));

        for (; found; found &= found - 1) {
            uint32_t number = bucket->number[__builtin_ctz(found)];

            if (field->key_fingerprint[number] == fingerprint)
                return number;
        }
        if (slots_with(bucket, 0))
            return KEY_NONE;
    }
}

/* First slot of the right tag in the first bucket: nearly always the answer. KEY_NONE: look again
 * the slow way, unless `*out_settled`. */
static inline uint32_t guess(const struct key_index *index, uint64_t fingerprint, bool *out_settled)
{
    const struct key_bucket *bucket = &index->buckets[bucket_of(index, fingerprint)];
    unsigned found = slots_with(bucket, tag_of(fingerprint));

    *out_settled = !found && slots_with(bucket, 0);
    return found ? bucket->number[__builtin_ctz(found)] : KEY_NONE;
}

static void find_block(const struct field *field, const uint64_t *fingerprints, size_t count,
                       uint32_t *out_keys)
{
    bool settled[BLOCK];

    for (size_t i = 0; i < count && i < AHEAD; i++)
        __builtin_prefetch(&field->index.buckets[bucket_of(&field->index, fingerprints[i])]);
    for (size_t i = 0; i < count; i++) {
        if (i + AHEAD < count)
            __builtin_prefetch(
                &field->index.buckets[bucket_of(&field->index, fingerprints[i + AHEAD])]);
        out_keys[i] = guess(&field->index, fingerprints[i], &settled[i]);
        if (out_keys[i] != KEY_NONE)
            __builtin_prefetch(&field->key_fingerprint[out_keys[i]]);
    }
    for (size_t i = 0; i < count; i++) {
        bool right =
            out_keys[i] != KEY_NONE && field->key_fingerprint[out_keys[i]] == fingerprints[i];

        if (!right)
            out_keys[i] = settled[i] ? KEY_NONE : field_find_key(field, fingerprints[i]);
    }
}

void field_find_keys(const struct field *field, const uint64_t *fingerprints, size_t count,
                     uint32_t *out_keys)
{
    if (field->key_count == 0) {
        for (size_t i = 0; i < count; i++)
            out_keys[i] = KEY_NONE;
        return;
    }
    for (size_t at = 0; at < count; at += BLOCK) {
        size_t length = count - at < BLOCK ? count - at : BLOCK;

        find_block(field, fingerprints + at, length, out_keys + at);
    }
}
