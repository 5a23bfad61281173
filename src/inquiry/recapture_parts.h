/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef INQUIRY_RECAPTURE_PARTS_H
#define INQUIRY_RECAPTURE_PARTS_H

#include "inquiry/context.h"

/* Two finders and what their overlap says of a kind; all finders, where both are the same. */
struct finder_pair {
    unsigned first, second;
    struct recapture_row row;
};

/*
 * Hold each estimate of two finders against the values of every field that puts subjects of the
 * kind into groups (a code, a text of few values, a reference): who looked in one town found people
 * of that town. The register's fields are loaded one by one and given back.
 */
int recapture_compare_fields(struct inquiry *inquiry, uint8_t kind, struct finder_pair *pairs,
                             size_t count, struct tq_error *err) MUST_CHECK;

#endif
