/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef VERDICT_FABRICATION_H
#define VERDICT_FABRICATION_H

#include "model/assessment.h"
#include "verdict/shown_rows.h"

/*
 * Signs that rows were made up (docs/fabrication.md, domain.md 4.7). Doubtful rows are compared
 * with what the register holds, and with the rows of the same table that it bears out: both must
 * differ, the same way, so that neither a selection (one employer's people) nor how the leak was
 * made (rows published twice) passes for an invention.
 */

/* Fewer values than this are not tested. */
#define FABRICATION_LEAST 30u

/* What came of the tests of one table. */
struct sign_list {
    struct sign_row *items; /* owned */
    size_t count, capacity;
};

/*
 * Append what every test that has enough values finds; `rows` has rows of all three groups. `at`:
 * minutes, the moment that ages are counted at. Chances are not corrected, and nothing is a sign
 * yet: fabrication_settle() does both for all tables together.
 */
int fabrication_test(const struct shown_rows *rows, uint32_t table, int32_t at,
                     struct sign_list *list, struct tq_error *err) MUST_CHECK;
int fabrication_settle(struct sign_list *list, struct tq_error *err) MUST_CHECK;

#endif
