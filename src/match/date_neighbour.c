/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "match/date_neighbour.h"

#include <stdbool.h>
#include <string.h>

#include "base/moment.h"

static unsigned number_at(const char *digits, size_t count)
{
    unsigned number = 0;

    for (size_t i = 0; i < count; i++)
        number = 10 * number + (unsigned)(digits[i] - '0');
    return number;
}

/* Days since 1970 of digits that a calendar has. */
static bool days_of(const char digits[8], int32_t *out)
{
    unsigned year = number_at(digits, 4), month = number_at(digits + 4, 2);
    unsigned day = number_at(digits + 6, 2), back_month, back_day;
    int back_year;

    if (month < 1 || month > 12 || day < 1 || day > 31)
        return false;
    *out = days_from_civil((int)year, month, day);
    civil_from_days(*out, &back_year, &back_month, &back_day);
    return back_month == month && back_day == day;
}

static void swap(char *a, char *b)
{
    char kept = *a;

    *a = *b;
    *b = kept;
}

uint32_t date_neighbours(const char digits[8], int32_t out_days[DATE_NEIGHBOURS_MAX])
{
    uint32_t count = 0;
    char other[8];

    for (size_t at = 0; at < 8; at++) {
        memcpy(other, digits, sizeof(other));
        for (other[at] = '0'; other[at] <= '9'; other[at]++) {
            if (other[at] != digits[at])
                count += days_of(other, &out_days[count]);
        }
    }
    for (size_t at = 0; at + 1 < 8; at++) {
        memcpy(other, digits, sizeof(other));
        swap(&other[at], &other[at + 1]);
        count += digits[at] != digits[at + 1] && days_of(other, &out_days[count]);
    }
    memcpy(other, digits, 4);
    memcpy(other + 4, digits + 6, 2);
    memcpy(other + 6, digits + 4, 2);
    count += memcmp(other, digits, sizeof(other)) != 0 && days_of(other, &out_days[count]);
    return count;
}
