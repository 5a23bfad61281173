/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef VERDICT_DATING_H
#define VERDICT_DATING_H

#include "base/error.h"
#include "model/snapshot.h"
#include "verdict/density.h"
#include "verdict/row_sketch.h"

#define DATED_ROWS_MIN 8u /* that carry a date: fewer date nothing by themselves */

/* What is kept of a table's rows when they are gone: enough to compare its snapshots with those of
 * other tables. Start with {0}. */
struct dating_evidence {
    struct density places[SNAPSHOTS_MAX]; /* by snapshot of the dating */
    struct dated_row few[DATED_ROWS_MIN]; /* the rows, where they are too few */
    unsigned few_count;
    struct row_sketch sketch; /* of all its rows */
};

void dating_evidence_clear(struct dating_evidence *evidence);

/*
 * Date a table from its records (algorithms.md section 5): mixture of up to four snapshots,
 * uniform background and errors. `known_from`..`known_to` is the register's horizon. Rows may
 * come in any order: sums are integers. *out_dating and *out_evidence are owned; dating_clear()
 * and dating_evidence_clear().
 */
int dating_fit(const struct dated_row *rows, size_t count, int32_t known_from, int32_t known_to,
               struct dating *out_dating, struct dating_evidence *out_evidence,
               struct tq_error *err) MUST_CHECK;

/* One table of those that are dated together. */
struct dated_table {
    struct dating *dating;
    const struct dating_evidence *evidence;
};

/*
 * Snapshots are of the system, not of a file: where "of one snapshot" explains what the rows of
 * several tables say better than "each of its own", they get one support, that of all their rows
 * together. A table most of whose intervals another has already, as a copy in another format, tells
 * nothing new and is not counted again. What lies apart stays apart. A table too small to be dated
 * takes the commonest snapshot, unless its rows speak against it. The result depends on the order
 * of the tables only where two are exactly as likely.
 */
int dating_merge(const struct dated_table *tables, size_t count, struct tq_error *err) MUST_CHECK;

#endif
