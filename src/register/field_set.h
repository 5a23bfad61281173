/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef REGISTER_FIELD_SET_H
#define REGISTER_FIELD_SET_H

#include <stdbool.h>
#include <stdint.h>

#include "base/limits.h"
#include "model/reading.h"

/* A set of fields of one register, by number. Start with {0}. */
struct field_set {
    uint64_t bits[(REGISTER_FIELDS_MAX + 63) / 64];
};

/* FIELD_NONE is passed over. */
static inline void field_set_add(struct field_set *set, uint16_t field)
{
    if (field != FIELD_NONE)
        set->bits[field / 64] |= UINT64_C(1) << field % 64;
}

static inline bool field_set_has(const struct field_set *set, uint16_t field)
{
    return set->bits[field / 64] >> field % 64 & 1;
}

#endif
