/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef CANARY_RESULT_H
#define CANARY_RESULT_H

#include "canary/search.h"

#define CANARY_PROOF 1e-6 /* a chance of accident below this is called a proof, */
#define CANARY_LEAD  1e-2 /* ... below this a lead, which is to be followed up otherwise */

/* What a search says of one recipient. */
struct canary_result {
    uint32_t count; /* its canaries that can be told from those of others */
    uint32_t found; /* ... of which so many were seen */
    uint64_t
        block_values;  /* values seen, of the block that says the most, that are nobody else's */
    double block_size; /* its size */
    double chance;     /* of so many by accident, corrected for columns and recipients */
    size_t hit_first, hit_count; /* its part of search->hits */
};

/* *out_results (owned; free()): one for each recipient, in the plan's order. After
 * canary_search_end(). */
int canary_results_new(const struct canary_search *search, struct canary_result **out_results,
                       struct tq_error *err) MUST_CHECK;

/* The latest `since` of those whose canaries prove something; NULL if there is none. */
const char *canary_earliest(const struct canary_plan *plan, const struct canary_result *results);

#endif
