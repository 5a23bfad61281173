/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef ASSESS_UNSEEN_H
#define ASSESS_UNSEEN_H

#include <stdint.h>

/*
 * How many more subjects documents name that could not be read, by what those that could be read
 * show: Good, Toulmin, Biometrika 43 (1956); its variance by Efron, Thisted, Biometrika 63 (1976).
 * It holds if which documents are unreadable has nothing to do with whom they name.
 * docs/counting.md has the formulas and the measured coverage.
 */
#define UNSEEN_CLASSES 64u

struct incidence {
    uint64_t subjects[UNSEEN_CLASSES]; /* [k]: that occur in k documents, and in nothing else */
    uint64_t read, unread;             /* documents */
    uint64_t records;                  /* of those read, about the kind: several in a list */
};

/* The number of subjects that only unread documents name, and its limits: each is exceeded with a
 * chance of 1 in 20. None, where those read name nobody. With more unread documents than read ones
 * `value` and `low` are what as many as were read would add, and `high` is that each names somebody
 * else. */
struct unseen {
    double value;
    uint64_t low, high;
};

struct unseen unseen_estimate(const struct incidence *incidence);

#endif
