/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "match/profile.h"

#include "base/alloc.h"
#include "base/pool.h"

/* 4 million subjects and 30 columns take 960 MB. */
#define PROFILE_BYTES_MAX ((uint64_t)1 << 30)

#define SUBJECTS_PER_WORK 16384u

struct build {
    struct profile *profile;
    const struct match_columns *columns;
};

static void fill(const struct match_column *column, uint32_t subject, uint32_t *held)
{
    const struct field *field = column->field;
    uint32_t keys[PROFILE_KEYS + 1], count;

    held[0] = held[1] = PROFILE_MANY;
    if (column->by_row)
        return;
    if (column->simple && field->fact_start[subject] + 1 == field->fact_start[subject + 1]) {
        held[0] = held[1] = field->fact_key[field->fact_start[subject]];
        return;
    }
    count = column_held_keys(column, subject, MONTH_NONE, keys, PROFILE_KEYS + 1);
    /* What is held may still have no key under the column's interpretation. */
    if (count == 0 && column_compare(column, subject, MONTH_NONE, KEY_NONE) == LEVEL_NONE)
        held[0] = KEY_NONE;
    if (count == 0 || count > PROFILE_KEYS)
        return;
    held[0] = keys[0];
    held[1] = keys[count - 1];
}

static int build_part(void *state, size_t index, unsigned thread, struct tq_error *err)
{
    const struct build *build = state;
    const struct match_columns *columns = build->columns;
    uint64_t first = (uint64_t)index * SUBJECTS_PER_WORK;
    uint64_t end = first + SUBJECTS_PER_WORK;

    (void)thread;
    (void)err;
    if (end > columns->kind->subject_count)
        end = columns->kind->subject_count;
    for (uint32_t c = 0; c < columns->count; c++) {
        for (uint64_t s = first; s < end; s++)
            fill(&columns->items[c], (uint32_t)s,
                 build->profile->keys + (s * build->profile->stride + c) * PROFILE_KEYS);
    }
    return 0;
}

int profile_init(struct profile *profile, const struct match_columns *columns, unsigned threads,
                 struct tq_error *err)
{
    struct build build = {.profile = profile, .columns = columns};
    uint64_t bytes;

    *profile = (struct profile){.stride = columns->count};
    bytes = (uint64_t)columns->kind->subject_count * columns->count * PROFILE_KEYS
            * sizeof(*profile->keys);
    if (bytes > PROFILE_BYTES_MAX)
        return 0;
    profile->keys = alloc_huge((size_t)bytes);
    if (!profile->keys)
        return tq_no_memory(err);
    profile->size_bytes = (size_t)bytes;
    return pool_run(
        threads, (columns->kind->subject_count + (size_t)SUBJECTS_PER_WORK - 1) / SUBJECTS_PER_WORK,
        build_part, &build, err);
}

void profile_clear(struct profile *profile)
{
    if (profile->keys)
        (void)alloc_huge_free(profile->keys, profile->size_bytes);
    *profile = (struct profile){0};
}
