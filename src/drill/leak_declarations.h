/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef DRILL_LEAK_DECLARATIONS_H
#define DRILL_LEAK_DECLARATIONS_H

#include "drill/filing.h"
#include "drill/leak_names.h"
#include "drill/truth.h"

/*
 * The declaration files of `plan` (e-BDS text, 260 characters a line, domain.md 3.2) in a
 * compressed tar in a zip. In some files lines were altered: without their control sum, with it,
 * or with all sums.
 */
int leak_declarations_write(const struct world *world, const struct filing_plan *plan,
                            const char *leak, const struct leak_names *names, struct truth *truth,
                            struct tq_error *err) MUST_CHECK;

#endif
