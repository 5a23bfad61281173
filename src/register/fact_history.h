/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef REGISTER_FACT_HISTORY_H
#define REGISTER_FACT_HISTORY_H

#include "register/fact_list.h"

/*
 * Facts of one field that dated exports repeat, one export after the other in the order of their
 * dates: what the export before had as well is known on, and takes no room again. Start with {0}.
 */
struct fact_history {
    struct history_slot *slots; /* owned; slot_count is a power of two */
    size_t slot_count;
    uint32_t count; /* facts of the list that the slots lead to; those of its last chunks */
    size_t chunk_first;
    int32_t date;         /* of the present export */
    uint32_t next, other; /* facts that will come next, if it is in the order of the one before */
};

void fact_history_clear(struct fact_history *history);

/* Add a fact to `list`, or let the same one that ends when this begins go on until this ends.
 * Nobody else adds to the list until fact_history_clear(). */
int fact_history_add(struct fact_history *history, struct fact_list *list, const struct fact *fact,
                     struct tq_error *err) MUST_CHECK;

#endif
