/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef REGISTER_INFO_H
#define REGISTER_INFO_H

#include "register/register.h"

/* What `register info` tells of a field. */
struct field_info {
    const char *name, *type, *category, *kind, *ref_kind, *check; /* NULL: none; borrowed */
    bool periodic, derived, shareable;
    uint64_t facts;
    uint32_t values, keys, holders;
    double density;
    uint32_t checked, check_passed;  /* distinct values, and those the scheme accepts; else 0 */
    uint32_t dangling;               /* of a reference: keys that name no subject */
    int32_t known_from, known_to;    /* span of finite times; MOMENT_MIN and _MAX: none */
    uint16_t period_from, period_to; /* first and last month; MONTH_NONE */
};

struct register_info {
    uint64_t facts; /* of all fields that are not derived */
    uint16_t field_count;
    struct field_info *fields; /* owned; in the order of the register */
};

/* Count. Start with any content; register_info_clear() at the end. Texts are borrowed from `reg`.
 */
int register_info_make(const struct reg *reg, struct register_info *out_info,
                       struct tq_error *err) MUST_CHECK;
void register_info_clear(struct register_info *info);

#endif
