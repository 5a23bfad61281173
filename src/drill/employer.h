/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef DRILL_EMPLOYER_H
#define DRILL_EMPLOYER_H

#include "base/buf.h"
#include "drill/world.h"

/* All about one employer, made anew at each call from (seed, number). */
struct employer {
    uint32_t number;
    uint8_t city;
    int32_t affiliated; /* days since 1970 */
    uint32_t trade_no;
    uint8_t activity;
    struct timeline home, phone, status; /* status value: index into status_codes */
};

extern const char status_codes[3];

/* `number` below world_total_employers(). */
void employer_load(const struct world *world, uint32_t number, struct employer *out);

/* NUL-terminated; `out` has room for IDENTIFIER_LENGTH bytes. */
void employer_affil(const struct world *world, uint32_t number, char *out);
void employer_add_affil(const struct world *world, uint32_t number, struct buf *out);
void employer_add_name(const struct world *world, uint32_t number, struct buf *out);
void employer_add_ice(const struct world *world, uint32_t number, struct buf *out);
const char *employer_activity(const struct employer *employer);
void employer_add_address(const struct world *world, const struct employer *employer,
                          uint32_t version, struct buf *out);
void employer_add_phone(const struct world *world, const struct employer *employer,
                        uint32_t version, struct buf *out);

/* Whether a number, as written in the register, is some employer's. */
bool employer_affil_is_issued(const struct world *world, struct slice affil);
bool employer_phone_is_issued(const struct world *world, struct slice phone);

/* Identifiers in the right form that are nobody's. */
void employer_add_unissued_affil(const struct world *world, struct dice *dice, struct buf *out);
void employer_add_unissued_ice(const struct world *world, struct dice *dice, struct buf *out);
void employer_add_unissued_phone(const struct world *world, struct dice *dice, struct buf *out);
/* A name that no employer has. */
void employer_add_unused_name(const struct world *world, struct dice *dice, struct buf *out);

#endif
