/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef VERDICT_AMOUNT_DENSITY_H
#define VERDICT_AMOUNT_DENSITY_H

#include "register/register.h"

/*
 * How dense the amounts of a field lie around a value, in one period (algorithms.md 1.6): the
 * chance that an altered amount is one that somebody has. The amounts of a period are sorted when
 * they are first asked for; any number of threads may ask.
 */
struct amount_cache;

int amount_cache_new(const struct reg *reg, struct amount_cache **out_cache,
                     struct tq_error *err) MUST_CHECK;
struct amount_cache *amount_cache_free(struct amount_cache *cache);

/* `hundredths`: the amount as FORM_NUMBER has it; `period`: MONTH_NONE for fields without. */
int amount_density(struct amount_cache *cache, uint16_t field, uint16_t period, int64_t hundredths,
                   double *out_density, struct tq_error *err) MUST_CHECK;

#endif
