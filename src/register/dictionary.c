/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "register/dictionary.h"

#include <assert.h>
#include <endian.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/hash.h"

#define BITS_FIRST  6u
#define BITS_MAX    32u
#define FILL_MAX    0.6
#define RADIX_BITS  16
#define RADIX_COUNT (1u << RADIX_BITS)
#define RADIX_MIN   8192u /* below, sorting by comparison is faster than clearing the counters */
#define RUN_SHORT   32u   /* up to here insertion sort wins */

struct dictionary_slot {
    uint32_t hash;
    uint32_t number_plus_one; /* 0: empty */
};

/* A text to sort: eight of its bytes as a big-endian number, zero-padded. They are its first, and
 * among texts that have those in common the next. */
struct sorted_text {
    uint64_t prefix;
    uint32_t number;
};

void dictionary_close(struct dictionary *dictionary)
{
    dictionary->slots = alloc_huge_free(dictionary->slots, ((size_t)1 << dictionary->bits)
                                                               * sizeof(*dictionary->slots));
}

void dictionary_clear(struct dictionary *dictionary)
{
    dictionary_close(dictionary);
    free(dictionary->offset);
    free(dictionary->bytes);
    *dictionary = (struct dictionary){0};
}

/* A text shorter than a word, as one. */
static inline uint64_t short_word(const char *data, size_t length)
{
    uint32_t first = 0, last = 0;

    if (length >= sizeof(first)) {
        memcpy(&first, data, sizeof(first));
        memcpy(&last, data + length - sizeof(last), sizeof(last));
        return first | (uint64_t)last << 32;
    }
    for (size_t i = 0; i < length; i++)
        first = first << 8 | (unsigned char)data[i];
    return first;
}

uint32_t dictionary_hash(struct slice text)
{
    uint64_t hash = text.length * 0x9e3779b97f4a7c15ull;
    uint64_t word;

    for (; text.length >= sizeof(word); text = slice_skip(text, sizeof(word))) {
        memcpy(&word, text.data, sizeof(word));
        hash = (hash ^ word) * 0xff51afd7ed558ccdull;
        hash ^= hash >> 32;
    }
    return (uint32_t)(hash_mix(hash ^ short_word(text.data, text.length)) >> 32);
}

/* Most texts are short: for them, calling memcmp() takes longer than comparing. */
static inline bool texts_equal(struct slice a, struct slice b)
{
    uint64_t first[2], last[2];

    if (a.length != b.length)
        return false;
    if (a.length < sizeof(*first))
        return short_word(a.data, a.length) == short_word(b.data, b.length);
    if (a.length > 2 * sizeof(*first))
        return memcmp(a.data, b.data, a.length) == 0;
    memcpy(&first[0], a.data, sizeof(*first));
    memcpy(&first[1], b.data, sizeof(*first));
    memcpy(&last[0], a.data + a.length - sizeof(*last), sizeof(*last));
    memcpy(&last[1], b.data + b.length - sizeof(*last), sizeof(*last));
    return first[0] == first[1] && last[0] == last[1];
}

static inline size_t slot_of(const struct dictionary *dictionary, uint32_t hash)
{
    return hash >> (BITS_MAX - dictionary->bits);
}

void dictionary_prefetch(const struct dictionary *dictionary, uint32_t hash)
{
    if (dictionary->slots)
        __builtin_prefetch(&dictionary->slots[slot_of(dictionary, hash)]);
}

uint32_t dictionary_find(const struct dictionary *dictionary, struct slice text, uint32_t hash)
{
    size_t mask = ((size_t)1 << dictionary->bits) - 1;

    if (!dictionary->slots)
        return TEXT_NONE;
    for (size_t at = slot_of(dictionary, hash);; at = (at + 1) & mask) {
        const struct dictionary_slot *slot = &dictionary->slots[at];

        if (slot->number_plus_one == 0)
            return TEXT_NONE;
        if (slot->hash == hash
            && texts_equal(dictionary_text(dictionary, slot->number_plus_one - 1), text))
            return slot->number_plus_one - 1;
    }
}

/* The number in the first slot with this hash, nearly always that of the text; TEXT_NONE if there
 * is no such slot. */
static uint32_t guess(const struct dictionary *dictionary, uint32_t hash)
{
    size_t mask = ((size_t)1 << dictionary->bits) - 1, at = slot_of(dictionary, hash);

    while (dictionary->slots[at].number_plus_one && dictionary->slots[at].hash != hash)
        at = (at + 1) & mask;
    return dictionary->slots[at].number_plus_one ? dictionary->slots[at].number_plus_one - 1
                                                 : TEXT_NONE;
}

/* Texts that repeat the one before share its hash: tables are in the order of their subjects. */
static void hash_block(const struct dictionary *dictionary, const struct slice *texts, size_t count,
                       uint32_t *out_hashes)
{
    for (size_t i = 0; i < count; i++) {
        if (i > 0 && texts_equal(texts[i], texts[i - 1])) {
            out_hashes[i] = out_hashes[i - 1];
            continue;
        }
        out_hashes[i] = dictionary_hash(texts[i]);
        dictionary_prefetch(dictionary, out_hashes[i]);
    }
}

void dictionary_find_block(const struct dictionary *dictionary, const struct slice *texts,
                           size_t count, uint32_t *out_hashes, uint32_t *out_numbers)
{
    hash_block(dictionary, texts, count, out_hashes);
    for (size_t i = 0; i < count; i++) {
        bool wanted = dictionary->slots && texts[i].length > 0;

        out_numbers[i] = wanted ? guess(dictionary, out_hashes[i]) : TEXT_NONE;
        if (out_numbers[i] != TEXT_NONE)
            __builtin_prefetch(&dictionary->offset[out_numbers[i]]);
    }
    for (size_t i = 0; i < count; i++) {
        if (out_numbers[i] != TEXT_NONE)
            __builtin_prefetch(dictionary->bytes + dictionary->offset[out_numbers[i]]);
    }
    for (size_t i = 0; i < count; i++) {
        if (out_numbers[i] != TEXT_NONE
            && !texts_equal(dictionary_text(dictionary, out_numbers[i]), texts[i]))
            out_numbers[i] = dictionary_find(dictionary, texts[i], out_hashes[i]);
    }
}

static void put(struct dictionary_slot *slots, size_t mask, size_t at, struct dictionary_slot slot)
{
    while (slots[at].number_plus_one)
        at = (at + 1) & mask;
    slots[at] = slot;
}

/* Empty slots. Every page of them will be in use, and each would cost twice if it was read before
 * it is written to: once as a page of zeros, which all threads must then forget. */
static struct dictionary_slot *make_slots(size_t count)
{
    struct dictionary_slot *slots = alloc_huge(count * sizeof(*slots));

    if (slots)
        alloc_fetch(slots, count * sizeof(*slots));
    return slots;
}

/* Twice the slots once they are full enough. */
static int grow(struct dictionary *dictionary, struct tq_error *err)
{
    size_t count = dictionary->slots ? (size_t)1 << dictionary->bits : 0;
    struct dictionary grown = {.bits = dictionary->slots ? dictionary->bits + 1 : BITS_FIRST};
    size_t grown_count = (size_t)1 << grown.bits;

    if ((double)dictionary->count < FILL_MAX * (double)count || dictionary->bits == BITS_MAX)
        return TQ_OK;
    grown.slots = make_slots(grown_count);
    if (!grown.slots)
        return tq_no_memory(err);
    for (size_t i = 0; i < count; i++) {
        if (dictionary->slots[i].number_plus_one)
            put(grown.slots, grown_count - 1, slot_of(&grown, dictionary->slots[i].hash),
                dictionary->slots[i]);
    }
    (void)alloc_huge_free(dictionary->slots, count * sizeof(*dictionary->slots));
    dictionary->slots = grown.slots;
    dictionary->bits = grown.bits;
    return TQ_OK;
}

int dictionary_reserve(struct dictionary *dictionary, uint32_t count, struct tq_error *err)
{
    unsigned bits = BITS_FIRST;
    struct dictionary_slot *slots;

    assert(!dictionary->slots);
    while (bits < BITS_MAX && (double)count >= FILL_MAX * (double)((size_t)1 << bits))
        bits++;
    slots = make_slots((size_t)1 << bits);
    if (!slots)
        return tq_no_memory(err);
    dictionary->slots = slots;
    dictionary->bits = bits;
    return TQ_OK;
}

/* Twice as much as there was: fewer pages are touched than in smaller steps, and what is not used
 * is never touched. */
static size_t room_for(size_t wanted, size_t capacity)
{
    return wanted > capacity && wanted < 2 * capacity ? 2 * capacity : wanted;
}

int dictionary_insert(struct dictionary *dictionary, struct slice text, uint32_t hash,
                      uint32_t *out_number, struct tq_error *err)
{
    uint32_t number = dictionary->count;
    uint64_t start = number ? dictionary->offset[number] : 0;
    int r;

    if (number >= TEXT_NONE - 1)
        return tq_fail(err, TQ_E_LIMIT, "more than %u distinct values in one field", number);
    r = grow(dictionary, err);
    if (r < 0)
        return r;
    r = alloc_reserve(&dictionary->offset, &dictionary->offset_capacity,
                      room_for((size_t)number + 2, dictionary->offset_capacity),
                      sizeof(*dictionary->offset), err);
    if (r < 0)
        return r;
    r = alloc_reserve(&dictionary->bytes, &dictionary->byte_capacity,
                      room_for((size_t)start + text.length + 1, dictionary->byte_capacity), 1, err);
    if (r < 0)
        return r;

    if (text.length)
        memcpy(dictionary->bytes + start, text.data, text.length);
    dictionary->offset[number] = start;
    dictionary->offset[number + 1] = start + text.length;
    put(dictionary->slots, ((size_t)1 << dictionary->bits) - 1, slot_of(dictionary, hash),
        (struct dictionary_slot){hash, number + 1});
    dictionary->count++;
    *out_number = number;
    return TQ_OK;
}

int dictionary_add(struct dictionary *dictionary, struct slice text, uint32_t *out_number,
                   struct tq_error *err)
{
    return dictionary_add_hashed(dictionary, text, dictionary_hash(text), out_number, err);
}

int dictionary_add_hashed(struct dictionary *dictionary, struct slice text, uint32_t hash,
                          uint32_t *out_number, struct tq_error *err)
{
    uint32_t number = dictionary_find(dictionary, text, hash);

    if (number == TEXT_NONE)
        return dictionary_insert(dictionary, text, hash, out_number, err);
    *out_number = number;
    return TQ_OK;
}

static uint64_t prefix_of(struct slice text)
{
    uint64_t word = 0;

    memcpy(&word, text.data, text.length < sizeof(word) ? text.length : sizeof(word));
    return be64toh(word);
}

static inline int compare_texts(const void *a, const void *b, void *state)
{
    const struct sorted_text *x = a, *y = b;

    if (x->prefix != y->prefix)
        return x->prefix < y->prefix ? -1 : 1;
    return slice_compare(dictionary_text(state, x->number), dictionary_text(state, y->number));
}

/* One stable pass by 16 bits of the prefix; false: all alike, nothing moved. */
static bool radix_pass(const struct sorted_text *from, struct sorted_text *to, size_t count,
                       unsigned shift, size_t *start)
{
    size_t sum = 0;

    memset(start, 0, RADIX_COUNT * sizeof(*start));
    for (size_t i = 0; i < count; i++)
        start[from[i].prefix >> shift & (RADIX_COUNT - 1)]++;
    if (start[from[0].prefix >> shift & (RADIX_COUNT - 1)] == count)
        return false;
    for (size_t i = 0; i < RADIX_COUNT; i++) {
        size_t own = start[i];

        start[i] = sum;
        sum += own;
    }
    for (size_t i = 0; i < count; i++)
        to[start[from[i].prefix >> shift & (RADIX_COUNT - 1)]++] = from[i];
    return true;
}

static int radix_sort(struct sorted_text **texts, size_t count, struct tq_error *err)
{
    CLEANUP(free_cleanup) struct sorted_text *other = alloc_resize(NULL, count, sizeof(*other));
    CLEANUP(free_cleanup) size_t *start = alloc_resize(NULL, RADIX_COUNT, sizeof(*start));

    if (!other || !start)
        return tq_no_memory(err);
    alloc_fetch(other, count * sizeof(*other));
    for (unsigned shift = 0; shift < 64; shift += RADIX_BITS) {
        struct sorted_text *from = *texts;

        if (!radix_pass(from, other, count, shift, start))
            continue;
        *texts = other;
        other = from;
    }
    return TQ_OK;
}

/* Texts with the same first eight bytes, by the next eight, and only those alike by comparison. */
static void sort_run(struct sorted_text *texts, size_t count, const struct dictionary *dictionary)
{
    void *state = (void *)(uintptr_t)dictionary; /* not changed: the parameter is untyped */

    for (size_t i = 0; i < count; i++)
        texts[i].prefix = prefix_of(
            slice_skip(dictionary_text(dictionary, texts[i].number), sizeof(texts[i].prefix)));
    if (count > RUN_SHORT) {
        qsort_r(texts, count, sizeof(*texts), compare_texts, state);
        return;
    }
    for (size_t i = 1; i < count; i++) {
        struct sorted_text text = texts[i];
        size_t at = i;

        for (; at > 0 && compare_texts(&texts[at - 1], &text, state) > 0; at--)
            texts[at] = texts[at - 1];
        texts[at] = text;
    }
}

static void sort_runs(struct sorted_text *texts, size_t count, const struct dictionary *dictionary)
{
    for (size_t i = 0, end; i < count; i = end) {
        for (end = i + 1; end < count && texts[end].prefix == texts[i].prefix; end++)
            ;
        if (end - i > 1)
            sort_run(texts + i, end - i, dictionary);
    }
}

int dictionary_sort(const struct dictionary *dictionary, uint32_t **out_order, struct tq_error *err)
{
    size_t count = dictionary->count;
    CLEANUP(free_cleanup) struct sorted_text *texts = alloc_resize(NULL, count + 1, sizeof(*texts));
    CLEANUP(free_cleanup) uint32_t *order = alloc_resize(NULL, count + 1, sizeof(*order));
    int r;

    if (!texts || !order)
        return tq_no_memory(err);
    if (count >= RADIX_MIN)
        alloc_fetch(texts, count * sizeof(*texts));
    for (uint32_t i = 0; i < count; i++)
        texts[i] = (struct sorted_text){prefix_of(dictionary_text(dictionary, i)), i};
    if (count >= RADIX_MIN) {
        r = radix_sort(&texts, count, err);
        if (r < 0)
            return r;
        sort_runs(texts, count, dictionary);
    } else if (count > 1) {
        qsort_r(texts, count, sizeof(*texts), compare_texts, (void *)(uintptr_t)dictionary);
    }
    for (size_t i = 0; i < count; i++)
        order[i] = texts[i].number;
    *out_order = TAKE(order);
    return TQ_OK;
}
