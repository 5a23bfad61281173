/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "register/posting.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "model/reading.h"

#define AHEAD 16u /* facts between asking for a key's cursor and using it */

/* Side by side what is known of a key, so that a fact touches one cache line of it. */
struct cursor {
    uint32_t next;     /* how many subjects so far; or where the next one goes */
    uint32_t subjects; /* the last subject seen, plus one: each counts once however many facts */
};

/* Of a fact; key_count: it has none. */
static inline uint32_t key_of(const struct posting_source *source, uint32_t fact)
{
    uint32_t value = source->fact_value[fact];
    uint32_t key = source->value_key ? source->value_key[value] : value;

    return key == KEY_NONE ? source->key_count : key;
}

/* Whether this is the first fact of the subject with the key. */
static inline bool is_first(const struct posting_source *source, struct cursor *cursors,
                            uint32_t subject, uint32_t fact, uint32_t fact_count, uint32_t *out_key)
{
    uint32_t key = key_of(source, fact);

    if (fact + AHEAD < fact_count)
        __builtin_prefetch(&cursors[key_of(source, fact + AHEAD)], 1);
    *out_key = key;
    if (key == source->key_count || cursors[key].subjects == subject + 1)
        return false;
    cursors[key].subjects = subject + 1;
    return true;
}

int posting_count(const struct posting_source *source, uint32_t *start, struct tq_error *err)
{
    CLEANUP(free_cleanup)
    struct cursor *cursors = alloc_zeroed((size_t)source->key_count + 1, sizeof(*cursors));
    uint32_t fact_count = source->fact_start[source->subject_count];

    if (!cursors)
        return tq_no_memory(err);
    for (uint32_t subject = 0; subject < source->subject_count; subject++) {
        for (uint32_t i = source->fact_start[subject]; i < source->fact_start[subject + 1]; i++) {
            uint32_t key;

            if (is_first(source, cursors, subject, i, fact_count, &key))
                cursors[key].next++;
        }
    }
    for (uint32_t key = 0; key < source->key_count; key++)
        start[key + 1] = start[key] + cursors[key].next;
    return TQ_OK;
}

int posting_fill(const struct posting_source *source, const uint32_t *start, uint32_t *posting,
                 struct tq_error *err)
{
    CLEANUP(free_cleanup)
    struct cursor *cursors = alloc_zeroed((size_t)source->key_count + 1, sizeof(*cursors));
    uint32_t fact_count = source->fact_start[source->subject_count];

    if (!cursors)
        return tq_no_memory(err);
    for (uint32_t key = 0; key < source->key_count; key++)
        cursors[key].next = start[key];
    for (uint32_t subject = 0; subject < source->subject_count; subject++) {
        for (uint32_t i = source->fact_start[subject]; i < source->fact_start[subject + 1]; i++) {
            uint32_t key;

            if (is_first(source, cursors, subject, i, fact_count, &key))
                posting[cursors[key].next++] = subject;
        }
    }
    return TQ_OK;
}
