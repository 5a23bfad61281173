/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef READING_CANDIDATES_H
#define READING_CANDIDATES_H

#include "reading/measure.h"

#define GAIN_MIN 15. /* nats: 1e-3 after Bonferroni for some 3,000 tests (algorithms.md 1.3) */

/* Of few subjects: the same for eight tests. Few targets have a column's few cells at all. */
#define GAIN_FEW 9.

/* One explanation of a column: a target under an interpretation. */
struct candidate_reading {
    struct target target;
    enum interpretation as;
    struct redaction redaction; /* AS_CUT, AS_MASKED */
    struct cell_piece piece;    /* AS_PIECE */
    int32_t age_day;            /* AS_AGE */
    struct measure measure;
    double gain, kappa;
    int64_t rank; /* gain after handicap, in millionths of a nat: comparisons are exact */
};

/* All explanations of one column. Start with {0}; free `items`. */
struct candidate_readings {
    struct candidate_reading *items;
    size_t count, capacity;
    int64_t best_rank;
};

/* Add one, unless it explains nothing. `handicap` is 1 for plain interpretations, `redaction` NULL
 * for those that have none. */
int candidate_readings_add(struct candidate_readings *list, const struct target *target,
                           enum interpretation as, const struct redaction *redaction,
                           const struct measure *measure, double handicap,
                           struct tq_error *err) MUST_CHECK;

/* Release `count` lists and their array; NULL. */
struct candidate_readings *candidate_readings_free(struct candidate_readings *lists,
                                                   uint32_t count);

/*
 * The one that stands: the most nats, then by the rules for periods, codebooks and paths of
 * algorithms.md 1.3; `header` only breaks ties. NULL if nothing stands.
 */
const struct candidate_reading *candidate_readings_decide(const struct reg *reg,
                                                          const struct candidate_readings *list,
                                                          struct slice header);

/* Whether it explains more than accident would. */
static inline bool candidate_explains(const struct candidate_reading *candidate)
{
    return candidate->gain >= (candidate->measure.few ? GAIN_FEW : GAIN_MIN);
}

/* Make `column` what was found; `has_month`: a column names the months of the rows. */
void candidate_fill(const struct candidate_reading *found, bool has_month,
                    struct column_reading *column);

/* full, weak or none. */
enum reading_status candidate_status(const struct candidate_reading *candidate);

#endif
