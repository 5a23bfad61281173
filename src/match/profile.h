/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef MATCH_PROFILE_H
#define MATCH_PROFILE_H

#include "match/column.h"

/*
 * What each subject holds for each column, side by side: comparing a candidate then touches one
 * or two cache lines instead of two for every column. Most subjects hold one value of a column;
 * where they hold several, the profile says so and the facts are asked.
 */
struct profile {
    uint32_t *keys; /* subject_count x stride; owned; NULL: too large, the facts are asked */
    uint32_t stride;
    size_t size_bytes;
};

/* In place of a key: several values, or a column compared by row. KEY_NONE: holds nothing. */
#define PROFILE_MANY (KEY_NONE - 1)

int profile_init(struct profile *profile, const struct match_columns *columns, unsigned threads,
                 struct tq_error *err) MUST_CHECK;
void profile_clear(struct profile *profile);

static inline void profile_prefetch(const struct profile *profile, uint32_t subject)
{
    const uint32_t *row;

    if (!profile->keys)
        return;
    row = profile->keys + (size_t)subject * profile->stride;
    __builtin_prefetch(row);
    __builtin_prefetch(row + profile->stride - 1);
}

/* column_compare() of column number `number`. */
static inline enum level profile_compare(const struct profile *profile,
                                         const struct match_columns *columns, uint32_t number,
                                         uint32_t subject, uint16_t row_period, uint32_t key)
{
    uint32_t held =
        profile->keys ? profile->keys[(size_t)subject * profile->stride + number] : PROFILE_MANY;

    if (held == PROFILE_MANY)
        return column_compare(&columns->items[number], subject, row_period, key);
    if (held == KEY_NONE)
        return LEVEL_NONE;
    return held == key ? LEVEL_AGREES : LEVEL_DIFFERS;
}

#endif
