/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef READING_HELD_SET_H
#define READING_HELD_SET_H

#include "reading/linked.h"

/* One thing that the subject of a linked row holds for a target. */
struct held_entry {
    uint32_t at; /* number of the linked row */
    uint32_t key;
    uint32_t value;
    uint32_t holder; /* whose value it is: the subject, or the one it refers to */
    uint16_t period;
    double chance; /* that some other subject holds it too; only where links are few */
};

/* Entries grouped by linked row, no key twice in a row. */
struct held_view {
    const struct held_entry *items;
    size_t count;
};

/*
 * All that the linked subjects hold for one field, direct or through a reference: flattened once
 * and shared by every column and interpretation.
 */
struct held_set {
    uint16_t field, through;
    bool periodic;
    struct held_entry *items; /* by row, in fact order */
    size_t count, capacity;
    struct held_entry *distinct; /* whatever the period */
    size_t distinct_count, distinct_capacity;
    struct held_entry *by_period; /* by period, then row */
    size_t by_period_capacity;
    size_t *period_start; /* period_count + 1 */
    uint16_t *periods;    /* rising */
    size_t period_count, period_start_capacity, periods_capacity;
    struct held_entry *of_row; /* in the month that the row itself names */
    size_t of_row_count, of_row_capacity;
};

void held_set_clear(struct held_set *set);

/* Replace the content: reuse one set for all targets. */
int held_set_fill(struct held_set *set, const struct linked *linked, uint16_t field,
                  uint16_t through, struct tq_error *err) MUST_CHECK;

struct held_view held_set_distinct(const struct held_set *set);
struct held_view held_set_period(const struct held_set *set, size_t number);
struct held_view held_set_of_row(const struct held_set *set);

#endif
