/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef INSTITUTION_MEMBER_H
#define INSTITUTION_MEMBER_H

#include "institution/institution.h"

/* A person of an institution: a pure function of (seed, number). */
struct member {
    uint32_t number;
    uint32_t household; /* number of its first member */
    uint32_t household_size;
    uint32_t home; /* whose address it has: the household's, or its own */
    uint32_t line; /* whose phone it has: the home's, or its own */
    bool female, ghost, twin;
    uint32_t family[2];
    uint32_t given[2]; /* UINT32_MAX: no second one */
    int32_t birth;     /* days */
    int32_t joined;    /* minutes; nothing was known before */
    struct timeline histories[HISTORIES_MAX];
};

void member_load(const struct institution *institution, uint32_t number, struct member *out);

/* The value of an trait at a moment; nothing is added if none was held. */
void member_add_value(const struct institution *institution, const struct member *member,
                      const struct trait *trait, int32_t moment, struct buf *out);

#endif
