/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef REGISTER_POSTING_H
#define REGISTER_POSTING_H

#include <stdint.h>

#include "base/error.h"

/* Facts of a field, and a map from its values to some keys (KEY_NONE: a value without); without a
 * map the facts are keys themselves. */
struct posting_source {
    const uint32_t *fact_start; /* subject_count + 1 */
    uint32_t subject_count;
    const uint32_t *fact_value;
    const uint32_t *value_key; /* or NULL */
    uint32_t key_count;
};

/* start[0 .. key_count] (zeroed by the caller): where the subjects of each key begin. */
int posting_count(const struct posting_source *source, uint32_t *start,
                  struct tq_error *err) MUST_CHECK;

/* posting[0 .. start[key_count]): the subjects of each key, rising, each once. */
int posting_fill(const struct posting_source *source, const uint32_t *start, uint32_t *posting,
                 struct tq_error *err) MUST_CHECK;

#endif
