/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef TOY_WORLD_H
#define TOY_WORLD_H

#include "register/register.h"

/*
 * A made-up institution of a few hundred persons and some employers, and the same values as
 * strings, so that tests can publish them in any format. Persons from `inside` on are not in the
 * register: strangers made by the same rules.
 */
#define TOY_PERSONS   900
#define TOY_INSIDE    600
#define TOY_EMPLOYERS 40
#define TOY_MONTHS    6 /* 2024-01 to 2024-06 */

struct toy_person {
    char registration[16], national[16], family[16], given[16];
    int year, month, day;
    char phone[16], other_phone[16], email[64], account[32], address[64], city[16], place[16];
    char sex, marital;
    int employer, spouse; /* numbers; spouse -1: none */
    int cents[TOY_MONTHS], days[TOY_MONTHS];
};

struct toy_employer {
    char number[16], name[48], tax[16], city[16], phone[16], status[2];
    int year, month, day;
};

struct toy_world {
    struct toy_person persons[TOY_PERSONS];
    struct toy_employer employers[TOY_EMPLOYERS];
    struct reg *reg;
};

/* Owned by the caller; toy_world_free(). Failure ends the test. */
struct toy_world *toy_world_new(void);
struct toy_world *toy_world_free(struct toy_world *world);

/* Append one cell of a person (or employer) as a column of this name shows it; names as in the
 * table in toy_world.c, such as "birth_date:dmy". */
void toy_person_cell(const struct toy_world *world, int person, int row, const char *column,
                     struct buf *out);
void toy_employer_cell(const struct toy_world *world, int employer, const char *column,
                       struct buf *out);

#endif
