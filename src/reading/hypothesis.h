/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef READING_HYPOTHESIS_H
#define READING_HYPOTHESIS_H

#include "reading/score.h"

/* "The rows of this table are about subjects of this kind": how they link, and what the columns
 * then hold. */
struct hypothesis {
    uint8_t kind;
    struct anchor anchor;
    bool single_anchor; /* linked by one column alone */
    uint32_t *subject;  /* of each row of the sample; borrowed from `anchor` or `arena` */
    uint32_t linked_rows;
    struct linked linked;             /* the rows that are scored */
    struct candidate_readings *lists; /* one per column */
    uint16_t month_column;            /* whose month the rows were given; UINT16_MAX: none */
    enum interpretation month_as;
    double explained; /* nats per linked row */
    struct arena arena;
};

/* Takes over `anchor` (which is {0} afterwards), also on failure. Out owned; hypothesis_clear(). */
int hypothesis_make(const struct sample *sample, struct anchor *anchor,
                    struct hypothesis *out_hypothesis, struct tq_error *err) MUST_CHECK;
void hypothesis_clear(struct hypothesis *hypothesis);

/* Let it explain nothing: no row is linked, no column read. */
void hypothesis_fall(struct hypothesis *hypothesis);

/* Whether some column is best explained as a personal name of the linked subjects. */
bool hypothesis_reads_name(const struct hypothesis *hypothesis);

#endif
