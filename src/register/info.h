/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef REGISTER_INFO_H
#define REGISTER_INFO_H

#include "base/limits.h"
#include "register/register.h"

/* Finite times only; MOMENT_MIN and MOMENT_MAX: there are none. */
struct time_span {
    int32_t oldest, newest;
};

/* What a field takes in the sealed file; 0 of arrays that an earlier field has. */
struct field_bytes {
    uint64_t facts;  /* what each subject holds, in which period */
    uint64_t times;  /* when */
    uint64_t values; /* the dictionaries */
};

/* What `register info` tells of a field. */
struct field_info {
    const char *name, *type, *category, *kind, *ref_kind, *check; /* NULL: none; borrowed */
    bool periodic, derived;
    uint64_t facts;
    uint32_t values, keys;
    uint32_t subjects, holders;     /* of the kind; those with at least one fact */
    uint32_t facts_of_one_max;      /* most facts of one subject */
    uint64_t ended;                 /* facts with a known or valid end */
    uint32_t checked, check_passed; /* distinct values, and those the scheme accepts; else 0 */
    uint32_t dangling;              /* of a reference: keys that name no subject */
    struct time_span known, valid;
    uint16_t period_from, period_to; /* first and last month; MONTH_NONE */
    struct field_bytes bytes;
};

struct register_info {
    uint64_t facts;                /* of all fields that are not derived */
    struct time_span known, valid; /* of all fields */
    uint64_t file_bytes, head_bytes;
    uint64_t kind_bytes[REGISTER_KINDS_MAX]; /* the keys of subjects in the file */
    uint16_t field_count;
    struct field_info *fields; /* owned; in the order of the register */
};

/*
 * Count, a field per thread. Values and facts are gone through, not kept. Start with any content;
 * register_info_clear() at the end. Texts are borrowed from `reg`.
 */
int register_info_make(const struct reg *reg, struct register_info *out_info,
                       struct tq_error *err) MUST_CHECK;
void register_info_clear(struct register_info *info);

#endif
