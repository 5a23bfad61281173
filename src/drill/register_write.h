/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef DRILL_REGISTER_WRITE_H
#define DRILL_REGISTER_WRITE_H

#include "drill/filing.h"

/*
 * Write the description and all tables into `folder` (made), on request.threads threads; note in
 * `plan` who stands in its declarations. Adds to the summary's register rows and bytes.
 */
int register_write(const struct world *world, const char *folder, struct filing_plan *plan,
                   struct drill_summary *summary, struct tq_error *err) MUST_CHECK;

#endif
