/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "register/held.h"

#include <stdlib.h>

#include "base/alloc.h"

/* Where a walk over held values stands: facts of the reference (or a single pass without one), and
 * in each the facts of the field. */
struct walk {
    const struct reg *reg;
    const struct field *field, *through; /* through: NULL if the target is direct */
    bool any_period;
    uint16_t period;
    uint64_t outer, outer_end; /* facts of `through` */
    uint64_t inner, inner_end; /* facts of `field` of the present holder */
    struct held outer_held;    /* holder, intervals and period that the reference gives */
};

bool held_span(const struct held *held, int32_t *out_from, int32_t *out_to)
{
    bool is_periodic = held->period != MONTH_NONE; /* true in its period, whenever known */
    int32_t from = held->known_from, to = held->known_to;

    if (!is_periodic && held->valid_from > from)
        from = held->valid_from;
    if (!is_periodic && held->valid_to < to)
        to = held->valid_to;
    *out_from = from;
    *out_to = to;
    return from < to;
}

void held_list_clear(struct held_list *list)
{
    free(list->items);
    *list = (struct held_list){0};
}

uint64_t held_first_of_period(const struct field *field, uint64_t low, uint64_t high,
                              uint32_t period)
{
    while (low < high) {
        uint64_t middle = low + (high - low) / 2;

        if (field->fact_period[middle] < period)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* The facts of a subject, only those of the wanted period if the field has periods. */
static void fact_range(const struct walk *walk, const struct field *field, uint32_t subject,
                       uint64_t *out_start, uint64_t *out_end)
{
    uint64_t start = field->fact_start[subject], end = field->fact_start[subject + 1];

    if (field->periodic && !walk->any_period) {
        start = held_first_of_period(field, start, end, walk->period);
        end = held_first_of_period(field, start, end, walk->period + 1u);
    }
    *out_start = start;
    *out_end = end;
}

static struct held fact_held(const struct field *field, uint64_t i)
{
    return (struct held){.key = field->fact_key[i],
                         .value = field->fact_value[i],
                         .period = field->fact_period ? field->fact_period[i] : MONTH_NONE,
                         .known_from = field->known_from ? field->known_from[i] : MOMENT_MIN,
                         .known_to = field->known_to ? field->known_to[i] : MOMENT_MAX,
                         .valid_from = field->valid_from ? field->valid_from[i] : MOMENT_MIN,
                         .valid_to = field->valid_to ? field->valid_to[i] : MOMENT_MAX};
}

static struct walk walk_start(const struct reg *reg, const struct target *target, uint32_t subject,
                              uint16_t row_period)
{
    struct walk walk = {.reg = reg, .field = &reg->fields[target->field]};

    walk.any_period = target->period_mode == PERIOD_ANY || target->period_mode == PERIOD_NONE;
    walk.period = target->period_mode == PERIOD_ROW ? row_period : target->period;
    if (target->through != FIELD_NONE) {
        walk.through = &reg->fields[target->through];
        fact_range(&walk, walk.through, subject, &walk.outer, &walk.outer_end);
        return walk;
    }
    walk.outer_held = (struct held){.period = MONTH_NONE,
                                    .known_from = MOMENT_MIN,
                                    .known_to = MOMENT_MAX,
                                    .valid_from = MOMENT_MIN,
                                    .valid_to = MOMENT_MAX,
                                    .holder = subject};
    fact_range(&walk, walk.field, subject, &walk.inner, &walk.inner_end);
    return walk;
}

/* Follow the next reference that leads to a subject; false at the end. */
static bool walk_follow(struct walk *walk)
{
    while (walk->outer < walk->outer_end) {
        uint64_t i = walk->outer++;
        uint32_t holder = walk->through->key_subject[walk->through->fact_key[i]];

        if (holder == SUBJECT_NONE)
            continue;
        walk->outer_held = fact_held(walk->through, i);
        walk->outer_held.holder = holder;
        fact_range(walk, walk->field, holder, &walk->inner, &walk->inner_end);
        return true;
    }
    return false;
}

/* Narrow to the time in which the reference held as well; false: never both. */
static bool narrow(struct held *held, const struct held *by)
{
    held->holder = by->holder;
    if (held->period == MONTH_NONE)
        held->period = by->period;
    if (by->known_from > held->known_from)
        held->known_from = by->known_from;
    if (by->known_to < held->known_to)
        held->known_to = by->known_to;
    if (by->valid_from > held->valid_from)
        held->valid_from = by->valid_from;
    if (by->valid_to < held->valid_to)
        held->valid_to = by->valid_to;
    return held->known_from < held->known_to && held->valid_from < held->valid_to;
}

static bool walk_next(struct walk *walk, struct held *out)
{
    for (;;) {
        while (walk->inner < walk->inner_end) {
            *out = fact_held(walk->field, walk->inner++);
            if (narrow(out, &walk->outer_held))
                return true;
        }
        if (!walk->through || !walk_follow(walk))
            return false;
    }
}

int held_find(const struct reg *reg, const struct target *target, uint32_t subject,
              uint16_t row_period, struct held_list *list, struct tq_error *err)
{
    struct walk walk = walk_start(reg, target, subject, row_period);
    struct held held;

    list->count = 0;
    while (walk_next(&walk, &held)) {
        int r = alloc_reserve(&list->items, &list->capacity, list->count + 1, sizeof(*list->items),
                              err);

        if (r < 0)
            return r;
        list->items[list->count++] = held;
    }
    return TQ_OK;
}

bool held_has(const struct reg *reg, const struct target *target, uint32_t subject,
              uint16_t row_period, uint32_t key)
{
    struct walk walk = walk_start(reg, target, subject, row_period);
    struct held held;

    while (walk_next(&walk, &held)) {
        if (held.key == key)
            return true;
    }
    return false;
}
