/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "plans.h"

#include "base/cleanup.h"

static struct pattern pattern_of(const char *text, const char *scheme)
{
    struct pattern pattern = {0};

    assert_true(sodium_init() >= 0);
    assert_int_equal(pattern_init(text, scheme ? scheme_find(slice_of(scheme)) : NULL, &pattern),
                     PATTERN_GOOD);
    return pattern;
}

static bool holds(const struct pattern *pattern, const char *value)
{
    CLEANUP(buf_clear_cleanup) struct buf code = {0};

    buf_add_text(&code, "");
    pattern_code(slice_of(value), &code);
    return pattern_holds(pattern, buf_slice(&code));
}

static void a_block_has_as_many_values_as_its_free_places_allow(void **state)
{
    struct pattern checked = pattern_of("89#######", "ma-cnss-person-drill");

    (void)state;
    assert_true(pattern_of("QX######", NULL).size == 1e6);
    assert_true(pattern_of("?-#", NULL).size == 260);
    assert_true(checked.size > .7e6 && checked.size < 1.3e6);
}

static void what_is_drawn_passes_the_check_and_lies_in_the_block(void **state)
{
    static const struct {
        const char *text, *scheme;
    } cases[] = {{"89#######", "ma-cnss-person-drill"},
                 {"QX######", "ma-cin"},
                 {"999 ### ################ ##", "ma-rib"},
                 {"ES## 9999 #### #### #### ####", "iban"},
                 {"Z??.0#", NULL}};

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct pattern pattern = pattern_of(cases[i].text, cases[i].scheme);

        for (uint32_t number = 0; number < 20; number++) {
            CLEANUP(buf_clear_cleanup) struct buf value = {0};
            struct keyed_dice dice;

            keyed_dice_start(&dice, plan_key, slice_of("A"), number, slice_of("c"));
            assert_true(pattern_draw(&pattern, &dice, &value));
            assert_int_equal(value.length, strlen(cases[i].text));
            assert_true(holds(&pattern, value.data));
            if (pattern.scheme)
                assert_true(scheme_accepts(pattern.scheme, buf_slice(&value)));
        }
    }
}

static void a_value_is_in_its_block_however_it_is_written(void **state)
{
    struct pattern pattern = pattern_of("00QX 1-##", NULL);
    struct pattern digits = pattern_of("0####", NULL);

    (void)state;
    assert_true(holds(&pattern, "qx1.42"));
    assert_true(holds(&pattern, "00 QX-1 42"));
    assert_true(holds(&pattern, "QX1\xd9\xa4\xd9\xa2")); /* Arabic-Indic digits */
    assert_false(holds(&pattern, "QX242"));
    assert_false(holds(&pattern, "QX142A"));
    assert_false(holds(&pattern, "XQX142"));
    assert_true(holds(&digits, "7"));
    assert_true(holds(&digits, "07000"));
    assert_false(holds(&digits, "17000"));
}

static void a_value_with_wrong_check_digits_is_not_in_the_block(void **state)
{
    struct pattern pattern = pattern_of("#####", "luhn");

    (void)state;
    assert_true(holds(&pattern, "78949"));
    assert_false(holds(&pattern, "78948"));
}

static void a_text_that_is_no_block_is_refused(void **state)
{
    const struct scheme *luhn = scheme_find(slice_of("luhn"));
    const struct scheme *rib = scheme_find(slice_of("ma-rib"));
    char longer[PATTERN_BYTES_MAX + 2];
    struct pattern pattern;

    (void)state;
    memset(longer, '#', sizeof(longer));
    longer[sizeof(longer) - 1] = '\0';
    assert_int_equal(pattern_init("1234", NULL, &pattern), PATTERN_NOT_FREE);
    assert_int_equal(pattern_init("\xc3\xa9#", NULL, &pattern), PATTERN_NOT_ASCII);
    assert_int_equal(pattern_init(longer, NULL, &pattern), PATTERN_TOO_LONG);
    assert_int_equal(pattern_init("12#", rib, &pattern), PATTERN_NEVER_PASSES);
    assert_int_equal(pattern_init("a#@b.c", scheme_find(slice_of("email")), &pattern),
                     PATTERN_UNCHECKED);
    assert_int_equal(pattern_init("1234#", luhn, &pattern), PATTERN_GOOD);
}

static void dice_differ_by_every_part_and_are_even(void **state)
{
    uint32_t counts[3] = {0};
    struct keyed_dice first, second;

    (void)state;
    keyed_dice_start(&first, plan_key, slice_of("ab"), 1, slice_of("c"));
    keyed_dice_start(&second, plan_key, slice_of("a"), 1, slice_of("bc"));
    assert_memory_not_equal(first.seed, second.seed, sizeof(first.seed));
    keyed_dice_start(&second, plan_key, slice_of("ab"), 2, slice_of("c"));
    assert_memory_not_equal(first.seed, second.seed, sizeof(first.seed));
    keyed_dice_start(&second, plan_key, slice_of("ab"), 1, slice_of("c"));
    assert_memory_equal(first.seed, second.seed, sizeof(first.seed));
    for (unsigned i = 0; i < 30000; i++)
        counts[keyed_dice_below(&first, 3)]++;
    for (unsigned i = 0; i < 3; i++)
        assert_in_range(counts[i], 9700, 10300);
    for (unsigned i = 0; i < 100; i++)
        assert_true(keyed_dice_below(&first, 70000) < 70000);
}

/* The numbers of canaries already sent depend on these bytes: HMAC-SHA256 by another program. */
static void the_first_choices_are_those_that_were_always_made(void **state)
{
    static const uint8_t seed[] = {0x14, 0x99, 0xcb, 0x8d, 0x67, 0x6a, 0x8f, 0xdd,
                                   0x50, 0xc0, 0x57, 0x3e, 0x2e, 0xf3, 0xf1, 0xc2};
    struct keyed_dice dice;

    (void)state;
    keyed_dice_start(&dice, plan_key, slice_of("Mutuelle"), 7, slice_of("immat"));
    assert_memory_equal(dice.seed, seed, sizeof(seed));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_block_has_as_many_values_as_its_free_places_allow),
        cmocka_unit_test(what_is_drawn_passes_the_check_and_lies_in_the_block),
        cmocka_unit_test(a_value_is_in_its_block_however_it_is_written),
        cmocka_unit_test(a_value_with_wrong_check_digits_is_not_in_the_block),
        cmocka_unit_test(a_text_that_is_no_block_is_refused),
        cmocka_unit_test(dice_differ_by_every_part_and_are_even),
        cmocka_unit_test(the_first_choices_are_those_that_were_always_made),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
