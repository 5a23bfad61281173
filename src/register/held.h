/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef REGISTER_HELD_H
#define REGISTER_HELD_H

#include "register/register.h"

/*
 * What a subject holds for a target: the one set that reading, match and verdict test cells
 * against. Intervals are those of the fact; through a reference, of both facts together.
 */
struct held {
    uint32_t key; /* in the dictionary of the target's field */
    uint32_t value;
    uint16_t period; /* of a periodic field, else MONTH_NONE */
    int32_t known_from, known_to;
    int32_t valid_from, valid_to;
    uint32_t holder; /* the subject whose fact it is: the subject itself, or the one referred to */
};

/*
 * "Held at T" (DESIGN section 6): known at T and, for values that are not of a period, valid at T.
 * False if the two never meet.
 */
bool held_span(const struct held *held, int32_t *out_from, int32_t *out_to);

/* Reused from call to call. Start with {0}; held_list_clear() at the end. */
struct held_list {
    struct held *items;
    size_t count, capacity;
};

void held_list_clear(struct held_list *list);

/*
 * Replace the content of `list` with all that `subject` holds for `target`, at any time, in fact
 * order. `row_period` is used by PERIOD_ROW (MONTH_NONE: nothing is held).
 */
int held_find(const struct reg *reg, const struct target *target, uint32_t subject,
              uint16_t row_period, struct held_list *list, struct tq_error *err) MUST_CHECK;

/* First fact in [low, high), facts of one subject and a periodic field, of at least this period:
 * they rise by period. */
uint64_t held_first_of_period(const struct field *field, uint64_t low, uint64_t high,
                              uint32_t period);

/* Whether `subject` holds `key` for `target` at any time; no list needed. */
bool held_has(const struct reg *reg, const struct target *target, uint32_t subject,
              uint16_t row_period, uint32_t key);

#endif
