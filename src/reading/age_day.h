/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef READING_AGE_DAY_H
#define READING_AGE_DAY_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

/*
 * The day on which the ages of a column were told. An age and a date of birth allow one year of
 * days; the day that most rows allow is taken, so that a date of birth has one age in the column
 * and chance stays what it is. Start with {0}; age_spans_clear() at the end.
 */
struct age_spans {
    int64_t *ends; /* owned */
    size_t count, capacity;
};

void age_spans_clear(struct age_spans *spans);
int age_spans_add(struct age_spans *spans, int32_t birth, int64_t age,
                  struct tq_error *err) MUST_CHECK;

/* The middle of the days that most spans have, the first such stretch; 0 if there are none. How
 * many they are. */
size_t age_spans_day(struct age_spans *spans, int32_t *out_day);

#endif
