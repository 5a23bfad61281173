/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef VERDICT_DATING_H
#define VERDICT_DATING_H

#include "base/error.h"
#include "model/snapshot.h"

/* The times at which all agreeing cells of one record were held: one interval, half-open, in
 * minutes. from >= to: the record says nothing about time. */
struct dated_row {
    int32_t from, to;
};

/*
 * Date a table from its records (algorithms.md section 5): mixture of up to four snapshots,
 * uniform background and errors. `known_from`..`known_to` is the register's horizon. Rows may
 * come in any order: sums are integers. *out_dating is owned; dating_clear().
 */
int dating_fit(const struct dated_row *rows, size_t count, int32_t known_from, int32_t known_to,
               struct dating *out_dating, struct tq_error *err) MUST_CHECK;

#endif
