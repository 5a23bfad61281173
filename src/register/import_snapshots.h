/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef REGISTER_IMPORT_SNAPSHOTS_H
#define REGISTER_IMPORT_SNAPSHOTS_H

#include "register/import_csv.h"

/*
 * A table of which there are dated exports. What a row says was known from the first date at which
 * it was seen to the first at which it was not, or until further notice if the last export has it;
 * what was away in between has two intervals. TQ_E_SYNTAX: a date is none, or dates do not rise;
 * else as import_csv().
 */
int import_snapshots(const struct import_request *request, const struct described_table *table,
                     struct import_counts *out_counts, struct tq_error *err) MUST_CHECK;

#endif
