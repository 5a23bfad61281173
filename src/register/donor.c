/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "register/donor.h"

#define SAMPLE_SUBJECTS 8192u
#define SAMPLE_FACTS    32u /* of a subject; its times are looked for among twice as many */
#define LACKING_MAX     16u /* a donor lacks fewer than one time in sixteen */

/* The times by which fields are compared. */
static const int32_t *times_of(const struct field *field)
{
    return field->known_from ? field->known_from : field->valid_from;
}

/* Where the facts of a subject end, or the first `most` of them. */
static uint32_t end_of(const struct field *field, uint32_t subject, uint32_t most)
{
    uint32_t first = field->fact_start[subject], count = field->fact_start[subject + 1] - first;

    return first + (count < most ? count : most);
}

static bool has_time(const struct field *field, uint32_t subject, int32_t time)
{
    uint32_t end = end_of(field, subject, 2 * SAMPLE_FACTS);

    for (uint32_t i = field->fact_start[subject]; i < end; i++) {
        if (times_of(field)[i] == time)
            return true;
    }
    return false;
}

/* How many times of the sampled subjects the donor lacks; *out_all: of how many. */
static uint64_t count_lacking(const struct field *field, const struct field *donor,
                              uint32_t subject_count, uint64_t *out_all)
{
    uint32_t step = subject_count / SAMPLE_SUBJECTS + 1;
    uint64_t lacking = 0, all = 0;

    for (uint64_t subject = 0; subject < subject_count; subject += step) {
        uint32_t s = (uint32_t)subject, end = end_of(field, s, SAMPLE_FACTS);

        for (uint32_t i = field->fact_start[s]; i < end; i++) {
            lacking += !has_time(donor, s, times_of(field)[i]);
            all++;
        }
    }
    *out_all = all;
    return lacking;
}

static bool has_own_times(const struct reg *reg, const struct field_shape *fields, uint16_t number)
{
    unsigned which = reg->fields[number].known_from ? SHARE_KNOWN_FROM : SHARE_VALID_FROM;

    return fields[number].has[which] && fields[number].owner[which] == number;
}

/* Whether a field can give its times to others. */
static bool is_giver(const struct reg *reg, const struct field_shape *fields, uint16_t number)
{
    return has_own_times(reg, fields, number) && fields[number].donor == FIELD_NONE;
}

uint16_t donor_find(const struct reg *reg, const struct field_shape *fields, uint16_t number)
{
    const struct field *field = &reg->fields[number];
    const struct kind *kind = &reg->kinds[field->kind];
    uint64_t fewest = UINT64_MAX;
    uint16_t donor = FIELD_NONE;

    if (!has_own_times(reg, fields, number))
        return FIELD_NONE;
    for (uint16_t i = kind->field_first; i < number; i++) {
        uint64_t lacking, all;

        if (!is_giver(reg, fields, i))
            continue;
        lacking = count_lacking(field, &reg->fields[i], kind->subject_count, &all);
        if (lacking * LACKING_MAX < all && lacking < fewest) {
            fewest = lacking;
            donor = i;
        }
    }
    return donor;
}
