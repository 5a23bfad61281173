/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Severity as data: ENISA, "Recommendations for a methodology of the assessment of severity of
 * personal data breaches", 2013; domain.md 5.1 has the tables and their confidence. */
#include "assess/severity.h"

#include <stddef.h>

#define CATEGORY_BIT(category) (1u << (category))

/* Circumstances of breach: published to an unknown number of recipients, with malicious intent. */
#define UNKNOWN_RECIPIENTS .5
#define MALICIOUS_INTENT   .5

#define CONTEXT_MIN 1
#define CONTEXT_MAX 4

/* Data processing context before adjusting. Social security data count as financial ("social
 * welfare"); credentials are not in ENISA's table: they enable fraud as financial data do. */
static const int context_base[CATEGORY_COUNT] = {
    [CATEGORY_IDENTITY] = 1,  [CATEGORY_CONTACT] = 1,  [CATEGORY_EMPLOYMENT] = 1,
    [CATEGORY_FINANCIAL] = 3, [CATEGORY_SOCIAL] = 3,   [CATEGORY_FAMILY] = 1,
    [CATEGORY_HEALTH] = 4,    [CATEGORY_LOCATION] = 2, [CATEGORY_CREDENTIALS] = 3,
};

/* Several of the simple categories together allow profiling: one more. */
#define SIMPLE_CATEGORIES                                             \
    (CATEGORY_BIT(CATEGORY_IDENTITY) | CATEGORY_BIT(CATEGORY_CONTACT) \
     | CATEGORY_BIT(CATEGORY_EMPLOYMENT) | CATEGORY_BIT(CATEGORY_FAMILY))
#define PROFILE_CATEGORIES 3

/* Adjustments of the financial context, first that applies: `all` of these traits, `none` of
 * those. Full information enables fraud; an account alone gives little insight. */
static const struct financial_rule {
    uint8_t all, none;
    int change;
} financial_rules[] = {
    {TRAIT_ACCOUNT | TRAIT_AMOUNT, 0, +1},
    {TRAIT_ACCOUNT | TRAIT_NUMBER, 0, +1},
    {TRAIT_ACCOUNT, TRAIT_AMOUNT, -1},
};

/* Ease of identification, first that applies. */
static const struct identification_rule {
    uint8_t all;
    double ease;
} identification_rules[] = {
    {TRAIT_NAME | TRAIT_NUMBER, 1},
    {TRAIT_NAME | TRAIT_BIRTH_DATE, 1},
    {TRAIT_NUMBER, .75},
    {TRAIT_NAME | TRAIT_CONTACT, .75},
    {TRAIT_NAME, .5},
    {TRAIT_CONTACT, .5},
    {TRAIT_ACCOUNT, .5},
    {0, .25},
};

/* Which trait a value shows; `category` CATEGORY_COUNT: any. */
static const struct trait_rule {
    enum value_type type;
    enum category category;
    uint8_t trait;
} trait_rules[] = {
    {TYPE_ID, CATEGORY_IDENTITY, TRAIT_NUMBER},
    {TYPE_FAMILY_NAME, CATEGORY_COUNT, TRAIT_NAME},
    {TYPE_GIVEN_NAME, CATEGORY_COUNT, TRAIT_NAME},
    {TYPE_FULL_NAME, CATEGORY_COUNT, TRAIT_NAME},
    {TYPE_TEXT, CATEGORY_IDENTITY, TRAIT_NAME}, /* of an organisation */
    {TYPE_DATE, CATEGORY_IDENTITY, TRAIT_BIRTH_DATE},
    {TYPE_PHONE, CATEGORY_COUNT, TRAIT_CONTACT},
    {TYPE_EMAIL, CATEGORY_COUNT, TRAIT_CONTACT},
    {TYPE_ADDRESS, CATEGORY_COUNT, TRAIT_CONTACT},
    {TYPE_ACCOUNT, CATEGORY_COUNT, TRAIT_ACCOUNT},
    {TYPE_AMOUNT, CATEGORY_COUNT, TRAIT_AMOUNT},
};

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

uint8_t severity_traits(enum value_type type, enum category category)
{
    for (size_t i = 0; i < LENGTH(trait_rules); i++) {
        const struct trait_rule *rule = &trait_rules[i];

        if (rule->type == type && (rule->category == category || rule->category == CATEGORY_COUNT))
            return rule->trait;
    }
    return 0;
}

static int financial_change(uint8_t traits)
{
    for (size_t i = 0; i < LENGTH(financial_rules); i++) {
        const struct financial_rule *rule = &financial_rules[i];

        if ((traits & rule->all) == rule->all && (traits & rule->none) == 0)
            return rule->change;
    }
    return 0;
}

static int category_context(enum category category, bool exposed, uint8_t traits)
{
    int context = context_base[category];

    if (!exposed)
        return context - 1; /* inaccurate: nothing true came out */
    return category == CATEGORY_FINANCIAL ? context + financial_change(traits) : context;
}

static int find_context(uint16_t exposed, uint16_t falsified, uint8_t traits)
{
    int highest = CONTEXT_MIN;

    for (enum category category = 0; category < CATEGORY_COUNT; category++) {
        bool is_exposed = exposed & CATEGORY_BIT(category);
        int context;

        if (!is_exposed && !(falsified & CATEGORY_BIT(category)))
            continue;
        context = category_context(category, is_exposed, traits);
        highest = context > highest ? context : highest;
    }
    if (highest == CONTEXT_MIN
        && __builtin_popcount(exposed & SIMPLE_CATEGORIES) >= PROFILE_CATEGORIES)
        highest++;
    return highest > CONTEXT_MAX ? CONTEXT_MAX : highest;
}

static double ease_of_identification(uint8_t traits)
{
    size_t i = 0;

    while ((traits & identification_rules[i].all) != identification_rules[i].all)
        i++; /* the last rule asks for nothing */
    return identification_rules[i].ease;
}

double severity_of(uint16_t exposed, uint16_t falsified, uint8_t traits)
{
    if (!exposed && !falsified)
        return 0;
    return find_context(exposed, falsified, traits) * ease_of_identification(traits)
           + UNKNOWN_RECIPIENTS + MALICIOUS_INTENT;
}
