/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "mosaic/held_at.h"

#include "base/moment.h"
#include "normalise/date.h"

struct target held_at_target(uint16_t field, uint16_t through)
{
    return (struct target){
        .field = field, .through = through, .period_mode = PERIOD_ANY, .period = MONTH_NONE};
}

static bool holds(const struct held *held, int32_t at)
{
    return held->known_from <= at && at < held->known_to
           && (held->period != MONTH_NONE || (held->valid_from <= at && at < held->valid_to));
}

int held_at(const struct reg *reg, const struct target *target, uint32_t subject, int32_t at,
            struct held_list *list, struct tq_error *err)
{
    size_t count = 0;
    int r = held_find(reg, target, subject, MONTH_NONE, list, err);

    for (size_t i = 0; r == TQ_OK && i < list->count; i++) {
        if (holds(&list->items[i], at))
            list->items[count++] = list->items[i];
    }
    list->count = r < 0 ? list->count : count;
    return r;
}
