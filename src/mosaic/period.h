/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef MOSAIC_PERIOD_H
#define MOSAIC_PERIOD_H

#include "model/finding.h"
#include "model/mosaic.h"
#include "mosaic/subject_sample.h"
#include "register/register.h"

/*
 * Which months a table covers beside the register (docs/mosaic.md): the months of its cells, and
 * those of what the register held of the same field at the table's moment.
 */
#define PERIOD_MONTHS 65536u /* every number that a month can have */

struct period_tally {
    uint64_t *shown; /* cells by month; PERIOD_MONTHS of them, owned */
    uint64_t cells, records;
};

int period_tally_init(struct period_tally *tally, struct tq_error *err) MUST_CHECK;
void period_tally_clear(struct period_tally *tally);

/* Cells of a column, of records that are about somebody. */
void period_tally_add(struct period_tally *tally, const struct finding_batch *findings,
                      uint16_t column);

/*
 * Append one row: the range of months that has all cells but one of a hundred at either end. `all`
 * is a sample of the subjects of `target`'s kind; at `at`, in minutes. The chance is not corrected,
 * and nothing is a lead yet: coverage_test() does both. Nothing if there are few cells.
 */
int period_tell(const struct period_tally *tally, const struct reg *reg,
                const struct target *target, const struct subject_sample *all, int32_t at,
                uint32_t table, struct mosaic_list *list, struct tq_error *err) MUST_CHECK;

#endif
