/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef ASSESS_ASSESS_H
#define ASSESS_ASSESS_H

#include "model/assessment.h"
#include "model/finding.h"
#include "model/table.h"

/*
 * Counting: plain bitsets over dense subject numbers, one per (kind, measure, category), so that
 * every count is exact, distinct and mergeable. reference: DESIGN sections 6 and 7.
 */
struct assessment;

/* What the columns of a table tell about; made by inquiry from the reading. */
struct column_meaning {
    enum category category; /* of the claim about the record's subject */
    uint8_t holder_kind;    /* kind of the subject whose value it is: that of the record, or,
                               through a reference, the one referred to */
    bool through;           /* the value is that of the subject referred to */
};

int assessment_new(uint8_t kind_count, const char *const *kind_names,
                   const uint32_t *subject_counts, struct assessment **out,
                   struct tq_error *err) MUST_CHECK;
struct assessment *assessment_free(struct assessment *assessment);

/*
 * Add the findings of a batch of a table of `kind`. `is_document`: its records are documents.
 * `holders` (one per cell, or NULL) names the subject whose value an agreeing cell through a
 * reference shows.
 */
int assessment_add(struct assessment *assessment, uint8_t kind, bool is_document,
                   const struct column_meaning *columns, const struct finding_batch *findings,
                   const uint32_t *holders, struct tq_error *err) MUST_CHECK;

/* All rows of the counts export, in its order; borrowed until the assessment is freed. */
int assessment_counts(struct assessment *assessment, const struct count_row **out_rows,
                      size_t *out_count, struct tq_error *err) MUST_CHECK;

/* Every subject that occurs, by kind then number: call until false. *cursor starts at 0. */
bool assessment_next_subject(const struct assessment *assessment, uint64_t *cursor,
                             struct subject_row *out_row);

#endif
