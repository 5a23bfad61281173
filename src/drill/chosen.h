/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef DRILL_CHOSEN_H
#define DRILL_CHOSEN_H

#include "drill/person.h"

/* Whom the leaked list of persons shows: all, or those of one city or employer at the snapshot, the
 * largest that has no more than half of them. */
struct chosen {
    enum drill_only only;
    uint32_t value; /* number of the city or employer */
    uint32_t count; /* persons */
};

int chosen_find(const struct world *world, struct chosen *out_chosen,
                struct tq_error *err) MUST_CHECK;

bool chosen_has(const struct chosen *chosen, const struct world *world,
                const struct person *person);

/* The register's field, and its value as the register writes it. */
const char *chosen_field(const struct chosen *chosen);
void chosen_add_value(const struct chosen *chosen, const struct world *world, struct buf *out);

#endif
