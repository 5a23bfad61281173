/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "canary/result.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "canary/likelihood.h"

/* What is counted of the canaries of one recipient. */
enum canary_mark {
    MARK_COUNTS = 1, /* has an identifier that no other recipient has */
    MARK_FOUND = 2
};

static void mark_canaries(const struct canary_search *search, uint32_t recipient, uint8_t *marks)
{
    for (uint32_t i = 0; i < search->codes.count; i++) {
        const struct sought *sought = &search->sought[i];

        if (sought->recipient == recipient && !sought->shared)
            marks[sought->canary - 1] |= (uint8_t)(MARK_COUNTS | (sought->seen ? MARK_FOUND : 0));
    }
}

static void count_marks(const uint8_t *marks, uint32_t count, struct canary_result *result)
{
    for (uint32_t i = 0; i < count; i++) {
        result->count += (marks[i] & MARK_COUNTS) != 0;
        result->found += (marks[i] & MARK_FOUND) != 0;
    }
}

/*
 * By one column: how many identifiers of the recipient were seen, and how likely that is among as
 * many values of the block. Canaries of others among these are explained: they are no accident.
 */
static void weigh_column(const struct canary_search *search, uint32_t recipient, uint32_t column,
                         struct canary_result *out_result)
{
    uint64_t own = 0, others = 0;

    for (uint32_t i = 0; i < search->codes.count; i++) {
        const struct sought *sought = &search->sought[i];
        bool is_own = sought->recipient == recipient && !sought->shared;

        if (sought->column != column || !sought->seen)
            continue;
        own += is_own;
        others += !is_own;
    }
    out_result->block_size = search->plan->columns[column].pattern.size;
    out_result->block_values = search->values[column].count - others;
    out_result->chance =
        chance_of_accident(own, out_result->block_values, search->plan->recipients[recipient].count,
                           out_result->block_size);
}

/* The column that says the most, and what it says after as many were asked (Bonferroni). */
static void weigh_columns(const struct canary_search *search, uint32_t recipient,
                          struct canary_result *result)
{
    const struct canary_plan *plan = search->plan;
    double questions = 0;

    result->chance = 2;
    for (uint32_t column = 0; column < plan->column_count; column++) {
        struct canary_result of_column;

        if (plan->columns[column].source != CANARY_ID)
            continue;
        questions += (double)plan->recipient_count;
        weigh_column(search, recipient, column, &of_column);
        if (of_column.chance >= result->chance)
            continue;
        result->chance = of_column.chance;
        result->block_values = of_column.block_values;
        result->block_size = of_column.block_size;
    }
    result->chance = result->chance * questions < 1 ? result->chance * questions : 1;
}

static void find_hits(const struct canary_search *search, uint32_t recipient,
                      struct canary_result *result)
{
    size_t i = 0;

    while (i < search->hit_count && search->hits[i].recipient < recipient)
        i++;
    result->hit_first = i;
    while (i < search->hit_count && search->hits[i].recipient == recipient)
        i++;
    result->hit_count = i - result->hit_first;
}

int canary_results_new(const struct canary_search *search, struct canary_result **out_results,
                       struct tq_error *err)
{
    const struct canary_plan *plan = search->plan;
    CLEANUP(free_cleanup)
    struct canary_result *results = alloc_zeroed(plan->recipient_count, sizeof(*results));
    CLEANUP(free_cleanup) uint8_t *marks = alloc_zeroed(CANARY_COUNT_MAX, 1);

    if (!results || !marks)
        return tq_no_memory(err);
    for (uint32_t i = 0; i < plan->recipient_count; i++) {
        memset(marks, 0, plan->recipients[i].count);
        mark_canaries(search, i, marks);
        count_marks(marks, plan->recipients[i].count, &results[i]);
        weigh_columns(search, i, &results[i]);
        find_hits(search, i, &results[i]);
    }
    *out_results = TAKE(results);
    return TQ_OK;
}

const char *canary_earliest(const struct canary_plan *plan, const struct canary_result *results)
{
    const char *latest = NULL;

    for (size_t i = 0; i < plan->recipient_count; i++) {
        const char *since = plan->recipients[i].since;

        if (results[i].found > 0 && results[i].chance < CANARY_PROOF
            && (!latest || strcmp(since, latest) > 0))
            latest = since; /* dates as 2026-03-01 are in bytewise order */
    }
    return latest;
}
