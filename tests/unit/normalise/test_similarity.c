/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/moment.h"
#include "normalise/abbreviation.h"
#include "normalise/similarity.h"

static bool one_edit(const char *a, const char *b)
{
    bool found = similarity_one_edit(slice_of(a), slice_of(b));

    assert_int_equal(found, similarity_one_edit(slice_of(b), slice_of(a)));
    return found;
}

static void one_edit_is_one_change_of_any_kind(void **state)
{
    (void)state;
    assert_true(one_edit("", ""));
    assert_true(one_edit("123", "123"));
    assert_true(one_edit("123", "124"));
    assert_true(one_edit("123", "1234"));
    assert_true(one_edit("1234", "134"));
    assert_true(one_edit("1234", "1324"));
    assert_true(one_edit("بوفج", "بوفرج"));
    assert_true(one_edit("كريم", "كريق")); /* both bytes of a letter */
    assert_true(one_edit("كريم", "كيرم"));
    assert_false(one_edit("كريم", "كرقق"));
    assert_true(one_edit("", "1"));
    assert_false(one_edit("1234", "1342"));
    assert_false(one_edit("1234", "4231"));
    assert_false(one_edit("12", "1234"));
    assert_false(one_edit("123", "321"));
}

static void assert_close(double a, double b)
{
    assert_true(fabs(a - b) < .0006);
}

static void jaro_winkler_gives_the_published_values(void **state)
{
    (void)state;
    assert_close(similarity_jaro_winkler(slice_of("MARTHA"), slice_of("MARHTA")), .961);
    assert_close(similarity_jaro_winkler(slice_of("DIXON"), slice_of("DICKSONX")), .813);
    assert_close(similarity_jaro_winkler(slice_of("DWAYNE"), slice_of("DUANE")), .840);
    assert_close(similarity_jaro_winkler(slice_of("A"), slice_of("A")), 1);
    assert_close(similarity_jaro_winkler(slice_of("A"), slice_of("B")), 0);
    assert_close(similarity_jaro_winkler(slice_of(""), slice_of("B")), 0);
}

static bool near_numbers(enum form form, int64_t a, int64_t b)
{
    CLEANUP(buf_clear_cleanup) struct buf x = {0};
    CLEANUP(buf_clear_cleanup) struct buf y = {0};

    buf_add_u64(&x, (uint64_t)a);
    buf_add_u64(&y, (uint64_t)b);
    return similarity_near(form, buf_slice(&x), buf_slice(&y));
}

static void brothers_names_are_not_near_by_their_fathers(void **state)
{
    struct slice one = slice_of("jsr mhmd slm tlr");

    (void)state;
    assert_true(similarity_near(FORM_TOKENS, one, slice_of("jsr mhmd slm tlrn"))); /* one edit */
    assert_true(similarity_near(FORM_TOKENS, one, slice_of("jsr mhmd slm")));
    assert_false(similarity_near(FORM_TOKENS, one, slice_of("jsr mhmd slm wjh")));
    assert_false(similarity_near(FORM_TOKENS, one, slice_of("jsr krm mhmd slm")));
    assert_true(similarity_is_partly(FORM_TOKENS, one, slice_of("jsr mhmd slm wjh")));
}

static void nearness_depends_on_the_form(void **state)
{
    int64_t day = days_from_civil(1985, 3, 5);

    (void)state;
    assert_true(near_numbers(FORM_DATE, day, days_from_civil(1985, 5, 3)));
    assert_true(near_numbers(FORM_DATE, day, days_from_civil(1986, 3, 5)));
    assert_true(near_numbers(FORM_DATE, day, days_from_civil(1985, 3, 15)));
    assert_false(near_numbers(FORM_DATE, day, days_from_civil(1986, 5, 3)));
    assert_false(near_numbers(FORM_DATE, day, days_from_civil(1985, 4, 16)));
    assert_true(
        near_numbers(FORM_DATE, days_from_civil(1938, 4, 12), days_from_civil(1983, 4, 12)));
    assert_true(near_numbers(FORM_NUMBER, 350050, 350100));
    assert_false(near_numbers(FORM_NUMBER, 350050, 361200));
    assert_true(near_numbers(FORM_NUMBER, 193800, 198300)); /* digits swapped */
    assert_true(near_numbers(FORM_NUMBER, 195000, 199000)); /* one mistyped */
    assert_false(near_numbers(FORM_NUMBER, 195100, 199000));
    assert_true(near_numbers(FORM_YEAR, 1985, 1986));
    assert_true(similarity_near(FORM_ID, slice_of("ZZ123456"), slice_of("ZZ123465")));
    assert_true(similarity_near(FORM_ID, slice_of("ZZ123456"), slice_of("ZZ12")));
    assert_false(similarity_near(FORM_ID, slice_of("ZZ123456"), slice_of("Q7777777")));
    assert_true(similarity_near(FORM_NAME, slice_of("bnjln"), slice_of("bnjl")));
    assert_true(similarity_near(FORM_NAME, slice_of("t"), slice_of("tlr"))); /* an initial */
    assert_false(similarity_near(FORM_TEXT, slice_of("t"), slice_of("tlr")));
    assert_true(similarity_near(FORM_TOKENS, slice_of("brtnmr n"), slice_of("brtnmr mr njlk")));
    assert_true(similarity_near(FORM_TOKENS, slice_of("brtnmr mr njlk"), slice_of("brtnmr m n")));
    assert_false(similarity_near(FORM_TOKENS, slice_of("m n"), slice_of("brtnmr mr njlk")));
}

static bool are_two_edits_apart(const char *a, const char *b)
{
    return similarity_two_edits(FORM_TEXT, slice_of(a), slice_of(b));
}

static void long_texts_may_have_two_edits(void **state)
{
    (void)state;
    assert_true(are_two_edits_apart("12 rue des jardins", "12 rue des jardins"));
    assert_true(are_two_edits_apart("12 rue des jardins", "12 rue de jardin"));
    assert_true(are_two_edits_apart("12 rue des jardins", "21 rue des jadrins"));
    assert_true(are_two_edits_apart("12 rue des jardins", "12 ruedes jxrdins"));
    assert_false(are_two_edits_apart("12 rue des jardins", "21 rue de jadrins"));
    assert_false(are_two_edits_apart("12 rue des jardins", "12 rue des"));
    assert_false(are_two_edits_apart("12 jardins", "13 jardin"));
    assert_false(similarity_two_edits(FORM_ID, slice_of("123456789012"), slice_of("123456789012")));
}

static bool are_partly_dates(int64_t a, int64_t b)
{
    CLEANUP(buf_clear_cleanup) struct buf x = {0};
    CLEANUP(buf_clear_cleanup) struct buf y = {0};

    buf_add_u64(&x, (uint64_t)a);
    buf_add_u64(&y, (uint64_t)b);
    return similarity_is_partly(FORM_DATE, buf_slice(&x), buf_slice(&y));
}

static void dates_with_two_parts_in_common_are_partly_alike(void **state)
{
    int64_t day = days_from_civil(1964, 10, 21);

    (void)state;
    assert_true(are_partly_dates(day, days_from_civil(1990, 10, 21)));
    assert_true(are_partly_dates(day, days_from_civil(1964, 5, 21)));
    assert_true(are_partly_dates(day, days_from_civil(1964, 10, 9)));
    assert_false(are_partly_dates(day, days_from_civil(1964, 5, 9)));
    assert_false(similarity_is_partly(FORM_DATE, slice_of(""), slice_of("")));
}

static void whole_names_with_a_word_in_common_are_partly_alike(void **state)
{
    (void)state;
    assert_true(similarity_is_partly(FORM_TOKENS, slice_of("dr trwlds"), slice_of("bnnsr dr")));
    assert_true(similarity_is_partly(FORM_TOKENS, slice_of("bnnsr"), slice_of("bnnsr dr")));
    assert_false(similarity_is_partly(FORM_TOKENS, slice_of("dr trwlds"), slice_of("bnnsr ls")));
    assert_false(similarity_is_partly(FORM_TOKENS, slice_of("dr"), slice_of("drs")));
    assert_false(similarity_is_partly(FORM_TOKENS, slice_of("d trwlds"), slice_of("bnnsr d")));
    assert_false(similarity_is_partly(FORM_TOKENS, slice_of(""), slice_of("dr")));
    assert_false(similarity_is_partly(FORM_TEXT, slice_of("dr"), slice_of("dr")));
}

static void dates_that_no_calendar_has_are_near_to_what_was_meant(void **state)
{
    int64_t day = days_from_civil(1974, 6, 14);

    (void)state;
    assert_true(similarity_is_mistyped_date(AS_YMD, slice_of("19740164"), day));
    assert_true(similarity_is_mistyped_date(AS_DMY, slice_of("14/66/1974"), day));
    assert_true(similarity_is_mistyped_date(AS_MDY, slice_of("6-41-1974"), day));
    assert_true(similarity_is_mistyped_date(AS_DMY, slice_of("14.06.19744"), day));
    assert_false(similarity_is_mistyped_date(AS_DMY, slice_of("19740164"), day));
    assert_false(similarity_is_mistyped_date(AS_YMD, slice_of("19750164"), day));
    assert_false(similarity_is_mistyped_date(AS_YMD, slice_of("1974061400000000"), day));
    assert_false(similarity_is_mistyped_date(AS_YMD, slice_of(""), day));
    assert_false(similarity_is_mistyped_date(AS_YEAR, slice_of("1974"), day));
}

static bool truncated(enum value_type type, const char *cell, const char *value)
{
    return similarity_is_truncated(type, slice_of(cell), slice_of(value));
}

static void beginnings_of_written_forms_are_truncated(void **state)
{
    (void)state;
    assert_true(truncated(TYPE_FAMILY_NAME, "BENJEL", "Benjelloun"));
    assert_true(truncated(TYPE_ADDRESS, "12, rue de la P", "12 Rue de la Paix"));
    assert_false(truncated(TYPE_FAMILY_NAME, "B", "Benjelloun"));
    assert_false(truncated(TYPE_FAMILY_NAME, "Benjelloun", "Benjelloun"));
    assert_true(truncated(TYPE_ID, "ZZ1234", "ZZ123456"));
    assert_true(truncated(TYPE_ACCOUNT, "11519000", "011519000001205000534921"));
    assert_true(truncated(TYPE_PHONE, "06123456", "+212612345678"));
    assert_true(truncated(TYPE_PHONE, "+2126123", "0612345678"));
    assert_true(truncated(TYPE_PHONE, "0612345", "0612345678"));
    assert_false(truncated(TYPE_PHONE, "0612345678", "+212612345678"));
    assert_true(truncated(TYPE_DATE, "05/03/19", "1985-03-05"));
    assert_true(truncated(TYPE_DATE, "05/03/198", "1985-03-05"));
    assert_true(truncated(TYPE_DATE, "1985-03", "1985-03-05"));
    assert_true(truncated(TYPE_DATE, "198503", "1985-03-05"));
    assert_false(truncated(TYPE_DATE, "1986-03", "1985-03-05"));
    assert_true(truncated(TYPE_MONTH, "2024-", "2024-03"));
    assert_true(truncated(TYPE_AMOUNT, "45", "4500.50"));
    assert_true(truncated(TYPE_AMOUNT, "4500", "4500.50"));
    assert_true(truncated(TYPE_AMOUNT, "4.500,5", "4500.57"));
    assert_false(truncated(TYPE_AMOUNT, "4500.6", "4500.57"));
    assert_false(truncated(TYPE_AMOUNT, "46", "4500.50"));
    assert_false(truncated(TYPE_CODE, "12", "123"));
    assert_false(truncated(TYPE_TEXT, "", "abc"));
}

static void an_abbreviated_address_may_be_cut(void **state)
{
    struct slice held = slice_of("Avenida de Castilla, 189, 7º B");

    (void)state;
    assert_true(similarity_is_truncated(TYPE_ADDRESS, slice_of("AVDA de Casti"), held));
    assert_true(similarity_is_truncated(TYPE_ADDRESS, slice_of("Av. de Castilla, 18"), held));
    assert_true(similarity_is_truncated(TYPE_ADDRESS, slice_of("Avenida de Cas"), held));
    assert_false(similarity_is_truncated(TYPE_ADDRESS, slice_of("Avda. de Castilla, 19"), held));
    assert_false(similarity_is_truncated(TYPE_ADDRESS, slice_of("Calle de Casti"), held));
    assert_false(similarity_is_truncated(TYPE_ADDRESS, slice_of("..."), held));
}

static void scientific_notation_is_recognised(void **state)
{
    (void)state;
    assert_true(similarity_is_scientific(slice_of("1.23457E+11")));
    assert_true(similarity_is_scientific(slice_of("1,56119E+11")));
    assert_true(similarity_is_scientific(slice_of(" 2.1E10 ")));
    assert_true(similarity_is_scientific(slice_of("2E+23")));
    assert_false(similarity_is_scientific(slice_of("2E23"))); /* may be an identifier */
    assert_false(similarity_is_scientific(slice_of("E+11")));
    assert_false(similarity_is_scientific(slice_of("123")));
    assert_false(similarity_is_scientific(slice_of("1.5E+")));
    assert_false(similarity_is_scientific(slice_of("")));
}

static bool abbreviated(const char *a, const char *b)
{
    bool is_one = text_is_abbreviated(slice_of(a), slice_of(b));

    assert_int_equal(is_one, text_is_abbreviated(slice_of(b), slice_of(a)));
    return is_one;
}

static void words_of_an_address_may_be_abbreviated(void **state)
{
    (void)state;
    assert_true(abbreviated("av libertad 12", "avda libertad 12"));
    assert_true(abbreviated("gart weg lilienthal 7", "garten weg lilienthal 7"));
    assert_true(abbreviated("blvd libertad 12", "boulevard libertad 12"));
    assert_false(abbreviated("av libertad 12", "avda libertad 13"));
    assert_false(abbreviated("av libertad 1", "av libertad 12"));
    assert_false(abbreviated("av lib 12", "avda libertad 12")); /* no word is in both */
    assert_false(abbreviated("linden 4", "lindenweg 4"));
    assert_false(abbreviated("rosen linden 4", "rosen 4"));
    assert_false(abbreviated("via roma 4", "via rimini 4"));
    assert_false(abbreviated("", ""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_edit_is_one_change_of_any_kind),
        cmocka_unit_test(jaro_winkler_gives_the_published_values),
        cmocka_unit_test(brothers_names_are_not_near_by_their_fathers),
        cmocka_unit_test(nearness_depends_on_the_form),
        cmocka_unit_test(long_texts_may_have_two_edits),
        cmocka_unit_test(dates_with_two_parts_in_common_are_partly_alike),
        cmocka_unit_test(whole_names_with_a_word_in_common_are_partly_alike),
        cmocka_unit_test(dates_that_no_calendar_has_are_near_to_what_was_meant),
        cmocka_unit_test(beginnings_of_written_forms_are_truncated),
        cmocka_unit_test(scientific_notation_is_recognised),
        cmocka_unit_test(words_of_an_address_may_be_abbreviated),
        cmocka_unit_test(an_abbreviated_address_may_be_cut),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
