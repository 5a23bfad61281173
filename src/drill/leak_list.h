/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef DRILL_LEAK_LIST_H
#define DRILL_LEAK_LIST_H

#include "drill/forge.h"
#include "drill/truth.h"

/*
 * A leaked list as CSV: of persons (KIND_PERSON) or of companies, into `leak`/`path`. Delimiter,
 * encoding and the ways of writing come from the seed.
 */
int leak_list_write(const struct world *world, unsigned kind, uint32_t rows, const char *leak,
                    const char *path, struct truth *truth, struct tq_error *err) MUST_CHECK;

#endif
