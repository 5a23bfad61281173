/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "register/short_years.h"

#include <stdlib.h>

#include "normalise/date.h"

#define YEAR_FIRST  1800 /* what date_parse() reads */
#define YEAR_COUNT  401
#define YEARS_SHORT 100 /* that two digits tell apart */

/* Different dates of each year: one that stands for "unknown" counts once, however often it is
 * held. */
static void count_years(const struct field *field, uint32_t *counts)
{
    for (uint32_t key = 0; key < field->key_count; key++) {
        int year;
        unsigned month, day;

        civil_from_days((int32_t)canonical_number(field_key_text(field, key)), &year, &month, &day);
        if (year >= YEAR_FIRST && year < YEAR_FIRST + YEAR_COUNT)
            counts[year - YEAR_FIRST]++;
    }
}

static int most_dates_from(const uint32_t *counts)
{
    int best = SHORT_YEARS_FROM;
    uint64_t most = 0, held = 0;

    for (int i = 0; i < YEARS_SHORT; i++)
        held += counts[i];
    for (int i = 0; i + YEARS_SHORT <= YEAR_COUNT; i++) {
        int first = YEAR_FIRST + i;

        if (held > most
            || (held == most && abs(first - SHORT_YEARS_FROM) < abs(best - SHORT_YEARS_FROM))) {
            most = held;
            best = first;
        }
        held -= counts[i];
        if (i + YEARS_SHORT < YEAR_COUNT)
            held += counts[i + YEARS_SHORT];
    }
    return best;
}

struct normaliser field_rules(const struct reg *reg, const struct field *field)
{
    struct normaliser rules = reg->normaliser;
    uint32_t counts[YEAR_COUNT] = {0};
    int first;

    if (field->form != FORM_DATE || field->fingerprints_only || field->key_count == 0)
        return rules;
    count_years(field, counts);
    first = most_dates_from(counts);
    if (first != SHORT_YEARS_FROM)
        rules.short_years_from = first;
    return rules;
}
