/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef NORMALISE_AGE_H
#define NORMALISE_AGE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/slice.h"

/* Whole years of "42", "42 ans", "42.0", "٤٢ سنة"; at most AGE_MAX. */
bool age_parse(struct slice cell, int64_t *out_years);

#define AGE_MAX 130

/* Age in whole years, on day `on`, of who was born on day `birth`; negative: not born yet. Who was
 * born on 29 February has a birthday on 1 March of other years. */
int64_t age_of(int32_t birth, int32_t on);

/* The first day at which somebody born on day `birth` is `age` years old. */
int32_t age_begins(int32_t birth, int64_t age);

#endif
