/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef REGISTER_FACT_LIST_H
#define REGISTER_FACT_LIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "register/register.h"
#include "register/register_file.h"

/* One fact as it comes in. Times in minutes, half-open; MONTH_NONE unless periodic. */
struct fact {
    uint32_t subject, value;
    uint16_t period;
    int32_t known_from, known_to, valid_from, valid_to;
};

/* Whether the system held it, or it was true, for a time only. */
static inline bool fact_is_known_in_time(const struct fact *fact)
{
    return fact->known_from != MOMENT_MIN || fact->known_to != MOMENT_MAX;
}

static inline bool fact_is_valid_in_time(const struct fact *fact)
{
    return fact->valid_from != MOMENT_MIN || fact->valid_to != MOMENT_MAX;
}

/* Facts of one field in order of arrival. Start with {0}. */
struct fact_list {
    struct fact_chunk *chunks;
    size_t chunk_count, chunk_capacity;
    uint64_t count;
    bool has_known, has_valid, has_period; /* some fact is not open-ended, or has a period */
};

#define FACT_VALUE_NONE UINT32_MAX

struct fact_rows;

void fact_list_clear(struct fact_list *list);
int fact_list_add(struct fact_list *list, const struct fact *fact, struct tq_error *err) MUST_CHECK;

/* Add a column of a table: values[i], or FACT_VALUE_NONE, is that of row i. The rows are held. */
int fact_list_add_column(struct fact_list *list, struct fact_rows *rows, const uint32_t *values,
                         struct tq_error *err) MUST_CHECK;

/* Go through the facts as they came. Start with {0}; false at the end. */
struct fact_cursor {
    size_t chunk;
    uint32_t row;
};
bool fact_list_next(const struct fact_list *list, struct fact_cursor *cursor, struct fact *out);

/*
 * Sort facts of one subject, and merge those that are repeated with known intervals that abut or
 * overlap: equal sets of facts become equal. Gives the number of facts that are left.
 */
size_t facts_settle(struct fact *facts, size_t count);

/* Sort the facts of one subject as register.h has them. */
void facts_order(struct fact *facts, size_t count);

/*
 * Facts that may still change. After fact_list_begin_own() those that fact_list_add() adds are
 * numbered from 0 behind *out_chunk, as long as no column comes in between.
 */
int fact_list_begin_own(struct fact_list *list, size_t *out_chunk, struct tq_error *err) MUST_CHECK;
struct fact fact_list_own(const struct fact_list *list, size_t chunk, uint32_t number);
/* A fact that is known until `from` is known until `to`; false if it was over before. */
bool fact_list_go_on(struct fact_list *list, size_t chunk, uint32_t number, int32_t from,
                     int32_t to);

/*
 * Sort the facts into the arrays of `field` (fact_start .. fact_period, fact_count), whose memory
 * is borrowed from `file`. subject_rank (NULL: as they are) and value_rank give final numbers.
 * A fact repeated with known intervals that abut or overlap becomes one. The list is empty
 * afterwards, and on failure.
 */
int fact_list_sort(struct fact_list *list, const uint32_t *subject_rank, const uint32_t *value_rank,
                   uint32_t subject_count, struct register_file *file, struct field *field,
                   struct tq_error *err) MUST_CHECK;

#endif
