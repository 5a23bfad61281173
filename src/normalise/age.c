/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "normalise/age.h"

#include "base/moment.h"
#include "normalise/plain.h"
#include "normalise/text.h"
#include "normalise/text_short.h"

#define DIGITS_MAX 3u

/* Words that may stand behind an age: folded. */
static const char *const units[] = {
    "an",   "ans",   "annee", "annees", "y",    "yr",  "yrs",   "yo",  "year", "years", "old",
    "jahr", "jahre", "j",     "ano",    "anos", "سنه", "سنوات", "عام", "عاما", "اعوام",
};

#define UNIT_COUNT (sizeof(units) / sizeof(*units))

static bool is_unit(struct slice word)
{
    for (size_t i = 0; i < UNIT_COUNT; i++) {
        if (slice_is(word, units[i]))
            return true;
    }
    return false;
}

/* Programs that know no missing integer write 42 as "42.0". */
static struct slice without_point_zero(struct slice cell)
{
    cell = slice_trim(cell);
    if (cell.length > 2 && slice_is(slice_skip(cell, cell.length - 2), ".0"))
        cell.length -= 2;
    return cell;
}

static size_t leading_number(struct slice word, int64_t *out_number)
{
    size_t digits = 0;

    *out_number = 0;
    for (; digits < word.length && digits <= DIGITS_MAX && plain_is_digit(word.data[digits]);
         digits++)
        *out_number = *out_number * 10 + (word.data[digits] - '0');
    return digits;
}

bool age_parse(struct slice cell, int64_t *out_years)
{
    char memory[TEXT_SHORT_ROOM];
    struct plain plain;
    struct slice rest, word;
    int64_t years;
    size_t digits;

    cell = without_point_zero(cell);
    if (!plain_make(cell, &plain) || !plain_is_digit(plain.text[0]))
        return false;
    rest = text_fold_short(cell, false, memory);
    if (!text_next_word(&rest, &word))
        return false;
    digits = leading_number(word, &years);
    if (digits == 0 || digits > DIGITS_MAX || years > AGE_MAX
        || (digits < word.length && !is_unit(slice_skip(word, digits))))
        return false;
    while (text_next_word(&rest, &word)) {
        if (!is_unit(word))
            return false;
    }
    *out_years = years;
    return true;
}

int64_t age_of(int32_t birth, int32_t on)
{
    int birth_year, year;
    unsigned birth_month, birth_day, month, day;

    civil_from_days(birth, &birth_year, &birth_month, &birth_day);
    civil_from_days(on, &year, &month, &day);
    return year - birth_year
           - (month < birth_month || (month == birth_month && day < birth_day) ? 1 : 0);
}

int32_t age_begins(int32_t birth, int64_t age)
{
    int year;
    unsigned month, day;

    civil_from_days(birth, &year, &month, &day);
    return days_from_civil(year + (int)age, month, day);
}
