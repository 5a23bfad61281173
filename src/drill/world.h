/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef DRILL_WORLD_H
#define DRILL_WORLD_H

#include <stdint.h>

#include "base/moment.h"
#include "drill/drill.h"
#include "drill/lottery.h"
#include "drill/names.h"
#include "drill/permutation.h"
#include "drill/timeline.h"

#define PERSONS_MAX   4900000u /* the safe range of registration numbers holds no more */
#define EMPLOYERS_MAX 600000u
#define MONTHS_MIN    12u
#define MONTHS_MAX    120u
#define DAY_MINUTES   1440
#define NOBODY        UINT32_MAX

/*
 * What is common to a drill. Persons 0 .. persons-1 and employers 0 .. employers-1 are in the
 * register; the numbers after them are outsiders, made by the same laws but in no table.
 * Read-only once made; shared by threads.
 */
struct world {
    struct drill_request request; /* with defaults filled in */
    uint64_t seed;
    uint32_t persons, outsiders;
    uint32_t employers, employer_outsiders;
    struct span span;     /* of the register's known time, minutes */
    int32_t snapshot;     /* T0 */
    int32_t published;    /* when the leak was posted */
    uint16_t month_first; /* of the declarations; month_number() */
    uint32_t month_count;
    struct names names;
    struct lottery cities;
    struct lottery employer_lottery; /* by size */
    uint8_t *employer_city;          /* of employers and outsiders; owned */
    uint32_t *employer_size;         /* the same: persons it would like to employ; owned */
    int32_t *employer_closed;        /* the same: since when, minutes; MOMENT_MAX: open; owned */
    uint32_t person_step, employer_step, employer_base, ice_step;
    struct permutation cards, phones, employer_phones;
};

int world_make(const struct drill_request *request, struct world *out_world,
               struct tq_error *err) MUST_CHECK;
void world_clear(struct world *world);

/* The month whose salary a list drawn at `moment` shows as the last one. */
uint16_t world_last_month(int32_t moment);

/* Minimum wage of a month for full time, in centimes (domain.md 3.3). */
int64_t world_minimum_wage(uint16_t month);

/* When an employer's declaration for a month (0 .. month_count-1) came in: minutes. */
int32_t world_filing(const struct world *world, uint32_t employer, uint32_t month);

uint32_t world_total_persons(const struct world *world);   /* with outsiders */
uint32_t world_total_employers(const struct world *world); /* with outsiders */

#endif
