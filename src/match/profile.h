/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef MATCH_PROFILE_H
#define MATCH_PROFILE_H

#include "base/prefetch.h"
#include "match/column.h"

/*
 * What each subject holds for each column, side by side: comparing a candidate then touches one
 * or two cache lines instead of two for every column. Most subjects hold one or two values of a
 * column; where they hold more, the profile says so and the facts are asked.
 */
struct profile {
    /* subject_count x stride x PROFILE_KEYS, one value taking both places; owned; NULL: too large,
     * the facts are asked */
    uint32_t *keys;
    uint32_t stride;
    size_t size_bytes;
};

#define PROFILE_KEYS 2u

/* In place of the first key: more values, or a column compared by row. KEY_NONE: holds nothing. */
#define PROFILE_MANY (KEY_NONE - 1)

int profile_init(struct profile *profile, const struct match_columns *columns, unsigned threads,
                 struct tq_error *err) MUST_CHECK;
void profile_clear(struct profile *profile);

PREFETCHING void profile_prefetch(const struct profile *profile, uint32_t subject)
{
    const uint32_t *row;

    if (!profile->keys)
        return;
    row = profile->keys + (size_t)subject * profile->stride * PROFILE_KEYS;
    for (uint32_t at = 0; at < profile->stride * PROFILE_KEYS; at += 16) /* keys of a cache line */
        __builtin_prefetch(row + at);
}

static inline const uint32_t *profile_held(const struct profile *profile, uint32_t number,
                                           uint32_t subject)
{
    return profile->keys + ((size_t)subject * profile->stride + number) * PROFILE_KEYS;
}

/* column_compare() of column number `number`. */
static inline enum level profile_compare(const struct profile *profile,
                                         const struct match_columns *columns, uint32_t number,
                                         uint32_t subject, uint16_t row_period, uint32_t key)
{
    const uint32_t *held;

    if (!profile->keys)
        return column_compare(&columns->items[number], subject, row_period, key);
    held = profile_held(profile, number, subject);
    if (held[0] == PROFILE_MANY)
        return column_compare(&columns->items[number], subject, row_period, key);
    if (held[0] == KEY_NONE)
        return LEVEL_NONE;
    return held[0] == key || held[1] == key ? LEVEL_AGREES : LEVEL_DIFFERS;
}

/* column_held_keys() of column number `number`. */
static inline uint32_t profile_held_keys(const struct profile *profile,
                                         const struct match_columns *columns, uint32_t number,
                                         uint32_t subject, uint16_t row_period, uint32_t *out_keys,
                                         uint32_t room)
{
    const uint32_t *held = profile->keys ? profile_held(profile, number, subject) : NULL;

    if (!held || held[0] == PROFILE_MANY || room < PROFILE_KEYS)
        return column_held_keys(&columns->items[number], subject, row_period, out_keys, room);
    if (held[0] == KEY_NONE)
        return 0;
    out_keys[0] = held[0];
    out_keys[1] = held[1];
    return held[0] == held[1] ? 1 : 2;
}

/* Ask for where the text is of the first key that the profile holds of a plain column. */
PREFETCHING void profile_prefetch_text(const struct profile *profile,
                                       const struct match_columns *columns, uint32_t number,
                                       uint32_t subject)
{
    const struct match_column *column = &columns->items[number];
    uint32_t key = profile->keys && column->plain ? profile_held(profile, number, subject)[0]
                                                  : (uint32_t)KEY_NONE;

    if (key < column->field->key_count)
        __builtin_prefetch(&column->field->key_text[key]);
}

#endif
