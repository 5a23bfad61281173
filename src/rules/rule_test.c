/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "rules/rule_test.h"

#include "base/moment.h"

#define DAY_MINUTES    1440
#define SUMMER_MINUTES 60 /* a date's midnight is this far away at most in summer */
#define MILLION        1000000
#define CANDIDATES_MAX 16u                          /* values beside a fact; more is no sense */
#define CHOICES_MAX    4096                         /* combinations of them */
#define AT_ONCE_FACTS  512u                         /* each is compared with each, for each */
#define MINUTES_MAX    ((int64_t)DAY_MINUTES << 22) /* eleven thousand years: no date of anybody */

/* A fact under test. */
struct trial {
    const struct rule_subject *subject;
    const struct rule_facts *tested;
    const struct rule_fact *fact;
};

/* What may stand for one field term of a condition. */
struct candidates {
    const struct rule_fact *items[CANDIDATES_MAX]; /* NULL: `missing` */
    unsigned count, chosen;
};

/* ---- time ---- */

static int64_t floor_days(int64_t minutes)
{
    return minutes / DAY_MINUTES - (minutes % DAY_MINUTES < 0);
}

/* Local minutes; false for an open end. */
static bool local_moment(const struct trial *trial, int32_t moment, int64_t *out)
{
    *out = (int64_t)moment + trial->subject->offset;
    return moment != MOMENT_MIN && moment != MOMENT_MAX;
}

/* Valid times are dates as a rule, midnight at home: then it is midnight in summer as well. */
static bool local_date(const struct trial *trial, int32_t moment, int64_t *out)
{
    bool closed = local_moment(trial, moment, out);
    int64_t midnight = floor_days(*out + DAY_MINUTES / 2) * DAY_MINUTES;

    if (*out >= midnight - SUMMER_MINUTES && *out <= midnight + SUMMER_MINUTES)
        *out = midnight;
    return closed;
}

static int64_t month_start(uint32_t month)
{
    return (int64_t)days_from_civil((int)(month / 12), month % 12 + 1, 1) * DAY_MINUTES;
}

/* The day that tables and windows go by: of the month, else since when it is true, else known. */
static bool date_of_fact(const struct trial *trial, int64_t *out_day)
{
    const struct rule_fact *fact = trial->fact;
    int64_t minutes;

    if (fact->period != MONTH_NONE)
        minutes = month_start(fact->period);
    else if (trial->tested->times && fact->has_number)
        minutes = fact->number;
    else if (!local_date(trial, fact->valid_from, &minutes)
             && !local_moment(trial, fact->known_from, &minutes))
        return false;
    *out_day = floor_days(minutes);
    return minutes >= -MINUTES_MAX && minutes <= MINUTES_MAX;
}

static uint32_t month_of_day(int64_t day)
{
    int year;
    unsigned month, ignored;

    civil_from_days((int32_t)day, &year, &month, &ignored);
    return (uint32_t)(year * 12 + (int)month - 1);
}

/* The same day of another month, or its last day; false if it is no date at all. */
static bool shift(int64_t minutes, int32_t months, int32_t days, int64_t *out)
{
    int64_t day = floor_days(minutes), rest;
    int year;
    unsigned month, day_of_month;

    if (minutes < -MINUTES_MAX || minutes > MINUTES_MAX)
        return false;
    rest = minutes - day * DAY_MINUTES;
    civil_from_days((int32_t)day, &year, &month, &day_of_month);
    if (months != 0) {
        int64_t number = (int64_t)year * 12 + (int)month - 1 + months;

        year = (int)(number / 12 - (number % 12 < 0));
        month = (unsigned)(number - (int64_t)year * 12) + 1;
        while (!civil_is_valid(year, month, day_of_month) && day_of_month > 28)
            day_of_month--;
        day = days_from_civil(year, month, day_of_month);
    }
    *out = (day + days) * DAY_MINUTES + rest;
    return true;
}

/* ---- facts beside a fact ---- */

static bool overlap(const struct rule_fact *a, const struct rule_fact *b)
{
    return a->known_from < b->known_to && b->known_from < a->known_to && a->valid_from < b->valid_to
           && b->valid_from < a->valid_to;
}

/* First of the facts, which rise by period, of at least this period. */
static size_t first_of_period(const struct rule_facts *facts, uint32_t period)
{
    size_t low = 0, high = facts->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (facts->items[middle].period < period)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool is_beside(const struct trial *trial, const struct rule_fact *other, bool same_row)
{
    const struct rule_fact *fact = trial->fact;

    if (fact->period != MONTH_NONE && other->period != MONTH_NONE && fact->period != other->period)
        return false;
    if (same_row)
        return other->known_from == fact->known_from && other->known_to == fact->known_to
               && other->valid_from == fact->valid_from && other->valid_to == fact->valid_to;
    return overlap(fact, other);
}

/* False: too many. */
static bool collect(const struct trial *trial, const struct rule_facts *facts, bool same_row,
                    struct candidates *out)
{
    uint16_t period = trial->fact->period;
    bool ordered = facts->by_period && period != MONTH_NONE;

    out->count = 0;
    for (size_t i = ordered ? first_of_period(facts, period) : 0; i < facts->count; i++) {
        if (ordered && facts->items[i].period != period)
            break;
        if (!is_beside(trial, &facts->items[i], same_row))
            continue;
        if (out->count == CANDIDATES_MAX)
            return false;
        out->items[out->count++] = &facts->items[i];
    }
    return true;
}

/* Those of the same row if times tell, else those of overlapping times. */
static bool find_candidates(const struct trial *trial, const struct rule_term *term,
                            struct candidates *out)
{
    const struct rule_facts *facts = &trial->subject->fields[term->name];

    *out = (struct candidates){.count = 0};
    if (facts->count > RULE_FACTS_MAX || !collect(trial, facts, true, out))
        return false;
    if (out->count == 0 && !collect(trial, facts, false, out))
        return false;
    if (out->count == 0 && term->has_missing)
        out->items[out->count++] = NULL;
    return out->count > 0;
}

/* ---- terms ---- */

/* Sum of a field over the months to that of the fact, as known when the fact came in. */
static bool find_sum(const struct trial *trial, const struct rule_term *term, int64_t *out)
{
    const struct rule_facts *facts = &trial->subject->fields[term->name];
    int32_t moment = trial->fact->known_from;
    uint32_t last, first;
    int64_t day, sum = 0;

    if (!date_of_fact(trial, &day) || facts->period_first == MONTH_NONE || !facts->by_period)
        return false;
    last = month_of_day(day);
    first = term->months ? last + 1 - term->months : last / 12 * 12;
    last = term->months ? last : first + 11;
    if (first < facts->period_first || last > UINT16_MAX)
        return false;
    for (size_t i = first_of_period(facts, first); i < facts->count; i++) {
        const struct rule_fact *fact = &facts->items[i];
        bool known = moment == MOMENT_MIN ? fact->known_to == MOMENT_MAX
                                          : fact->known_from <= moment && moment < fact->known_to;

        if (fact->period > last)
            break;
        if (known && (!fact->has_number || __builtin_add_overflow(sum, fact->number, &sum)))
            return false;
    }
    *out = sum;
    return true;
}

static bool find_field(const struct rule_term *term, const struct rule_fact *chosen, int64_t *out)
{
    if (!chosen) {
        *out = term->missing;
        return true;
    }
    for (uint16_t i = 0; i < term->code_count; i++) {
        if (slice_is(chosen->text, term->codes[i].code)) {
            *out = term->codes[i].number;
            return true;
        }
    }
    *out = chosen->number;
    return chosen->has_number && term->code_count == 0;
}

static bool find_period(const struct trial *trial, bool end, int64_t *out)
{
    uint16_t period = trial->fact->period;

    if (period == MONTH_NONE)
        return false;
    *out = end ? month_start(period + 1u) - DAY_MINUTES : month_start(period);
    return true;
}

static bool find_table(const struct trial *trial, const struct rule_term *term, int64_t *out)
{
    int64_t day;

    return date_of_fact(trial, &day)
           && rule_table_at(&trial->subject->set->tables[term->table], day, out);
}

static bool find_source(const struct trial *trial, const struct rule_term *term,
                        const struct rule_fact *chosen, int64_t *out)
{
    const struct rule_fact *fact = trial->fact;

    switch (term->source) {
    case RULE_VALUE:
        *out = fact->number;
        return fact->has_number;
    case RULE_TODAY:
        *out = trial->subject->today + trial->subject->offset;
        return true;
    case RULE_PERIOD:
    case RULE_PERIOD_END:
        return find_period(trial, term->source == RULE_PERIOD_END, out);
    case RULE_VALID_FROM:
        return local_date(trial, fact->valid_from, out);
    case RULE_VALID_TO:
        return local_date(trial, fact->valid_to, out);
    case RULE_KNOWN_FROM:
        return local_moment(trial, fact->known_from, out);
    case RULE_KNOWN_TO:
        return local_moment(trial, fact->known_to, out);
    case RULE_FIELD:
        return find_field(term, chosen, out);
    case RULE_TABLE:
        return find_table(trial, term, out);
    case RULE_SUM:
        return find_sum(trial, term, out);
    default:
        *out = term->number;
        return true;
    }
}

static bool find_term(const struct trial *trial, const struct rule_term *term,
                      const struct rule_fact *chosen, int64_t *out)
{
    int64_t number;

    if (!find_source(trial, term, chosen, &number))
        return false;
    if ((term->plus_months != 0 || term->plus_days != 0)
        && !shift(number, term->plus_months, term->plus_days, &number))
        return false;
    if (term->times != MILLION) {
        __int128 product = (__int128)number * term->times;

        product += product < 0 ? -MILLION / 2 : MILLION / 2;
        product /= MILLION;
        if (product > INT64_MAX || product < INT64_MIN)
            return false;
        number = (int64_t)product;
    }
    return !__builtin_add_overflow(number, term->plus, out);
}

/* `choices`: of the operand's field terms, in order. */
static bool find_operand(const struct trial *trial, const struct rule_operand *operand,
                         const struct candidates *choices, int64_t *out)
{
    int64_t result = 0;

    for (uint16_t i = 0; i < operand->count; i++) {
        const struct rule_term *term = &operand->terms[i];
        const struct rule_fact *chosen = NULL;
        int64_t number;

        if (term->source == RULE_FIELD) {
            chosen = choices->items[choices->chosen];
            choices++;
        }
        if (!find_term(trial, term, chosen, &number))
            return false;
        if (operand->join == RULE_TOTAL && __builtin_add_overflow(result, number, &number))
            return false;
        if (i == 0 || operand->join == RULE_TOTAL
            || (operand->join == RULE_LEAST ? number < result : number > result))
            result = number;
    }
    *out = result;
    return true;
}

/* ---- relations ---- */

static bool is_among(const struct rule_condition *condition, struct slice text)
{
    for (uint16_t i = 0; i < condition->word_count; i++) {
        if (slice_is(text, condition->words[i]))
            return true;
    }
    return false;
}

static enum rule_outcome outcome_of(bool holds)
{
    return holds ? RULE_HOLDS : RULE_FAILS;
}

static enum rule_outcome test_check(const struct trial *trial,
                                    const struct rule_condition *condition)
{
    const struct scheme *scheme = strcmp(condition->words[0], "declared") == 0
                                      ? trial->tested->scheme
                                      : scheme_find(slice_of(condition->words[0]));

    return scheme ? outcome_of(scheme_accepts(scheme, trial->fact->raw)) : RULE_UNTESTED;
}

/* Different values held for the same month when the fact came in and became true. */
static enum rule_outcome test_at_once(const struct trial *trial, uint32_t most)
{
    const struct rule_fact *fact = trial->fact;
    const struct rule_facts *all = trial->tested;
    uint32_t different = 0;

    if (all->count > AT_ONCE_FACTS)
        return RULE_UNTESTED;
    for (size_t i = 0; i < all->count && different <= most; i++) {
        const struct rule_fact *other = &all->items[i];
        bool seen = other->period != fact->period || other->known_from > fact->known_from
                    || other->known_to <= fact->known_from || other->valid_from > fact->valid_from
                    || other->valid_to <= fact->valid_from;

        for (size_t k = 0; k < i && !seen; k++)
            seen = slice_equal(all->items[k].text, other->text)
                   && all->items[k].period == fact->period
                   && all->items[k].known_from <= fact->known_from
                   && all->items[k].known_to > fact->known_from
                   && all->items[k].valid_from <= fact->valid_from
                   && all->items[k].valid_to > fact->valid_from;
        different += !seen;
    }
    return outcome_of(different <= most);
}

/* An amount that only a later date has, to the hundredth. */
static enum rule_outcome test_not_yet(const struct trial *trial, const struct rule_table *table)
{
    int64_t day;
    bool later = false, now = false;

    if (!trial->fact->has_number || !date_of_fact(trial, &day))
        return RULE_UNTESTED;
    for (uint16_t i = 0; i < table->step_count; i++) {
        bool equal = table->steps[i].number == trial->fact->number;

        later |= equal && table->steps[i].day > day;
        now |= equal && table->steps[i].day <= day;
    }
    return outcome_of(!later || now);
}

static enum rule_outcome compare(const struct trial *trial, const struct rule_condition *condition,
                                 const struct candidates *choices, unsigned left_choices)
{
    int64_t left, right;

    if (!find_operand(trial, &condition->left, choices, &left)
        || !find_operand(trial, &condition->right, choices + left_choices, &right))
        return RULE_UNTESTED;
    switch (condition->relation) {
    case RULE_AT_LEAST:
        return outcome_of(left >= right);
    case RULE_AT_MOST:
        return outcome_of(left <= right);
    case RULE_ABOVE:
        return outcome_of(left > right);
    case RULE_BELOW:
        return outcome_of(left < right);
    default:
        return outcome_of(left <= right ? left >= right - condition->within
                                        : left - condition->within <= right);
    }
}

/* One choice of the candidates. */
static enum rule_outcome test_choice(const struct trial *trial,
                                     const struct rule_condition *condition,
                                     const struct candidates *choices, unsigned left_choices)
{
    const struct rule_fact *fact = left_choices > 0 ? choices->items[choices->chosen] : trial->fact;

    switch (condition->relation) {
    case RULE_IN:
    case RULE_NOT_IN:
        return fact
                   ? outcome_of(is_among(condition, fact->text) == (condition->relation == RULE_IN))
                   : RULE_UNTESTED;
    case RULE_CHECK:
        return test_check(trial, condition);
    case RULE_UNIQUE:
        return trial->fact->holders ? outcome_of(trial->fact->holders == 1) : RULE_UNTESTED;
    case RULE_AT_ONCE:
        return test_at_once(trial, condition->most);
    case RULE_NOT_YET:
        return test_not_yet(trial, &trial->subject->set->tables[condition->table]);
    default:
        return compare(trial, condition, choices, left_choices);
    }
}

/* Candidates of an operand's field terms, behind those already there; false: none, or too many. */
static bool add_choices(const struct trial *trial, const struct rule_operand *operand,
                        struct candidates *choices, unsigned *count)
{
    for (uint16_t i = 0; i < operand->count; i++) {
        if (operand->terms[i].source == RULE_FIELD
            && !find_candidates(trial, &operand->terms[i], &choices[(*count)++]))
            return false;
    }
    return true;
}

/* The next combination, like the digits of a counter; false after the last. */
static bool next_choice(struct candidates *choices, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        if (++choices[i].chosen < choices[i].count)
            return true;
        choices[i].chosen = 0;
    }
    return false;
}

/* `of_all`: the condition must hold for all values that stand beside the fact; else for one. */
static enum rule_outcome test_condition(const struct trial *trial,
                                        const struct rule_condition *condition, bool of_all)
{
    struct candidates choices[2 * RULE_TERMS_MAX];
    enum rule_outcome decisive = of_all ? RULE_FAILS : RULE_HOLDS, outcome = RULE_UNTESTED;
    unsigned count = 0, left_count;
    int tried = 0;

    if (!add_choices(trial, &condition->left, choices, &count))
        return RULE_UNTESTED;
    left_count = count;
    if (!add_choices(trial, &condition->right, choices, &count))
        return RULE_UNTESTED;
    do {
        enum rule_outcome one = test_choice(trial, condition, choices, left_count);

        if (one == decisive)
            return one;
        if (one != RULE_UNTESTED)
            outcome = one;
    } while (next_choice(choices, count) && ++tried < CHOICES_MAX);
    return tried < CHOICES_MAX ? outcome : RULE_UNTESTED;
}

enum rule_outcome rule_test_fact(const struct rule_subject *subject, const struct rule *rule,
                                 const struct rule_facts *tested, const struct rule_fact *fact)
{
    const struct trial trial = {subject, tested, fact};
    enum rule_outcome outcome = RULE_HOLDS;

    for (uint16_t i = 0; i < rule->where_count; i++) {
        if (test_condition(&trial, &rule->where[i], true) != RULE_HOLDS)
            return RULE_UNTESTED;
    }
    for (uint16_t i = 0; i < rule->condition_count; i++) {
        enum rule_outcome one = test_condition(&trial, &rule->conditions[i], false);

        if (one == RULE_FAILS)
            return one;
        if (one == RULE_UNTESTED)
            outcome = one;
    }
    return outcome;
}

void rule_test_subject(const struct rule_subject *subject, const struct rule *rule,
                       const struct rule_facts *tested, struct rule_count *count)
{
    uint64_t facts = 0, failed = 0;

    if (tested->count > RULE_FACTS_MAX) {
        count->untested += tested->count;
        return;
    }
    for (size_t i = 0; i < tested->count; i++) {
        enum rule_outcome outcome = rule_test_fact(subject, rule, tested, &tested->items[i]);

        facts += outcome != RULE_UNTESTED;
        failed += outcome == RULE_FAILS;
    }
    count->facts += facts;
    count->failed += failed;
    count->untested += tested->count - facts;
    count->subjects += facts > 0;
    count->subjects_failed += failed > 0;
}
