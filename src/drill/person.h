/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef DRILL_PERSON_H
#define DRILL_PERSON_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "drill/world.h"

/* How the two persons of a pair belong together. */
enum pair_kind {
    PAIR_NONE,
    PAIR_SPOUSES,
    PAIR_TWINS,
    PAIR_SIBLINGS,
    PAIR_HOMONYMS,     /* same names */
    PAIR_FULL_HOMONYMS /* same names and birth date */
};

/* One month's declaration of a person. */
struct declared_month {
    uint32_t employer; /* NOBODY: none */
    uint8_t days;
    int64_t salary; /* centimes */
    int32_t known;  /* when it came in; later than the register's end: not in the register */
    int32_t until;  /* when a complementary declaration replaced it, or MOMENT_MAX */
    uint8_t days_after;
    int64_t salary_after;
};

/*
 * All about one person, made anew at each call from (seed, number). Names are indices into
 * world->names; versions hold what person_add_... needs to write the value.
 */
struct person {
    uint32_t number;
    int32_t registered; /* minutes */
    enum pair_kind pair;
    uint32_t partner; /* NOBODY without one */
    bool female;
    uint32_t family, given;
    int32_t birth; /* days since 1970 */
    uint8_t birth_city;
    bool has_email;
    uint32_t home_owner, phone_owner, account_owner; /* whose history these follow */
    struct timeline family_names;                    /* version value: index of the family name */
    struct timeline card;                            /* value 0 or 1 */
    struct timeline marital;                         /* value: index into marital_codes */
    struct timeline home, phone, email, account;
    struct timeline jobs; /* version value: employer, or NOBODY between two jobs */
    uint8_t home_city[VERSIONS_MAX];
    uint32_t month_count;
    struct declared_month months[MONTHS_MAX];
};

extern const char marital_codes[4];

/* `number` below world_total_persons(). */
void person_load(const struct world *world, uint32_t number, struct person *out);

/* The same without jobs and months, at a third of the cost. */
void person_load_basics(const struct world *world, uint32_t number, struct person *out);

uint32_t person_immat_body(const struct world *world, uint32_t number);
void person_add_immat(const struct world *world, uint32_t number, struct buf *out);
void person_add_card(const struct world *world, uint32_t number, uint32_t value, struct buf *out);
void person_add_address(const struct world *world, const struct person *person, uint32_t version,
                        struct buf *out);
void person_add_phone(const struct world *world, const struct person *person, uint32_t version,
                      struct buf *out);
void person_add_email(const struct world *world, const struct person *person, uint32_t version,
                      struct buf *out);
void person_add_account(const struct world *world, const struct person *person, uint32_t version,
                        struct buf *out);

/* Whether an identifier, as written in the register, is or was some subject's. */
bool person_immat_is_issued(const struct world *world, struct slice immat);
bool person_card_is_issued(const struct world *world, struct slice card);
bool person_phone_is_issued(const struct world *world, struct slice phone);

/* Identifiers in the right form that are nobody's. */
void person_add_unissued_immat(const struct world *world, struct dice *dice, struct buf *out);
void person_add_unissued_card(const struct world *world, struct dice *dice, struct buf *out);
void person_add_unissued_phone(const struct world *world, struct dice *dice, struct buf *out);
void person_add_unissued_account(struct dice *dice, struct buf *out);

#endif
