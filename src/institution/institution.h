/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef INSTITUTION_INSTITUTION_H
#define INSTITUTION_INSTITUTION_H

#include "drill/drill.h"
#include "drill/lottery.h"
#include "drill/permutation.h"
#include "drill/timeline.h"
#include "institution/profile.h"

/* Identifiers of the safe ranges do not suffice for more. */
#define INSTITUTION_PERSONS_MAX 200000u

/* How the rows of a table fall on its snapshots. */
enum mixing {
    MIXING_ONE,       /* all from the newer */
    MIXING_SCATTERED, /* three in ten from the older one */
    MIXING_GLUED      /* the first 45 % from the older one */
};

/*
 * What is common to a drill of an institution. Members 0 .. persons-1 are in the register; then
 * come outsiders, made by the same laws, then ghosts, whose values nobody has and forgers use.
 * Read-only once made.
 */
struct institution {
    struct drill_request request; /* with defaults filled in */
    const struct profile *profile;
    uint64_t seed;
    unsigned variant;
    bool dirty; /* few records are authentic */
    uint32_t persons, rows, ghost_first, total;
    struct span span;
    int32_t snapshot, older;    /* T0, and the moment of the older rows */
    enum mixing mixings[LEAKS]; /* the first table always has two snapshots */
    uint32_t respelled;         /* names in another spelling, in parts of 100 */
    uint32_t family_count;
    struct lottery families;
    bool one_town;         /* the leak shows those alone who live in `town` at the snapshot */
    uint32_t town_members; /* how many they are */
    struct buf town;       /* owned */
    struct permutation keys, phones, cards, accounts;
};

int institution_make(const struct profile *profile, const struct drill_request *request,
                     struct institution *out_institution, struct tq_error *err) MUST_CHECK;
void institution_clear(struct institution *institution);

/* Outsider of a row of a leaked table, and one of the ghosts that its forger knows. */
#define GHOSTS_A_ROW 4u
uint32_t institution_outsider(const struct institution *institution, unsigned leak, uint32_t row);
uint32_t institution_ghost(const struct institution *institution, unsigned leak, uint32_t row,
                           uint32_t number);

/*
 * Make a drill of the institution named `profile`, as drill_make() does for the fund: DIR/register,
 * DIR/leak and DIR/truth. Employers, months, documents, column options and a database are the
 * fund's: TQ_E_USAGE.
 */
int institution_drill(const char *profile, const struct drill_request *request,
                      struct drill_summary *out_summary, struct tq_error *err) MUST_CHECK;

#endif
