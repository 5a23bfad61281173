/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef ASSESS_SUBJECT_SET_H
#define ASSESS_SUBJECT_SET_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

/* How sure it is that a subject belongs to a set. */
enum certainty {
    CERTAIN,
    LIKELY,   /* the record is only likely about the subject */
    POSSIBLE, /* the record could not be verified */
    CERTAINTY_COUNT
};

/* A set of subjects of one kind: plain bits over their dense numbers, one array per certainty,
 * made when its first bit is set. Start with {0}. */
struct subject_set {
    uint64_t *bits[CERTAINTY_COUNT]; /* owned, each may be NULL */
};

int subject_set_add(struct subject_set *set, uint32_t subject_count, uint32_t subject,
                    enum certainty certainty, struct tq_error *err) MUST_CHECK;
int subject_set_merge(struct subject_set *set, const struct subject_set *other,
                      uint32_t subject_count, struct tq_error *err) MUST_CHECK;
void subject_set_clear(struct subject_set *set);

/* Members of at least this certainty (POSSIBLE: all). */
uint64_t subject_set_count(const struct subject_set *set, uint32_t subject_count,
                           enum certainty at_least);

/* Members of `set` that `other` has not, whatever the certainty. */
uint64_t subject_set_count_beyond(const struct subject_set *set, const struct subject_set *other,
                                  uint32_t subject_count);
bool subject_set_has(const struct subject_set *set, uint32_t subject, enum certainty at_least);

#endif
