/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef READING_LINKED_H
#define READING_LINKED_H

#include "reading/anchor.h"

/* Different subjects of the rows that columns are scored on. Below this many, the permutation
 * expectation says little (of one subject nothing, however many rows), and chance is taken from
 * the register instead; see score.h. */
#define LINKED_FEW 10u

/* The rows of a sample that name a subject, and who it is. */
struct linked {
    const struct sample *sample;
    const struct anchor *anchor; /* NULL: linked by a single column */
    uint8_t kind;
    uint32_t count;
    uint32_t *row;     /* count rows of the sample, rising */
    uint32_t *subject; /* count */
    uint16_t *month;   /* count months of the rows; NULL: no month column */
    bool few;          /* fewer than LINKED_FEW different subjects */
    struct arena *arena;
};

/* Linked rows of an anchor, or of any row to subject map; arrays are in `arena`. */
int linked_make(const struct sample *sample, const struct anchor *anchor, uint8_t kind,
                const uint32_t *subject_of_row, struct arena *arena, struct linked *out_linked,
                struct tq_error *err) MUST_CHECK;

/* Let `linked` know the month of its rows: that of a column under AS_YM or AS_MY. */
int linked_set_months(struct linked *linked, const uint16_t *month_of_row,
                      struct tq_error *err) MUST_CHECK;

/*
 * Whether the cell says something about the subject: it is not empty; it is no slot that an
 * earlier line of the same document already showed for the same subject; and where links are few,
 * no other row said the same of this subject, and the row names it without this column: that both
 * name him is then no accident, if several rows do.
 */
bool linked_uses(const struct linked *linked, uint32_t i, uint32_t column);

#endif
