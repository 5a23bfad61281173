/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef MODEL_LINK_H
#define MODEL_LINK_H

#include <stdbool.h>
#include <stdint.h>

/* Probabilities as integers, so that sums and files are the same everywhere. */
#define PROBABILITY_ONE 1000000u /* six decimals */

/* A record is linked at P >= LINK_MIN, called likely below LINK_LIKELY (algorithms.md 3.2). */
#define LINK_MIN    800000u
#define LINK_LIKELY 950000u
#define NOBODY_MIN  950000u /* unfounded needs P(nobody) of at least this */

/*
 * Who a record is about. `subject` is the best candidate if its posterior reaches LINK_MIN and no
 * veto holds, else SUBJECT_NONE.
 */
struct link {
    uint32_t subject;
    uint32_t posterior; /* of `subject`; without one, of the best candidate */
    uint32_t nobody;    /* probability that the register does not have this subject */
    uint32_t other;     /* a second subject that identifying cells of the record name, or NONE */
    bool recognisable;  /* would have been recognised even with its best cell wrong */
    bool vetoed;        /* best candidate refused: none of its own identity cells agrees */
};

#endif
