/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Bitemporal histories. */
#include "drill/timeline.h"

#include "base/moment.h"

#define DAY           1440
#define LAG_DAYS_MEAN 6.0
#define NIGHT_LOAD    90 /* minute after midnight at which the nightly load commits */

int32_t timeline_known(int32_t valid, struct dice *dice)
{
    int32_t known = valid + DAY + (int32_t)(dice_exponential(dice, LAG_DAYS_MEAN * DAY));

    if (dice_chance(dice, 0.3)) /* comes with the nightly load, in one of its four batches */
        return (known / DAY + 1) * DAY + NIGHT_LOAD + (int32_t)dice_below(dice, 4) * 7;
    return known;
}

void timeline_make(struct timeline *timeline, struct span span, int32_t first, double per_year,
                   struct dice *dice)
{
    double mean = per_year > 0 ? 365.25 * DAY / per_year : 1e12;
    double at = span.start + dice_exponential(dice, mean);
    uint32_t version = 1;

    timeline->count = 1;
    timeline->versions[0] = (struct version){first, first, MOMENT_MAX, 0};
    for (; at < span.end && timeline->count < VERSIONS_MAX; version++) {
        int32_t valid = (int32_t)at / DAY * DAY;
        int32_t known = timeline_known(valid, dice);
        struct version *last = &timeline->versions[timeline->count - 1];

        at += dice_exponential(dice, mean);
        if (known <= first) { /* before this subject was registered: only the value moves on */
            timeline->versions[0].value = version;
            continue;
        }
        if (known <= last->known)
            known = last->known + 17;
        if (known >= span.end)
            break;
        last->until = known;
        timeline->versions[timeline->count++] = (struct version){valid, known, MOMENT_MAX, version};
    }
}

uint32_t timeline_at(const struct timeline *timeline, int32_t moment)
{
    for (uint32_t i = timeline->count; i-- > 0;)
        if (timeline->versions[i].known <= moment)
            return moment < timeline->versions[i].until ? i : UINT32_MAX;
    return UINT32_MAX;
}
