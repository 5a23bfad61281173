/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "normalise/coarse_date.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/moment.h"
#include "normalise/age.h"
#include "normalise/date.h"
#include "normalise/similarity.h"

#define DIGITS_ROOM 24

static bool is_month(enum interpretation as)
{
    return as == AS_YM || as == AS_MY;
}

bool coarse_date_is(enum interpretation as, enum form form)
{
    return form == FORM_DATE && (as == AS_YEAR || as == AS_AGE || is_month(as));
}

int64_t coarse_date_of(enum interpretation as, int32_t days, int32_t age_day)
{
    unsigned month, day;
    int year;

    if (as == AS_AGE)
        return age_of(days, age_day);
    civil_from_days(days, &year, &month, &day);
    return is_month(as) ? month_number(year, month) : year;
}

bool coarse_date_read(const struct normaliser *rules, enum interpretation as, struct slice cell,
                      struct buf *out)
{
    int64_t year;

    return !(is_month(as) && date_parse_year(cell, &year)) && normalise(rules, as, cell, out);
}

/* As they are written, months with the year first. */
static struct slice digits_of(enum interpretation as, int64_t number, char room[DIGITS_ROOM])
{
    int length = is_month(as) ? snprintf(room, DIGITS_ROOM, "%04lld%02lld", (long long)number / 12,
                                         (long long)number % 12 + 1)
                              : snprintf(room, DIGITS_ROOM, "%lld", (long long)number);

    return slice_make(room, length > 0 ? (size_t)length : 0);
}

bool coarse_date_near(enum interpretation as, int64_t a, int64_t b)
{
    char room_a[DIGITS_ROOM], room_b[DIGITS_ROOM];

    if (llabs(a - b) <= 1)
        return true;
    return as != AS_AGE && similarity_one_edit(digits_of(as, a, room_a), digits_of(as, b, room_b));
}
