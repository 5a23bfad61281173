/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef READING_TABLE_READING_H
#define READING_TABLE_READING_H

#include "model/reading.h"
#include "model/table.h"
#include "register/register.h"

/*
 * Find out which register field each column of a table holds, from its content alone
 * (algorithms.md section 1). *out_reading is owned by the caller; reading_clear().
 * Deterministic: the sample is a fixed stride over the table.
 */
int table_reading_find(const struct reg *reg, const struct table *table,
                       const struct batch_source *source, struct reading *out_reading,
                       struct tq_error *err) MUST_CHECK;

#endif
