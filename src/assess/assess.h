/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef ASSESS_ASSESS_H
#define ASSESS_ASSESS_H

#include "model/assessment.h"
#include "model/finding.h"
#include "model/recapture.h"
#include "model/table.h"

/*
 * Counting: plain bitsets over dense subject numbers, one per (kind, measure, category), so that
 * every count is exact, distinct and mergeable. reference: DESIGN sections 6 and 7.
 */
struct assessment;

/* What the columns of a table tell about; made by inquiry from the reading. */
struct column_meaning {
    enum category category;        /* of the claim about the record's subject; through a reference,
                                      that of the reference */
    enum category holder_category; /* of the value, for the subject whose value it is */
    uint8_t holder_kind;           /* kind of the subject whose value it is: that of the record, or,
                                      through a reference, the one referred to */
    bool through;                  /* the value is that of the subject referred to */
    enum value_type type;          /* of the value; severity tells a name from a number by it */
};

int assessment_new(uint8_t kind_count, const char *const *kind_names,
                   const uint32_t *subject_counts, struct assessment **out,
                   struct tq_error *err) MUST_CHECK;
struct assessment *assessment_free(struct assessment *assessment);

/*
 * Add the findings of a batch of table number `table`, of `kind` (KIND_NONE: one that names nobody;
 * `columns` may then be NULL). `is_document`: its records are documents. `holders` (one per cell,
 * or NULL) names the subject whose value an agreeing cell through a reference shows.
 *
 *   affected       by an authentic, stale or incomplete record
 *   named falsely  by an altered or misattributed one
 *   exposed        by every cell of any record that truly tells the subject's value: the record's
 *                  own, the one referred to, and the owner of a value under another's name
 */
int assessment_add(struct assessment *assessment, uint32_t table, uint8_t kind, bool is_document,
                   const struct column_meaning *columns, const struct finding_batch *findings,
                   const uint32_t *holders, struct tq_error *err) MUST_CHECK;

/* Tables of another kind refer to these subjects of `kind`, and no record is about them: whoever of
 * them is not affected by a record may be by this. Each counts once, however often it is added. */
int assessment_add_referred(struct assessment *assessment, uint8_t kind, const uint32_t *subjects,
                            size_t count, struct tq_error *err) MUST_CHECK;

/*
 * From here on it is kept who holds whom: of_exhibit[number] has a bit for each of `count` finders
 * (at most 16) that holds the exhibit's bytes. Fewer than two are none. Before anything is added.
 */
int assessment_set_finders(struct assessment *assessment, const uint16_t *of_exhibit,
                           size_t exhibit_count, unsigned count, struct tq_error *err) MUST_CHECK;

/* Of the documents that were added so many could not be read. */
void assessment_add_unread(struct assessment *assessment, uint64_t documents);

/* Add all that `other` has counted: the same kinds and subjects, another part of the evidence. The
 * order of merging changes nothing. On failure `assessment` holds a part of it: give it up. */
int assessment_merge(struct assessment *assessment, const struct assessment *other,
                     struct tq_error *err) MUST_CHECK;

/*
 * All rows of the counts export, in its order; borrowed until the assessment is freed or counted
 * again. The order, with rows of 0 included: first "records" for all kinds together and for each
 * kind, each for all verdicts and then by verdict; then "affected", "named_falsely" and "exposed",
 * each for all kinds and for each kind, and for all categories and by category. A subject is
 * affected or named falsely in the categories of the cells that did it.
 *
 * low..high: `low` leaves out what rests on records that are only likely about their subject;
 * `high` adds what could not be verified: for a verdict every unverifiable record, for "affected"
 * the subjects of unverifiable records. For "affected" the verdicts themselves are in doubt as well
 * (docs/counting.md): `high` adds subjects whose names may only not have been recognised, and those
 * a table of another kind refers to; `low` leaves out as many as a forger may have named by a
 * spelling that passes for theirs. `high` also adds those whom only unread documents name, and is
 * never above the subjects that there are.
 */
int assessment_counts(struct assessment *assessment, const struct count_row **out_rows,
                      size_t *out_count, struct tq_error *err) MUST_CHECK;

/* Whom unread documents may name beside those counted; false where all were read. */
bool assessment_unseen(const struct assessment *assessment, uint8_t kind,
                       struct unseen_row *out_row);

/* How many are affected whom no finder holds, by the overlap of two finders, or of all where both
 * are the same number; false where that says nothing. Sources are left empty. */
bool assessment_recapture(const struct assessment *assessment, uint8_t kind, unsigned first,
                          unsigned second, struct recapture_row *out_row);

/* finders_compare_parts() of assess/finders.h. */
int assessment_compare_parts(const struct assessment *assessment, unsigned first, unsigned second,
                             const uint16_t *of, size_t count, unsigned ways,
                             struct recapture_row *row, bool *out_taken,
                             struct tq_error *err) MUST_CHECK;

/* Every subject that occurs, by kind then number: call until false. *cursor starts at 0. */
bool assessment_next_subject(const struct assessment *assessment, uint64_t *cursor,
                             struct subject_row *out_row);

#endif
