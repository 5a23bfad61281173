/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "assess/severity.h"

#define BIT(category) (1u << CATEGORY_##category)

/* The worked examples of domain.md 5.1 and their neighbours. */
static void gives_the_figures_worked_by_hand(void **state)
{
    static const struct {
        unsigned exposed, falsified, traits;
        double severity;
    } cases[] = {
        {0, 0, 0, 0},
        /* salary history, account and identity number, published by hackers */
        {BIT(FINANCIAL) | BIT(IDENTITY), 0, TRAIT_NUMBER | TRAIT_ACCOUNT | TRAIT_AMOUNT,
         4 * .75 + 1},
        {BIT(FINANCIAL) | BIT(IDENTITY), 0,
         TRAIT_NAME | TRAIT_NUMBER | TRAIT_ACCOUNT | TRAIT_AMOUNT, 5},
        /* company contact list */
        {BIT(IDENTITY) | BIT(CONTACT), 0, TRAIT_NAME | TRAIT_CONTACT, 1.75},
        /* fabricated salary on a real name */
        {BIT(IDENTITY), BIT(FINANCIAL), TRAIT_NAME | TRAIT_NUMBER, 3},
        /* health */
        {BIT(IDENTITY) | BIT(HEALTH), 0, TRAIT_NAME | TRAIT_NUMBER, 5},
        /* an account alone gives little insight */
        {BIT(FINANCIAL), 0, TRAIT_ACCOUNT, 2 * .5 + 1},
        /* salaries without a name */
        {BIT(FINANCIAL), 0, TRAIT_AMOUNT, 3 * .25 + 1},
        /* three simple categories together are a profile */
        {BIT(IDENTITY) | BIT(CONTACT) | BIT(EMPLOYMENT), 0, TRAIT_NAME | TRAIT_NUMBER, 3},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        assert_true(severity_of((uint16_t)cases[i].exposed, (uint16_t)cases[i].falsified,
                                (uint8_t)cases[i].traits)
                    == cases[i].severity);
}

static void tells_a_birth_date_from_any_date_by_its_category(void **state)
{
    (void)state;
    assert_int_equal(severity_traits(TYPE_DATE, CATEGORY_IDENTITY), TRAIT_BIRTH_DATE);
    assert_int_equal(severity_traits(TYPE_DATE, CATEGORY_EMPLOYMENT), 0);
    assert_int_equal(severity_traits(TYPE_EMAIL, CATEGORY_CONTACT), TRAIT_CONTACT);
    assert_int_equal(severity_traits(TYPE_CODE, CATEGORY_SOCIAL), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gives_the_figures_worked_by_hand),
        cmocka_unit_test(tells_a_birth_date_from_any_date_by_its_category),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
