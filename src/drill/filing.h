/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef DRILL_FILING_H
#define DRILL_FILING_H

#include "drill/world.h"

/* One declaration file of the leak: who stands in it is found while the register is written. */
struct filing {
    uint32_t employer;
    uint32_t month;    /* 0 .. month_count-1 */
    uint32_t *persons; /* rising; owned */
    size_t person_count, person_capacity;
};

/* The declaration files of the leak; at most one for each employer. */
struct filing_plan {
    uint32_t count;
    struct filing *filings; /* by employer number, rising; owned */
    uint16_t *of_employer;  /* 1 + index of its filing, or 0; owned */
};

int filing_plan_make(const struct world *world, struct filing_plan *out_plan,
                     struct tq_error *err) MUST_CHECK;
void filing_plan_clear(struct filing_plan *plan);
int filing_add_person(struct filing *filing, uint32_t person, struct tq_error *err) MUST_CHECK;

#endif
