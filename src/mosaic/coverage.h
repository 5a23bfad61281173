/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef MOSAIC_COVERAGE_H
#define MOSAIC_COVERAGE_H

#include "model/mosaic.h"
#include "mosaic/subject_sample.h"
#include "register/register.h"

/*
 * Whom a table covers beside the register at the same moment (docs/mosaic.md): for every field that
 * puts subjects into groups (a code, a text of few values, a decade of birth, a reference to an
 * institution and what is behind it), each group's share among the table's subjects and among all.
 */
struct coverage_table {
    uint32_t number;
    uint8_t kind;
    int32_t at;                  /* minutes; its largest snapshot */
    struct subject_sample shown; /* its subjects; owned */
    bool *fields;                /* by number: the table shows it; owned */
};

void coverage_table_clear(struct coverage_table *table);

/* A group of fewer subjects than this, in sample and expectation, is not tested; nor a table. */
#define COVERAGE_LEAST 10u

/*
 * Append what is found of all tables, and correct it for all of it: what is in the list already of
 * this part (period_tell()) as well. Nothing is appended of a register of fingerprints. Whoever
 * calls is the only one that uses the register: fields are loaded one by one and given back
 * (reg_keep()).
 */
int coverage_test(const struct reg *reg, const struct coverage_table *tables, size_t count,
                  struct mosaic_list *list, struct tq_error *err) MUST_CHECK;

#endif
