/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "drill/dice.h"
#include "drill/identifier.h"
#include "normalise/scheme.h"

static void assert_accepted(const char *scheme, const char *value)
{
    const struct scheme *found = scheme_find(slice_of(scheme));

    assert_non_null(found);
    if (!scheme_accepts(found, slice_of(value)))
        fail_msg("%s does not accept %s", scheme, value);
}

static void every_identifier_passes_its_check_scheme(void **state)
{
    struct dice dice = dice_for(1, DICE_WORLD, 0);
    char text[IDENTIFIER_LENGTH];

    (void)state;
    for (int i = 0; i < 2000; i++) {
        identifier_immat(dice_below(&dice, IMMAT_BODIES), text);
        assert_accepted("ma-cnss-person-drill", text);
        identifier_affil(dice_below(&dice, AFFIL_BODIES), text);
        assert_accepted("ma-cnss-employer", text);
        identifier_account(dice_below(&dice, 1000), dice_next(&dice) % 10000000000000000ull, text);
        assert_accepted("ma-rib", text);
        identifier_ice(dice_below(&dice, ICE_BODIES), dice_below(&dice, 9999), text);
        assert_accepted("ma-ice", text);
    }
}

static void no_identifier_can_belong_to_anybody_real(void **state)
{
    struct dice dice = dice_for(2, DICE_WORLD, 0);
    const struct scheme *real = scheme_find(SLICE_LITERAL("ma-cnss-person"));
    char text[IDENTIFIER_LENGTH];

    (void)state;
    assert_non_null(real);
    for (int i = 0; i < 2000; i++) {
        identifier_immat(dice_below(&dice, IMMAT_BODIES), text);
        assert_int_equal(text[0], '8');
        assert_false(scheme_accepts(real, slice_of(text)));
        identifier_account(dice_below(&dice, 1000), dice_next(&dice) % 10000000000000000ull, text);
        assert_memory_equal(text, "999", 3);
        identifier_ice(dice_below(&dice, ICE_BODIES), 1, text);
        assert_memory_equal(text, "999", 3);
        identifier_phone(dice_below(&dice, 999999999), text);
        assert_memory_equal(text, "+999", 4);
        identifier_card(dice_below(&dice, 2 * CARD_BODIES), text);
        assert_true(memcmp(text, "ZZ", 2) == 0 || memcmp(text, "QZ", 2) == 0);
    }
}

static void known_numbers_have_their_published_keys(void **state)
{
    (void)state;
    assert_int_equal(identifier_person_key("12345678"), 5);
    assert_int_equal(identifier_person_key("19876543"), 4);
    assert_int_equal(identifier_employer_key("123456"), 7);
    assert_int_equal(identifier_employer_key("600001"), 2);
    assert_int_equal(identifier_mod97("011519000001205000534921", 24), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_identifier_passes_its_check_scheme),
        cmocka_unit_test(no_identifier_can_belong_to_anybody_real),
        cmocka_unit_test(known_numbers_have_their_published_keys),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
