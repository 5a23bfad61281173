/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef REGISTER_DICTIONARY_H
#define REGISTER_DICTIONARY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/prefetch.h"
#include "base/slice.h"

#define TEXT_NONE UINT32_MAX

/*
 * Distinct texts, numbered in order of arrival. For the institution's own texts while a register
 * is built: the hash is fast and unkeyed. Start with {0}, end with dictionary_clear().
 */
struct dictionary {
    struct dictionary_slot *slots;
    unsigned bits; /* 2^bits slots */
    uint32_t count;
    uint64_t *offset; /* count + 1 offsets into bytes; NULL while empty */
    size_t offset_capacity;
    char *bytes;
    size_t byte_capacity;
};

void dictionary_clear(struct dictionary *dictionary);

uint32_t dictionary_hash(struct slice text);

/* Number of `text`, whose hash is `hash`, or TEXT_NONE. */
uint32_t dictionary_find(const struct dictionary *dictionary, struct slice text, uint32_t hash);

/* Bring the slot of `hash` into the cache. */
void dictionary_prefetch(const struct dictionary *dictionary, uint32_t hash);

/*
 * Find up to DICTIONARY_BLOCK texts at once: out_numbers[i] as dictionary_find() gives it, and
 * out_hashes[i] of all that are not empty. A look-up waits for memory three times, for the slot,
 * the offset and the text; here those of different texts wait together. Empty texts are not looked
 * for.
 */
#define DICTIONARY_BLOCK 64u
void dictionary_find_block(const struct dictionary *dictionary, const struct slice *texts,
                           size_t count, uint32_t *out_hashes, uint32_t *out_numbers);

/* Add a text that is not there. */
int dictionary_insert(struct dictionary *dictionary, struct slice text, uint32_t hash,
                      uint32_t *out_number, struct tq_error *err) MUST_CHECK;

/* Make room for so many texts, of an empty dictionary: else it grows step by step. */
int dictionary_reserve(struct dictionary *dictionary, uint32_t count,
                       struct tq_error *err) MUST_CHECK;

/* Find or add, with the hash or without. */
int dictionary_add_hashed(struct dictionary *dictionary, struct slice text, uint32_t hash,
                          uint32_t *out_number, struct tq_error *err) MUST_CHECK;
int dictionary_add(struct dictionary *dictionary, struct slice text, uint32_t *out_number,
                   struct tq_error *err) MUST_CHECK;

/* Give up finding and adding, and the memory for it; the texts stay. */
void dictionary_close(struct dictionary *dictionary);

static inline struct slice dictionary_text(const struct dictionary *dictionary, uint32_t number)
{
    return slice_make(dictionary->bytes + dictionary->offset[number],
                      (size_t)(dictionary->offset[number + 1] - dictionary->offset[number]));
}

/* Of texts that are taken in an order: bring one that comes soon after order[at] into the cache,
 * and the place of one after that. */
PREFETCHING void dictionary_prefetch_text(const struct dictionary *dictionary,
                                          const uint32_t *order, uint32_t at)
{
    const uint32_t ahead = 16;

    if (at + 2 * ahead < dictionary->count)
        __builtin_prefetch(&dictionary->offset[order[at + 2 * ahead]]);
    if (at + ahead < dictionary->count)
        __builtin_prefetch(dictionary->bytes + dictionary->offset[order[at + ahead]]);
}

/* *out_order (owned; free()): the numbers in bytewise order of their texts. */
int dictionary_sort(const struct dictionary *dictionary, uint32_t **out_order,
                    struct tq_error *err) MUST_CHECK;

#endif
